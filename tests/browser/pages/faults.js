// A GPU that fails, for the workers that import this. By their address: `?lose=N` loses the first N devices in the middle
// of their work; `?starve=N` lets the first N devices run out of memory. A word on the channel "faulty-gpu" loses all
// that there are, at once. With `?silent=N` the first N devices never answer from the middle of their work on, and the package's long waits
// for them are a fortieth as long. With `?graphics=N` the adapter, software in truth, says that it is a graphics device, and by the
// worker's clock each of its answers takes N milliseconds and nothing else any time; of every shader that has weights in the memory of
// workgroups the channel "shaders" hears.
const query = new URLSearchParams(location.search);
const faults = { lose: Number(query.get("lose") ?? 0), starve: Number(query.get("starve") ?? 0), silent: Number(query.get("silent") ?? 0) };
let hushed = false;
if (faults.silent) {
  const never = (/** @type {any} */ { prototype }, /** @type {string} */ name) => {
    const method = prototype[name];
    prototype[name] = function (/** @type {unknown[]} */ ...all) {
      return hushed ? new Promise(() => {}) : method.apply(this, all);
    };
  };
  if (navigator.gpu) [never(GPUBuffer, "mapAsync"), never(GPUQueue, "onSubmittedWorkDone"), never(GPUDevice, "popErrorScope")];
  const wait = self.setTimeout;
  /** @type {any} */ (self).setTimeout = (/** @type {TimerHandler} */ then, /** @type {number} */ time, /** @type {any[]} */ ...all) =>
    wait(then, time === 120_000 ? time / 40 : time, ...all);
}

/** @type {Set<GPUDevice>} */
const devices = new Set();
const channel = new BroadcastChannel("faulty-gpu");
channel.onmessage = async () => {
  const lost = [...devices].map((device) => (device.destroy(), device.lost));
  devices.clear();
  await Promise.all(lost);
  channel.postMessage(lost.length);
};

const answer = query.get("graphics");
if (navigator.gpu && answer !== null) {
  let now = 0;
  performance.now = () => now;
  const info = { vendor: "test", architecture: "", device: "", description: "a graphics device", isFallbackAdapter: false, subgroupMinSize: 4, subgroupMaxSize: 4 };
  Object.defineProperty(GPUAdapter.prototype, "info", { get: () => info });
  const { submit } = GPUQueue.prototype;
  GPUQueue.prototype.submit = function (commands) {
    now += Number(answer);
    return submit.call(this, commands);
  };
  const shaders = new BroadcastChannel("shaders");
  const { createShaderModule } = GPUDevice.prototype;
  GPUDevice.prototype.createShaderModule = function (descriptor) {
    if (descriptor.code.includes("var<workgroup> kernels")) shaders.postMessage(descriptor.label);
    return createShaderModule.call(this, descriptor);
  };
}

if (navigator.gpu) {
  const requestDevice = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    const device = await requestDevice.call(this, descriptor);
    // Others are tried out only, and nothing is drawn on them.
    if (descriptor?.label !== "morphogen") return device;
    devices.add(device);
    if (faults.lose-- > 0) {
      const submit = device.queue.submit;
      let submissions = 0;
      device.queue.submit = function (commands) {
        submit.call(this, commands);
        // The first answers the self-test; a later one is in the middle of a sample.
        if (++submissions === 4) device.destroy();
      };
    }
    if (faults.silent-- > 0) {
      const submit = device.queue.submit;
      let submissions = 0;
      device.queue.submit = function (commands) {
        submit.call(this, commands);
        hushed ||= ++submissions === 4;
      };
    }
    if (faults.starve-- > 0) {
      const pop = device.popErrorScope;
      let asked = 0;
      device.popErrorScope = async function () {
        const error = await pop.call(this);
        return asked++ === 0 ? new GPUOutOfMemoryError("out of memory, for a test") : error;
      };
    }
    return device;
  };
}

export {};
