/**
 * The picture of `noise.js`, spoiled: what it was, the noise that there is to add, how much of it all pixels hold, and which were scribbled on
 * and hold nothing else.
 */
import { noiseAt, pictureAt } from "../pixels.js";

/** Steps from pure noise to the picture. */
export const STEPS = 20;
/** How far the brush reaches, of the side. */
const BRUSH = 1 / 14;

export class Spoiled {
  /** Steps of noise that every pixel holds. */
  level = 0;

  /**
   * @param {number} side
   * @param {Float32Array} original the picture, `[C, H, W]`
   * @param {Float32Array} noise of the same shape
   */
  constructor(side, original, noise) {
    this.side = side;
    this.original = original;
    this.noise = noise;
    /** The picture without its noise, as it is thought to be now. */
    this.clean = original;
    this.scribbled = new Uint8Array(side * side);
  }

  /** Steps that a value's pixel has to go: all that all have, or all there are where it was scribbled on. @param {number} q */
  depth(q) {
    return this.scribbled[q % this.scribbled.length] ? STEPS : this.level;
  }

  /** The values as they stand with their noise. */
  get noisy() {
    return this.clean.map((_, q) => spoiled(this.clean, this.noise, q, this.depth(q)));
  }

  /** Puts pure noise around a place; how many pixels hold nothing else. @param {number} row @param {number} column */
  scribble(row, column) {
    const { side, scribbled } = this;
    for (let q = 0; q < scribbled.length; q += 1) {
      if (Math.hypot(Math.floor(q / side) - row, (q % side) - column) < BRUSH * side) scribbled[q] = 1;
    }
    return scribbled.filter(Boolean).length;
  }

  /** Takes what was found for the picture, free of noise. @param {Float32Array} clean */
  settle(clean) {
    this.clean = clean;
    this.level = 0;
    this.scribbled.fill(0);
  }
}

/**
 * A value with the noise of a step.
 * @param {Float32Array} clean
 * @param {Float32Array} noise
 * @param {number} q
 * @param {number} step
 */
export function spoiled(clean, noise, q, step) {
  return pictureAt(step / STEPS) * clean[q] + noiseAt(step / STEPS) * noise[q];
}
