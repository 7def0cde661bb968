/**
 * What a sample of an analytic machine costs in the browser, drawn by one worker and shared by several, or on WebGPU (of a
 * software adapter, unless `--gpu` lets the browser choose): the time that passes, and the processor time of the whole
 * browser, which other work on this computer hardly changes.
 *
 *     node tools/bench/machines.mjs [--machine bbels] [--prompt sneaker] [--workers 1 --workers 2] [--rounds 3] [--steps 20]
 *     node tools/bench/machines.mjs --device webgpu [--gpu] [--rounds 1] [--steps 2]
 */
import { parseArgs } from "node:util";
import { launched } from "../browser.mjs";
import { serve } from "../serve.mjs";

const { values: options } = parseArgs({
  options: {
    machine: { type: "string", default: "bbels" },
    prompt: { type: "string", default: "sneaker" },
    workers: { type: "string", multiple: true, default: ["1", "2"] },
    rounds: { type: "string", default: "3" },
    steps: { type: "string", default: "20" },
    device: { type: "string", default: "cpu" },
    gpu: { type: "boolean", default: false },
  },
});
const { machine, prompt, device } = options;
const steps = Number(options.steps);
const webgpu = device === "webgpu" ? ["--enable-unsafe-webgpu", ...(options.gpu ? [] : ["--use-webgpu-adapter=swiftshader"])] : [];
// One worker feeds the GPU.
const crews = device === "webgpu" ? ["1"] : options.workers;

const site = await serve({ mounts: [["/tests", "tests/browser/pages"]] });
const browser = await launched(webgpu);
const session = await browser.newBrowserCDPSession();

/** Seconds of processor time that the browser has used so far. */
async function used() {
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

/** @param {number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** @type {Map<string, { wall: number, cpu: number }[]>} */
const rounds = new Map(crews.map((workers) => [workers, []]));
for (let round = 0; round < Number(options.rounds); round += 1) {
  for (const [workers, taken] of rounds) {
    const page = await browser.newPage();
    await page.goto(`${site.url}tests/blank.html`);
    // The first sample fetches code and images, and starts the helpers.
    await page.evaluate(
      async ({ machine, prompt, workers, device, steps }) => {
        const here = (/** @type {string} */ address) => new URL(address, location.href).href;
        const { loadModel } = await import(here("../pkg/morphogen.js"));
        const model = await loadModel(here("../models/fashion/"), { device, workerUrl: here(`helpers.js?processors=${workers}`) });
        const { device: used } = await model.sample({ prompt, machine, steps: 1 });
        if (used !== device) throw new Error(`expected ${device}, found ${used}`);
        Object.assign(globalThis, { draw: (/** @type {number} */ seed) => model.sample({ prompt, machine, seed, steps, grid: "uniform", solver: "ddim" }).then(() => undefined) });
      },
      { machine, prompt, workers, device, steps },
    );
    const [start, before] = [performance.now(), await used()];
    await page.evaluate((seed) => /** @type {any} */ (globalThis).draw(seed), round);
    taken.push({ wall: (performance.now() - start) / 1000, cpu: (await used()) - before });
    await page.close();
  }
}
for (const [workers, taken] of rounds) {
  const [wall, cpu] = [median(taken.map(({ wall }) => wall)), median(taken.map(({ cpu }) => cpu))];
  console.log(`${machine}, ${steps} steps, ${device === "webgpu" ? "WebGPU" : `${workers} worker${workers === "1" ? "" : "s"}`}: ${wall.toFixed(1)} s, ${cpu.toFixed(1)} s of processor time`);
}
await browser.close();
await site.close();
