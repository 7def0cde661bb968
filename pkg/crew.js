/**
 * A denoising call of a machine, shared between workers. The training images are cut into parts; whoever is free takes
 * the next one, and the partial posteriors merge. Helpers are workers of the same script, started from the one that
 * draws. Nobody waits for a helper in vain: a part that does not come back is computed again by the worker that waits,
 * and as a part is the same to the bit whoever computes it, so is the picture.
 */
import { breathe } from "./breathe.js";
import { aborted } from "./errors.js";

/** @typedef {import("./generated/morphogen.js").Posterior} Posterior */
/** @typedef {import("./theory.js").Wish} Wish */
/** @typedef {{ module: WebAssembly.Module, manifest: Uint8Array, wish: Wish, images: Uint8Array }} Orders what a helper needs to make a posterior of its own */
/** @typedef {{ x: Float32Array, t: number, trace: boolean, part: number, parts: number }} Task */
/** @typedef {{ worker: Worker, part: number, job: Job | undefined }} Helper `job` is what it works at, and which part of it */
/** @typedef {{ x: Float32Array, t: number, trace: boolean, todo: number[], answers: (Float32Array | undefined)[], wake: () => void }} Job */

/** Workers at most, this one included. */
const MOST = 4;
/** Parts of a call; the same number everywhere, so that the sums are. */
const PARTS = 8;

export class Crew {
  constructor() {
    /** @type {Set<Helper>} */
    this.helpers = new Set();
    /** @type {Job | undefined} */
    this.job = undefined;
    /** What the helpers were told last. */
    this.key = "";
  }

  /**
   * Has helpers that know these orders. One that cannot be had is done without.
   * @param {string} key says whether orders are new
   * @param {Orders} orders
   */
  enlist(key, orders) {
    if (key === this.key) return;
    this.key = key;
    const wanted = Math.min(MOST, navigator.hardwareConcurrency || 1) - 1;
    try {
      while (this.helpers.size < wanted) this.hire();
    } catch {
      // No workers inside workers here: this one works alone.
    }
    for (const helper of this.helpers) this.send(helper, { type: "enlist", orders });
  }

  hire() {
    // The script of a page that carries its own is no module.
    const type = self.location.protocol === "blob:" ? "classic" : "module";
    const worker = new Worker(self.location.href, { type, name: "morphogen helper" });
    /** @type {Helper} */
    const helper = { worker, part: 0, job: undefined };
    this.helpers.add(helper);
    worker.addEventListener("message", ({ data }) => {
      if (data.fatal || data.error) return this.lose(helper);
      if (data.id !== undefined) this.answered(helper, data.result);
    });
    worker.addEventListener("messageerror", () => this.lose(helper));
    worker.addEventListener("error", (event) => (event.preventDefault(), this.lose(helper)));
  }

  /**
   * The partial posteriors of one denoising call, in the order of the parts.
   * @param {Posterior} posterior this worker's own
   * @param {Float32Array} x
   * @param {number} t
   * @param {boolean} trace whether provenance is kept
   * @param {AbortSignal} signal
   * @returns {Promise<Float32Array[]>}
   */
  async gather(posterior, x, t, trace, signal) {
    /** @type {Job} */
    const job = { x, t, trace, todo: [...Array(PARTS).keys()], answers: Array(PARTS).fill(undefined), wake: () => {} };
    this.job = job;
    try {
      for (const helper of this.helpers) this.feed(helper);
      for (let pace = 0; ; ) {
        if (signal.aborted) throw aborted();
        let part = job.todo.shift() ?? -1;
        if (part < 0) {
          // The last parts are with the helpers. One that takes twice as long as this worker would is not waited for.
          const came = job.answers.includes(undefined) && (await this.waited(job, 2 * pace));
          part = job.answers.indexOf(undefined);
          if (part < 0) return /** @type {Float32Array[]} */ (job.answers);
          if (came) continue;
        }
        const start = performance.now();
        job.answers[part] = posterior.part(x, t, trace, part, PARTS);
        pace = performance.now() - start;
        await breathe();
      }
    } finally {
      this.job = undefined;
    }
  }

  /**
   * Whether a helper stirred within the time.
   * @param {Job} job
   * @param {number} milliseconds
   * @returns {Promise<boolean>}
   */
  waited(job, milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), milliseconds);
      job.wake = () => (clearTimeout(timer), resolve(true));
    });
  }

  /** @param {Helper} helper */
  feed(helper) {
    const part = helper.job ? undefined : this.job?.todo.shift();
    if (part === undefined) return;
    helper.job = this.job;
    helper.part = part;
    const { x, t, trace } = /** @type {Job} */ (this.job);
    this.send(helper, { type: "part", task: { x, t, trace, part, parts: PARTS } });
  }

  /**
   * @param {Helper} helper
   * @param {unknown} result
   */
  answered(helper, result) {
    // Orders are answered with nothing.
    if (!(result instanceof Float32Array)) return;
    const { job, part } = helper;
    helper.job = undefined;
    this.feed(helper);
    if (!job) return;
    job.answers[part] ??= result;
    job.wake();
  }

  /**
   * Does without a helper from now on; its part is to be done again.
   * @param {Helper} helper
   */
  lose(helper) {
    helper.worker.terminate();
    if (!this.helpers.delete(helper) || !helper.job) return;
    helper.job.todo.push(helper.part);
    helper.job.wake();
  }

  /**
   * @param {Helper} helper
   * @param {{ type: "enlist", orders: Orders } | { type: "part", task: Task }} message
   */
  send(helper, message) {
    try {
      helper.worker.postMessage({ id: 0, ...message });
    } catch {
      this.lose(helper);
    }
  }

  /** Sends all helpers home. */
  dismiss() {
    for (const { worker } of this.helpers) worker.terminate();
    this.helpers.clear();
    this.key = "";
  }
}
