/** Refuses what is out of range, in words. */
import { MorphogenError } from "./errors.js";

/**
 * @param {string} what
 * @param {unknown} value
 * @param {number} least
 * @param {number} most
 */
export function whole(what, value, least, most) {
  if (!(Number.isInteger(value) && Number(value) >= least && Number(value) <= most)) {
    throw new MorphogenError("range", `Expected ${what} as a whole number from ${least} to ${most}, found ${value}.`);
  }
}

/**
 * @param {string} what
 * @param {string} value
 * @param {readonly string[]} known
 */
export function choice(what, value, known) {
  if (!known.includes(value)) {
    throw new MorphogenError("range", `Expected ${what} to be one of ${known.join(", ")}, found ${value}.`);
  }
}
