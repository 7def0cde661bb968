/**
 * Writes `www/strings/labels-LANGUAGE.js`: what the emoji of the pack are called in a language of the page, from English, as
 * `emojibase-data` has it. `npm ci` in this folder comes first.
 *
 *     node tools/emoji/labels.mjs
 */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { inflateSync } from "node:zlib";

const ROOT = resolve(fileURLToPath(import.meta.url), "../../..");
/** The languages that the page has beside English. */
const LANGUAGES = ["de"];

/** @param {string} language @returns {{ hexcode: string, label: string }[]} */
const emoji = (language) => JSON.parse(readFileSync(resolve(ROOT, `tools/emoji/node_modules/emojibase-data/${language}/data.json`), "utf8"));

/** Labels of all captions of the pack. @returns {string[]} */
export function captioned() {
  const { labels } = JSON.parse(inflateSync(readFileSync(resolve(ROOT, "www/models/emoji/captions.json.zz"))).toString());
  return [...new Set(/** @type {string[]} */ (labels))].sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const codes = new Map(emoji("en").map(({ label, hexcode }) => [label.toLowerCase(), hexcode]));
  for (const language of LANGUAGES) {
    const names = new Map(emoji(language).map(({ hexcode, label }) => [hexcode, label]));
    const lines = captioned().flatMap((label) => {
      const name = names.get(codes.get(label.toLowerCase()) ?? "");
      return name ? [`  ${JSON.stringify(label)}: ${JSON.stringify(name)},`] : [];
    });
    const head = "/** Names of emoji from English, by tools/emoji/labels.mjs; © Miles Johnson (Emojibase, MIT) and Unicode (CLDR). @type {Record<string, string>} */";
    writeFileSync(resolve(ROOT, `www/strings/labels-${language}.js`), `${head}\nexport const labels = {\n${lines.join("\n")}\n};\n`);
  }
}
