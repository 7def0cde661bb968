/**
 * Measures how high the essay's figures stand once they are there, and writes `www/essay/room.css`, which keeps that room for
 * them: whoever leaps over the chapters sees a figure come, and nothing below it jumps. Needs the built package.
 *
 *     node tools/essay/room.mjs
 */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { FIGURES } from "../../www/essay/figures.js";
import { launched } from "../browser.mjs";
import { serve } from "../serve.mjs";

const FILE = resolve(fileURLToPath(import.meta.url), "../../../www/essay/room.css");
/** Widths of the screen that are measured, and from which width on each holds, in pixels. */
const WIDTHS = [[360, 0], [430, 400], [600, 520], [1024, 768]];
const PAGES = [["essay/", ""], ["essay/de.html", ":lang(de) "]];

const { url, close } = await serve();
const browser = await launched();

/** How high each figure is when it has just come. @param {string} path @param {number} width */
async function heights(path, width) {
  const page = await browser.newPage({ viewport: { width, height: 900 }, reducedMotion: "reduce", baseURL: url });
  await page.goto(`${path}?device=cpu`);
  const found = [];
  for (const name of Object.keys(FIGURES)) {
    const figure = page.locator(`#${name}-figure`);
    await figure.evaluate((element) => element.scrollIntoView());
    await page.waitForFunction((name) => "live" in (document.getElementById(`${name}-figure`)?.dataset ?? {}), name);
    found.push(/** @type {const} */ ([name, Math.round(await figure.evaluate((element) => element.getBoundingClientRect().height))]));
  }
  await page.close();
  return found;
}

const rules = [];
for (const [width, from] of WIDTHS) {
  const lines = [];
  for (const [path, lang] of PAGES) {
    for (const [name, height] of await heights(path, width)) lines.push(`  ${lang}figure[data-figure="${name}"]:not([data-live]) { min-height: ${height / 16}rem; }`);
  }
  rules.push(`@media screen and (scripting: enabled)${from ? ` and (min-width: ${from}px)` : ""} {\n${lines.join("\n")}\n}`);
}
await browser.close();
await close();
writeFileSync(FILE, `/* Room for figures that are not there yet, as measured by tools/essay/room.mjs. What stands below a figure stands there already. */\nfigure[data-figure]:not([data-live]) { grid-template-rows: 1fr; }\nfigure[data-figure]:not([data-live]) > * { align-self: start; }\n${rules.join("\n")}\n`);
