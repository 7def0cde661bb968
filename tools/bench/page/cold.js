/** Notes when the element on this page gets how far, in milliseconds since the visit began. */

const sampler = /** @type {HTMLElement} */ (document.querySelector("morphogen-sampler"));
sampler.setAttribute("device", new URLSearchParams(location.search).get("device") ?? "auto");
/** @type {Record<string, number>} */
const times = {};
const note = (/** @type {string} */ name) => (times[name] ??= performance.now());
sampler.addEventListener("load", () => note("load"));
sampler.addEventListener("step", (event) => note(/** @type {CustomEvent} */ (event).detail.step === 0 ? "noise" : "step"));
sampler.addEventListener("sample", () => {
  note("picture");
  Object.assign(globalThis, { finished: true });
});
Object.assign(globalThis, { times });
