/**
 * A patch posterior on WebGPU, where that is worth while: on a graphics device, or on whatever there is where WebGPU was
 * insisted on. What follows when it fails, the core says.
 */
import { second } from "./second.js";
import { after } from "./trial.js";

/** @typedef {import("./engine.js").Device} Device */
/** @typedef {import("./generated/theory.js").Posterior} Posterior */
/** @typedef {import("./generated/theory.js").PosteriorOnGpu} PosteriorOnGpu */

export class Graphics {
  /**
   * @param {Posterior} posterior the processor's
   * @param {Device} wanted
   */
  constructor(posterior, wanted) {
    this.posterior = posterior;
    this.wanted = wanted;
    /** @type {PosteriorOnGpu | undefined} */
    this.gpu = undefined;
    /** Whether it failed once. */
    this.again = false;
    /** What computes, as far as is known. @type {"webgpu" | "cpu"} */
    this.device = wanted === "cpu" ? "cpu" : "webgpu";
    /** Why the processor took over, where that is news. */
    this.notice = "";
  }

  /**
   * The flat posteriors of pictures over all training images, or with `levels` what the second round gives; nothing where the
   * processor must compute them.
   * @param {Float32Array} x `[B, C, H, W]`
   * @param {number} t
   * @param {Float32Array | undefined} levels `[B, H, W, 2]`
   * @param {AbortSignal} signal
   * @returns {Promise<Float32Array | undefined>}
   */
  async part(x, t, levels, signal) {
    while (this.device === "webgpu") {
      const { glue } = await second.get(signal);
      try {
        this.gpu ??= await this.posterior.onGpu(this.wanted === "webgpu");
        const on = () => !signal.aborted;
        return await (levels ? this.gpu.spread(x, t, levels, on) : this.gpu.part(x, t, on));
      } catch (thrown) {
        const notice = after(glue, thrown, this.wanted === "webgpu", this.again, () => this.free());
        this.again = true;
        if (notice === undefined) continue;
        this.device = "cpu";
        this.notice = notice;
      }
    }
    return undefined;
  }

  /** Gives the graphics device back. */
  free() {
    this.gpu?.free();
    this.gpu = undefined;
  }
}
