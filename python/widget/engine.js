/**
 * What all widgets of a page share, though each host imports this module anew for each of them: one element, one worker with
 * one copy of the code, and the files that kernels hand over.
 */
import { run } from "morphogen:worker";
import { MorphogenError } from "../../pkg/errors.js";
import { host } from "../../pkg/host.js";
import * as morphogen from "../../pkg/inline.js";
import { inPage, sure } from "./place.js";

/** @typedef {(file: string) => Promise<Uint8Array<ArrayBuffer>>} Ask hands over a file of a pack, by its name there */
/**
 * @typedef {object} Engine
 * @property {() => morphogen.MorphogenSampler} element
 * @property {(address: string, ask: Ask) => () => void} serve says who has the files below an address, until the returned function is called
 */

/** Changes with what is agreed here; another version of the widget on the same page then keeps to itself. */
const KEY = Symbol.for("morphogen.widget.1");
/** The element's name where the page has another version of the package. */
const OTHER = "morphogen-sampler-in-widget";

/** @type {Engine} */
export const engine = (/** @type {any} */ (globalThis)[KEY] ??= begun());

/** @returns {Engine} */
function begun() {
  /** @type {Map<string, Set<Ask>>} by address of the pack */
  const served = new Map();
  /** @type {Map<string, Promise<Uint8Array<ArrayBuffer>>>} by address, kept once they came */
  const files = new Map();
  const blob = /** @type {() => Worker} */ (host.worker);
  morphogen.configure({
    worker: () => /** @type {Worker} */ (sure(blob, () => inPage(run))),
    resolve: async (url) => (await morphogen.inlined(url)) ?? handed(url),
  });

  /** @param {string} url */
  function handed(url) {
    const [address, asks] = [...served].find(([address]) => url.startsWith(address)) ?? [];
    if (!address || !asks) return undefined;
    const file = files.get(url) ?? first([...asks].reverse(), decodeURIComponent(url.slice(address.length)));
    files.set(url, file);
    file.catch(() => files.get(url) === file && files.delete(url));
    return file;
  }

  const free = customElements.get("morphogen-sampler") === morphogen.MorphogenSampler;
  if (!free && !customElements.get(OTHER)) customElements.define(OTHER, class extends morphogen.MorphogenSampler {});
  return {
    element: () => /** @type {any} */ (document.createElement(free ? "morphogen-sampler" : OTHER)),
    serve: (address, ask) => {
      const asks = served.get(address) ?? new Set();
      served.set(address, asks.add(ask));
      return () => void (asks.delete(ask) && asks.size === 0 && served.get(address) === asks && served.delete(address));
    },
  };
}

/**
 * What the first of several gives; the next is asked where one fails.
 * @param {Ask[]} asks
 * @param {string} file
 */
async function first(asks, file) {
  /** @type {unknown} */
  let failure = new MorphogenError("kernel-silent", "Nobody on this page has the model any more: run the cell again.");
  for (const ask of asks) {
    try {
      return await ask(file);
    } catch (thrown) {
      failure = thrown;
    }
  }
  throw failure;
}
