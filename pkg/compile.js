/** Fetches, compiles and starts a wasm core, and says in words what stopped it. Runs in the worker. */
import { pieces, request, trouble } from "./download.js";

/** @typedef {{ default: (input: any) => Promise<unknown>, start: () => void, panicMessage: () => string | undefined }} Glue what wasm-bindgen makes of any wasm here */
/** @typedef {{ glue: typeof import("./generated/morphogen.js"), module: WebAssembly.Module }} Core the wasm that draws, and its module for further workers */

/** Every wasm that runs, so that it can be asked what ended it. @type {Set<Glue>} */
export const awake = new Set();
/** Where the second wasm is, if not in its usual place, and what that is relative to. */
export const further = { url: /** @type {string | undefined} */ (undefined), base: /** @type {string | undefined} */ (undefined) };

/** A module of one function, `() → v128`, that splats an integer: valid only where there is SIMD. */
// prettier-ignore
const SIMD = new Uint8Array([0,97,115,109, 1,0,0,0, 1,5,1,96,0,1,123, 3,2,1,0, 10,8,1,6,0,65,0,253,17,11]);
/** The same that multiplies and adds three of them: valid only where there is relaxed SIMD. */
// prettier-ignore
const RELAXED = new Uint8Array([0,97,115,109, 1,0,0,0, 1,5,1,96,0,1,123, 3,2,1,0,
  10,19,1,17,0,65,0,253,17,65,0,253,17,65,0,253,17,253,133,2,11]);

/**
 * @template {Glue} G
 * @param {G} glue
 * @param {string} wasmUrl
 * @param {AbortSignal} signal
 * @param {import("./download.js").Progress} [onProgress]
 * @returns {Promise<{ glue: G, module: WebAssembly.Module }>}
 */
export async function compile(glue, wasmUrl, signal, onProgress) {
  const module = await compiled(wasmUrl, signal, onProgress);
  try {
    await begin(glue, module);
  } catch (thrown) {
    throw await trouble("wasm", wasmUrl, thrown);
  }
  return { glue, module };
}

/**
 * Starts a module that is compiled already.
 * @param {Glue} glue
 * @param {WebAssembly.Module} module
 */
export async function begin(glue, module) {
  await glue.default({ module_or_path: module });
  glue.start();
  awake.add(glue);
}

/**
 * @param {string} wasmUrl
 * @param {AbortSignal} signal
 * @param {import("./download.js").Progress} [onProgress]
 */
async function compiled(wasmUrl, signal, onProgress = () => {}) {
  if (typeof WebAssembly !== "object" || !valid(SIMD)) throw await trouble("old", wasmUrl);
  const response = counted(await request(wasmUrl, signal), wasmUrl, signal, onProgress);
  try {
    return await build(response, wasmUrl);
  } catch (thrown) {
    throw await trouble("wasm", wasmUrl, thrown);
  }
}

/**
 * Compiles while downloading where the server sends the right type, and afterwards where it does not, or where relaxed SIMD has
 * to be rewritten.
 * @param {Response} response
 * @param {string} url
 */
async function build(response, url) {
  const type = (response.headers.get("content-type") ?? "").split(";")[0].trim().toLowerCase();
  if (type === "text/html") throw await trouble("page", url);
  if (!valid(RELAXED)) return WebAssembly.compile((await import("./plain.js")).plain(new Uint8Array(await response.arrayBuffer())));
  if (type === "application/wasm") return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
function valid(bytes) {
  try {
    return WebAssembly.validate(bytes);
  } catch {
    return false;
  }
}

/**
 * The same response, telling how much of it has arrived and going on where the connection breaks.
 * @param {Response} response
 * @param {string} url
 * @param {AbortSignal} signal
 * @param {import("./download.js").Progress} onProgress
 */
function counted(response, url, signal, onProgress) {
  const length = Number(response.headers.get("content-length"));
  const total = length > 0 && !response.headers.get("content-encoding") ? length : undefined;
  let loaded = 0;
  const bytes = pieces(response, url, signal);
  const body = new ReadableStream({
    async pull(controller) {
      const { done, value } = await bytes.next();
      if (done || !value) return controller.close();
      loaded += value.length;
      onProgress(loaded, total);
      controller.enqueue(value);
    },
    cancel: () => void bytes.return(),
  });
  return new Response(body, { status: response.status, headers: response.headers });
}
