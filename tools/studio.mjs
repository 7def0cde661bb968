/**
 * Writes the Studio's page in each further language, `www/de.html`, from the English one and the tables in `www/strings/`; a
 * page stops the build where a sentence has no translation, a translation no sentence, or a place in {braces} got lost.
 *
 *     node tools/studio.mjs [--check]
 */
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { MACHINES } from "../www/machines.js";
import * as german from "../www/strings/de.js";

const ROOT = resolve(fileURLToPath(import.meta.url), "../..");
const WWW = resolve(ROOT, "www");
const read = (/** @type {string} */ file) => readFileSync(resolve(WWW, file), "utf8");

/** @typedef {Record<string, string>} Table from English */
/** What is said in a language: by the page, and by the package. @typedef {{ said: Table, core: Table }} Strings */

/** The languages that the English page is translated to; `other` leads from each page to the next. @type {{ lang: string, strings: Strings }[]} */
export const LANGUAGES = [{ lang: "de", strings: german }];

/** A paragraph that is more than a bare place, or the text between two tags, or an attribute that people read or hear. */
const PARAGRAPH = /(<p\b[^>]*>)((?:[^<]|<(?:span|a|strong)\b[^>]*>|<\/(?:span|a|strong)>)*?[a-z](?:[^<]|<(?:span|a|strong)\b[^>]*>|<\/(?:span|a|strong)>)*?)(<\/p>)/gs;
const TEXT = /(>)([^<>]*\p{L}[^<>]*)(<)/gu;
const ATTRIBUTE = /(\s(?:aria-label|placeholder|alt|title)="|<meta (?:name="(?:description|twitter:title|twitter:description)"|property="og:(?:title|description|image:alt)") content=")([^"]*\p{L}[^"]*)(")/gu;

/** One line of text, as tables have it. @param {string} text */
const line = (text) => text.trim().replace(/\s+/g, " ");

/**
 * Goes through what people read in a page.
 * @param {string} html
 * @param {(text: string) => string} say
 */
function translate(html, say) {
  /** @type {string[]} */
  const done = [];
  const hold = (/** @type {string} */ text) => `\u0001${done.push(text) - 1}\u0002`;
  const put = (/** @type {string} */ _, /** @type {string} */ before, /** @type {string} */ text, /** @type {string} */ after) => {
    const [, lead, trail] = /** @type {RegExpExecArray} */ (/^(\s*).*?(\s*)$/s.exec(text));
    return before + lead + hold(say(line(text))) + trail + after;
  };
  const plain = (/** @type {string} */ text) => text.replace(/<[^>]*>/g, "");
  const paragraphs = html.replace(PARAGRAPH, (all, before, text, after) => (/\p{L}/u.test(plain(text)) ? put(all, before, text, after) : all));
  // What code says is not read.
  const rest = paragraphs.replace(ATTRIBUTE, put).replace(TEXT, put);
  return rest.replace(/\u0001(\d+)\u0002/g, (_, n) => done[Number(n)]);
}

/** All that the English page says. */
export function spoken() {
  /** @type {Set<string>} */
  const all = new Set();
  translate(read("index.html"), (text) => (all.add(text), text));
  return all;
}

/** All that its code says: what stands in `t("…")`, and the names of machines. */
export function said() {
  const code = readdirSync(WWW).filter((name) => name.endsWith(".js") && name !== "say.js").map(read).join("\n");
  const found = [...code.matchAll(/\bt\((?:"((?:[^"\\]|\\.)*)"|'([^']*)')/g)].map(([, double, single]) => single ?? JSON.parse(`"${double}"`));
  const machines = Object.values(MACHINES).flatMap(({ title, says }) => [title, says]);
  return { sentences: new Set([...found, ...machines]), code };
}

/**
 * The page in a language.
 * @param {string} lang
 * @param {Table} table
 */
export function written(lang, table) {
  return translate(read("index.html"), (text) => table[text] ?? text)
    .replace('<html lang="en">', `<html lang="${lang}">`)
    .replace('src="main.js"', `src="${lang}.js"`)
    .replace(/<link rel="alternate" hreflang="\w+" href="[^"]*">/, '<link rel="alternate" hreflang="en" href="./">')
    .replace(/href="essay\/(#\w+)?"/g, (_, hash = "") => `href="essay/${lang}.html${hash}"`)
    .replaceAll('href="learn.html"', `href="learn-${lang}.html"`)
    .replace(/<a href="[^"]*" hreflang="\w+" lang="\w+">[^<]*<\/a>/, '<a href="./" hreflang="en" lang="en">English</a>');
}

/** What is wrong with a table, in words. @param {string} lang @param {Strings} strings */
export function faults(lang, { said: table, core }) {
  const { sentences, code } = said();
  const all = new Set([...spoken(), ...sentences]);
  // Names come from elsewhere: of what packs draw, and of sides.
  const names = [code, ...["models/emoji/manifest.json", "models/fashion/manifest.json", "../pkg/names.js"].map(read)];
  const places = (/** @type {string} */ text) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join();
  return [
    ...[...all].filter((text) => !(text in table)).map((text) => `www/strings/${lang}.js lacks: ${text}`),
    ...Object.keys(table).filter((text) => !all.has(text) && !names.some((source) => source.includes(text))).map((text) => `www/strings/${lang}.js has what nobody says: ${text}`),
    ...Object.entries(table).filter(([text, other]) => places(text) !== places(other)).map(([text]) => `the places of “${text}” are others in www/strings/${lang}.js`),
    ...Object.entries(core).filter(([text, other]) => !(other.match(/\{\w+\}/g) ?? []).every((place) => text.includes(place))).map(([text]) => `“${text}” gains a place in www/strings/${lang}.js`),
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const check = process.argv.includes("--check");
  const wrong = LANGUAGES.flatMap(({ lang, strings }) => faults(lang, strings));
  for (const { lang, strings } of LANGUAGES) {
    const html = written(lang, strings.said);
    if (!check) writeFileSync(resolve(WWW, `${lang}.html`), html);
    else if (read(`${lang}.html`) !== html) wrong.push(`www/${lang}.html is not what the tables say: run node tools/studio.mjs`);
  }
  for (const fault of wrong) console.error(fault);
  process.exitCode = wrong.length > 0 ? 1 : 0;
}
