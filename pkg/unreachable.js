/**
 * Why a file could not be fetched, where the browser says no more than that: fetched when it happens. Browsers hide from a page what other
 * hosts answer, but not whether they do.
 */
import { MorphogenError } from "./errors.js";

/**
 * The error to tell of, or nothing where it is the connection.
 * @param {string} url
 * @param {unknown} cause
 * @param {AbortSignal} signal
 * @returns {Promise<MorphogenError | undefined>}
 */
export async function reason(url, cause, signal) {
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
