/**
 * Records what is known of learning before anybody presses Learn, in a browser and with the page's own code. Needs the built package and
 * some minutes.
 *
 * - `memory`: how long memory takes, the share of copies over the steps for three numbers of ankle boots, for `learn.html`.
 * - `story`: what two networks draw while they learn from eight ankle boots, for the chapter of the essay.
 *
 *     node tools/learning.mjs [memory] [story]
 */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { launched } from "./browser.mjs";
import { serve } from "./serve.mjs";

const WWW = resolve(fileURLToPath(import.meta.url), "../../www");
/** Steps at which the story looks, and samples of each look. */
const LOOKS = [0, 10, 20, 40, 80, 150, 250, 400, 600, 900, 1200, 1500];
const SAMPLES = 8;
const wanted = (/** @type {string} */ part) => process.argv.length < 3 || process.argv.includes(part);

const site = await serve({ mounts: [["/tests", "tests/browser/pages"]] });
const browser = await launched();
try {
  const page = await browser.newPage();
  page.on("console", (message) => console.log(message.text()));
  await page.goto(`${site.url}tests/blank.html`);
  await page.evaluate(async () => {
    const here = (/** @type {string} */ address) => import(new URL(address, location.href).href);
    const [measuring, sets, likeness, learning, morphogen] = await Promise.all(["../learn/measure.js", "../learn/sets.js", "../learn/likeness.js", "../pkg/learn.js", "../pkg/morphogen.js"].map(here));
    const host = { package: morphogen, world: { loading: new Map(), models: new URL("../models/", location.href).href, keep: () => {} } };
    const boots = await sets.garments(host, "ankle-boot", new AbortController().signal);
    Object.assign(globalThis, { kit: { ...measuring, ...sets, ...likeness, ...learning, boots } });
  });
  if (wanted("memory")) writeFileSync(resolve(WWW, "learn/recorded.js"), memoryFile(await page.evaluate(memory)));
  if (wanted("story")) writeFileSync(resolve(WWW, "essay/figures/learning-recorded.js"), storyFile(await page.evaluate(story, { looks: LOOKS, samples: SAMPLES })));
} finally {
  await browser.close();
  await site.close();
}

/** In the page: the share of copies by step, for each number of pictures. */
async function memory() {
  const { COUNTS, measure, boots } = /** @type {any} */ (globalThis).kit;
  /** @type {[number, [number, number][]][]} */
  const recorded = [];
  for (const count of COUNTS) {
    const told = (/** @type {[number, number][]} */ found) => console.log(count, ...found[found.length - 1]);
    const found = await measure(boots.slice(0, count), { told });
    recorded.push([count, found.map((/** @type {[number, number]} */ [step, share]) => [step, Math.round(1000 * share) / 1000])]);
  }
  return recorded;
}

/** @param {[number, [number, number][]][]} recorded */
function memoryFile(recorded) {
  const lines = recorded.map(([count, found]) => `  [${count}, ${JSON.stringify(found)}],`);
  return `/** Share of copies by step, for three numbers of ankle boots. Made by tools/learning.mjs. */
export const COMMAND = "node tools/learning.mjs memory";
/** @type {[count: number, found: import("./measure.js").Found[]][]} */
export const RECORDED = [
${lines.join("\n")}
];
`;
}

/**
 * In the page: what each network draws at each look, as bytes, with the pictures that it learns from.
 * @param {{ looks: number[], samples: number }} how
 */
async function story({ looks, samples }) {
  const { learn, nearest, pixelsOf, boots, SIDE } = /** @type {any} */ (globalThis).kit;
  const images = boots.slice(0, 8);
  const set = images.map((/** @type {ImageData} */ image) => pixelsOf(image, 1));
  const text = (/** @type {ArrayLike<number>} */ values) => btoa(String.fromCharCode(...Array.from(values, (value) => Math.min(255, Math.max(0, Math.round((value + 1) * 127.5))))));
  const record = async (/** @type {string} */ network) => {
    const run = await learn({ images, channels: 1, network, size: SIDE, steps: looks[looks.length - 1], seed: 1, workers: 1, device: "cpu", paused: true });
    /** @type {{ step: number, loss: number, copies: number, pixels: string }[]} */
    const found = [];
    const look = async (/** @type {number} */ step) => {
      const { pixels } = await run.sample({ count: samples, seed: 100, steps: 20 });
      const recent = run.losses.slice(-20);
      const loss = recent.reduce((/** @type {number} */ sum, /** @type {number} */ one) => sum + one, 0) / Math.max(1, recent.length);
      const copies = nearest(pixels, set).filter((/** @type {any} */ { copied }) => copied).length;
      found.push({ step, loss: Math.round(1000 * loss) / 1000, copies, pixels: text(pixels) });
      console.log(network, step, loss, copies);
    };
    await look(0);
    run.resume();
    for await (const { step } of run) {
      if (step < (looks[found.length] ?? Infinity)) continue;
      run.pause();
      await look(step);
      run.resume();
    }
    if (found.length < looks.length) await look(run.step);
    run.close();
    return found;
  };
  const [near, far] = await Promise.all(["short-sighted", "unet"].map(record));
  return { set: text(set.flatMap((/** @type {Float32Array} */ picture) => [...picture])), near, far };
}

/** @param {Awaited<ReturnType<typeof story>>} recorded */
function storyFile({ set, near, far }) {
  const lines = (/** @type {object[]} */ looks) => looks.map((look) => `    ${JSON.stringify(look)},`).join("\n");
  return `/**
 * What two networks drew while they learned from eight ankle boots: pixels as bytes in base64, with loss and copies. Made by tools/learning.mjs.
 * @typedef {{ step: number, loss: number, copies: number, pixels: string }} Look
 * @type {{ set: string, near: Look[], far: Look[] }} \`near\` is the short-sighted one, \`far\` the one that sees all
 */
export const RECORDED = {
  set: ${JSON.stringify(set)},
  near: [
${lines(near)}
  ],
  far: [
${lines(far)}
  ],
};
`;
}
