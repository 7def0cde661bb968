// Counts what a worker holds, in `globalThis.held()`: bytes of wasm memory, and GPU buffers made and not destroyed; and in
// `globalThis.waits()` how often it has waited for the GPU: of waits that overlap, the one behind the other counts.
/** @type {WebAssembly.Memory[]} */
const memories = [];
let buffers = 0;
let waits = 0;

/**
 * Counts a wait, if no other that ended before it began was counted as many.
 * @param {any} prototype
 * @param {string} name
 */
function counted(prototype, name) {
  const method = prototype[name];
  prototype[name] = function (/** @type {unknown[]} */ ...all) {
    const number = waits + 1;
    const answer = method.apply(this, all);
    answer.finally(() => (waits = Math.max(waits, number))).catch(() => {});
    return answer;
  };
}

const { instantiate } = WebAssembly;
// The package hands over a compiled module, so the answer is an instance.
WebAssembly.instantiate = /** @type {any} */ (
  async (/** @type {WebAssembly.Module} */ module, /** @type {WebAssembly.Imports} */ imports) => {
    const instance = await instantiate(module, imports);
    for (const one of Object.values(instance.exports)) if (one instanceof WebAssembly.Memory) memories.push(one);
    return instance;
  }
);

if (globalThis.GPUDevice) {
  counted(GPUDevice.prototype, "popErrorScope");
  counted(GPUQueue.prototype, "onSubmittedWorkDone");
  counted(GPUBuffer.prototype, "mapAsync");
  const { createBuffer } = GPUDevice.prototype;
  const { destroy } = GPUBuffer.prototype;
  /** @type {WeakSet<GPUBuffer>} */
  const alive = new WeakSet();
  GPUDevice.prototype.createBuffer = function (descriptor) {
    const buffer = createBuffer.call(this, descriptor);
    alive.add(buffer);
    buffers += 1;
    return buffer;
  };
  GPUBuffer.prototype.destroy = function () {
    if (alive.delete(this)) buffers -= 1;
    return destroy.call(this);
  };
}

Object.assign(globalThis, {
  waits: () => waits,
  held: () => ({ wasm: memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0), buffers }),
});
