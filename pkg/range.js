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

/**
 * Options that can be read: an object, whose signal is one, and whose listeners can be called.
 * @template {object} T
 * @param {T} options
 */
export function readable(options) {
  const refuse = (/** @type {string} */ what, /** @type {unknown} */ found) => {
    throw new MorphogenError("range", `Expected ${what}, found ${found === null ? "null" : typeof found}.`);
  };
  if (typeof options !== "object" || options === null) refuse("options as an object", options);
  const { signal, onStep, onProgress } = /** @type {Record<string, any>} */ (options);
  if (signal !== undefined && typeof signal?.aborted !== "boolean") refuse("signal as an AbortSignal", signal);
  for (const [name, value] of Object.entries({ onStep, onProgress })) {
    if (value !== undefined && typeof value !== "function") refuse(`${name} as a function`, value);
  }
  return options;
}
