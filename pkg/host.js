/**
 * Where the package's own parts come from: files beside this module, unless the page that hosts it says otherwise with
 * {@link configure}. The inlined entry, the iframe and the offline file are made of the same code by this alone.
 */

import { MorphogenError } from "./errors.js";

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

/** The address that others are relative to. */
export function base() {
  if (globalThis.document) return document.baseURI;
  throw new MorphogenError("no-page", "Pictures are drawn in web pages, and here is none: on a server and in workers the package may be imported, but not called.");
}

/** One for the page: a policy may be made but once. @type {any} */
let policy;

/**
 * The address of a worker's script in a form that the browser takes. One on another host is imported by a script of the page's own.
 * @param {string} url
 * @returns {string}
 */
export function scriptUrl(url) {
  const own = new URL(url).origin === origin || url.startsWith("blob:");
  const address = own ? url : URL.createObjectURL(new Blob([`import ${JSON.stringify(url)};`], { type: "text/javascript" }));
  policy ??= /** @type {any} */ (globalThis).trustedTypes?.createPolicy("morphogen", { createScriptURL: (/** @type {string} */ text) => text });
  return policy?.createScriptURL(address) ?? address;
}
