/** What the words of a mix did, pixel by pixel. Fetched by the page only when a sample asks for it. */
import { MorphogenError } from "./errors.js";
import { imageData } from "./sample.js";

/**
 * The hues of up to eight terms, `[red, green, blue]` of 0 to 255: those of Okabe & Ito (2008), which stay apart for
 * colour-blind eyes, in an order in which the first ones are furthest apart.
 * @type {readonly (readonly [number, number, number])[]}
 */
const HUES = [
  [0, 114, 178],
  [230, 159, 0],
  [0, 158, 115],
  [204, 121, 167],
  [213, 94, 0],
  [86, 180, 233],
  [240, 228, 66],
  [110, 110, 110],
];

/** What is left of a colour where a term moved least; the rest is white. */
const PALEST = 0.12;

/** How far each term of a sum moved each pixel of the pictures. */
export class Influence {
  /**
   * @param {Float32Array} moved `[B, K, H, W]`
   * @param {number} pictures B
   * @param {{ width: number, height: number }} size
   */
  constructor(moved, pictures, { width, height }) {
    /** `Σ |w · m · (c − u)|` over the steps, the mean over channels, `[B, K, H, W]`. */
    this.moved = moved;
    this.width = width;
    this.height = height;
    /** Number of terms, K. */
    this.terms = moved.length / (pictures * width * height);
  }

  /**
   * The colour of a term in every map, `[red, green, blue]` of 0 to 255.
   * @param {number} term
   * @returns {readonly [number, number, number]}
   */
  colour(term) {
    if (!(Number.isInteger(term) && term >= 0 && term < this.terms)) {
      throw new MorphogenError("range", `There is no term number ${term} here; there are ${this.terms}.`);
    }
    return HUES[term % HUES.length];
  }

  /**
   * The term that moved a pixel most, and how far each moved it.
   * @param {number} row
   * @param {number} column
   * @param {number} [n] which picture
   */
  at(row, column, n = 0) {
    const { width, height, terms } = this;
    const inside = Number.isInteger(row) && Number.isInteger(column) && row >= 0 && row < height && column >= 0 && column < width;
    if (!inside || !has(this, n)) throw new MorphogenError("range", `There is no pixel at row ${row}, column ${column} of picture ${n}.`);
    const moved = Array.from({ length: terms }, (_, k) => this.moved[((n * terms + k) * height + row) * width + column]);
    return { term: moved.indexOf(Math.max(...moved)), moved };
  }

  /**
   * The map of a picture: each pixel in the colour of the term that moved it most, the stronger the further it did.
   * @param {number} [n] which picture
   * @param {number} [scale] pixels a pixel
   */
  toImageData(n = 0, scale = 1) {
    const { width, height, terms } = this;
    if (!has(this, n)) throw new MorphogenError("range", `There is no picture number ${n} here.`);
    const area = width * height;
    const own = this.moved.subarray(n * terms * area, (n + 1) * terms * area);
    const most = own.reduce((most, value) => Math.max(most, value), 0) || 1;
    const tiles = new Float32Array(3 * area);
    for (let q = 0; q < area; q += 1) {
      let term = 0;
      for (let k = 1; k < terms; k += 1) if (own[k * area + q] > own[term * area + q]) term = k;
      // What moves little moves most of the picture: by the root, it is seen as well.
      const share = PALEST + (1 - PALEST) * Math.sqrt(own[term * area + q] / most);
      HUES[term % HUES.length].forEach((value, c) => (tiles[c * area + q] = (255 + share * (value - 255)) / 127.5 - 1));
    }
    return imageData(tiles, { width, height, channels: 3 }, 0, scale);
  }
}

/**
 * Whether there is such a picture.
 * @param {Influence} influence
 * @param {number} n
 */
const has = ({ moved, terms, width, height }, n) => Number.isInteger(n) && n >= 0 && n < moved.length / (terms * width * height);
