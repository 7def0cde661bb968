/**
 * Where a machine's picture comes from, pixel by pixel, and the training images themselves. Fetched by the page only
 * when a machine has drawn or training images are asked for.
 */
import { MorphogenError } from "./errors.js";
import { imageData } from "./sample.js";

/** @typedef {import("./sample.js").Size} Size */
/** @typedef {{ image: Uint32Array, place: Uint32Array, weight: Float32Array, patches: Float32Array, window: number }} Data */

/**
 * Seven hues that stay apart for colour-blind eyes (Okabe & Ito 2008), each as it is, lighter and darker: 21 colours.
 */
const HUES = [0xe69f00, 0x56b4e9, 0x009e73, 0xf0e442, 0x0072b2, 0xd55e00, 0xcc79a7];
/** Share of white (or, negative, of black) that is mixed in. */
const TINTS = [0, 0.5, -0.4];
/** What is left of a colour where the picture is black. */
const DARKEST = 0.2;

/**
 * The colour of a training image in every mosaic, `[red, green, blue]` of 0 to 255. Neighbours in the set differ.
 * @param {number} image
 */
export function colour(image) {
  const hue = HUES[image % HUES.length];
  const tint = TINTS[Math.floor(image / HUES.length) % TINTS.length];
  return [16, 8, 0].map((shift) => {
    const value = (hue >> shift) & 255;
    return Math.round(tint >= 0 ? value + tint * (255 - value) : value * (1 + tint));
  });
}

/** For every pixel of pictures that a machine drew, the training patch that it owes most to. */
export class Provenance {
  /**
   * @param {Data} data
   * @param {Size} size
   */
  constructor({ image, place, weight, patches, window }, size) {
    /** Number of the training image, `[B, H, W]`. */
    this.image = image;
    /** The place in it, `row · W + column`, `[B, H, W]`. */
    this.place = place;
    /** The share of that patch in the pixel, in (0, 1], `[B, H, W]`. */
    this.weight = weight;
    /** The effective number of patches: exp of the posterior's entropy, at least 1, `[B, H, W]`. */
    this.patches = patches;
    /** Side of the window that each pixel saw; twice the picture's side less one sees everything from everywhere. */
    this.window = window;
    this.width = size.width;
    this.height = size.height;
  }

  /**
   * What the pixel at `row`, `column` of picture `n` owes most to.
   * @param {number} row
   * @param {number} column
   * @param {number} [n]
   */
  at(row, column, n = 0) {
    const { width, height } = this;
    const inside = Number.isInteger(row) && Number.isInteger(column) && row >= 0 && row < height && column >= 0 && column < width;
    const at = (n * height + row) * width + column;
    if (!inside || !(at >= 0 && at < this.image.length)) {
      throw new MorphogenError("range", `There is no pixel at row ${row}, column ${column} of picture ${n}.`);
    }
    const place = this.place[at];
    return { image: this.image[at], row: Math.floor(place / width), column: place % width, weight: this.weight[at], patches: this.patches[at] };
  }

  /**
   * The mosaic: every pixel in the colour of the training image that it owes most to. With `pixels`, the pictures
   * themselves (`[B, C, H, W]`), dark pixels are darkened, so that the shape is seen through the mosaic.
   * @param {number} [n] which picture
   * @param {number} [scale] pixels a pixel
   * @param {Float32Array} [pixels]
   */
  toImageData(n = 0, scale = 1, pixels) {
    const plane = this.width * this.height;
    const start = n * plane;
    if (!(n >= 0 && start + plane <= this.image.length)) {
      throw new MorphogenError("range", `There is no picture number ${n} here; there are ${this.image.length / plane}.`);
    }
    const channels = pixels ? pixels.length / this.image.length : 1;
    const light = (/** @type {number} */ q) => {
      let sum = 0;
      for (let c = 0; c < channels; c += 1) sum += pixels?.[start * channels + c * plane + q] ?? 1;
      return DARKEST + (1 - DARKEST) * Math.max(0, (sum / channels + 1) / 2);
    };
    const tiles = new Float32Array(3 * plane);
    for (let q = 0; q < plane; q += 1) {
      const shade = light(q);
      colour(this.image[start + q]).forEach((value, c) => (tiles[c * plane + q] = (shade * value) / 127.5 - 1));
    }
    return imageData(tiles, { width: this.width, height: this.height, channels: 3 }, 0, scale);
  }
}

/** All training images of a prompt. */
export class TrainingImages {
  /**
   * @param {Uint8Array} data
   * @param {Size} size
   */
  constructor(data, size) {
    /** `[N, C, H, W]`, 0 to 255. */
    this.data = data;
    this.size = size;
    /** Number of images, N. */
    this.count = data.length / (size.width * size.height * size.channels);
  }

  /**
   * @param {number} n which image
   * @param {number} [scale] pixels a pixel
   */
  toImageData(n, scale = 1) {
    const length = this.data.length / this.count;
    const pixels = Float32Array.from(this.data.subarray(n * length, (n + 1) * length), (value) => value / 127.5 - 1);
    if (pixels.length !== length) throw new MorphogenError("range", `There is no training image ${n} here; there are ${this.count}.`);
    return imageData(pixels, this.size, 0, scale);
  }
}

/** Which pixels go together at a time, as the best linear denoiser of the training images of a prompt sees it. */
export class Windows {
  #bits;

  /**
   * @param {Uint8Array} bits a bit for each pixel that a pixel sees, the lowest first, in words of 64
   * @param {{ width: number, height: number }} size
   */
  constructor(bits, { width, height }) {
    this.#bits = bits;
    this.width = width;
    this.height = height;
  }

  /**
   * A time that was asked for.
   * @param {number} t
   */
  static time(t) {
    if (typeof t === "number" && t >= 0 && t <= 1) return t;
    throw new MorphogenError("range", `Expected a time t in [0, 1], found ${String(t)}.`);
  }

  /**
   * What the pixel in a row and column sees: 1 for each such pixel, else 0, `[H, W]`.
   * @param {number} row
   * @param {number} column
   */
  of(row, column) {
    const { width, height } = this;
    if (!(Number.isInteger(row) && Number.isInteger(column) && row >= 0 && row < height && column >= 0 && column < width)) {
      throw new MorphogenError("range", `There is no pixel at row ${row}, column ${column}.`);
    }
    const bytes = 8 * Math.ceil((width * height) / 64);
    const from = (row * width + column) * bytes;
    return Uint8Array.from({ length: width * height }, (_, j) => (this.#bits[from + (j >> 3)] >> (j & 7)) & 1);
  }
}
