/**
 * Where the drawing is done: in a worker made of a Blob, or on the page's own thread where the host refuses such workers.
 * There a step of the sampler is the longest that the page stands still.
 */

/** Milliseconds in which a worker that is allowed to start says something: its script need not be fetched. */
const PATIENCE = 10_000;

/** @typedef {Pick<Worker, "postMessage" | "terminate"> & { addEventListener: (type: string, listener: (event: any) => void) => void }} Place */

/**
 * A worker of this page's own thread.
 * @param {(self: object) => void} run the worker's script
 * @returns {Place}
 */
export function inPage(run) {
  const { port1, port2 } = new MessageChannel();
  /** @type {[string, (event: any) => void][]} */
  const traps = [];
  const scope = {
    origin: globalThis.origin,
    postMessage: (/** @type {unknown} */ message, /** @type {Transferable[]} */ transfer = []) => port2.postMessage(message, transfer),
    addEventListener: (/** @type {string} */ type, /** @type {(event: any) => void} */ listener) => {
      if (type === "message") return port2.addEventListener(type, listener);
      // The page has errors of its own, which say nothing of the drawing.
      const trap = (/** @type {any} */ event) => {
        if ((event.reason ?? event.error) instanceof WebAssembly.RuntimeError) listener(event);
      };
      traps.push([type, trap]);
      addEventListener(type, trap);
    },
  };
  run(scope);
  port2.start();
  return {
    postMessage: (/** @type {unknown} */ message) => port1.postMessage(message),
    addEventListener: (type, listener) => {
      port1.addEventListener(type, listener);
      if (type === "message") port1.start();
    },
    terminate: () => {
      for (const [type, trap] of traps) removeEventListener(type, trap);
      port1.close();
      port2.close();
    },
  };
}

/**
 * The worker that `make` gives, or the page in its place: where making it fails, where it reports an error before it said
 * anything, and where it stays silent. What was sent to it until then is sent again.
 * @param {() => Place} make
 * @param {() => Place} otherwise
 * @returns {Place}
 */
export function sure(make, otherwise) {
  /** @type {[string, (event: any) => void][]} */
  const listeners = [];
  /** @type {unknown[] | undefined} what was sent to a worker that has said nothing yet */
  let sent = [];
  let place = /** @type {Place | undefined} */ (undefined);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const settled = () => {
    clearTimeout(timer);
    sent = undefined;
  };
  /** @param {Place} next */
  const take = (next) => {
    place = next;
    for (const type of ["message", "messageerror", "error"]) {
      next.addEventListener(type, (event) => {
        if (place !== next) return;
        if (type !== "message" && sent) return instead();
        if (sent) settled();
        for (const [wanted, listener] of listeners) if (wanted === type) listener(event);
      });
    }
  };
  const instead = () => {
    const again = sent ?? [];
    settled();
    place?.terminate();
    const other = otherwise();
    take(other);
    for (const message of again) other.postMessage(message);
  };
  try {
    const worker = make();
    take(worker);
    timer = setTimeout(instead, PATIENCE);
    worker.postMessage({ type: "ping" });
  } catch {
    instead();
  }
  return {
    postMessage: (/** @type {unknown} */ message) => {
      sent?.push(message);
      place?.postMessage(message);
    },
    addEventListener: (type, listener) => void listeners.push([type, listener]),
    terminate: () => {
      settled();
      place?.terminate();
    },
  };
}
