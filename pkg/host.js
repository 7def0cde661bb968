/**
 * Where the package's own parts come from: files beside this module, unless the page that hosts it says otherwise with
 * {@link configure}. The inlined entry, the iframe and the offline file are made of the same code by this alone.
 */

/** @typedef {import("./morphogen.js").Host} Host */

/** @type {Host} */
export const host = {};

/**
 * Sets where worker, wasm and files come from, for all models and elements of the page that are loaded from now on.
 * @param {Host} change what is left out stays as it is
 */
export function configure(change) {
  Object.assign(host, change);
}
