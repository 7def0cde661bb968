// The package's worker behind a GPU that fails, given as `workerUrl`. `?lose=N` loses the first N devices in the middle
// of their work; `?starve=N` lets the first N devices run out of memory. A word on the channel "faulty-gpu" loses all
// that there are, at once.
// Beside the page that is tested, whatever its faults.
// @ts-expect-error: where the server puts the package is not where it lies in the repository.
import "../pkg/worker.js";

const query = new URLSearchParams(location.search);
const faults = { lose: Number(query.get("lose") ?? 0), starve: Number(query.get("starve") ?? 0) };

/** @type {Set<GPUDevice>} */
const devices = new Set();
const channel = new BroadcastChannel("faulty-gpu");
channel.onmessage = async () => {
  const lost = [...devices].map((device) => (device.destroy(), device.lost));
  devices.clear();
  await Promise.all(lost);
  channel.postMessage(lost.length);
};

if (navigator.gpu) {
  const requestDevice = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    const device = await requestDevice.call(this, descriptor);
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
