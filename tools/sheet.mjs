/**
 * Draws prompts with a pack that draws from free text, in a real browser, and lays the pictures out with their prompts: the
 * pack's examples, or some of the compositions of words that training never saw. Needs the built package.
 *
 *     node tools/sheet.mjs emoji docs/emoji.png --styles fluent --styles twemoji --styles noto
 *     node tools/sheet.mjs emoji docs/emoji-compositions.png --compositions data/emoji/captions.json
 */
import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import { serve } from "./serve.mjs";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { network: { type: "string", default: "attention" }, seed: { type: "string", default: "1" }, compositions: { type: "string" }, styles: { type: "string", multiple: true } },
});
const [pack = "emoji", output = `docs/${pack}.png`] = positionals;
/** Compositions shown. */
const SOME = 50;
const COLUMNS = 10;
/** Screen pixels per pixel of a picture. */
const SCALE = 3;

/**
 * Prompts for compositions that were held out, evenly chosen.
 * @param {string} path of the captions
 */
function heldOut(path) {
  /** @type {{ styles: string[], entries: { split: string, label: string, style: number }[] }} */
  const { styles, entries } = JSON.parse(readFileSync(path, "utf8"));
  const all = entries.filter(({ split }) => split === "composition").map(({ label, style }) => `${label}, ${styles[style]}`);
  return Array.from({ length: Math.min(SOME, all.length) }, (_, n) => all[Math.floor((n * all.length) / SOME)]);
}

const prompts = options.compositions ? heldOut(options.compositions) : undefined;
const { url, close } = await serve({ mounts: [["/blank/", "tests/browser/pages"]] });
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const browser = await chromium.launch({ args: ["--no-sandbox"], ...(existsSync(executablePath) ? { executablePath } : {}) });
try {
  const page = await browser.newPage({ viewport: { width: 1300, height: 800 }, colorScheme: "light" });
  await page.goto(`${url}blank/blank.html`);
  await page.evaluate(
    async ({ pack, network, seed, columns, scale, prompts, styles }) => {
      const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
      const model = await loadModel(`../models/${pack}/`, { device: "cpu", network });
      const { width, height } = model.info.image;
      const grid = document.createElement("div");
      grid.id = "sheet";
      grid.style.cssText = `display: grid; grid-template-columns: repeat(${columns}, ${width * scale + 16}px); gap: 14px 8px; padding: 16px; width: max-content; background: #fff; color: #333; font: 12px/1.25 system-ui, sans-serif; text-align: center`;
      for (const [n, prompt] of (prompts ?? model.info.text.examples).entries()) {
        const style = styles.length ? `, ${styles[n % styles.length]}` : "";
        const sample = await model.sample({ prompt: prompt + style, seed: seed + n });
        const canvas = document.createElement("canvas");
        Object.assign(canvas, { width, height });
        canvas.style.cssText = `width: ${width * scale}px; image-rendering: pixelated; display: block; margin: 0 auto 4px`;
        canvas.getContext("2d")?.putImageData(sample.toImageData(), 0, 0);
        const cell = document.createElement("div");
        cell.append(canvas, prompt);
        grid.append(cell);
      }
      document.body.replaceChildren(grid);
    },
    { pack, network: options.network, seed: Number(options.seed), columns: COLUMNS, scale: SCALE, prompts, styles: options.styles ?? [] },
  );
  await page.locator("#sheet").screenshot({ path: output });
  console.log(output);
} finally {
  await browser.close();
  await close();
}
