// The package's worker on a machine of so many processors, given as `workerUrl`: `?processors=N`. Its helpers run this
// script, too, and `?fault=` says what becomes of them when they are given their first part: `close` (they end without a
// word), `silent` (they never answer), `throw`; with `none` there are no workers inside workers at all. With `?patient`
// nobody's answer is late. What helpers do is told on the channel “count”, where they also
// say that they are `here` when asked `who`.
// Beside the page that is tested, whatever its faults.
// @ts-expect-error: where the server puts the package is not where it lies in the repository.
import "../pkg/worker.js";

const query = new URLSearchParams(location.search);
const fault = query.get("fault");
Object.defineProperty(navigator, "hardwareConcurrency", { value: Number(query.get("processors")) });

if (self.name === "morphogen helper") {
  const count = new BroadcastChannel("count");
  count.addEventListener("message", ({ data }) => data === "who" && count.postMessage("here"));
  const post = self.postMessage.bind(self);
  self.postMessage = (/** @type {any} */ message) => {
    if (message.result instanceof Float32Array) {
      if (fault) return;
      count.postMessage("answered");
    }
    post(message);
  };
  self.addEventListener("message", ({ data }) => {
    if (data.type !== "part") return;
    count.postMessage("given");
    if (fault === "close") self.close();
    if (fault === "throw") throw new Error("a helper that fails, for a test");
  });
} else {
  if (fault === "none") Object.assign(self, { Worker: undefined });
  if (query.has("patient")) {
    let now = 0;
    performance.now = () => (now += 1e5);
  }
}
