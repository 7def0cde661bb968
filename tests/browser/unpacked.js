/** A zip file's entries, read by its directory; its files are stored or deflated. */
import { inflateRawSync } from "node:zlib";

/**
 * @param {Buffer} zip
 * @returns {[name: string, content: Buffer][]}
 */
export function unpacked(zip) {
  const end = zip.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  /** @type {[string, Buffer][]} */
  const entries = [];
  let at = zip.readUInt32LE(end + 16);
  for (let count = zip.readUInt16LE(end + 10); count > 0; count -= 1) {
    const [method, size, name, extra, comment, local] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20), zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30), zip.readUInt16LE(at + 32), zip.readUInt32LE(at + 42)];
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const content = zip.subarray(start, start + size);
    entries.push([zip.toString("utf8", at + 46, at + 46 + name), method === 8 ? inflateRawSync(content) : content]);
    at += 46 + name + extra + comment;
  }
  return entries;
}
