/**
 * Draws prompts with a pack that draws from free text, in a real browser, and lays the pictures out with their prompts: the
 * pack's examples, a list of `tools/emoji/naming.json`, or some of the compositions of words that training never saw. With
 * `--blind KEY.json` the pictures stand in an order drawn by lot, under numbers: somebody who has not seen the prompts
 * names them, and the key tells what was asked for. With `--way` each prompt is two things with a plus between them, mixed in
 * that way (`union` is one prompt of both). Needs the built package.
 *
 *     node tools/sheet.mjs emoji docs/emoji.png
 *     node tools/sheet.mjs emoji dist/compositions.png --compositions data/emoji/captions.json
 *     node tools/sheet.mjs emoji dist/blind.png --list everyday --seed 1 --blind dist/key.json [--steps 4] [--no-prior]
 *     node tools/sheet.mjs emoji dist/over.png --list mixes --way over --seed 1 --blind dist/over.json [--region below]
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { launched } from "./browser.mjs";
import { serve } from "./serve.mjs";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    network: { type: "string" },
    seed: { type: "string", default: "1" },
    steps: { type: "string" },
    list: { type: "string" },
    compositions: { type: "string" },
    styles: { type: "string", multiple: true },
    blind: { type: "string" },
    way: { type: "string" },
    region: { type: "string" },
    "no-prior": { type: "boolean", default: false },
  },
});
const [pack = "emoji", output = `docs/${pack}.png`] = positionals;
/** Compositions shown. */
const SOME = 50;
const COLUMNS = 10;
/** Screen pixels of a picture's side. */
const SIDE = 128;

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

/**
 * The same prompts in an order that says nothing: by a hash of each, so that it is the same every time.
 * @param {string[]} prompts
 */
function byLot(prompts) {
  const hash = (/** @type {string} */ text) => createHash("sha256").update(text).digest("hex");
  return [...prompts].sort((a, b) => (hash(a) < hash(b) ? -1 : 1));
}

/** @type {Record<string, string[]>} */
const lists = JSON.parse(readFileSync("tools/emoji/naming.json", "utf8"));
if (options.list && !lists[options.list]) throw new Error(`expected --list to be one of ${Object.keys(lists).join(", ")}, found ${options.list}`);
const WAYS = ["union", "and", "over", "into", "between"];
if (options.way && !WAYS.includes(options.way)) throw new Error(`expected --way to be one of ${WAYS.join(", ")}, found ${options.way}`);
const asked = options.compositions ? heldOut(options.compositions) : options.list ? lists[options.list] : undefined;
const { url, close } = await serve({ mounts: [["/blank/", "tests/browser/pages"]] });
const browser = await launched();
try {
  const page = await browser.newPage({ viewport: { width: 1500, height: 800 }, colorScheme: "light" });
  await page.goto(`${url}blank/blank.html`);
  /** @type {string[]} */
  const examples = JSON.parse(readFileSync(`www/models/${pack}/manifest.json`, "utf8")).text.examples;
  const prompts = options.blind ? byLot(asked ?? examples) : (asked ?? examples);
  const wish = { prior: !options["no-prior"], ...(options.steps ? { steps: Number(options.steps) } : {}) };
  const key = await page.evaluate(
    async ({ pack, network, seed, columns, side, prompts, styles, blind, wish, way, region }) => {
      const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
      const model = await loadModel(`../models/${pack}/`, { device: "cpu", network });
      const { width, height } = model.info.image;
      const grid = document.createElement("div");
      grid.id = "sheet";
      grid.style.cssText = `display: grid; grid-template-columns: repeat(${columns}, ${side + 16}px); gap: 14px 8px; padding: 16px; width: max-content; background: #fff; color: #333; font: 12px/1.25 system-ui, sans-serif; text-align: center`;
      const key = [];
      for (const [n, prompt] of prompts.entries()) {
        const style = styles.length ? `, ${styles[n % styles.length]}` : "";
        const [first, second] = way ? prompt.split(" + ") : [prompt];
        const mix = !way ? {} : way === "union" ? { prompt: `${first} ${second}${style}` } : { [way]: { prompt: second, region } };
        // A naming is of one seed for all; a sheet to look at shows another one each.
        const sample = await model.sample({ prompt: first + style, ...mix, seed: blind ? seed : seed + n, ...wish });
        const canvas = document.createElement("canvas");
        Object.assign(canvas, { width, height });
        canvas.style.cssText = `width: ${side}px; display: block; margin: 0 auto 4px`;
        canvas.getContext("2d")?.putImageData(sample.toImageData(), 0, 0);
        const cell = document.createElement("div");
        cell.append(canvas, blind ? String(n + 1) : prompt);
        grid.append(cell);
        key.push({ number: n + 1, prompt, caption: sample.captions?.[0]?.label ?? null, style: sample.captions?.[0]?.style ?? null });
      }
      document.body.replaceChildren(grid);
      return key;
    },
    { pack, network: options.network, seed: Number(options.seed), columns: COLUMNS, side: SIDE, prompts, styles: options.styles ?? [], blind: Boolean(options.blind), wish, way: options.way, region: options.region },
  );
  await page.locator("#sheet").screenshot({ path: output });
  if (options.blind) writeFileSync(options.blind, `${JSON.stringify(key, undefined, 1)}\n`);
  console.log(output);
} finally {
  await browser.close();
  await close();
}
