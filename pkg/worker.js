/**
 * The worker that all models of a page share: it answers messages `{ id, type, … }` with `{ id, event, data }` on the
 * way and one `{ id, result }` or `{ id, error }` at the end. After `{ fatal }` it is finished and must be replaced.
 */
import { awake, compile, further } from "./compile.js";
import { page } from "./download.js";
import { Packs } from "./engine.js";
import { MorphogenError, aborted, pack, typed } from "./errors.js";
import * as glue from "./generated/morphogen.js";

/** @typedef {import("./engine.js").Context} Context */

// A worker's own scope has the members of a `Worker` seen from outside.
const scope = /** @type {Worker} */ (/** @type {unknown} */ (self));
/** @type {Map<number, AbortController>} */
const running = new Map();
/** @type {Promise<import("./compile.js").Core> | undefined} */
let core;
/** @type {Map<number, (answer: { found?: Uint8Array | string, error?: object }) => void>} questions to the page */
const asked = new Map();
let questions = 0;
/** @type {Promise<typeof import("./helper.js")> | undefined} */
let lazy;
// One promise for all, so that orders and parts are taken in the order in which they came.
const helper = () => (lazy ??= import("./helper.js"));
const packs = new Packs(() => core ?? Promise.reject(new MorphogenError("internal", "the worker was not started")));

/** @type {Record<string, (message: any, context: Context) => Promise<unknown>>} */
const handlers = {
  start: async ({ wasmUrl, theoryUrl, base, resolve }, { signal, event }) => {
    Object.assign(further, { url: theoryUrl, base });
    if (resolve) page.ask = ask;
    core ??= compile(glue, wasmUrl, signal, (loaded, total) => event("progress", { phase: "code", loaded, total }));
    await core;
  },
  load: (message, context) => packs.load(message, context),
  understand: (message, context) => packs.understand(message, context),
  choose: (message, context) => packs.choose(message, context),
  words: (message, context) => packs.words(message, context),
  sample: (message, context) => packs.sample(message, context),
  training: (message, context) => packs.training(message, context),
  sticker: (message, context) => packs.sticker(message, context),
  release: (message) => packs.release(message),
  // Without a pack; its code comes when it is first asked for.
  cells: async (message, context) => {
    await core;
    return (await import("./cells.js")).cells(message, context);
  },
  film: async (message, context) => {
    await core;
    return (await import("./second.js")).film(message, context);
  },
  // These two come from a worker that has taken this one as its helper.
  enlist: async (message) => (await helper()).enlist(message),
  part: async (message) => (await helper()).part(message),
};

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

/**
 * Asks the page for a file.
 * @param {string} url
 * @returns {Promise<Uint8Array | string | undefined>}
 */
function ask(url) {
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

// A trap inside a wasm future reaches nobody's `catch`: it arrives here.
scope.addEventListener("error", (event) => {
  event.preventDefault();
  fatal(event.error ?? event.message);
});
scope.addEventListener("unhandledrejection", (event) => {
  const { reason } = /** @type {PromiseRejectionEvent} */ (event);
  if (trapped(reason)) fatal(reason);
});

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
