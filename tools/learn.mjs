/**
 * Writes the page on learning, `www/learn.html` and one more for each further language, from `www/learn/strings/` and the layout
 * below, so that the text is there without JavaScript. A test compares, so that the pages cannot fall behind.
 *
 *     node tools/learn.mjs [--check]
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { strings as german } from "../www/learn/strings/de.js";
import { strings as english } from "../www/learn/strings/en.js";
import { ROOT, behind, figure, html, paragraphs, sources, words, write } from "./pages.mjs";

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
function written(page) {
  const { lang, studio, story } = page;
  const t = words(page, "www/learn/strings");
  const text = (/** @type {string} */ key) => paragraphs(t(key), {});
  const still = (/** @type {string} */ name) => figure(name, `<p class="still">${t(`${name}.still`)}</p>`, t);
  return html(lang, t, {
    made: `Made by tools/learn.mjs from learn/strings/${lang}.js.`,
    root: "",
    type: "website",
    styles: ["essay/figure.css", "essay/essay.css", "learn/learn.css"],
    script: "learn.js",
    others: PAGES.filter((other) => other !== page),
    home: studio,
    links: [[studio, t("page.studio")], [story, t("page.story")]],
    skip: "watch",
    main: `      <div class="opening">
        <h1>${t("page.heading")}</h1>
        <p class="lead">${t("page.lead")}</p>
        <p class="quiet">${t("page.about")}</p>
      </div>
      <section id="watch" class="chapter">
        <h2 class="unseen">${t("watch.title")}</h2>${still("watch")}
        ${text("watch.after")}
        <h3>${t("watch.halvesTitle")}</h3>
        ${text("watch.halvesText")}
      </section>
      <section id="memory" class="chapter">
        <h2>${t("memory.title")}</h2>
        ${text("memory.before")}${still("memory")}
        ${text("memory.after")}
      </section>
      <section class="chapter">
        <h2>${t("sources.title")}</h2>
        ${sources(SOURCES)}
      </section>`,
  });
}

/** Every page as it should be, by its file. */
export const pages = () => PAGES.map((page) => ({ path: resolve(HERE, page.file), content: written(page) }));

/** Words that one language has and another lacks. */
export const missing = () => behind(PAGES);

if (process.argv[1] === fileURLToPath(import.meta.url)) write("tools/learn.mjs", pages(), missing());
