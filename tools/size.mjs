/**
 * Weighs the code that a page loads before the first picture, and fails above the budget.
 *
 * It starts at `pkg/morphogen.js`, follows every `import … from "./…"`, `import("./…")` and `new URL("./…",
 * import.meta.url)` to files that exist, and adds up their Brotli sizes (quality 11, what a good static host sends), scripts
 * without their comments, as `./build.sh build` puts them on the site.
 *
 *     node tools/size.mjs
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { transformSync } from "esbuild";

const LIMIT = 265_000;
const ROOT = resolve(fileURLToPath(import.meta.url), "../..");
const START = "pkg/morphogen.js";
/**
 * Fetched later: by helpers, by browsers without relaxed SIMD, or when several pictures, several things in one, a film, a picture to begin from or to take along,
 * what the words did, an analytic machine, a reaction, a large picture, or a pack of one's own pictures are first asked for, or
 * where a file or the code cannot be had, or steps are walked one by one.
 */
const ON_DEMAND = /pkg\/(theory|second|crew|terms|begin|film|sticker|taken|influence|helper|graphics|provenance|reaction|cells|large|patches|pictures|zip|plain|trouble|steps)\.js$/;
const REFERENCE = /(?:from|import|import\s*\(|new\s+URL\s*\()\s*["'](\.{1,2}\/[^"']+|[\w-]+\.wasm)["']/g;

/**
 * The files that `file` pulls in, itself included.
 * @param {string} file
 * @param {Set<string>} seen
 */
function follow(file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  if (!/\.m?js$/.test(file)) return seen;
  for (const [, reference] of stripComments(readFileSync(file, "utf8")).matchAll(REFERENCE)) {
    const next = resolve(dirname(file), reference);
    if (existsSync(next) && /\.(m?js|wasm)$/.test(next) && !ON_DEMAND.test(next)) follow(next, seen);
  }
  return seen;
}

/** @param {string} source */
const stripComments = (source) => source.replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "");

/**
 * Brotli size of a file's content at the highest quality.
 * @param {Buffer} content
 */
export function brotli(content) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  return brotliCompressSync(content, { params }).length;
}

/**
 * Every file of the first load with its plain and its Brotli size, in bytes.
 * @returns {{ file: string, plain: number, brotli: number }[]}
 */
export function firstLoad() {
  return [...follow(resolve(ROOT, START))].map((path) => {
    const file = readFileSync(path);
    const content = path.endsWith(".js") ? Buffer.from(transformSync(file.toString(), { minify: true, format: "esm" }).code) : file;
    return { file: relative(ROOT, path), plain: content.length, brotli: brotli(content) };
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (!existsSync(resolve(ROOT, START))) {
    console.error(`${START} is missing`);
    process.exit(1);
  }
  const files = firstLoad();
  const total = files.reduce((sum, { brotli }) => sum + brotli, 0);
  /** @param {string} name @param {number} plain @param {number} small */
  const line = (name, plain, small) => console.log(`${name.padEnd(36)}${String(plain).padStart(10)}${String(small).padStart(10)}`);
  console.log(`${"file".padEnd(36)}${"bytes".padStart(10)}${"brotli".padStart(10)}`);
  for (const { file, plain, brotli } of files) line(file, plain, brotli);
  line("first load", files.reduce((sum, { plain }) => sum + plain, 0), total);
  console.log(`limit ${LIMIT} bytes: ${total <= LIMIT ? "kept" : `exceeded by ${total - LIMIT}`}`);
  if (!files.some(({ file }) => file.endsWith(".wasm"))) {
    console.error(`no wasm found behind ${START}: the measure is worthless until the build and the imports agree`);
    process.exitCode = 1;
  }
  if (total > LIMIT) process.exitCode = 1;
}
