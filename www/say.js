/**
 * The page's sentences in the reader's language. English stands where it is said, in `t("…")`; for any other language a table
 * in `strings/` leads from it, and `tools/studio.mjs --check` knows when one lacks a sentence. Places are in {braces}.
 */

/** @typedef {Record<string, string | number>} Values */

/** @type {Record<string, string>} */
let sentences = {};
/** What the core and the package say, as patterns. @type {[RegExp, string][]} */
let patterns = [];
/** What their errors come to, by code, where no pattern has the sentence. @type {Record<string, string>} */
let codes = {};
const language = document.documentElement.lang || "en";

/**
 * Lets the page speak another language; to be called before anything is said.
 * @param {Record<string, string>} table from English
 * @param {Record<string, string>} core the same for what the package says
 * @param {Record<string, string>} errors what is said of its other errors, by code or by what the code begins with
 */
export function speak(table, core, errors) {
  sentences = table;
  codes = errors;
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
 * What the package says, in the reader's language: a notice as far as it is known there, an error at least by its code.
 * @param {unknown} said a sentence or an error
 */
export function told(said) {
  const { code = "", message = String(said) } = /** @type {{ code?: string, message?: string }} */ (Object(said));
  for (const [pattern, said] of patterns) {
    const found = pattern.exec(message);
    if (found) return fill(said, found.groups);
  }
  return fill(codes[code] ?? codes[code.replace(/-.*/, "-")] ?? message, { message });
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
