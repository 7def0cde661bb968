/**
 * Writes the page as one HTML file that works from a disk, without a network: page, styles, worker, wasm and a model pack
 * with all its networks and as many training pictures as fit below the limit.
 *
 * The file declares windows-1252, an encoding in which every byte is a character, so its parts stand in it as bytes, with
 * four of them escaped; base64 would make them a third larger. Each part is zlib data for the browser's own
 * `DecompressionStream`; 16-bit weights have their high bytes and low bytes apart, which saves another seventh.
 *
 *     node tools/offline.mjs [OUT.html]
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { deflateSync, inflateSync } from "node:zlib";
import { transform } from "esbuild";
import { ROOT, script, wasm, workerScript } from "./bundle.mjs";

const LIMIT = 4_000_000;
const PACK = "models/fashion";
/** NUL and CR do not survive an HTML parser, `<` could end the part, `=` is the escape itself. */
const ESCAPED = new Set([0x00, 0x0d, 0x3c, 0x3d]);

/** @typedef {"plain" | "zlib" | "planes"} Form */

const read = (/** @type {string} */ path) => readFileSync(resolve(ROOT, "www", path));
const packed = (/** @type {Buffer} */ content) => deflateSync(content, { level: 9, memLevel: 9 });

/**
 * A part of the file as a script element, which a browser keeps and does not run.
 * @param {string} name
 * @param {Form} form
 * @param {Buffer} content as it shall be, except where the form is plain
 */
function part(name, form, content) {
  const bytes = form === "plain" ? content : packed(form === "planes" ? planes(content) : content);
  const escaped = Buffer.alloc(2 * bytes.length);
  let length = 0;
  for (const byte of bytes) {
    if (ESCAPED.has(byte)) escaped[length++] = 0x3d;
    escaped[length++] = ESCAPED.has(byte) ? byte + 64 : byte;
  }
  const tag = Buffer.from(`<script type="text/plain" data-part="${name}" data-form="${form}">`);
  return Buffer.concat([tag, escaped.subarray(0, length), Buffer.from("</script>\n")]);
}

/** @param {Buffer} content of 16-bit values */
function planes(content) {
  const half = content.length >> 1;
  return Buffer.from(content.map((_, i) => content[i < half ? 2 * i : 2 * (i - half) + 1]));
}

/**
 * The first `count` training pictures of a file, in the same format.
 * @param {Buffer} file
 * @param {number} count
 */
function fewer(file, count) {
  const content = inflateSync(file);
  const header = Number(content.readBigUInt64LE(0));
  const { images } = JSON.parse(content.toString("utf8", 8, 8 + header));
  const [, ...size] = images.shape;
  const bytes = count * size.reduce((/** @type {number} */ product, /** @type {number} */ side) => product * side, 1);
  const words = JSON.stringify({ images: { ...images, shape: [count, ...size], data_offsets: [0, bytes] } });
  const text = Buffer.from(words.padEnd(Math.ceil(words.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return packed(Buffer.concat([length, text, content.subarray(8 + header, 8 + header + bytes)]));
}

/**
 * The pack's parts with `count` training pictures for each prompt.
 * @param {number} count
 */
function packParts(count) {
  const manifest = JSON.parse(read(`${PACK}/manifest.json`).toString());
  const training = /** @type {{ file: string, count: number }[]} */ (Object.values(manifest.training)).map((entry) => {
    entry.count = count;
    const content = fewer(read(`${PACK}/${entry.file}`), count);
    manifest.files[entry.file] = { bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") };
    return part(`${PACK}/${entry.file}`, "plain", content);
  });
  return [part(`${PACK}/manifest.json`, "zlib", Buffer.from(JSON.stringify(manifest))), ...training];
}

/** Text with everything beyond ASCII as character references. */
const ascii = (/** @type {string} */ text) => text.replace(/[^\0-\x7f]/gu, (character) => `&#${character.codePointAt(0)};`);

/**
 * `text` with the one place that `pattern` finds replaced; an error where there is not exactly one.
 * @param {string} text
 * @param {RegExp} pattern
 * @param {(...found: string[]) => string} by
 */
function replaced(text, pattern, by) {
  const found = text.match(new RegExp(pattern, `${pattern.flags}g`))?.length ?? 0;
  if (found !== 1) throw new Error(`expected ${pattern} once in index.html, found it ${found} times: change tools/offline.mjs with the page`);
  return text.replace(pattern, by);
}

/**
 * The page's own HTML around the parts, with a word on what this file is.
 * @param {string} words
 * @returns {Promise<[Buffer, Buffer]>} before and after the parts
 */
async function page(words) {
  const { code: styles } = await transform(read("style.css").toString(), { loader: "css", minify: true, charset: "ascii" });
  const boot = await script("tools/offline/boot.js");
  let html = read("index.html").toString();
  html = replaced(html, /<meta charset="utf-8">/, () => '<meta charset="windows-1252">');
  html = replaced(html, /(<link rel="icon" href=")icon\.svg"/, (_, start) => `${start}data:image/svg+xml;base64,${read("icon.svg").toString("base64")}"`);
  html = replaced(html, /<link rel="stylesheet" href="style\.css">/, () => `<style>${styles}</style>`);
  html = replaced(html, /<script type="module" src="main\.js"><\/script>/, () => "");
  html = replaced(html, /<html lang="en">/, () => `<html lang="en" data-packs="${PACK.split("/")[1]}">`);
  // The essay is a page of its own, which this file does not hold.
  html = replaced(html, /<a href="essay\/">[^<]*<\/a>\s*/, () => "");
  html = html.replace(/<link rel="(manifest|apple-touch-icon)"[^>]*>\s*/g, "");
  html = replaced(html, /<h2 id="how-title">[^<]*<\/h2>/, (title) => `${title}\n<p class="quiet">${words}</p>`);
  const left = /\s(?:src|href)="(?!#|data:)[^"]*"/.exec(html);
  if (left) throw new Error(`index.html still asks for${left[0]}: put it into tools/offline.mjs`);
  const [before, after] = ascii(html).split("</body>");
  return [Buffer.from(before), Buffer.from(`<script>${boot}</script>\n</body>${after}`)];
}

const out = resolve(process.argv[2] ?? resolve(ROOT, "dist/morphogen-offline.html"));
const manifest = JSON.parse(read(`${PACK}/manifest.json`).toString());
const most = Math.max(...Object.values(manifest.training).map(({ count }) => count));
const app = await script("tools/offline/app.js");
const fixed = [
  part("app.js", "zlib", Buffer.from(app)),
  part("worker.js", "zlib", Buffer.from(await workerScript())),
  ...wasm().map(({ url, content }) => part(url, "zlib", content)),
  ...Object.values(manifest.networks).map(({ file }) => part(`${PACK}/${file}`, "planes", read(`${PACK}/${file}`))),
];

/** @param {number} count training pictures for each prompt */
async function whole(count) {
  const copy = "This is Morphogen as one file: it needs no network.";
  const words = count === most ? copy : `${copy} To stay below ${LIMIT / 1e6} MB it holds ${count} of the ${most} training pictures of each kind that the hosted page has.`;
  const [before, after] = await page(words);
  return Buffer.concat([before, ...fixed, ...packParts(count), after]);
}

// The size grows with the count, so halving finds the largest count that fits.
let [fits, tooMany] = [0, most + 1];
while (tooMany - fits > 1) {
  const middle = (fits + tooMany) >> 1;
  if ((await whole(middle)).length <= LIMIT) fits = middle;
  else tooMany = middle;
}
if (fits === 0) throw new Error(`not even one training picture of each kind fits into ${LIMIT} bytes`);
const file = await whole(fits);
mkdirSync(dirname(out), { recursive: true });
writeFileSync(out, file);
console.log(`${out}: ${file.length} bytes of ${LIMIT}, with ${fits} of ${most} training pictures of each kind`);
