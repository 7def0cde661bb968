/**
 * Writes the whole product as one HTML file that works from a disk, without a network: the Studio, the essay and the page on
 * learning in their languages, workers, wasm and the model packs with all their networks, and as many training pictures as fit below the limit.
 *
 * The file declares windows-1252, an encoding in which every byte is a character, so its parts stand in it as bytes, with
 * four of them escaped; base64 would make them a third larger. Each part is zlib data for the browser's own
 * `DecompressionStream`; 16-bit weights have their high bytes and low bytes apart, which saves another seventh.
 *
 *     node tools/offline.mjs [--only PACK] [--address URL] [OUT.html]
 *
 * `--only fashion`: the Studio in English with that pack alone, a third of the size. `--address`: where the same page is
 * hosted, for the links that the file gives.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { deflateSync, inflateSync } from "node:zlib";
import { transform } from "esbuild";
import { ROOT, learnScript, learnWasm, script, wasm, workerScript } from "./bundle.mjs";

const { values: options, positionals } = parseArgs({ options: { only: { type: "string" }, address: { type: "string" } }, allowPositionals: true });
/** Packs, and bytes that the file may have. */
const PACKS = ["emoji", "fashion"];
const LIMIT = options.only ? 4_000_000 : 12_000_000;
const held = PACKS.filter((name) => name === (options.only ?? name));
if (held.length === 0) throw new Error(`expected --only to be one of ${PACKS.join(", ")}, found ${options.only}`);
if (options.address && !URL.canParse(options.address)) throw new Error(`expected --address to be an address such as https://example.org/morphogen/, found ${options.address}`);
/** Packs whose training pictures are left out: their shelves are as large as all the rest. Nobody is offered to look there. */
const bare = held.filter((name) => JSON.parse(readFileSync(resolve(ROOT, `www/models/${name}/manifest.json`), "utf8")).text);
/** Pages beside the Studio that opens first: where each stands, its language, and its code. */
const PAGES = options.only
  ? []
  : [
      { path: "de.html", app: "tools/offline/app-de.js" },
      { path: "essay/index.html", app: "tools/offline/essay.js" },
      { path: "essay/de.html", app: "tools/offline/essay.js" },
      { path: "learn.html", app: "tools/offline/learn.js" },
      { path: "learn-de.html", app: "tools/offline/learn.js" },
    ];
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
 * A pack's parts: the manifest, what networks and words need, and `count` training pictures for each prompt; of captions, which
 * share their shelves, all or none.
 * @param {string} pack
 * @param {number} count
 */
function packParts(pack, count) {
  const folder = `models/${pack}`;
  const manifest = JSON.parse(read(`${folder}/manifest.json`).toString());
  const training = /** @type {{ file: string, count: number }[]} */ (manifest.text ? [] : Object.values(manifest.training)).map((entry) => {
    entry.count = Math.min(count, entry.count);
    const content = fewer(read(`${folder}/${entry.file}`), entry.count);
    manifest.files[entry.file] = { bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") };
    return part(`${folder}/${entry.file}`, "plain", content);
  });
  const { words, captions, languages = {} } = manifest.text ?? {};
  const texts = [words, captions, ...Object.values(languages)].filter(Boolean);
  return [
    part(`${folder}/manifest.json`, "zlib", Buffer.from(JSON.stringify(manifest))),
    ...texts.map((file) => part(`${folder}/${file}`, file.endsWith(".zz") ? "plain" : "zlib", read(`${folder}/${file}`))),
    ...training,
  ];
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

/** Where a page is in this file; a page that it lacks is nowhere. @param {string} path */
const within = (path) => (path === "index.html" ? "?" : PAGES.some((page) => page.path === path) ? `?page=${path}` : undefined);

/** Files of the pictures that the pages show. @type {Set<string>} */
const pictures = new Set();

/** A file as a data address. @param {string} path */
const inlined = (path) => `data:image/${path.endsWith(".svg") ? "svg+xml" : "png"};base64,${read(path).toString("base64")}`;

/**
 * A page without its code, in which styles and pictures stand themselves and links lead to pages of this file.
 * @param {string} path
 */
async function page(path) {
  const folder = dirname(path);
  const from = (/** @type {string} */ address) => join(folder, address || ".").replace(/(^|\/)\.?\/?$/, "$1index.html");
  let html = read(path).toString();
  html = replaced(html, /<meta charset="utf-8">/, () => '<meta charset="windows-1252">');
  html = html.replace(/<link rel="(manifest|apple-touch-icon|alternate)"[^>]*>\s*|<meta (?:property="og|name="twitter):[^>]*>\s*/g, "");
  html = replaced(html, /<script type="module" src="[\w.-]+"><\/script>/, () => "");
  for (const [link, name] of html.matchAll(/<link rel="stylesheet" href="([^"]*)">/g)) {
    const { code } = await transform(read(join(folder, name)).toString(), { loader: "css", minify: true, charset: "ascii" });
    const whole = code.replace(/url\("?([^":)]+)"?\)/g, (_, file) => `url(${inlined(join(folder, dirname(name), file))})`);
    html = html.replace(link, () => `<style>${whole}</style>`);
  }
  html = html.replace(/(<link\b[^>]*\shref=")([^":]+\.(?:png|svg))"/g, (_, start, file) => `${start}${inlined(join(folder, file))}"`);
  // Several pages show the same pictures, so each picture is a part.
  html = html.replace(/(<img\b[^>]*\s)src="([^":]+\.png)"/g, (all, start, file) => {
    if (options.only) return all;
    pictures.add(join(folder, file));
    return `${start}data-file="${join(folder, file)}"`;
  });
  html = html.replace(/<a ([^>]*?)href="([^":#]*)(#[^"]*)?"/g, (all, rest, address, hash = "") => {
    if (!address) return all;
    const to = within(from(address));
    return to === undefined ? `<a data-lacking ${rest}href="#"` : `<a ${rest}href="${to}${hash}"`;
  });
  // A page that this file lacks is not offered.
  html = html.replace(/<a data-lacking[^>]*>.*?<\/a>\s*/gs, "");
  if (options.only) html = html.replace(/<nav id="beyond".*?<\/nav>\s*/s, "");
  const set = [["data-parts", "yes"], ["data-packs", held.join(" ")], ["data-bare", bare.join(" ")], ["data-address", options.address && new URL(path.replace(/(^|\/)index\.html$/, "$1"), options.address.replace(/\/?$/, "/")).href], ["data-page", path === "index.html" ? undefined : path]];
  const attributes = set.flatMap(([name, value]) => (value ? [` ${name}="${value}"`] : [])).join("");
  html = replaced(html, /<html lang="(\w+)">/, (_, lang) => `<html lang="${lang}"${attributes}>`);
  const left = /\s(?:src|href)="(?!#|data:|\?|https:)[^"]*"/.exec(html);
  if (left) throw new Error(`${path} still asks for${left[0]}: put it into tools/offline.mjs`);
  return html;
}

/** Says so where the end of the file was lost on its way. */
const CUT = `<script>addEventListener("DOMContentLoaded",function(){if(!document.getElementById("morphogen-end")){document.getElementById("status").textContent="This file is not whole: its end is missing. Get it once more."}})</script>`;

/**
 * The HTML of the Studio around the parts, with a word on what this file is.
 * @param {string} words
 * @returns {Promise<[Buffer, Buffer]>} before and after the parts
 */
async function around(words) {
  let html = replaced(studio, /<\/title>/, (end) => `${end}\n    ${CUT}`);
  html = replaced(html, /<h2 id="how-title">[^<]*<\/h2>/, (title) => `${title}\n<p class="quiet">${words}</p>`);
  const [before, after] = ascii(html).split("</body>");
  return [Buffer.from(before), Buffer.from(`<script id="morphogen-end">${await script("tools/offline/boot.js")}</script>\n</body>${after}`)];
}

const out = resolve(positionals[0] ?? resolve(ROOT, "dist/morphogen-offline.html"));
const manifests = held.map((name) => ({ name, manifest: JSON.parse(read(`models/${name}/manifest.json`).toString()) }));
/** Most training pictures of a kind, among packs that draw kinds. */
const most = Math.max(0, ...manifests.filter(({ manifest }) => !manifest.text).flatMap(({ manifest }) => Object.values(manifest.training).map(({ count }) => count)));
const studio = await page("index.html");
const apps = new Set(["tools/offline/app.js", ...PAGES.map(({ app }) => app)]);
const fixed = [
  ...(await Promise.all([...apps].map(async (app) => part(basename(app), "zlib", Buffer.from(await script(app)))))),
  ...(await Promise.all(PAGES.map(async ({ path, app }) => part(`page:${path}`, "zlib", Buffer.from(ascii((await page(path)).replace("</head>", () => `<meta name="morphogen-app" content="${basename(app)}"></head>`))))))),
  ...[...pictures].map((file) => part(file, "plain", read(file))),
  part("worker.js", "zlib", Buffer.from(await workerScript())),
  ...(options.only ? [] : [part("learn-worker.js", "zlib", Buffer.from(await learnScript()))]),
  ...[...wasm(), ...(options.only ? [] : learnWasm())].map(({ url, content }) => part(url, "zlib", content)),
  ...manifests.flatMap(({ name, manifest }) =>
    Object.values(manifest.networks).map(({ file }) => {
      const path = `models/${name}/${file}`;
      return part(path, file.endsWith(".zz") ? "plain" : "planes", read(path));
    }),
  ),
];

/** @param {number} count training pictures for each kind */
async function whole(count) {
  const copy = "This is Morphogen as one file: it needs no network.";
  const fewer = count === most ? "" : ` To stay below ${LIMIT / 1e6} MB it holds ${count} of the ${most} training pictures of each kind that the hosted page has.`;
  const lacking = manifests.some(({ manifest }) => manifest.text) ? " The training pictures of the emoji are on the hosted page only." : "";
  const [before, after] = await around(`${copy}${fewer}${lacking}`);
  return Buffer.concat([before, ...fixed, ...held.flatMap((name) => packParts(name, count)), after]);
}

// The size grows with the count, so halving finds the largest count that fits.
let [fits, tooMany] = [0, most + 1];
if ((await whole(most)).length <= LIMIT) fits = most;
else {
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1;
    if ((await whole(middle)).length <= LIMIT) fits = middle;
    else tooMany = middle;
  }
}
if (fits === 0 && most > 0) throw new Error(`not even one training picture of each kind fits into ${LIMIT} bytes`);
const file = await whole(fits);
if (file.length > LIMIT) throw new Error(`the file would have ${file.length} bytes, ${LIMIT} are allowed`);
mkdirSync(dirname(out), { recursive: true });
writeFileSync(out, file);
console.log(`${out}: ${file.length} bytes of ${LIMIT}, with ${fits} of ${most} training pictures of each kind`);
