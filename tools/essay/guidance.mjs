/**
 * Measures, in a real browser with the built package, what the essay's chapter on guidance claims: how large both parts are at each step
 * of a linear denoiser, what each makes of the picture, whether they add up, and how like the whole is to what a network's guidance adds.
 * A test measures one garment and compares with the text.
 *
 *     node tools/essay/guidance.mjs [SEEDS]
 */
import { fileURLToPath } from "node:url";
import { onPage } from "../browser.mjs";
import { middle } from "./known.mjs";

const KINDS = ["trouser", "sneaker", "shirt", "bag"];
const STEPS = 20;
/** The steps at which a network is asked as well, from 0 on. */
export const COMPARED = [0, 2, 4, 6, 8, 10, 12, 16];

/**
 * @typedef {object} Measured
 * @property {number[]} shift by step: root of the mean square of what the means add, in [−1, 1]
 * @property {number[]} contrast the same of what the weights add
 * @property {number[]} alike at {@link COMPARED} of a network's own way: r of what guidance adds to its guess and to that of the linear denoiser
 * @property {number} off how far the parts are from adding up to what the machines guess themselves, at most
 * @property {number} same how far two shifts are apart that belong to other noise, at most
 * @property {number[]} typical r of each picture in the end and the mean of its kind: without guidance, shift, contrast, both
 * @property {number[]} edges the same of the mean difference of pixels beside each other
 */

/**
 * @param {import("@playwright/test").Page} page one of the served site, at the essay
 * @param {number[]} seeds
 * @param {number[]} [compared]
 * @returns {Promise<Record<string, Measured[]>>} by kind, one for each seed
 */
export const measured = (page, seeds, compared = COMPARED) =>
  page.evaluate(
    async ({ kinds, seeds, steps, compared }) => {
      const here = (/** @type {string} */ path) => import(new URL(path, location.href).href);
      /** @type {[typeof import("../../pkg/morphogen.js"), typeof import("../../www/essay/figures/guidance-parts.js"), typeof import("../../www/agreement.js")]} */
      const [morphogen, { drawn, filterOf, filterOfAll, taken }, { correlation }] = await Promise.all([here("../pkg/morphogen.js"), here("figures/guidance-parts.js"), here("../agreement.js")]);
      const model = await morphogen.loadModel("../models/fashion/", { device: "cpu", network: "unet" });
      const host = /** @type {any} */ ({ package: morphogen, model: async () => model, training: (/** @type {string} */ kind) => model.training(kind) });
      const { signal } = new AbortController();
      const all = await filterOfAll(host, signal);
      const size = (/** @type {Float32Array} */ part) => Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / part.length);
      const minus = (/** @type {Float32Array} */ a, /** @type {Float32Array} */ b) => a.map((value, q) => value - b[q]);
      const furthest = (/** @type {Float32Array} */ a, /** @type {Float32Array} */ b) => minus(a, b).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const clipped = (/** @type {Float32Array} */ picture) => picture.map((value) => Math.min(1, Math.max(-1, value)));
      const edges = (/** @type {Float32Array} */ picture) => picture.reduce((sum, value, q) => sum + (q % 28 ? Math.abs(value - picture[q - 1]) : 0), 0) / picture.length;
      /** @param {string} kind @param {import("../../www/essay/figures/guidance-parts.js").Filter} own @param {number} seed */
      const look = async (kind, own, seed) => {
        const how = { prompt: kind, seed, steps, grid: /** @type {const} */ ("uniform"), solver: /** @type {const} */ ("ddim"), guidance: 1 };
        const { frames } = await model.sample({ ...how, frames: true });
        const { ends, moments } = await drawn(own, all, frames[0].x, { steps, strength: 2 });
        const alike = [];
        let [off, same] = [0, 0];
        for (const n of compared) {
          const { t, x } = frames[n];
          const guess = async (/** @type {import("../../pkg/morphogen.js").SampleOptions} */ wish, asked = model) =>
            (await asked.sample({ ...how, prompt: undefined, ...wish, start: { t, pixels: x }, steps: 1 })).pixels;
          const [parts] = await taken(own, all, [x], t);
          const added = parts.shift.map((value, q) => value + parts.contrast[q]);
          alike.push(correlation(minus(await guess({ prompt: kind }), await guess({})), added));
          const machines = [await guess({ prompt: kind, machine: "wiener" }), await guess({ machine: "wiener" }, all.model)];
          off = Math.max(off, furthest(machines[0], clipped(parts.guess)), furthest(machines[1], clipped(minus(parts.guess, added))));
          same = Math.max(same, furthest(parts.shift, moments[n].parts.shift));
        }
        const of = (/** @type {"shift" | "contrast"} */ part) => moments.map(({ parts }) => size(parts[part]));
        const pictures = ends.map(clipped);
        return { shift: of("shift"), contrast: of("contrast"), alike, off, same, typical: pictures.map((one) => correlation(one, own.mean)), edges: pictures.map(edges) };
      };
      /** @type {Record<string, Measured[]>} */
      const found = {};
      for (const kind of kinds) {
        const own = await filterOf(host, kind, signal);
        found[kind] = [];
        for (const seed of seeds) found[kind].push(await look(kind, own, seed));
      }
      all.model.close();
      model.close();
      return found;
    },
    { kinds: KINDS, seeds, steps: STEPS, compared },
  );

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const seeds = Array.from({ length: Number(process.argv[2] ?? 8) }, (_, n) => n + 1);
  await onPage("essay/?device=cpu#further", async (page) => {
    /** @param {string} name @param {Measured[]} all */
    const rows = (name, all) => {
      for (const [n, step] of COMPARED.entries()) {
        const told = (/** @type {(one: Measured) => number} */ what) => middle(all.map(what)).toFixed(2);
        console.log(`| ${name} | ${(1 - step / STEPS).toFixed(1)} | ${told(({ shift }) => shift[step])} | ${told(({ contrast }) => contrast[step])} | ${told(({ alike }) => alike[n])} |`);
      }
    };
    console.log("| kind | t | shift | contrast | r with the network's |\n|---|---|---|---|---|");
    const found = await measured(page, seeds);
    for (const [kind, all] of Object.entries(found)) {
      rows(kind, all);
      const told = (/** @type {"typical" | "edges"} */ what) => [0, 1, 2, 3].map((way) => middle(all.map((one) => one[what][way])).toFixed(3)).join(" | ");
      console.error(`${kind}: r with the mean ${told("typical")}; edges ${told("edges")}; off ${Math.max(...all.map(({ off }) => off))}; shifts apart ${Math.max(...all.map(({ same }) => same))}`);
    }
    rows("all four", Object.values(found).flat());
  });
}
