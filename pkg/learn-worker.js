/**
 * The worker of one run that learns: what it does for each message, as {@link import("./service.js").serve} answers it. Between two
 * steps it reads its mail, so samples are drawn while it learns. Helpers are workers of the same script ({@link import("./learn-team.js")}).
 */
import { breathe } from "./breathe.js";
import { begin, compile, further } from "./compile.js";
import { page } from "./download.js";
import { MorphogenError, typed } from "./errors.js";
import * as glue from "./generated/learn.js";
import { Team } from "./learn-team.js";
import { ask, serve } from "./service.js";
import { tried } from "./trial.js";

/** @typedef {import("./service.js").Context} Context */

/** @type {glue.LearningRun | undefined} */
let learner;
/** What it takes for helpers to be hired, where the processor takes the steps. @type {{ module: WebAssembly.Module, parts: number, workers: number } | undefined} */
let crew;
/** @type {Team | undefined} */
let team;
/** The run on WebGPU, where that takes the steps; `learner` is then as it last came home. @type {import("./learn-gpu.js").OnGpu | undefined} */
let gpu;
/** Whether the steps are to stop. */
let halted = false;

/** Milliseconds between two reports; steps between two states that are sent to be kept, and on WebGPU milliseconds. */
const PACE = 40;
const KEEP = 250;
const KEEP_TIME = 2000;

const own = () => learner ?? refused();

/** @returns {never} */
function refused() {
  throw new MorphogenError("internal", "there is no run here");
}

/** @type {Record<string, (message: any, context: Context) => Promise<unknown>>} */
const handlers = {
  open: async ({ wasmUrl, theoryUrl, base, resolve, wish, pictures, saved, steps, workers, device }, { signal }) => {
    Object.assign(further, { url: theoryUrl, base });
    if (resolve) page.ask = ask;
    const { module } = await compile(glue, wasmUrl, signal);
    learner = saved ? glue.LearningRun.resume(saved, steps) : glue.LearningRun.begin(JSON.stringify(wish), pictures);
    const facts = JSON.parse(learner.facts());
    crew = { module, parts: facts.parts, workers: Math.min(workers ?? Math.min(4, navigator.hardwareConcurrency || 1), facts.parts) };
    const notice = device === "cpu" ? "" : await lifted(device, facts.settings.steps, signal);
    return { ...facts, device: gpu ? "webgpu" : "cpu", notice };
  },
  run: (message, context) => run(context),
  halt: async () => void (halted = true),
  sample: async ({ wish }) => (await kept()).sample(JSON.stringify(wish)),
  save: async () => (await kept()).save(),
  network: async () => {
    const learner = await kept();
    const [entry, bytes] = learner.network();
    return { entry: JSON.parse(entry), bytes, pictures: learner.pictures() };
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
 * Takes the run to WebGPU, where there is any that is worth it; what the user should know.
 * @param {"auto" | "webgpu"} device
 * @param {number} steps
 * @param {AbortSignal} signal
 */
async function lifted(device, steps, signal) {
  const insisted = device === "webgpu";
  try {
    const able = await tried(device);
    // An adapter that says itself that it is a processor is not worth the code.
    const software = async () => (await navigator.gpu?.requestAdapter())?.info?.isFallbackAdapter ?? true;
    if (able.device === "cpu" || (!insisted && (await software()))) return "";
    const { OnGpu } = await import("./learn-gpu.js");
    gpu = await OnGpu.open(own().save(), { steps, faster: !insisted, workers: crew?.workers ?? 1 }, signal);
    return "";
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    const { code, message } = typed(thrown);
    return own().grounded(insisted, code, message);
  }
}

/** The run as it stands, brought home from WebGPU where it is there. */
async function home() {
  if (gpu) {
    const saved = await gpu.save();
    const { settings } = JSON.parse(own().facts());
    own().free();
    learner = glue.LearningRun.resume(saved, settings.steps);
  }
  return own();
}

/** The same for whoever asks beside the steps: where WebGPU fails, as it came home before; the steps meet the failure, too, and say so. */
const kept = () => home().catch(own);

/**
 * Takes steps until all are taken, or until it is to stop; whether all are taken.
 * @param {Context} context
 */
async function run(context) {
  halted = false;
  if (gpu) {
    try {
      return await runOnGpu(gpu, context);
    } catch (thrown) {
      const { code, message } = typed(thrown);
      gpu = undefined;
      // It is another wasm that failed: this one may be asked, even after a trap.
      const notice = own().moved(code, message);
      if (notice === undefined) throw thrown;
      const { step } = JSON.parse(own().facts());
      context.event("moved", { step, notice });
    }
  }
  return runHere(context);
}

/**
 * The same on WebGPU, a stretch of steps at a time.
 * @param {import("./learn-gpu.js").OnGpu} gpu
 * @param {Context} context
 */
async function runOnGpu(gpu, { event }) {
  const { settings, step: before } = JSON.parse((await home()).facts());
  let done = before;
  let kept = performance.now();
  while (done < settings.steps && !halted) {
    const start = performance.now();
    const told = await gpu.stretch();
    if (told.length === 0) break;
    done = told[told.length - 2];
    const losses = [...told].filter((_, n) => n % 2 === 1);
    event("report", { step: done, losses, pace: (performance.now() - start) / losses.length });
    if (performance.now() - kept >= KEEP_TIME) {
      const saved = (await home()).save();
      event("saved", { saved }, [saved.buffer]);
      kept = performance.now();
    }
    await breathe();
  }
  await home();
  return done === settings.steps;
}

/**
 * The same on the processor.
 * @param {Context} context
 */
async function runHere({ event }) {
  const { settings, step: before } = JSON.parse(own().facts());
  if (crew) team ??= new Team(own(), crew.parts, crew.module, crew.workers);
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
