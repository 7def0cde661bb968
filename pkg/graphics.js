/**
 * A patch posterior on WebGPU, where that is worth while: on a graphics device, or on whatever there is where WebGPU was
 * insisted on. What fails is tried once more on a new device and then done without, so that the processor takes over.
 */

import { unanswered } from "./trial.js";

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
    this.losses = 0;
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
      try {
        this.gpu ??= await this.posterior.onGpu(this.wanted === "webgpu");
        const on = () => !signal.aborted;
        return await (levels ? this.gpu.spread(x, t, levels, on) : this.gpu.part(x, t, on));
      } catch (thrown) {
        const { code, message } = Object(thrown);
        // After a trap nothing of the core may be touched.
        if (typeof code !== "string" || code === "aborted") throw thrown;
        this.free();
        const silent = unanswered();
        if (!silent && /^(device-lost|out-of-memory|gpu-)/.test(code) && (this.losses += 1) === 1) continue;
        if (this.wanted === "webgpu") throw silent ?? thrown;
        this.device = "cpu";
        const reason = `The graphics device could not be used (${message})`;
        if (code !== "no-webgpu") this.notice = `${reason}, so the processor draws: the same pictures, more slowly.`;
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
