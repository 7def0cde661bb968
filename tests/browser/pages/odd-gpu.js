// The package's worker where WebGPU is there and odd, given as `workerUrl`. With `?silent=` `requestAdapter`, `requestDevice` or
// `mapAsync` it never answers from there on; with `?odd=` `info` an adapter says nothing of itself, with `throws` `requestAdapter`
// throws at once, with `rejects` later, with `getter` `navigator.gpu` throws, with `empty` it has no `requestAdapter`. The package's long waits are
// a twentieth as long.
// Beside the page that is tested, whatever its faults.
// @ts-expect-error: where the server puts the package is not where it lies in the repository.
import "../pkg/worker.js";

const query = new URLSearchParams(location.search);
const [silent, odd] = [query.get("silent"), query.get("odd")];

const wait = self.setTimeout;
/** @type {any} */ (self).setTimeout = (/** @type {TimerHandler} */ then, /** @type {number} */ time, /** @type {any[]} */ ...all) =>
  wait(then, [5000, 30_000].includes(time) ? time / 20 : time, ...all);

/** @type {<T>(name: string, answer: T) => Promise<T>} */
const unless = (name, answer) => (name === silent ? new Promise(() => {}) : Promise.resolve(answer));
const device = new Proxy(
  { createBuffer: () => ({ mapAsync: () => unless("mapAsync", undefined), getMappedRange: () => new ArrayBuffer(4) }), lost: new Promise(() => {}), destroy: () => {} },
  { get: (target, name) => Reflect.get(target, name) ?? Object.assign(() => new Proxy(() => {}, { get: () => () => undefined }), { writeBuffer() {}, submit() {}, onSubmittedWorkDone: async () => {} }) },
);
const adapter = {
  info: odd === "info" ? undefined : { vendor: "", architecture: "", device: "", description: "", isFallbackAdapter: false },
  limits: { maxBufferSize: 1 << 28 },
  features: new Set(),
  requestDevice: () => unless("requestDevice", device),
};
const requestAdapter = () => {
  if (odd === "throws") throw new TypeError("not today");
  return odd === "rejects" ? Promise.reject(new DOMException("not today", "OperationError")) : unless("requestAdapter", adapter);
};
const get = () => {
  if (odd === "getter") throw new DOMException("not here", "SecurityError");
  return odd === "empty" ? {} : { requestAdapter };
};
Object.defineProperty(navigator, "gpu", { configurable: true, get });
