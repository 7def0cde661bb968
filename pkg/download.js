/**
 * Downloads with progress, cancellation and checks, shared by everyone who wants the same file at the same time. A
 * connection that breaks or falls silent is taken up again where it broke. Runs in the worker.
 */
import { MorphogenError, aborted, typed } from "./errors.js";

/** @typedef {(loaded: number, total: number | undefined) => void} Progress bytes so far, and all bytes where known */

/** Tries in a row that may bring nothing new, and the pause before the first of them; each next one is twice as long. */
const TRIES = 4;
const PAUSE = 250;
/** After so many milliseconds without a byte a connection counts as broken. */
const SILENCE = 60_000;

/**
 * Fetches a file whole.
 * @param {string} url
 * @param {object} options
 * @param {"json" | "binary"} options.kind what is expected; a web page in its place is refused
 * @param {number} options.limit most bytes to accept
 * @param {number} [options.total] bytes expected, for progress where the server does not say
 * @param {RequestCache} [options.cache] "reload" goes past the browser's cache
 * @param {AbortSignal} options.signal
 * @param {Progress} [options.onProgress]
 * @returns {Promise<Uint8Array>}
 */
export async function download(url, { kind, limit, total, cache, signal, onProgress }) {
  const response = await request(url, signal, { cache });
  if (!right(kind, response.headers.get("content-type"))) throw await trouble("type", url, kind, response.headers.get("content-type"));
  /** @type {Uint8Array[]} */
  const chunks = [];
  let loaded = 0;
  for await (const bytes of pieces(response, url, signal)) {
    // The manifest has the check sum of what is compressed.
    if (loaded === 0 && /\.zz$/.test(url) && ((bytes[0] & 15) !== 8 || ((bytes[0] << 8) | bytes[1]) % 31 > 0)) {
      throw await trouble("unpacked", url);
    }
    chunks.push(bytes);
    loaded += bytes.length;
    if (loaded > limit) {
      throw await trouble("longer", url, limit);
    }
    onProgress?.(loaded, total);
  }
  try {
    return join(chunks, loaded);
  } catch (thrown) {
    throw typed(thrown);
  }
}

/**
 * The bytes of an answer as they arrive. Where the connection breaks it asks for the rest (Range, with If-Range so that
 * two versions are never joined); a server that sends the whole again has its beginning skipped.
 * @param {Response} response
 * @param {string} url
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<Uint8Array<ArrayBuffer>, void, void>}
 */
export async function* pieces(response, url, signal) {
  const tag = response.headers.get("etag");
  // What was compressed on the way cannot be counted in the server's bytes.
  const resumable = tag !== null && !tag.startsWith("W/") && !response.headers.has("content-encoding");
  let loaded = 0;
  let skip = 0;
  for (let fruitless = 0; ; ) {
    if (!response.body) return;
    const reader = response.body.getReader();
    /** @type {unknown} */
    let cause;
    try {
      for (;;) {
        const { done, value } = await within(SILENCE, reader.read());
        if (done) return;
        const fresh = value.subarray(Math.min(skip, value.length));
        skip -= value.length - fresh.length;
        if (fresh.length === 0) continue;
        fruitless = 0;
        loaded += fresh.length;
        yield fresh;
      }
    } catch (thrown) {
      cause = thrown;
    } finally {
      // Not awaited: a connection that has fallen silent may never answer.
      reader.cancel().catch(() => {});
    }
    for (;;) {
      if (signal.aborted) throw aborted();
      if (++fruitless > TRIES) throw broken(url, cause);
      await pause(PAUSE * 2 ** (fruitless - 1), signal);
      try {
        const headers = resumable && loaded > 0 ? { range: `bytes=${loaded}-`, "if-range": tag } : undefined;
        response = await request(url, signal, { headers });
        break;
      } catch (thrown) {
        if (/** @type {MorphogenError} */ (thrown).code !== "network") throw thrown;
      }
    }
    const continued = response.status === 206 && response.headers.get("content-range")?.startsWith(`bytes ${loaded}-`);
    if (!continued && (response.status === 206 || response.headers.get("etag") !== tag)) {
      throw await trouble("replaced", url);
    }
    skip = continued ? 0 : loaded;
  }
}

/** Asks the page where a file is, where the page wants to be asked: its bytes, another address, or undefined. */
export const page = { ask: /** @type {((url: string) => Promise<Uint8Array | string | undefined>) | undefined} */ (undefined) };

/** Files that the page has handed over, by address: they are nowhere else. */
export const handed = /** @type {Map<string, Uint8Array>} */ (new Map());

/**
 * `fetch` whose failures are typed.
 * @param {string} url
 * @param {AbortSignal} signal
 * @param {RequestInit} [init]
 */
export async function request(url, signal, init) {
  const found = handed.get(url) ?? (await page.ask?.(url));
  if (typeof found === "object") return new Response(/** @type {Uint8Array<ArrayBuffer>} */ (found));
  let response;
  try {
    response = await within(SILENCE, fetch(found ?? url, { ...init, signal, credentials: "same-origin" }));
  } catch (thrown) {
    if (signal.aborted) throw aborted();
    throw await trouble("unreachable", url, thrown, signal);
  }
  if (!response.ok) throw await trouble("refused", url, response.status);
  return response;
}

/**
 * The error to throw, in words that are fetched when they are needed; where they cannot be, it is the connection.
 * @param {keyof typeof import("./trouble.js")} what
 * @param {string} url
 * @param {...any} about
 * @returns {Promise<MorphogenError>}
 */
export async function trouble(what, url, ...about) {
  const words = await import("./trouble.js").catch(() => undefined);
  return (await /** @type {any} */ (words)?.[what](url, ...about)) ?? broken(url, about[0]);
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
 * The promise, or a failure when it takes longer than `milliseconds`.
 * @template T
 * @param {number} milliseconds
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
function within(milliseconds, promise) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TypeError(`no byte in ${milliseconds / 1000} s`)), milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/**
 * @param {number} milliseconds
 * @param {AbortSignal} signal cuts it short
 */
function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve(undefined)), { once: true });
  });
}

/**
 * Whether it is what it should be: servers that answer a missing file with a web page are common.
 * @param {"json" | "binary"} kind
 * @param {string | null} header
 */
function right(kind, header) {
  const type = (header ?? "").split(";")[0].trim().toLowerCase();
  return kind === "json" ? /^$|json|octet-stream|^text\/plain$/.test(type) : !/^text\/(html|css)$|javascript/.test(type);
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
