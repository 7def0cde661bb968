/** Bytes written as text, for code that carries its files in itself. */

/**
 * @param {string} text base64
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function decoded(text) {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = characters.charCodeAt(i);
  return bytes;
}

/**
 * @param {string} text base64 of zlib data
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function inflated(text) {
  const stream = new Blob([decoded(text)]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
