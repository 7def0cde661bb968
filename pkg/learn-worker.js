/**
 * The worker of one run that learns: what it does for each message, as {@link import("./service.js").serve} answers it. Between two
 * steps it reads its mail, so samples are drawn while it learns. Helpers are workers of the same script ({@link import("./learn-team.js")}).
 */
import { breathe } from "./breathe.js";
import { begin, compile, further } from "./compile.js";
import { page } from "./download.js";
import { MorphogenError } from "./errors.js";
import * as glue from "./generated/learn.js";
import { Team } from "./learn-team.js";
import { ask, serve } from "./service.js";

/** @typedef {import("./service.js").Context} Context */

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
  parts: async ({ step, weights, parts }, { event }) => {
    own().follow(step, weights);
    const found = own().gradients(parts);
    event(
      "parts",
      found,
      found.map((/** @type {Float32Array} */ part) => part.buffer),
    );
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

serve(handlers);
