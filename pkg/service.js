/**
 * A worker's end of its conversation with the page, whose other end is {@link import("./client.js").WorkerClient}: messages
 * `{ id, type, … }` are answered with `{ id, event, data }` on the way and one `{ id, result }` or `{ id, error }` at the end.
 * After `{ fatal }` the worker is finished and must be replaced.
 */
import { awake } from "./compile.js";
import { MorphogenError, aborted, pack, typed } from "./errors.js";

/** @typedef {{ signal: AbortSignal, event: (event: string, data: any, transfer?: Transferable[]) => void }} Context */

// A worker's own scope has the members of a `Worker` seen from outside.
const scope = /** @type {Worker} */ (/** @type {unknown} */ (self));
/** @type {Map<number, AbortController>} */
const running = new Map();
/** @type {Map<number, (answer: { found?: Uint8Array | string, error?: object }) => void>} questions to the page */
const asked = new Map();
let questions = 0;

/**
 * Answers messages from now on.
 * @param {Record<string, (message: any, context: Context) => Promise<unknown>>} handlers by type
 */
export function serve(handlers) {
  scope.addEventListener("message", async ({ data }) => {
    if (data.type === "ping") return scope.postMessage({ alive: true });
    if (data.type === "abort") return running.get(data.id)?.abort();
    if (data.type === "answer") return asked.get(data.ask)?.(data);
    const { id } = data;
    const controller = new AbortController();
    running.set(id, controller);
    /** @type {Context} */
    const context = {
      signal: controller.signal,
      event: (event, data, transfer = []) => scope.postMessage({ id, event, data }, transfer),
    };
    try {
      const result = await handlers[data.type](data, context);
      if (controller.signal.aborted) throw aborted();
      scope.postMessage({ id, result });
    } catch (thrown) {
      if (trapped(thrown)) return fatal(thrown);
      scope.postMessage({ id, error: pack(thrown) });
    } finally {
      running.delete(id);
    }
  });
  // A trap inside a wasm future reaches nobody's `catch`: it arrives here.
  scope.addEventListener("error", (event) => {
    event.preventDefault();
    fatal(event.error ?? event.message);
  });
  scope.addEventListener("unhandledrejection", (event) => {
    const { reason } = /** @type {PromiseRejectionEvent} */ (event);
    if (trapped(reason)) fatal(reason);
  });
}

/**
 * Asks the page for a file.
 * @param {string} url
 * @returns {Promise<Uint8Array | string | undefined>}
 */
export function ask(url) {
  return new Promise((resolve, reject) => {
    const question = (questions += 1);
    asked.set(question, ({ found, error }) => {
      asked.delete(question);
      if (error) reject(typed(error));
      else resolve(found);
    });
    scope.postMessage({ ask: question, url });
  });
}

/** @param {unknown} thrown */
function trapped(thrown) {
  return typeof WebAssembly === "object" && thrown instanceof WebAssembly.RuntimeError;
}

/**
 * After a trap the wasm memory cannot be trusted. A trap without a panic is an allocation that failed.
 * @param {unknown} thrown
 */
function fatal(thrown) {
  const panic = [...awake].map((glue) => glue.panicMessage()).find((message) => message !== undefined);
  const starved = trapped(thrown) && panic === undefined && /unreachable/.test(/** @type {Error} */ (thrown).message);
  const error = starved ? typed(new RangeError("wasm memory")) : typed(panic ?? thrown);
  scope.postMessage({ fatal: pack(error.code === "out-of-memory" ? error : internal(error)) });
}

/** @param {MorphogenError} error */
function internal(error) {
  return new MorphogenError("internal", `${error.message} The worker was restarted; try again.`, { cause: error });
}
