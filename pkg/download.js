/**
 * Downloads with progress, cancellation and checks, shared by everyone who wants the same file at the same time.
 * Runs in the worker.
 */
import { MorphogenError, aborted, typed } from "./errors.js";

/** @typedef {(loaded: number, total: number | undefined) => void} Progress bytes so far, and all bytes where known */

/**
 * Fetches a file whole.
 * @param {string} url
 * @param {object} options
 * @param {"json" | "binary"} options.kind what is expected; a web page in its place is refused
 * @param {number} options.limit most bytes to accept
 * @param {number} [options.total] bytes expected, for progress where the server does not say
 * @param {AbortSignal} options.signal
 * @param {Progress} [options.onProgress]
 * @returns {Promise<Uint8Array>}
 */
export async function download(url, { kind, limit, total, signal, onProgress }) {
  const response = await request(url, signal);
  checkType(url, kind, response.headers.get("content-type"));
  const tooLong = () =>
    new MorphogenError("pack-tampered", `${url} has more than the ${limit} bytes expected. It may have been replaced; reload the page.`);
  /** @type {Uint8Array[]} */
  const chunks = [];
  let loaded = 0;
  try {
    const reader = response.body?.getReader();
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done || !value) break;
      chunks.push(value);
      loaded += value.length;
      if (loaded > limit) {
        await reader?.cancel();
        throw tooLong();
      }
      onProgress?.(loaded, total);
    }
  } catch (thrown) {
    if (signal.aborted) throw aborted();
    if (thrown instanceof MorphogenError || /** @type {Error} */ (thrown).name === "RangeError") throw typed(thrown);
    throw broken(url, thrown);
  }
  return join(chunks, loaded);
}

/** Asks the page where a file is, where the page wants to be asked: its bytes, another address, or undefined. */
export const page = { ask: /** @type {((url: string) => Promise<Uint8Array | string | undefined>) | undefined} */ (undefined) };

/**
 * `fetch` whose failures are typed.
 * @param {string} url
 * @param {AbortSignal} signal
 */
export async function request(url, signal) {
  const found = await page.ask?.(url);
  if (typeof found === "object") return new Response(/** @type {Uint8Array<ArrayBuffer>} */ (found));
  let response;
  try {
    response = await fetch(found ?? url, { signal, credentials: "same-origin" });
  } catch (thrown) {
    if (signal.aborted) throw aborted();
    throw broken(url, thrown);
  }
  if (!response.ok) {
    const what = response.status === 404 ? "is not there" : "could not be had";
    throw new MorphogenError("http", `${url} ${what} (the server answered ${response.status}). Check the address.`);
  }
  return response;
}

/**
 * @param {string} url
 * @param {unknown} cause
 */
function broken(url, cause) {
  const sentence = `The connection broke while fetching ${url}. Check the network and try again.`;
  return new MorphogenError("network", sentence, { cause });
}

/**
 * Servers that answer a missing file with a web page are common; say so instead of failing to parse it.
 * @param {string} url
 * @param {"json" | "binary"} kind
 * @param {string | null} header
 */
function checkType(url, kind, header) {
  const type = (header ?? "").split(";")[0].trim().toLowerCase();
  const wrong = kind === "json" ? !/^$|json|octet-stream|^text\/plain$/.test(type) : /^text\/(html|css)$|javascript/.test(type);
  if (wrong) {
    const expected = kind === "json" ? "JSON (application/json)" : "binary data (application/octet-stream)";
    throw new MorphogenError("content-type", `${url} should be ${expected}, but the server sent ${type}. Check the address.`);
  }
}

/**
 * @param {Uint8Array[]} chunks
 * @param {number} length
 */
function join(chunks, length) {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/**
 * Work that several callers may wait for: it starts with the first, its result is kept, and it is aborted only when
 * every caller has left. A failure is forgotten, so that the next caller tries again.
 * @template T
 */
export class Shared {
  /** @param {(signal: AbortSignal, onProgress: Progress) => Promise<T>} start */
  constructor(start) {
    this.start = start;
    /** @type {{ promise: Promise<T>, controller: AbortController, listeners: Set<Progress>, settled: boolean } | undefined} */
    this.run = undefined;
  }

  /**
   * @param {AbortSignal} signal the caller's own
   * @param {Progress} [onProgress]
   * @returns {Promise<T>}
   */
  async get(signal, onProgress = () => {}) {
    if (signal.aborted) throw aborted();
    const run = (this.run ??= this.begin());
    run.listeners.add(onProgress);
    /** @type {() => void} */
    let leave = () => {};
    const left = new Promise((_, reject) => {
      leave = () => {
        run.listeners.delete(onProgress);
        if (run.listeners.size === 0 && !run.settled) {
          run.controller.abort();
          if (this.run === run) this.run = undefined;
        }
        reject(aborted());
      };
    });
    signal.addEventListener("abort", leave, { once: true });
    try {
      return await /** @type {Promise<T>} */ (Promise.race([run.promise, left]));
    } finally {
      signal.removeEventListener("abort", leave);
      run.listeners.delete(onProgress);
    }
  }

  begin() {
    const controller = new AbortController();
    /** @type {Set<Progress>} */
    const listeners = new Set();
    const promise = this.start(controller.signal, (loaded, total) => listeners.forEach((tell) => tell(loaded, total)));
    const run = { promise, controller, listeners, settled: false };
    promise.then(
      () => void (run.settled = true),
      () => {
        run.settled = true;
        if (this.run === run) this.run = undefined;
      },
    );
    return run;
  }
}
