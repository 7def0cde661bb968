/**
 * Writes the page on learning, `www/learn.html` and one more for each further language, from `www/learn/strings/` and the layout
 * below, so that the text is there without JavaScript. A test compares, so that the pages cannot fall behind.
 *
 *     node tools/learn.mjs [--check]
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { strings as german } from "../www/learn/strings/de.js";
import { strings as english } from "../www/learn/strings/en.js";
import { attribute, behind, paragraphs } from "./essay.mjs";

const ROOT = resolve(fileURLToPath(import.meta.url), "../..");
const HERE = resolve(ROOT, "www");

/** The pages, English first, each with the Studio and the essay of its language. */
export const PAGES = [
  { lang: "en", file: "learn.html", studio: "./", story: "essay/", strings: /** @type {Record<string, string>} */ (english) },
  { lang: "de", file: "learn-de.html", studio: "de.html", story: "essay/de.html", strings: /** @type {Record<string, string>} */ (german) },
];

/** Whom the page owes what it shows. */
const SOURCES = [
  ["M. Kamb, S. Ganguli: An analytic theory of creativity in convolutional diffusion models. ICML 2025.", "https://arxiv.org/abs/2412.20292"],
  ["Z. Kadkhodaie, F. Guth, E. P. Simoncelli, S. Mallat: Generalization in diffusion models arises from geometry-adaptive harmonic representations. ICLR 2024.", "https://arxiv.org/abs/2310.02557"],
  ["T. Bonnaire, R. Urfin, G. Biroli, M. Mézard: Why diffusion models don’t memorize: the role of implicit dynamical regularization in training. NeurIPS 2025.", "https://arxiv.org/abs/2505.17638"],
];

/** @param {(typeof PAGES)[number]} page */
function html({ lang, studio, story, strings }) {
  const t = (/** @type {string} */ key) => strings[key].trim();
  const others = PAGES.filter((page) => page.lang !== lang);
  const figure = (/** @type {string} */ name) => `
        <figure id="${name}-figure" data-figure="${name}" aria-labelledby="${name}-caption">
          <p class="still">${t(`${name}.still`)}</p>
          <p class="status" role="status"></p>
          <figcaption id="${name}-caption">${t(`${name}.caption`)}</figcaption>
        </figure>`;
  const text = (/** @type {string} */ key) => paragraphs(strings[key], {});
  return `<!doctype html>
<!-- Made by tools/learn.mjs from learn/strings/${lang}.js. -->
<html lang="${lang}">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${t("page.title")}</title>
    <meta name="description" content="${attribute(t("page.description"))}">
    <meta property="og:type" content="website">
    <meta property="og:title" content="${attribute(t("page.title"))}">
    <meta property="og:description" content="${attribute(t("page.description"))}">
    <meta property="og:image" content="card.jpg">
    <meta name="twitter:card" content="summary_large_image">
    <meta name="color-scheme" content="light dark">
    <link rel="icon" href="icon.svg" type="image/svg+xml">
    <link rel="apple-touch-icon" href="icons/icon-192.png">
    <link rel="manifest" href="manifest.webmanifest">
    ${others.map((page) => `<link rel="alternate" hreflang="${page.lang}" href="${page.file}">`).join("\n    ")}
    <link rel="stylesheet" href="essay/figure.css">
    <link rel="stylesheet" href="essay/essay.css">
    <link rel="stylesheet" href="learn/learn.css">
    <script type="module" src="learn.js"></script>
  </head>
  <body>
    <a class="skip" href="#watch">${t("page.skip")}</a>
    <header>
      <p class="wordmark"><a href="${studio}">Morphogen</a></p>
      <nav aria-label="${attribute(t("page.navigation"))}">
        <a href="${studio}">${t("page.studio")}</a>
        <a href="${story}">${t("page.story")}</a>
        ${others.map((page) => `<a href="${page.file}" lang="${page.lang}" hreflang="${page.lang}">${page.strings["page.language"]}</a>`).join("\n        ")}
      </nav>
    </header>
    <main id="top">
      <div class="opening">
        <h1>${t("page.heading")}</h1>
        <p class="lead">${t("page.lead")}</p>
        <p class="quiet">${t("page.about")}</p>
      </div>
      <section id="watch" class="chapter">
        <h2 class="unseen">${t("watch.title")}</h2>${figure("watch")}
        ${text("watch.after")}
        <h3>${t("watch.halvesTitle")}</h3>
        ${text("watch.halvesText")}
      </section>
      <section id="memory" class="chapter">
        <h2>${t("memory.title")}</h2>
        ${text("memory.before")}${figure("memory")}
        ${text("memory.after")}
      </section>
      <section class="chapter">
        <h2>${t("sources.title")}</h2>
        <ol class="sources">
          ${SOURCES.map(([source, url]) => `<li>${source} <a href="${url}">${url.replace("https://", "")}</a></li>`).join("\n          ")}
        </ol>
      </section>
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const faults = missing();
  for (const { path, content } of pages()) {
    if (!process.argv.includes("--check")) writeFileSync(path, content);
    else if (!existsSync(path) || readFileSync(path, "utf8") !== content) faults.push(`${relative(ROOT, path)} is behind: run node tools/learn.mjs`);
  }
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
}
