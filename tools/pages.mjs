/**
 * What the written pages share, the essay's and those on learning: the frame around their text, the text itself, and the check that
 * a page is what its words and layout make of it. Used by `tools/essay.mjs` and `tools/learn.mjs`.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = resolve(fileURLToPath(import.meta.url), "../..");

/** @typedef {Record<string, string>} Strings */
/** @typedef {{ lang: string, file: string, strings: Strings }} Page */

/** @param {string} text */
export const attribute = (text) => text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");

/** Text with an empty line between paragraphs, its places filled. @param {string} text @param {Record<string, string>} filled */
export const paragraphs = (text, filled) =>
  text
    .replace(/\{(\w+)\}/g, (_, name) => {
      if (!(name in filled)) throw new Error(`expected a number called ${name} in tools/essay/facts.mjs, found none`);
      return filled[name];
    })
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) => `<p>${paragraph.trim().replace(/\s*\n\s*/g, " ")}</p>`)
    .join("\n        ");

/** The words of a page by their key. @param {Page} page @param {string} folder where its strings lie */
export const words = ({ lang, strings }, folder) => (/** @type {string} */ key) => {
  const text = strings[key];
  if (text === undefined) throw new Error(`the words for ${key} are missing in ${folder}/${lang}.js`);
  return text.trim();
};

/** @param {(string | undefined)[][]} list texts with their addresses, where they have one */
export const sources = (list) => `<ol class="sources">
          ${list.map(([text, url]) => `<li>${text}${url ? ` <a href="${url}">${url.replace("https://", "")}</a>` : ""}</li>`).join("\n          ")}
        </ol>`;

/**
 * A figure's place, with its still until the figure is there.
 * @param {string} name
 * @param {string} still
 * @param {(key: string) => string} t
 * @param {string} [more] below the caption
 */
export const figure = (name, still, t, more = "") => `
        <figure id="${name}-figure" data-figure="${name}" aria-labelledby="${name}-caption">
          ${still}
          <p class="status" role="status"></p>
          <figcaption id="${name}-caption">${t(`${name}.caption`)}</figcaption>${more}
        </figure>`;

/**
 * @typedef {object} Frame
 * @property {string} made who made it from what
 * @property {string} root from the page to the site's
 * @property {string} type of the page, as Open Graph has it
 * @property {string[]} styles
 * @property {string} script
 * @property {Page[]} others in other languages
 * @property {string} home where the wordmark leads
 * @property {string[][]} links address and words of the header's
 * @property {string} skip where the text begins
 * @property {string} [chapters] a list of them, below the header
 * @property {string} main
 */

/**
 * A page around its text, in the words `page.…`.
 * @param {string} lang
 * @param {(key: string) => string} t
 * @param {Frame} frame
 */
export const html = (lang, t, { made, root, type, styles, script, others, home, links, skip, chapters = "", main }) => `<!doctype html>
<!-- ${made} -->
<html lang="${lang}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${t("page.title")}</title>
    <meta name="description" content="${attribute(t("page.description"))}">
    <meta property="og:type" content="${type}">
    <meta property="og:title" content="${attribute(t("page.title"))}">
    <meta property="og:description" content="${attribute(t("page.description"))}">
    <meta property="og:image" content="${root}card.jpg">
    <meta name="twitter:card" content="summary_large_image">
    <meta name="color-scheme" content="light dark">
    <link rel="icon" href="${root}icon.svg" type="image/svg+xml">
    <link rel="apple-touch-icon" href="${root}icons/icon-192.png">
    <link rel="manifest" href="${root}manifest.webmanifest">
    ${others.map((page) => `<link rel="alternate" hreflang="${page.lang}" href="${page.file}">`).join("\n    ")}
    ${styles.map((file) => `<link rel="stylesheet" href="${file}">`).join("\n    ")}
    <script type="module" src="${script}"></script>
  </head>
  <body>
    <a class="skip" href="#${skip}">${t("page.skip")}</a>
    <header>
      <p class="wordmark"><a href="${home}">Morphogen</a></p>
      <nav aria-label="${attribute(t("page.navigation"))}">
        ${links.map(([address, text]) => `<a href="${address}">${text}</a>`).join("\n        ")}
        ${others.map((page) => `<a href="${page.file}" lang="${page.lang}" hreflang="${page.lang}">${page.strings["page.language"]}</a>`).join("\n        ")}
      </nav>
    </header>
${chapters}    <main id="top">
${main}
    </main>
    <footer>
      <p>${t("page.footer")}</p>
    </footer>
  </body>
</html>
`;

/** Words that one language has and another lacks. @param {Page[]} pages the first is what the others are translated from */
export function behind([first, ...others]) {
  return others.flatMap(({ lang, strings }) => [
    ...Object.keys(first.strings).filter((key) => !(key in strings)).map((key) => `${lang}: ${key} is missing`),
    ...Object.keys(strings).filter((key) => !(key in first.strings)).map((key) => `${lang}: ${key} has no original`),
    ...Object.keys(first.strings).filter((key) => key in strings && places(first.strings[key]) !== places(strings[key])).map((key) => `${lang}: ${key} fills other places`),
  ]);
}

/** The places in a text that are filled later. @param {string} text */
const places = (text) => [...new Set(text.match(/\{\w+\}/g))].sort().join();

/**
 * Writes the pages, or with `--check` says which are behind; also what words are missing.
 * @param {string} tool that makes them
 * @param {{ path: string, content: string }[]} pages
 * @param {string[]} faults
 */
export function write(tool, pages, faults) {
  for (const { path, content } of pages) {
    if (!process.argv.includes("--check")) writeFileSync(path, content);
    else if (!existsSync(path) || readFileSync(path, "utf8") !== content) faults.push(`${relative(ROOT, path)} is behind: run node ${tool}`);
  }
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
}
