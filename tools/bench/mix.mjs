/**
 * What two things in one picture cost in a page, and what a film from one to the other does: the least of several times, since
 * other work on this computer only ever adds to it; in brackets the processor time of the whole browser, to which it adds least.
 * On the processor, in one worker and in two, or on WebGPU (of a software adapter, unless `--gpu` lets the browser choose).
 *
 *     node tools/bench/mix.mjs [--workers 1 --workers 2] [--rounds 5] [--steps 4 --steps 8] [--no-film]
 *     node tools/bench/mix.mjs --device webgpu [--gpu] [--rounds 1]
 */
import { parseArgs } from "node:util";
import { launched } from "../browser.mjs";
import { serve } from "../serve.mjs";

const { values: options } = parseArgs({
  allowNegative: true,
  options: {
    workers: { type: "string", multiple: true, default: ["1", "2"] },
    rounds: { type: "string", default: "5" },
    steps: { type: "string", multiple: true, default: ["4", "8"] },
    film: { type: "boolean", default: true },
    device: { type: "string", default: "cpu" },
    gpu: { type: "boolean", default: false },
  },
});
const { device } = options;
const webgpu = device === "webgpu" ? ["--enable-unsafe-webgpu", ...(options.gpu ? [] : ["--use-webgpu-adapter=swiftshader"])] : [];
// One worker feeds the GPU.
const crews = device === "webgpu" ? ["1"] : options.workers;

/** What is drawn, with how many guesses of the network a step takes of a picture: without words, and for each that acts. */
const DRAWN = [
  { name: "a picture", wish: { prompt: "cat" }, guesses: 2 },
  { name: "and", wish: { prompt: "cat", and: "top hat" }, guesses: 3 },
  { name: "over", wish: { prompt: "cat", over: "top hat" }, guesses: 3 },
  { name: "into", wish: { prompt: "cat", into: "top hat" }, guesses: 2 },
  { name: "between", wish: { prompt: "cat", between: "top hat" }, guesses: 2 },
];
const STEPS = options.steps.map(Number);
/** Frames of the film; there and back, each picture between the ends is seen twice. */
const FRAMES = 24;
const PICTURES = FRAMES / 2 + 1;

const site = await serve({ mounts: [["/tests", "tests/browser/pages"]] });
const browser = await launched(webgpu);

const session = await browser.newBrowserCDPSession();

/** Milliseconds of processor time that the browser has used so far. */
async function used() {
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  return 1000 * processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

/** The least milliseconds by what was drawn. @type {Map<string, { wall: number, cpu: number }>} */
const least = new Map();
for (const workers of crews) {
  const page = await browser.newPage();
  await page.goto(`${site.url}tests/blank.html`);
  await page.evaluate(
    async ({ workers, device, film }) => {
      const here = (/** @type {string} */ address) => new URL(address, location.href).href;
      const { loadModel } = await import(here("../pkg/morphogen.js"));
      const model = await loadModel(here("../models/emoji/"), { device, workerUrl: here(`helpers.js?processors=${workers}`) });
      const timed = async (/** @type {() => Promise<{ device: string }>} */ draw) => {
        const start = performance.now();
        const { device: used } = await draw();
        if (used !== device) throw new Error(`expected ${device}, found ${used}`);
        return performance.now() - start;
      };
      Object.assign(globalThis, {
        draw: (/** @type {object} */ wish, /** @type {number} */ steps) => timed(() => model.sample({ seed: 1, steps, ...wish })),
        morph: (/** @type {number} */ frames, /** @type {number} */ steps) => timed(() => model.morph({ prompts: ["cat", "tiger"], frames, steps, seed: 1 })),
      });
      // Fetches all there is to fetch.
      await model.sample({ prompt: "cat", over: "top hat", steps: 1 });
      if (film) await model.morph({ prompts: ["cat", "tiger"], frames: 12, steps: 1 });
    },
    { workers, device, film: options.film },
  );
  for (let round = 0; round < Number(options.rounds); round += 1) {
    for (const steps of STEPS) {
      /** @param {string} name @param {() => Promise<number>} draw */
      const take = async (name, draw) => {
        const key = `${name} ${steps} ${workers}`;
        const [before, wall] = [await used(), await draw()];
        const cpu = (await used()) - before;
        const known = least.get(key) ?? { wall: Infinity, cpu: Infinity };
        least.set(key, { wall: Math.min(wall, known.wall), cpu: Math.min(cpu, known.cpu) });
      };
      for (const { name, wish } of DRAWN) {
        await take(name, () => page.evaluate(([wish, steps]) => /** @type {any} */ (globalThis).draw(wish, steps), /** @type {const} */ ([wish, steps])));
      }
      if (options.film) await take("film", () => page.evaluate(([frames, steps]) => /** @type {any} */ (globalThis).morph(frames, steps), [FRAMES, steps]));
    }
  }
  await page.close();
}
await browser.close();
await site.close();

const head = crews.map((workers) => (device === "webgpu" ? "WebGPU" : `${workers} worker${workers === "1" ? "" : "s"}`));
console.log(`| | steps | guesses | ${head.join(" | ")} |\n|${"---|".repeat(3 + crews.length)}`);
const rows = [...DRAWN, ...(options.film ? [{ name: "film", guesses: 2 * PICTURES }] : [])];
for (const { name, guesses } of rows) {
  for (const steps of STEPS) {
    const times = crews.map((workers) => {
      const { wall, cpu } = least.get(`${name} ${steps} ${workers}`) ?? { wall: NaN, cpu: NaN };
      return `${Math.round(wall)} ms (${Math.round(cpu)})`;
    });
    console.log(`| ${name === "film" ? `film of ${FRAMES} frames` : name} | ${steps} | ${guesses * steps} | ${times.join(" | ")} |`);
  }
}
