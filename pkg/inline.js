/**
 * The package without a file to fetch for its code: worker and wasm are in this module, as text. For bundlers that know
 * neither workers nor wasm, for pages of an opaque origin, and for files. The site's policy must allow `worker-src blob:`.
 */
import { scriptUrl } from "./client.js";
import { files, worker } from "./generated/inlined.js";
import { configure } from "./host.js";
import { inflated } from "./text.js";

export * from "./morphogen.js";

/** @type {string | undefined} */
let script;
/** @type {Map<string, Promise<Uint8Array<ArrayBuffer>>>} by address, inflated once */
const opened = new Map();

/**
 * The content of a file that this module carries; nothing for any other address. For a `resolve` of one's own.
 * @param {string} url
 */
export function inlined(url) {
  if (!Object.hasOwn(files, url)) return undefined;
  const bytes = opened.get(url) ?? inflated(files[url]);
  opened.set(url, bytes);
  return bytes;
}

configure({
  // Not a module: a module worker does not start from a Blob in a file.
  worker: () => new Worker(scriptUrl((script ??= URL.createObjectURL(new Blob([worker], { type: "text/javascript" })))), { name: "morphogen" }),
  wasmUrl: Object.keys(files)[0],
  resolve: inlined,
});
