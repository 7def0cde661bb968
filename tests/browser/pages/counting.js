// Counts what a worker holds, in `globalThis.held()`: bytes of wasm memory, and GPU buffers made and not destroyed.
/** @type {WebAssembly.Memory[]} */
const memories = [];
let buffers = 0;

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
  held: () => ({ wasm: memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0), buffers }),
});
