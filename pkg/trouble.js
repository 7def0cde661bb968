/**
 * What stopped a file or the code, in words: fetched when it happens. Browsers hide from a page what other hosts answer, but not whether
 * they do.
 */
import { MorphogenError, typed } from "./errors.js";

/**
 * Why a file could not be fetched, where the browser says no more than that; nothing where it is the connection.
 * @param {string} url
 * @param {unknown} cause
 * @param {AbortSignal} signal
 * @returns {Promise<MorphogenError | undefined>}
 */
export async function unreachable(url, cause, signal) {
  const { protocol, origin } = new URL(url);
  if (protocol === "file:") {
    return new MorphogenError("cors", `${url} could not be read: browsers let no page read files from the disk. Serve the folder (any static server does), or use the page as one file.`, { cause });
  }
  if (origin === self.origin) return undefined;
  try {
    await fetch(url, { method: "HEAD", mode: "no-cors", credentials: "omit", signal });
  } catch {
    return undefined;
  }
  return new MorphogenError(
    "cors",
    `${url} could not be read: it is not there, or its host does not open it to other sites (CORS). Check the address, or have the host send Access-Control-Allow-Origin.`,
    { cause },
  );
}

/** @param {string} url @param {number} status */
export function refused(url, status) {
  const what = status === 404 ? "is not there" : "could not be had";
  return new MorphogenError("http", `${url} ${what} (the server answered ${status}). Check the address.`);
}

/** @param {string} url @param {"json" | "binary"} kind @param {string | null} type that the server sent */
export function type(url, kind, type) {
  const expected = kind === "json" ? "JSON (application/json)" : "binary data (application/octet-stream)";
  return new MorphogenError("content-type", `${url} should be ${expected}, but the server sent ${type?.split(";")[0]}. Check the address.`);
}

/** @param {string} url */
export const page = (url) => new MorphogenError("content-type", `${url} should be WebAssembly, but the server sent a web page. Check wasmUrl.`);

/** @param {string} url @param {number} limit in bytes */
export const longer = (url, limit) => new MorphogenError("pack-tampered", `${url} has more than the ${limit} bytes expected. It may have been replaced; reload the page.`);

/** @param {string} url */
export const unpacked = (url) => new MorphogenError("content-encoding", `${url} arrived unpacked: its host should send .zz files as they are, without a Content-Encoding.`);

/** @param {string} url */
export const replaced = (url) => new MorphogenError("replaced", `${url} was replaced by another version while it was being fetched. Try again.`);

/** A browser without what the code needs. */
export const old = () => new MorphogenError("wasm-unsupported", "This browser cannot run the drawing engine (WebAssembly with SIMD). Any browser since 2023 can.");

/**
 * Why wasm did not compile or start.
 * @param {string} url
 * @param {unknown} thrown
 */
export function wasm(url, thrown) {
  const { name, message } = /** @type {Error} */ (Object(thrown));
  if (/content security policy|unsafe-eval|blocked by CSP|disallowed by embedder/i.test(message)) {
    const sentence = "This site's security policy blocks WebAssembly. Its owner can allow it by adding 'wasm-unsafe-eval' to script-src in the Content-Security-Policy header.";
    return new MorphogenError("wasm-blocked", sentence, { cause: thrown });
  }
  if (thrown instanceof MorphogenError || name === "RangeError" || name === "AbortError") return typed(thrown);
  if (name === "TypeError") {
    const sentence = `The connection broke while fetching ${url}. Check the network and try again.`;
    return new MorphogenError("network", sentence, { cause: thrown });
  }
  return new MorphogenError("wasm-broken", `${url} is damaged or does not fit this package: ${message}`, { cause: thrown });
}
