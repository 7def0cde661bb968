/** Learning in the page: {@link learn} trains a small network on pictures, and gives a run that can be watched. See README.md. */
import { WorkerClient, absolute } from "./client.js";
import { MorphogenError, aborted, settle, settling, typed } from "./errors.js";
import { host } from "./host.js";
import { learnable } from "./learn-options.js";
import { learnedPack } from "./learn-pack.js";
import { readable, whole } from "./range.js";
import { Sample } from "./sample.js";
import { scriptUrl } from "./client.js";

/** @typedef {import("./learn.js").LearnOptions} LearnOptions */
/** @typedef {import("./learn.js").LearnReport} LearnReport */

/** How often a run whose worker ended is taken up again. */
const AGAIN = 3;

export const learn = settling(begin);

/**
 * Begins to learn.
 * @param {LearnOptions} options
 * @returns {Promise<Learning>}
 */
async function begin(options) {
  const { signal, onStep } = readable(options);
  if (signal?.aborted) throw aborted();
  const orders = await learnable(options);
  if (signal?.aborted) throw aborted();
  const learning = new Learning(orders, onStep);
  const close = () => learning.close();
  signal?.addEventListener("abort", close, { once: true });
  try {
    await learning.open();
  } catch (thrown) {
    learning.close();
    throw signal?.aborted ? aborted() : thrown;
  }
  if (!options.paused) learning.resume();
  return learning;
}

/** The page's end of a worker that learns. */
class Client extends WorkerClient {
  made() {
    if (host.learnWorker) return host.learnWorker();
    try {
      // Written so that bundlers see the worker in it.
      return new Worker(new URL("./learn-worker.js", import.meta.url), { type: "module", name: "morphogen learning" });
    } catch {
      const file = "./learn-worker.js";
      return new Worker(scriptUrl(new URL(/* webpackIgnore: true */ file, import.meta.url).href), { type: "module", name: "morphogen learning" });
    }
  }

  /** Has a worker, whose first order is still to come. */
  fresh() {
    this.worker ??= this.spawn();
  }
}

/** A run under way. Made by {@link learn}. */
class Learning {
  #orders;
  #onStep;
  #client;
  /** @type {any} */
  #facts;
  /** Whether the worker takes steps, or is about to. */
  #stepping = false;
  /** @type {Uint8Array | undefined} the last state that the worker sent */
  #saved;
  #hidden = () => this.#watch();
  /** Whether somebody wants it to go on, also where the page is hidden. */
  #wanted = false;
  #again = AGAIN;
  /** @type {Set<() => void>} who waits for the next report */
  #waiting = new Set();

  /**
   * @param {import("./learn-options.js").Orders} orders
   * @param {((report: LearnReport) => void) | undefined} onStep
   */
  constructor(orders, onStep) {
    this.#orders = orders;
    this.#onStep = onStep;
    const wasm = absolute(host.wasmUrl);
    const usual = new URL("./generated/learn_bg.wasm", import.meta.url).href;
    this.#client = new Client(undefined, wasm ? new URL("learn_bg.wasm", wasm).href : /** @type {string} */ (absolute(usual)), wasm && new URL("learn-gpu_bg.wasm", wasm).href);
    /** @type {import("./learn.js").LearnState} */
    this.state = "paused";
    /** What ended it, where something did. @type {MorphogenError | undefined} */
    this.error = undefined;
    /** The loss of every step since it was opened. @type {number[]} */
    this.losses = [];
    /** @type {LearnReport | undefined} */
    this.report = undefined;
    /** What the user should know, such as that a worker was replaced; empty if nothing. */
    this.notice = "";
    /** What takes the steps. @type {"cpu" | "webgpu"} */
    this.device = "cpu";
  }

  /** Shape of the pictures. @returns {{ width: number, height: number, channels: number }} */
  get image() {
    return this.#facts.image;
  }

  /** Number of pictures that it learns from. @returns {number} */
  get pictures() {
    return this.#facts.pictures;
  }

  /** What can be asked for, by name; the place in the list is the class. @returns {string[]} */
  get names() {
    return this.#facts.names;
  }

  /** Number of weights of the network. @returns {number} */
  get weights() {
    return this.#facts.weights;
  }

  /** Everything that fixes the run besides its pictures. @returns {import("./learn.js").LearnSettings} */
  get settings() {
    return this.#facts.settings;
  }

  /** Steps taken. @returns {number} */
  get step() {
    return this.report?.step ?? this.#facts.step;
  }

  /** Steps of the whole run. @returns {number} */
  get steps() {
    return this.#facts.settings.steps;
  }

  /** @internal */
  async open() {
    const { wish, pictures, saved, steps, workers, device } = this.#orders;
    this.#client.fresh();
    const from = this.#saved ?? saved;
    const orders = { ...this.#client.places(), wish, pictures, saved: from, steps, workers, device };
    this.#facts = await this.#client.post("open", orders);
    this.device = this.#facts.device;
    this.notice ||= this.#facts.notice;
    document.addEventListener("visibilitychange", this.#hidden);
  }

  /** Goes on. Hidden pages wait until they are seen. */
  resume() {
    this.#open();
    if (this.state === "done" || this.state === "failed") return;
    this.#wanted = true;
    this.#watch();
  }

  /** Waits; what was learned so far stays. */
  pause() {
    this.#open();
    this.#wanted = false;
    this.#watch();
  }

  #watch() {
    const go = this.#wanted && this.state !== "closed" && (!document.hidden || this.#orders.background);
    if (go && !this.#stepping) this.#go();
    if (go || this.state !== "learning") return;
    this.#client.post("halt", {}).catch(() => {});
    this.#become("paused");
  }

  async #go() {
    this.#stepping = true;
    this.#become("learning");
    const on = (/** @type {string} */ event, /** @type {any} */ data) => {
      if (event === "saved") this.#saved = data.saved;
      else if (event === "moved") this.#moved(data);
      else this.#reported(data);
    };
    try {
      const done = await this.#client.post("run", {}, { on });
      this.#stepping = false;
      if (done) this.#ended("done");
      // It may have been wanted again before it stopped.
      else this.#watch();
    } catch (thrown) {
      const error = typed(thrown);
      if (/^(worker-lost|internal)$/.test(error.code) && (await this.#revived(error))) return;
      this.#stepping = false;
      if (this.state !== "closed") this.error = error;
      this.#ended("failed");
    }
  }

  /** @param {import("./learn.js").LearnState} state */
  #ended(state) {
    this.#wanted = false;
    if (this.state !== "closed") this.#become(state);
  }

  /**
   * Takes the run up again in a new worker, from the last state that was sent; whether it could.
   * @param {MorphogenError} error
   */
  async #revived(error) {
    if (this.state === "closed" || (this.#again -= 1) < 0) return false;
    try {
      await this.open();
    } catch {
      return false;
    }
    this.#back(this.#facts.step);
    this.notice = `${error.message} Learning went on from step ${this.#facts.step}.`;
    this.#stepping = false;
    this.#watch();
    return true;
  }

  /**
   * WebGPU was lost, and the processor goes on from a step before.
   * @param {{ step: number, notice: string }} data
   */
  #moved({ step, notice }) {
    this.#back(step);
    this.device = "cpu";
    this.notice = notice;
    this.#wake();
  }

  /** Forgets what was told of steps that are lost. @param {number} step */
  #back(step) {
    this.losses.length = Math.max(0, this.losses.length - Math.max(0, this.step - step));
  }

  /** @param {{ step: number, losses: number[], pace: number }} data */
  #reported({ step, losses, pace }) {
    this.losses.push(...losses);
    const { batch, noises, steps } = this.settings;
    this.report = { step, steps, loss: losses[losses.length - 1], losses, picturesPerSecond: (1000 * batch * noises) / pace, secondsLeft: ((steps - step) * pace) / 1000 };
    this.#onStep?.(this.report);
    this.#wake();
  }

  /** @param {import("./learn.js").LearnState} state */
  #become(state) {
    this.state = state;
    this.#wake();
  }

  #wake() {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  /** The reports as they come; the newest where one is slow to read. Ends with the run; a run that is paused makes it wait. */
  async *[Symbol.asyncIterator]() {
    let last = this.report;
    for (;;) {
      const { report } = this;
      if (report && report !== last) {
        last = report;
        yield report;
      } else if (this.state === "failed") throw this.error;
      else if (this.state === "done" || this.state === "closed") return;
      else await new Promise((resolve) => this.#waiting.add(() => resolve(undefined)));
    }
  }

  /**
   * Draws with the running average of the weights, also while it learns.
   * @param {import("./learn.js").LearnSampleOptions} [options]
   * @returns {Promise<Sample>}
   */
  async sample(options = {}) {
    const { count = 1, seed = 0, prompt, steps, signal } = readable(options);
    this.#open();
    whole("count", count, 1, 256);
    whole("seed", seed, 0, Number.MAX_SAFE_INTEGER);
    if (steps !== undefined) whole("steps", steps, 1, 1000);
    const asked = prompt == null ? 0 : this.names.indexOf(prompt);
    if (asked < 0) throw new MorphogenError("range", `Expected one of ${this.names.join(", ")}, found “${prompt}”.`);
    const wish = { count, seed, steps, class: prompt === null ? undefined : asked };
    const pixels = await this.#client.post("sample", { wish }, { signal });
    const label = prompt === null ? "" : this.names[asked];
    return new Sample({ pixels, device: "cpu", network: "learned", notice: "" }, this.image, { prompt: label, label, seed, frames: [] });
  }

  /**
   * What was learned, as a pack in a zip file: `loadModel` takes it, with the pictures for the analytic machines.
   * @param {import("./learn.js").LearnPackOptions} [options]
   * @returns {Promise<Blob>}
   */
  async save(options = {}) {
    readable(options);
    this.#open();
    return learnedPack(await this.#client.post("network", {}), this.image, this.#facts, options);
  }

  /**
   * The whole run, for {@link learn} to go on from, here or elsewhere, as if it had never stopped.
   * @returns {Promise<Uint8Array>}
   */
  async suspend() {
    this.#open();
    return this.#client.post("save", {});
  }

  /** Ends it and gives its memory back. */
  close() {
    document.removeEventListener("visibilitychange", this.#hidden);
    const { worker } = this.#client;
    this.#become("closed");
    this.#wanted = false;
    if (worker) this.#client.end(worker, aborted());
  }

  #open() {
    if (this.state === "closed") throw new MorphogenError("closed", "This run was closed; begin another.");
  }
}

settle(Learning, "sample", "save", "suspend");
