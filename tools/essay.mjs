/**
 * Writes the essay's pages, `www/essay/index.html` and one more for each further language, from `www/essay/strings/` and
 * the layout below, so that the text is there without JavaScript. A test compares, so that the pages cannot fall behind.
 *
 *     node tools/essay.mjs [--check]
 */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { strings as german } from "../www/essay/strings/de.js";
import { strings as english } from "../www/essay/strings/en.js";
import { FIGURES } from "../www/essay/figures.js";
import { facts } from "./essay/facts.mjs";
import { EQUATIONS, SOURCES } from "./essay/further.mjs";
import { ROOT, attribute, behind, figure, html, paragraphs, sources, words, write } from "./pages.mjs";

const HERE = resolve(ROOT, "www/essay");

/** @typedef {import("./pages.mjs").Page} Page */

/** The chapters in order. Those with a figure have their name from it. */
export const CHAPTERS = ["noise", "copies", "locality", "blindness", "prediction", "learning", "origins", "uturn", "fingers", "mixing", "words", "guidance", "turing", "pictures", "closing", "further"];

/** The pages. English first: it is what others are translated from. @type {Page[]} */
export const PAGES = [
  { lang: "en", file: "index.html", strings: english },
  { lang: "de", file: "de.html", strings: german },
];

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

/** A figure with its picture on paper. @param {string} name @param {(key: string) => string} t */
function pictured(name, t) {
  const file = resolve(HERE, `stills/${name}.png`);
  const { width, height } = existsSync(file) ? size(file) : { width: 0, height: 0 };
  const still = width
    ? `<img class="still" src="stills/${name}.png" width="${width}" height="${height}" alt="${attribute(t(`${name}.still`))}" loading="lazy">`
    : `<p class="still">${t(`${name}.still`)}</p>`;
  return figure(name, still, t, `\n          <div class="sharing"></div>`);
}

/** @param {(key: string) => string} t */
function further(t) {
  const equations = EQUATIONS.map(([key, math]) => `<div class="equation"><p>${t(`further.${key}`)}</p><div class="formulas">${math}</div></div>`);
  return `
        <h3>${t("further.equations")}</h3>
        ${equations.join("\n        ")}
        <h3>${t("further.simplified")}</h3>
        <ul>
          ${t("further.simplifications").trim().split(/\n\s*\n/).map((item) => `<li>${item.trim().replace(/\s*\n\s*/g, " ")}</li>`).join("\n          ")}
        </ul>
        <h3>${t("further.sources")}</h3>
        ${sources(SOURCES)}`;
}

/** @param {Page} page */
function written(page) {
  const { lang, strings } = page;
  const t = words(page, "www/essay/strings");
  const filled = facts(lang);
  const chapter = (/** @type {string} */ name, /** @type {number} */ i) => {
    const before = strings[`${name}.before`];
    const after = strings[`${name}.after`];
    return `
      <section id="${name}" class="chapter">
        <h2><span class="number">${i + 1}</span> ${t(`${name}.title`)}</h2>
        ${paragraphs(before, filled)}${name in FIGURES ? pictured(name, t) : ""}${name === "further" ? further(t) : ""}${after ? `\n        ${paragraphs(after, filled)}` : ""}
      </section>`;
  };
  const chapters = `    <nav class="chapters" aria-label="${attribute(t("page.chapters"))}">
      <details>
        <summary><span class="at">${t("page.chapters")}</span></summary>
        <ol>
          ${CHAPTERS.map((name) => `<li><a href="#${name}">${t(`${name}.title`)}</a></li>`).join("\n          ")}
        </ol>
      </details>
    </nav>
`;
  return html(lang, t, {
    made: `Made by tools/essay.mjs from strings/${lang}.js.`,
    root: "../",
    type: "article",
    styles: ["figure.css", "essay.css", "room.css"],
    script: "essay.js",
    // A folder is called by its name.
    others: PAGES.filter((other) => other !== page).map((other) => ({ ...other, file: other.file.replace(/^index\.html$/, "./") })),
    home: "#top",
    links: [[`../${lang === "en" ? "" : `${lang}.html`}`, t("page.studio")]],
    skip: CHAPTERS[0],
    chapters,
    main: `      <div class="opening">
        <h1>${t("page.heading")}</h1>
        <p class="lead">${t("page.lead")}</p>
        ${film(t)}
        <p class="quiet">${t("page.about")}</p>
      </div>
      ${CHAPTERS.map(chapter).join("\n").trim()}`,
  });
}

/** Every page as it should be, by its file. */
export const pages = () => PAGES.map((page) => ({ path: resolve(HERE, page.file), content: written(page) }));

/** Words that one language has and another lacks. */
export const missing = () => behind(PAGES);

if (process.argv[1] === fileURLToPath(import.meta.url)) write("tools/essay.mjs", pages(), missing());
