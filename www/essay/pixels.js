/** Arithmetic on pictures, `[C, H, W]` in [−1, 1], that several figures share. */

/** Angle of the cosine schedule at `t = 1` is a little short of a right one, so that a trace of the picture is left. */
const angle = (/** @type {number} */ t) => ((t / 1.008) * Math.PI) / 2;

/** How much noise a picture holds at time `t` in [0, 1]: its standard deviation s_t. */
export const noiseAt = (/** @type {number} */ t) => Math.sin(angle(t));

/** How much of the clean picture is left at time `t`: a_t. */
export const pictureAt = (/** @type {number} */ t) => Math.cos(angle(t));

/**
 * Training image `n` as pixels in [−1, 1].
 * @param {import("../pkg/morphogen.js").TrainingImages} images
 * @param {number} n
 */
export function trainingPixels({ data, count }, n) {
  const length = data.length / count;
  return Float32Array.from(data.subarray(n * length, (n + 1) * length), (value) => value / 127.5 - 1);
}

/**
 * Grey pixels as an image.
 * @param {Float32Array} pixels
 * @param {number} [width]
 */
export function greyImage(pixels, width = 28) {
  const image = new ImageData(width, pixels.length / width);
  pixels.forEach((value, q) => {
    image.data.fill((value + 1) * 127.5, 4 * q, 4 * q + 3);
    image.data[4 * q + 3] = 255;
  });
  return image;
}

/**
 * The largest difference of two pictures in any pixel.
 * @param {Float32Array} a
 * @param {Float32Array} b
 */
export const furthest = (a, b) => a.reduce((worst, value, q) => Math.max(worst, Math.abs(value - b[q])), 0);

/**
 * The mean difference of two pictures.
 * @param {Float32Array} a
 * @param {Float32Array} b
 */
export const apart = (a, b) => a.reduce((sum, value, q) => sum + Math.abs(value - b[q]), 0) / a.length;

/**
 * A picture pushed to the right; what leaves it comes in again on the left.
 * @param {Float32Array} pixels
 * @param {number} by whole pixels
 * @param {number} [width]
 */
export const shifted = (pixels, by, width = 28) => pixels.map((_, q) => pixels[q - (q % width) + ((((q % width) - by) % width) + width) % width]);

/** What is lighter than this belongs to a garment; the ground is black. */
const LIGHT = -0.55;
/** Narrower spots are not parts, and parts stand side by side over so many rows at least. */
const [NARROW, ROWS] = [2, 4];

/**
 * The most parts of a grey picture that stand side by side, separated by the dark ground, over several rows.
 * @param {Float32Array} pixels
 * @param {number} [width]
 * @returns {{ count: number, row: number, centres: number[] }} a row in which they stand, and the columns of their middles
 */
export function sideBySide(pixels, width = 28) {
  const rows = Array.from({ length: pixels.length / width }, (_, row) => {
    /** @type {number[]} */
    const centres = [];
    let from = -1;
    for (let column = 0; column <= width; column += 1) {
      const light = column < width && pixels[row * width + column] > LIGHT;
      if (light && from < 0) from = column;
      if (!light && from >= 0) {
        if (column - from >= NARROW) centres.push((from + column - 1) / 2);
        from = -1;
      }
    }
    return centres;
  });
  let best = { count: 0, row: 0, centres: /** @type {number[]} */ ([]) };
  for (let row = 0; row + ROWS <= rows.length; row += 1) {
    const count = Math.min(...rows.slice(row, row + ROWS).map((centres) => centres.length));
    const middle = row + ROWS / 2;
    if (count > best.count) best = { count, row: middle, centres: rows[middle] };
  }
  return best;
}
