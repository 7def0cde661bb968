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
