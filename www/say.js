/**
 * The page's sentences in the reader's language. English stands where it is said, in `t("…")`; for any other language a table
 * in `strings/` leads from it, and `tools/studio.mjs --check` knows when one lacks a sentence. Places are in {braces}.
 */

/** @typedef {Record<string, string | number>} Values */

/** @type {Record<string, string>} */
let sentences = {};
/** What the core and the package say, as patterns. @type {[RegExp, string][]} */
let patterns = [];
const language = document.documentElement.lang || "en";

/**
 * Lets the page speak another language; to be called before anything is said.
 * @param {Record<string, string>} table from English
 * @param {Record<string, string>} core the same for what the package says
 */
export function speak(table, core) {
  sentences = table;
  const pattern = (/** @type {string} */ text) => text.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{(\w+)\}/g, "(?<$1>.+?)");
  patterns = Object.entries(core).map(([text, said]) => [new RegExp(`^${pattern(text)}$`, "s"), said]);
}

/** Adds to the table what comes later and is needed later; what is there stays. @param {Record<string, string>} table */
export const learn = (table) => void (sentences = { ...table, ...sentences });

/**
 * @param {string} text
 * @param {object} [values] of the places in it
 */
export const t = (text, values) => fill(sentences[text] ?? text, values);

/**
 * What the package says, in the reader's language as far as it is known there.
 * @param {string} text
 */
export function told(text) {
  for (const [pattern, said] of patterns) {
    const found = pattern.exec(text);
    if (found) return fill(said, found.groups);
  }
  return text;
}

/**
 * @param {number} value
 * @param {number} [digits] after the point
 */
export const number = (value, digits = 0) => value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** @param {string} text @param {object} [values] */
function fill(text, values) {
  return values ? text.replace(/\{(\w+)\}/g, (place, name) => String(/** @type {Values} */ (values)[name] ?? place)) : text;
}
