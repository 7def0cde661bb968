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
  const is = (/** @type {unknown} */ fine, /** @type {string} */ what) => {
    if (!fine) throw new MorphogenError("range", `Expected ${what}.`);
  };
  is(typeof options === "object" && options, "an object of options");
  const { signal, onStep, onProgress } = /** @type {Record<string, any>} */ (options);
  is(signal === undefined || typeof signal?.aborted === "boolean", "signal as an AbortSignal");
  is([onStep, onProgress].every((listener) => listener === undefined || typeof listener === "function"), "onStep and onProgress as functions");
  return options;
}
