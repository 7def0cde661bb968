/**
 * The worker of one run that learns: it answers as `worker.js` does, with messages `{ id, type, … }` in and `{ id, event, data }`,
 * `{ id, result }` or `{ id, error }` out, and after `{ fatal }` it is finished. Between two steps it reads its mail, so samples
 * are drawn while it learns. Helpers are workers of the same script ({@link import("./learn-team.js")}).
 */
import { breathe } from "./breathe.js";
import { awake, begin, compile, further } from "./compile.js";
import { page } from "./download.js";
import { MorphogenError, aborted, pack, typed } from "./errors.js";
import * as glue from "./generated/learn.js";
import { Team } from "./learn-team.js";

/** @typedef {{ signal: AbortSignal, event: (event: string, data: object, transfer?: Transferable[]) => void }} Context */

// A worker's own scope has the members of a `Worker` seen from outside.
const scope = /** @type {Worker} */ (/** @type {unknown} */ (self));
/** @type {Map<number, AbortController>} */
const running = new Map();
/** @type {Map<number, (answer: { found?: Uint8Array | string, error?: object }) => void>} questions to the page */
const asked = new Map();
/** @type {glue.LearningRun | undefined} */
let learner;
/** @type {Team | undefined} */
let team;
/** Whether the steps are to stop. */
let halted = false;

/** Milliseconds between two reports, and steps between two states that are sent to be kept. */
const PACE = 40;
const KEEP = 250;

const own = () => learner ?? refused();

/** @returns {never} */
function refused() {
  throw new MorphogenError("internal", "there is no run here");
}

/** @type {Record<string, (message: any, context: Context) => Promise<unknown>>} */
const handlers = {
  open: async ({ wasmUrl, base, resolve, wish, pictures, saved, steps, workers }, { signal }) => {
    Object.assign(further, { base });
    if (resolve) page.ask = ask;
    const { module } = await compile(glue, wasmUrl, signal);
    learner = saved ? glue.LearningRun.resume(saved, steps) : glue.LearningRun.begin(JSON.stringify(wish), pictures);
    const facts = JSON.parse(learner.facts());
    const wanted = Math.min(workers ?? Math.min(4, navigator.hardwareConcurrency || 1), facts.parts);
    team = new Team(learner, facts.parts, module, wanted);
    return facts;
  },
  run: (message, context) => run(context),
  halt: async () => void (halted = true),
  sample: async ({ wish }) => own().sample(JSON.stringify(wish)),
  save: async () => own().save(),
  network: async () => {
    const [entry, bytes] = own().network();
    return { entry: JSON.parse(entry), bytes, pictures: own().pictures() };
  },
  // These two come from a worker that has taken this one as its helper.
  help: async ({ module, saved }) => {
    await begin(glue, module);
    learner = glue.LearningRun.resume(saved);
  },
  parts: async ({ step, weights, parts }) => {
    own().follow(step, weights);
    return own().gradients(parts);
  },
};

/**
 * Takes steps until all are taken, or until it is to stop; whether all are taken.
 * @param {Context} context
 */
async function run({ event }) {
  halted = false;
  const { settings, step: before } = JSON.parse(own().facts());
  let done = before;
  let told = performance.now();
  /** @type {number[]} */
  let losses = [];
  /** Milliseconds of a step, as it goes. */
  let pace = 0;
  while (done < settings.steps && !halted) {
    const start = performance.now();
    const [step, loss] = await /** @type {Team} */ (team).step(done);
    const now = performance.now();
    pace = pace === 0 ? now - start : 0.9 * pace + 0.1 * (now - start);
    done = step;
    losses.push(loss);
    if (now - told >= PACE) {
      event("report", { step, losses, pace });
      losses = [];
      told = now;
    }
    if (done % KEEP === 0) {
      const saved = own().save();
      event("saved", { saved }, [saved.buffer]);
    }
    await breathe();
  }
  if (losses.length > 0) event("report", { step: done, losses, pace });
  return done === settings.steps;
}

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
    const question = asked.size + 1;
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
  const error = panic === undefined ? typed(new RangeError("wasm memory")) : typed(panic);
  scope.postMessage({ fatal: pack(error) });
}
