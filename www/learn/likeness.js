/**
 * What is measured on samples: how near each is to the pictures that were learned from, whether it is a copy, and how alike two
 * batches from the same noise are, beside what pictures come to that share nothing but their kind.
 */
import { correlation } from "../agreement.js";

/** @typedef {{ image: number, distance: number, second: number, copied: boolean }} Near */

/** A copy is nearer to one picture than a third of the way to the next. */
const THIRD = 1 / 3;

/**
 * Picture n of a batch.
 * @param {Float32Array} pixels
 * @param {number} length
 * @param {number} n
 */
export const one = (pixels, length, n) => pixels.subarray(n * length, (n + 1) * length);

/**
 * The nearest picture of a set to each picture of a batch.
 * @param {Float32Array} pixels
 * @param {Float32Array[]} set
 * @returns {Near[]}
 */
export function nearest(pixels, set) {
  const { length } = set[0];
  return Array.from({ length: pixels.length / length }, (_, n) => {
    const sample = one(pixels, length, n);
    let [image, distance, second] = [0, Infinity, Infinity];
    set.forEach((picture, i) => {
      const far = apart(sample, picture);
      if (far < distance) [image, distance, second] = [i, far, distance];
      else if (far < second) second = far;
    });
    // In a set of one there is no next: there a copy is nearer than a third of the picture's own contrast.
    const next = second === Infinity ? contrast(set[image]) : second;
    return { image, distance, second: next, copied: distance < THIRD * next };
  });
}

/** @param {Float32Array} a @param {Float32Array} b */
function apart(a, b) {
  let sum = 0;
  for (let q = 0; q < a.length; q += 1) sum += (a[q] - b[q]) ** 2;
  return Math.sqrt(sum);
}

/** How far a picture is from an even grey. @param {Float32Array} picture */
function contrast(picture) {
  const mean = picture.reduce((sum, value) => sum + value, 0) / picture.length;
  return apart(picture, new Float32Array(picture.length).fill(mean));
}

/**
 * Pearson's r of two batches: the mean over pictures from the same noise; `shift` compares each with a picture from other noise.
 * @param {Float32Array} a
 * @param {Float32Array} b
 * @param {number} length of a picture
 * @param {number} [shift]
 */
export function alike(a, b, length, shift = 0) {
  const count = a.length / length;
  let sum = 0;
  // A picture that is one even grey has nothing in common with any.
  for (let n = 0; n < count; n += 1) sum += correlation(one(a, length, n), one(b, length, (n + shift) % count)) || 0;
  return sum / count;
}

/**
 * What r comes to where pictures share their kind and nothing else.
 * @param {Float32Array} a
 * @param {Float32Array} b
 * @param {number} length
 */
export function floor(a, b, length) {
  const count = a.length / length;
  const shifts = Array.from({ length: count - 1 }, (_, n) => alike(a, b, length, n + 1));
  return shifts.reduce((sum, r) => sum + r, 0) / shifts.length;
}
