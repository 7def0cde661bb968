/**
 * The version stands in `Cargo.toml`; this writes it wherever else it has to stand, or says where it differs. What is made by tools (wheel, course, models for
 * npm) takes it from there.
 *
 *     node tools/version.mjs                    writes that of Cargo.toml
 *     node tools/version.mjs 0.2.0              writes this one, Cargo.toml included
 *     node tools/version.mjs --check [0.2.0]    fails where one differs, or where all differ from the one given and the changelog lacks it
 */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = resolve(fileURLToPath(import.meta.url), "../..");
const SOURCE = "Cargo.toml";
/** File, and what stands before and behind the version there. @type {[file: string, before: string, behind: string][]} */
const PLACES = [
  [SOURCE, '[workspace.package]\nversion = "', '"'],
  ["Cargo.lock", '[[package]]\nname = "morphogen"\nversion = "', '"'],
  ["Cargo.lock", '[[package]]\nname = "morphogen-native"\nversion = "', '"'],
  ["pkg/package.json", '"name": "morphogen",\n  "version": "', '"'],
  ["python/src/morphogen/__init__.py", '__version__ = "', '"'],
  ["docs/quarto/_extensions/morphogen/_extension.yml", "\nversion: ", "\n"],
];
const VERSION = /^\d+\.\d+\.\d+(-[0-9a-z.]+)?$/;

const read = (/** @type {string} */ file) => readFileSync(resolve(ROOT, file), "utf8");

/**
 * Where the version begins and ends in a file.
 * @param {string} text
 * @param {[file: string, before: string, behind: string]} place
 */
function found(text, [file, before, behind]) {
  const start = text.indexOf(before) + before.length;
  if (start < before.length) throw new Error(`expected ${JSON.stringify(before)} in ${file}, found none: change tools/version.mjs with it`);
  return { start, end: text.indexOf(behind, start) };
}

/** Where each version stands. @returns {{ file: string, version: string }[]} */
export const versions = () =>
  PLACES.map((place) => {
    const text = read(place[0]);
    const { start, end } = found(text, place);
    return { file: place[0], version: text.slice(start, end) };
  });

/** What differs, a sentence each. @param {string} [wanted] of a release */
export function differences(wanted) {
  const [{ version }, ...others] = versions();
  const out = others.filter((other) => other.version !== version).map((other) => `${other.file} has ${other.version}, ${SOURCE} ${version}: run node tools/version.mjs`);
  if (wanted !== undefined && wanted !== version) out.push(`the release is ${wanted}, ${SOURCE} has ${version}`);
  if (wanted !== undefined && !read("CHANGELOG.md").includes(`\n## ${wanted}`)) out.push(`CHANGELOG.md has no heading ## ${wanted}`);
  return out;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [first, second] = process.argv.slice(2);
  if (first === "--check") {
    const all = differences(second);
    for (const one of all) console.error(one);
    process.exitCode = all.length > 0 ? 1 : 0;
  } else {
    const version = first ?? versions()[0].version;
    if (!VERSION.test(version)) throw new Error(`expected a version such as 1.2.3, found ${version}`);
    for (const place of PLACES) {
      const text = read(place[0]);
      const { start, end } = found(text, place);
      writeFileSync(resolve(ROOT, place[0]), text.slice(0, start) + version + text.slice(end));
    }
  }
}
