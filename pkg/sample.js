/** Pictures on the page's side: plain arrays of pixels, and the way from them to a canvas. */
import { MorphogenError } from "./errors.js";

/** @typedef {{ width: number, height: number, channels: number }} Size */
/** @typedef {import("./provenance.js").Provenance} Provenance */

/**
 * Pixels `[B, C, H, W]` in [−1, 1] as the image of picture `n`, each pixel `scale` wide. −1 is black, 1 is white.
 * @param {Float32Array} pixels
 * @param {Size} size
 * @param {number} n
 * @param {number} scale
 */
export function imageData(pixels, { width, height, channels }, n, scale) {
  const plane = width * height;
  const start = n * plane * channels;
  if (!(n >= 0 && start + plane * channels <= pixels.length)) {
    throw new MorphogenError("range", `There is no picture number ${n} here; there are ${pixels.length / (plane * channels)}.`);
  }
  if (!(Number.isInteger(scale) && scale >= 1 && scale <= 64)) {
    throw new MorphogenError("range", `Expected a whole scale from 1 to 64, found ${scale}.`);
  }
  const image = new ImageData(width * scale, height * scale);
  const words = new Uint32Array(image.data.buffer);
  const bytes = new Uint8ClampedArray(4);
  const word = new Uint32Array(bytes.buffer);
  bytes[3] = 255;
  for (let row = 0; row < height; row += 1) {
    const line = row * scale * width * scale;
    for (let column = 0; column < width; column += 1) {
      const at = start + row * width + column;
      for (let c = 0; c < 3; c += 1) bytes[c] = (pixels[at + (channels === 3 ? c * plane : 0)] + 1) * 127.5;
      words.fill(word[0], line + column * scale, line + (column + 1) * scale);
    }
    for (let copy = 1; copy < scale; copy += 1) {
      words.copyWithin(line + copy * width * scale, line, line + width * scale);
    }
  }
  return image;
}

/** The state of a sample after some of its steps; step 0 is pure noise. */
export class Frame {
  /**
   * @param {{ step: number, steps: number, t: number, noise: number, x: Float32Array, denoised: Float32Array, provenance?: Provenance }} data
   * @param {Size} size
   */
  constructor({ step, steps, t, noise, x, denoised, provenance }, size) {
    /** Steps taken, 0 … `steps`. */
    this.step = step;
    this.steps = steps;
    /** Time reached: 1 is noise, 0 is the finished picture. */
    this.t = t;
    /** Standard deviation of the noise that is left, in [0, 1]. */
    this.noise = noise;
    /** The noisy pictures, `[B, C, H, W]`. */
    this.x = x;
    /** The clean pictures that the network suspected behind them in the last step, `[B, C, H, W]`; zeros at step 0. */
    this.denoised = denoised;
    /** Where the machine's guess comes from, where it was kept. */
    this.provenance = provenance;
    this.size = size;
  }

  /**
   * @param {number} [n] which picture
   * @param {number} [scale] pixels a pixel
   * @param {"x" | "denoised"} [what]
   */
  toImageData(n = 0, scale = 1, what = "x") {
    return imageData(this[what], this.size, n, scale);
  }
}

/** A finished sample. */
export class Sample {
  /**
   * @param {{ pixels: Float32Array, device: "webgpu" | "cpu", network: string, notice: string, provenance?: Provenance, nearest?: import("./morphogen.js").Nearest[], influence?: import("./influence.js").Influence }} result
   * @param {Size} size
   * @param {{ prompt: string, label: string, seed: number, captions?: (import("./morphogen.js").Caption | null)[], parts?: import("./morphogen.js").Part[], frames: Frame[] }} request
   */
  constructor({ pixels, device, network, notice, provenance, nearest, influence }, size, { prompt, label, seed, captions, parts, frames }) {
    /** `[B, C, H, W]` in [−1, 1]. */
    this.pixels = pixels;
    this.width = size.width;
    this.height = size.height;
    this.channels = size.channels;
    /** Number of pictures, B. Picture `n` is the single picture of seed `seed + n`. */
    this.count = pixels.length / (size.width * size.height * size.channels);
    /** Short name of what was drawn, as in `info.prompts`; empty for anything. */
    this.prompt = prompt;
    /** The same for people. */
    this.label = label;
    this.seed = seed;
    /** The caption of the training set that each picture shows; null where none fits the prompt. */
    this.captions = captions ?? Array(this.count).fill(null);
    /** What each thing of a mix was taken for, the first one first. */
    this.parts = parts;
    /** The device that drew it. */
    this.device = device;
    /** The network that drew it. */
    this.network = network;
    /** What the user should know, such as a change of device; empty if nothing. */
    this.notice = notice;
    /** Every state from noise on, where asked for with `frames: true`. */
    this.frames = frames;
    /** Where each pixel comes from; only machines that are made of patches can tell. */
    this.provenance = provenance;
    /** The nearest training image of each picture, where those of the prompt were here. */
    this.nearest = nearest;
    /** What each term did to each pixel, where asked for with `influence: true`. */
    this.influence = influence;
  }

  /**
   * @param {number} [n] which picture
   * @param {number} [scale] pixels a pixel
   */
  toImageData(n = 0, scale = 1) {
    return imageData(this.pixels, this, n, scale);
  }
}
