/** Opens what is compressed, up to a limit, so that a small file cannot fill the memory. */
import { MorphogenError } from "./errors.js";

/**
 * A compressed file of a pack, opened.
 * @param {string} file its name
 * @param {Uint8Array} packed
 * @param {number} limit most bytes that may come of it
 */
export async function unpacked(file, packed, limit) {
  return inflate(packed, "deflate", limit).catch((cause) => {
    throw new MorphogenError("pack-inflate", `${file} could not be inflated (${cause.message}); get an untouched copy.`, { cause });
  });
}

/**
 * @param {Uint8Array} packed
 * @param {"deflate" | "deflate-raw"} format with the header of zlib, or without
 * @param {number} limit most bytes that may come of it
 * @returns {Promise<Uint8Array<ArrayBuffer>>} rejects with a `TypeError` where the data are damaged, or more
 */
export async function inflate(packed, format, limit) {
  const stream = new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (packed)]).stream().pipeThrough(new DecompressionStream(format));
  const reader = stream.getReader();
  const bytes = new Uint8Array(limit);
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes.subarray(0, length);
    if (length + value.length > limit) throw new TypeError(`more than ${limit} bytes`);
    bytes.set(value, length);
    length += value.length;
  }
}
