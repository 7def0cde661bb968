/**
 * The steps of a run on WebGPU, with a wasm of its own that is fetched where there is WebGPU. It takes a run up as the processor saved
 * it and gives it back likewise, so the run goes on with either. Runs in the worker of the run.
 */
import { compile, further } from "./compile.js";
import * as glue from "./generated/learn-gpu.js";

export class OnGpu {
  /** One thing at a time: a sample may be asked for between two stretches. @type {Promise<unknown>} */
  #turn = Promise.resolve();
  #run;

  /** @param {glue.LearningOnGpu} run */
  constructor(run) {
    this.#run = run;
    this.adapter = run.adapter();
  }

  /**
   * Takes a run up; nothing where it would not be faster, though it is to be.
   * @param {Uint8Array} saved
   * @param {{ steps: number, faster: boolean, workers: number }} how where the run ends, and how many workers it would have instead
   * @param {AbortSignal} signal
   */
  static async open(saved, { steps, faster, workers }, signal) {
    // Written so that bundlers see the file in it.
    const usual = new URL("./generated/learn-gpu_bg.wasm", import.meta.url).href;
    await compile(glue, further.url ?? new URL(usual, further.base).href, signal);
    const run = await glue.LearningOnGpu.open(saved, steps, faster, workers);
    return run && new OnGpu(run);
  }

  /** Takes the steps of a tenth of a second: of each its number and its loss. @returns {Promise<Float64Array>} */
  stretch() {
    return this.#next(() => this.#run.stretch());
  }

  /** The whole run. @returns {Promise<Uint8Array>} */
  save() {
    return this.#next(() => this.#run.save());
  }

  /**
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  #next(work) {
    const next = this.#turn.then(work);
    this.#turn = next.catch(() => {});
    return next;
  }
}
