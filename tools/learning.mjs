/**
 * Records how long memory takes: the share of copies over the steps, for three numbers of ankle boots, measured in a browser as the page
 * `learn.html` measures it, and written to `www/learn/recorded.js`. Needs the built package and some minutes.
 *
 *     node tools/learning.mjs
 */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { serve } from "./serve.mjs";

const OUT = resolve(fileURLToPath(import.meta.url), "../../www/learn/recorded.js");

const site = await serve({ mounts: [["/tests", "tests/browser/pages"]] });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  const page = await browser.newPage();
  page.on("console", (message) => console.log(message.text()));
  await page.goto(`${site.url}tests/blank.html`);
  const recorded = await page.evaluate(async () => {
    const here = (/** @type {string} */ address) => new URL(address, location.href).href;
    const [{ COUNTS, measure }, { garments }, morphogen] = await Promise.all([import(here("../learn/measure.js")), import(here("../learn/sets.js")), import(here("../pkg/morphogen.js"))]);
    const host = { package: morphogen, world: { loading: new Map(), models: here("../models/"), keep: () => {} } };
    const all = await garments(host, "ankle-boot", new AbortController().signal);
    /** @type {[number, [number, number][]][]} */
    const recorded = [];
    for (const count of COUNTS) {
      const told = (/** @type {[number, number][]} */ found) => console.log(count, ...found[found.length - 1]);
      const found = await measure(all.slice(0, count), { told });
      recorded.push([count, found.map((/** @type {[number, number]} */ [step, share]) => [step, Math.round(1000 * share) / 1000])]);
    }
    return recorded;
  });
  const lines = recorded.map(([count, found]) => `  [${count}, ${JSON.stringify(found)}],`);
  writeFileSync(OUT, `/** Share of copies by step, for three numbers of ankle boots. Made by tools/learning.mjs. */
export const COMMAND = "node tools/learning.mjs";
/** @type {[count: number, found: import("./measure.js").Found[]][]} */
export const RECORDED = [
${lines.join("\n")}
];
`);
} finally {
  await browser.close();
  await site.close();
}
