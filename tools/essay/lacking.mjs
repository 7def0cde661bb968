/**
 * Measures, in a real browser with the built package, what the essay's chapter on words claims: how the change of the network's
 * guesses without a word lies in the picture, and in which steps. A test measures one seed and compares with the text.
 *
 *     node tools/essay/lacking.mjs [SEEDS]
 */
import { fileURLToPath } from "node:url";
import { PROMPTS } from "../../www/essay/figures/words-lack.js";
import { middle } from "./known.mjs";
import { onPage } from "../browser.mjs";

/**
 * @typedef {object} Change by what a word is missing for
 * @property {string} word
 * @property {number} quarter share of all change in the quarter of the pixels that change most
 * @property {number} early share in the first two steps
 * @property {number} ground share where the picture is white
 * @property {number[]} rows share in each row
 */

/**
 * @param {import("@playwright/test").Page} page one of the served site
 * @param {readonly string[]} phrases
 * @param {number} seed
 * @returns {Promise<Change[]>} one for each
 */
export const changed = (page, phrases, seed) =>
  page.evaluate(
    async ({ phrases, seed }) => {
      const here = (/** @type {string} */ path) => import(new URL(path, location.href).href);
      const [{ loadModel }, { lacking, quarter }] = await Promise.all([here("../pkg/morphogen.js"), here("figures/words-lack.js")]);
      const model = await loadModel("../models/emoji/", { device: "cpu", network: "unet" });
      const { sample, lacks } = /** @type {Awaited<ReturnType<typeof import("../../www/essay/figures/words-lack.js").lacking>>} */ (await lacking(model, phrases, seed));
      model.close();
      const { width, height, pixels } = sample;
      const sum = (/** @type {Iterable<number>} */ some) => [...some].reduce((sum, value) => sum + value, 0);
      const white = (/** @type {number} */ q) => [0, 1, 2].every((c) => pixels[c * width * height + q] > 0.95);
      return lacks.map(({ maps: [map, ...steps] }, k) => ({
        word: phrases[k],
        quarter: quarter(map),
        early: sum(steps.slice(0, 2).map(sum)) / sum(map),
        ground: sum(map.filter((_, q) => white(q))) / sum(map),
        rows: Array.from({ length: height }, (_, row) => sum(map.subarray(row * width, (row + 1) * width)) / sum(map)),
      }));
    },
    { phrases, seed },
  );

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const seeds = Array.from({ length: Number(process.argv[2] ?? 8) }, (_, n) => n + 1);
  await onPage("essay/?device=cpu#further", async (page) => {
    console.log("| words | left out | in a quarter of the pixels | on white ground | in the first two of eight steps |\n|---|---|---|---|---|");
    for (const phrases of Object.values(PROMPTS)) {
      /** @type {Change[][]} */
      const all = [];
      for (const seed of seeds) all.push(await changed(page, phrases, seed));
      phrases.forEach((word, k) => {
        const told = (/** @type {"quarter" | "ground" | "early"} */ what) => `${(100 * middle(all.map((one) => one[k][what]))).toFixed(0)} %`;
        console.log(`| ${phrases.join(", ")} | ${word} | ${told("quarter")} | ${told("ground")} | ${told("early")} |`);
      });
    }
  });
}
