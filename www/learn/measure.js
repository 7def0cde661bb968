/** How many samples of a network are copies, step by step: what is recorded by `tools/learning.mjs`, and measured on the reader's device. */
import { nearest } from "./likeness.js";
import { SIDE, pixelsOf } from "./sets.js";

/** Numbers of pictures, the steps of the longest run, and samples of each look. */
export const COUNTS = [4, 8, 16];
export const STEPS = 3000;
const [SAMPLES, NOISE, WALK] = [24, 100, 20];
/** Each look comes so much later than the last. */
const LATER = 1.2;
/** Enough is known once so many looks in a row found nothing but copies. */
const SURE = 2;

/** @typedef {[step: number, copies: number]} Found `copies` as a share */

/**
 * Lets the network that sees all learn at one and the same pace from so many pictures.
 * @param {ImageData[]} images
 * @param {{ signal?: AbortSignal, told?: (found: Found[], rate: number) => void }} [hears]
 * @returns {Promise<Found[]>}
 */
export async function measure(images, { signal, told = () => {} } = {}) {
  const { learn } = await import("../pkg/learn.js");
  const run = await learn({ images, channels: 1, network: "unet", size: SIDE, steps: STEPS, rate: "constant", seed: 1, paused: true, signal });
  try {
    const set = images.map((image) => pixelsOf(image, 1));
    /** @type {Found[]} */
    const found = [];
    const look = async (/** @type {number} */ step) => {
      const { pixels } = await run.sample({ count: SAMPLES, seed: NOISE, steps: WALK });
      // On WebGPU many steps are taken at a time: it is drawn behind those that were under way.
      const at = run.device === "webgpu" ? run.step : step;
      found.push([at, nearest(pixels, set).filter(({ copied }) => copied).length / SAMPLES]);
      told(found, run.report?.picturesPerSecond ?? 0);
    };
    await look(0);
    run.resume();
    let next = 20;
    for await (const { step } of run) {
      if (step < next) continue;
      // Not a step is taken while it is looked at.
      run.pause();
      await look(step);
      next = found[found.length - 1][0] * LATER;
      if (found.slice(-SURE).every(([, share]) => share === 1)) break;
      run.resume();
    }
    return found;
  } finally {
    run.close();
  }
}
