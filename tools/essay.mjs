/**
 * Writes the essay's pages, `www/essay/index.html` and one more for each further language, from `www/essay/strings/` and
 * the layout below, so that the text is there without JavaScript. A test compares, so that the pages cannot fall behind.
 *
 *     node tools/essay.mjs [--check]
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { strings as german } from "../www/essay/strings/de.js";
import { strings as english } from "../www/essay/strings/en.js";
import { FIGURES } from "../www/essay/figures.js";
import { facts } from "./essay/facts.mjs";
import { EQUATIONS, SOURCES } from "./essay/further.mjs";

const ROOT = resolve(fileURLToPath(import.meta.url), "../..");
const HERE = resolve(ROOT, "www/essay");

/** @typedef {Record<string, string>} Strings */

/** The chapters in order. Those with a figure have their name from it. */
export const CHAPTERS = ["noise", "copies", "locality", "blindness", "prediction", "learning", "origins", "fingers", "mixing", "turing", "pictures", "closing", "further"];

/** The pages. English first: it is what others are translated from. */
export const PAGES = [
  { lang: "en", file: "index.html", address: "./", strings: /** @type {Strings} */ (english) },
  { lang: "de", file: "de.html", address: "de.html", strings: /** @type {Strings} */ (german) },
];

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

/** Width and height of a PNG, so that the page keeps its place free. @param {string} file */
function size(file) {
  const bytes = readFileSync(file);
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

/** The film that opens the essay. @param {(key: string) => string} t */
function film(t) {
  const { width, height } = size(resolve(HERE, "stills/opening.png"));
  return `<img class="film" src="stills/opening.png" width="${width}" height="${height}" alt="${attribute(t("page.film"))}">`;
}

/** @param {string} name @param {(key: string) => string} t */
function figure(name, t) {
  const file = resolve(HERE, `stills/${name}.png`);
  const { width, height } = existsSync(file) ? size(file) : { width: 0, height: 0 };
  const still = width
    ? `<img class="still" src="stills/${name}.png" width="${width}" height="${height}" alt="${attribute(t(`${name}.still`))}" loading="lazy">`
    : `<p class="still">${t(`${name}.still`)}</p>`;
  return `
        <figure id="${name}-figure" data-figure="${name}" aria-labelledby="${name}-caption">
          ${still}
          <p class="status" role="status"></p>
          <figcaption id="${name}-caption">${t(`${name}.caption`)}</figcaption>
          <div class="sharing"></div>
        </figure>`;
}

/** @param {(key: string) => string} t */
function further(t) {
  const equations = EQUATIONS.map(([key, math]) => `<div class="equation"><p>${t(`further.${key}`)}</p><div class="formulas">${math}</div></div>`);
  const sources = SOURCES.map(([text, url]) => `<li>${text}${url ? ` <a href="${url}">${url.replace("https://", "")}</a>` : ""}</li>`);
  return `
        <h3>${t("further.equations")}</h3>
        ${equations.join("\n        ")}
        <h3>${t("further.simplified")}</h3>
        <ul>
          ${t("further.simplifications").trim().split(/\n\s*\n/).map((item) => `<li>${item.trim().replace(/\s*\n\s*/g, " ")}</li>`).join("\n          ")}
        </ul>
        <h3>${t("further.sources")}</h3>
        <ol class="sources">
          ${sources.join("\n          ")}
        </ol>`;
}

/**
 * @param {{ lang: string, strings: Strings }} page
 */
function html({ lang, strings }) {
  const t = (/** @type {string} */ key) => {
    const text = strings[key];
    if (text === undefined) throw new Error(`the words for ${key} are missing in www/essay/strings/${lang}.js`);
    return text.trim();
  };
  const filled = facts(lang);
  const others = PAGES.filter((page) => page.lang !== lang);
  const chapter = (/** @type {string} */ name, /** @type {number} */ i) => {
    const before = strings[`${name}.before`];
    const after = strings[`${name}.after`];
    return `
      <section id="${name}" class="chapter">
        <h2><span class="number">${i + 1}</span> ${t(`${name}.title`)}</h2>
        ${paragraphs(before, filled)}${name in FIGURES ? figure(name, t) : ""}${name === "further" ? further(t) : ""}${after ? `\n        ${paragraphs(after, filled)}` : ""}
      </section>`;
  };
  return `<!doctype html>
<!-- Made by tools/essay.mjs from strings/${lang}.js. -->
<html lang="${lang}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${t("page.title")}</title>
    <meta name="description" content="${attribute(t("page.description"))}">
    <meta property="og:type" content="article">
    <meta property="og:title" content="${attribute(t("page.title"))}">
    <meta property="og:description" content="${attribute(t("page.description"))}">
    <meta property="og:image" content="../card.jpg">
    <meta name="twitter:card" content="summary_large_image">
    <meta name="color-scheme" content="light dark">
    <link rel="icon" href="../icon.svg" type="image/svg+xml">
    <link rel="apple-touch-icon" href="../icons/icon-192.png">
    <link rel="manifest" href="../manifest.webmanifest">
    ${others.map((page) => `<link rel="alternate" hreflang="${page.lang}" href="${page.address}">`).join("\n    ")}
    <link rel="stylesheet" href="figure.css">
    <link rel="stylesheet" href="essay.css">
    <script type="module" src="essay.js"></script>
  </head>
  <body>
    <a class="skip" href="#${CHAPTERS[0]}">${t("page.skip")}</a>
    <header>
      <p class="wordmark"><a href="#top">Morphogen</a></p>
      <nav aria-label="${attribute(t("page.navigation"))}">
        <a href="../${lang === "en" ? "" : `${lang}.html`}">${t("page.studio")}</a>
        ${others.map((page) => `<a href="${page.address}" lang="${page.lang}" hreflang="${page.lang}">${page.strings["page.language"]}</a>`).join("\n        ")}
      </nav>
    </header>
    <nav class="chapters" aria-label="${attribute(t("page.chapters"))}">
      <details>
        <summary><span class="at">${t("page.chapters")}</span></summary>
        <ol>
          ${CHAPTERS.map((name) => `<li><a href="#${name}">${t(`${name}.title`)}</a></li>`).join("\n          ")}
        </ol>
      </details>
    </nav>
    <main id="top">
      <div class="opening">
        <h1>${t("page.heading")}</h1>
        <p class="lead">${t("page.lead")}</p>
        ${film(t)}
        <p class="quiet">${t("page.about")}</p>
      </div>
      ${CHAPTERS.map(chapter).join("\n").trim()}
    </main>
    <footer>
      <p>${t("page.footer")}</p>
    </footer>
  </body>
</html>
`;
}

/** Every page as it should be, by its file. */
export const pages = () => PAGES.map((page) => ({ path: resolve(HERE, page.file), content: html(page) }));

/** Words that one language has and another lacks. */
export const missing = () => behind(PAGES);

/** The same for any pages. @param {{ lang: string, strings: Strings }[]} pages the first is what the others are translated from */
export function behind([first, ...others]) {
  return others.flatMap(({ lang, strings }) => [
    ...Object.keys(first.strings).filter((key) => !(key in strings)).map((key) => `${lang}: ${key} is missing`),
    ...Object.keys(strings).filter((key) => !(key in first.strings)).map((key) => `${lang}: ${key} has no original`),
    ...Object.keys(first.strings).filter((key) => key in strings && places(first.strings[key]) !== places(strings[key])).map((key) => `${lang}: ${key} fills other places`),
  ]);
}

/** The places in a text that are filled later. @param {string} text */
const places = (text) => [...new Set(text.match(/\{\w+\}/g))].sort().join();

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const faults = missing();
  for (const { path, content } of pages()) {
    if (!process.argv.includes("--check")) writeFileSync(path, content);
    else if (!existsSync(path) || readFileSync(path, "utf8") !== content) faults.push(`${relative(ROOT, path)} is behind: run node tools/essay.mjs`);
  }
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
}
