/**
 * A pack as one file: a zip archive of its folder (PKWARE's APPNOTE, without its 64-bit part). {@link zip} writes one,
 * uncompressed, since what is large in a pack is compressed already; {@link unzip} reads one as untrusted input, also one that
 * was packed again by hand. The pack's own checks follow when its manifest is read.
 */
import { MorphogenError } from "./errors.js";
import { inflate } from "./inflate.js";

/** Most bytes of an archive, and of all that comes out of it; most entries. */
const LIMIT = 256 << 20;
const ENTRIES = 5000;
/** What a pack may hold; anything else in the archive, such as a read-me, is left alone. */
const MEMBER = /^(training\/)?[a-z0-9_][a-z0-9._-]{0,63}$/;
const MANIFEST = "manifest.json";
/** Signatures of the parts. */
const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
/** Length of the last part, and of the longest comment after it. */
const END_LENGTH = 22;
const COMMENT = 0xffff;
/** Midnight of 1980's first day, so that the same pack is the same file. */
const DATE = 0x21;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/**
 * The check sum of zip archives.
 * @param {Uint8Array} bytes
 */
function crc32(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = TABLE[(sum ^ byte) & 255] ^ (sum >>> 8);
  return ~sum >>> 0;
}

/**
 * Packs files, in the order given.
 * @param {[name: string, bytes: Uint8Array<ArrayBuffer>][]} files names in ASCII, with slashes
 */
export function zip(files) {
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const parts = [];
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const index = [];
  let at = 0;
  for (const [name, bytes] of files) {
    const letters = new TextEncoder().encode(name);
    // Version 2.0, no flags, stored, time and date, check sum, both lengths, length of the name, nothing extra.
    const about = [[2, 20], [2, 0], [2, 0], [2, 0], [2, DATE], [4, crc32(bytes)], [4, bytes.length], [4, bytes.length], [2, letters.length], [2, 0]];
    const header = numbers([[4, LOCAL], ...about]);
    // The same behind the writer's version; no comment, first disk, no attributes, and where the entry is.
    index.push(numbers([[4, CENTRAL], [2, 20], ...about, [2, 0], [2, 0], [2, 0], [4, 0], [4, at]]), letters);
    parts.push(header, letters, bytes);
    at += header.length + letters.length + bytes.length;
  }
  const length = index.reduce((sum, { length }) => sum + length, 0);
  const end = numbers([[4, END], [2, 0], [2, 0], [2, files.length], [2, files.length], [4, length], [4, at], [2, 0]]);
  return new Blob([...parts, ...index, end], { type: "application/zip" });
}

/** @param {number[][]} list of width in bytes and value, little-endian */
function numbers(list) {
  const view = new DataView(new ArrayBuffer(list.reduce((sum, [width]) => sum + width, 0)));
  let at = 0;
  for (const [width, value] of list) {
    if (width === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += width;
  }
  return new Uint8Array(view.buffer);
}

/**
 * The files of a pack by name, out of an archive that holds its folder, or its folder's content.
 * @param {Blob} archive
 * @returns {Promise<Record<string, Uint8Array>>}
 */
export async function unzip(archive) {
  if (archive.size > LIMIT) throw refused(`it has ${archive.size} bytes, more than ${LIMIT}`);
  const bytes = new Uint8Array(await archive.arrayBuffer());
  const entries = directory(bytes);
  const manifests = entries.filter(({ name }) => name === MANIFEST || name.endsWith(`/${MANIFEST}`));
  // The one in the outermost folder, where a pack was packed with others around it.
  const top = manifests.sort((a, b) => a.name.split("/").length - b.name.split("/").length)[0];
  if (!top) throw refused(`there is no ${MANIFEST} in it`);
  const folder = top.name.slice(0, -MANIFEST.length);
  /** @type {Record<string, Uint8Array>} */
  // Without a prototype: a file may be called “__proto__”.
  const files = Object.create(null);
  let left = LIMIT;
  for (const entry of entries) {
    const name = entry.name.slice(folder.length);
    if (!entry.name.startsWith(folder) || !MEMBER.test(name)) continue;
    if (Object.hasOwn(files, name)) throw refused(`“${name}” comes twice`);
    if (entry.size > left) throw refused(`its files have more than ${LIMIT} bytes`);
    left -= entry.size;
    files[name] = await content(bytes, entry);
  }
  return files;
}

/** @typedef {{ name: string, method: number, sum: number, packed: number, size: number, at: number }} Entry */

/**
 * What the archive says it holds.
 * @param {Uint8Array} bytes
 * @returns {Entry[]}
 */
function directory(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let end = bytes.length - END_LENGTH;
  const last = Math.max(0, end - COMMENT);
  while (end >= last && view.getUint32(end, true) !== END) end -= 1;
  if (end < last) throw refused("it has no end that a zip archive has, so it may have been cut off");
  const count = view.getUint16(end + 10, true);
  const length = view.getUint32(end + 12, true);
  let at = view.getUint32(end + 16, true);
  if (view.getUint16(end + 4, true) !== 0 || count > ENTRIES || at + length > end) throw refused("its directory is not where it should be");
  const limit = at + length;
  /** @type {Entry[]} */
  const entries = [];
  for (let n = 0; n < count; n += 1) {
    if (at + 46 > limit || view.getUint32(at, true) !== CENTRAL) throw refused(`entry ${n + 1} of its directory is damaged`);
    const [letters, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
    const next = at + 46 + letters + extra + comment;
    if (next > limit) throw refused(`entry ${n + 1} of its directory is damaged`);
    if (view.getUint16(at + 8, true) & 1) throw refused("it is encrypted");
    entries.push({
      name: new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + letters)),
      method: view.getUint16(at + 10, true),
      sum: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      at: view.getUint32(at + 42, true),
    });
    at = next;
  }
  return entries;
}

/**
 * The content of an entry, checked.
 * @param {Uint8Array} bytes
 * @param {Entry} entry
 */
async function content(bytes, { name, method, sum, packed, size, at }) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const damaged = refused(`“${name}” is damaged`);
  if (at + 30 > bytes.length || view.getUint32(at, true) !== LOCAL) throw damaged;
  const start = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  if (start + packed > bytes.length) throw damaged;
  const stored = bytes.slice(start, start + packed);
  if (method !== 0 && method !== 8) throw refused(`“${name}” is compressed in a way that is not known here (${method})`);
  const inflated = () => inflate(stored, "deflate-raw", size).catch(() => Promise.reject(damaged));
  const found = method === 0 ? stored : await inflated();
  if (found.length !== size || crc32(found) !== sum) throw damaged;
  return found;
}

/** @param {string} why */
function refused(why) {
  return new MorphogenError("pack-zip", `This is no zip file of a pack: ${why}. Choose a file that was saved as a pack, or an untouched copy of it.`);
}
