/**
 * How fast the page learns: pictures a second of both small networks, at 16 × 16 in grey, with one worker and with two, and
 * what their memory comes to; in a browser, with the package as it was built. Figures of a machine that does nothing else.
 *
 *     node tools/bench/learn.mjs [--steps N] [--device webgpu]
 */
import { parseArgs } from "node:util";
import { launched } from "../browser.mjs";
import { serve } from "../serve.mjs";

const { values } = parseArgs({ options: { steps: { type: "string", default: "200" }, device: { type: "string", default: "cpu" } } });
const steps = Number(values.steps);
const device = /** @type {"cpu" | "webgpu"} */ (values.device);
const site = await serve({ mounts: [["/tests", "tests/browser/pages"]] });
const browser = await launched(device === "webgpu" ? ["--enable-unsafe-webgpu"] : []);
try {
  const page = await browser.newPage();
  await page.goto(`${site.url}tests/blank.html`);
  for (const network of /** @type {const} */ (["unet", "short-sighted"])) {
    for (const workers of device === "webgpu" ? [1] : [1, 2]) {
      const { weights, mean, best, loss, on } = await page.evaluate(measured, { network, workers, steps, device });
      console.log(`${network}, ${weights} weights, ${on}, ${workers} worker${workers > 1 ? "s" : ""}: ${mean} pictures/s, at best ${best}; loss ${loss} after ${steps} steps`);
    }
  }
} finally {
  await browser.close();
  await site.close();
}

/**
 * In the page: a run over garments.
 * @param {{ network: "unet" | "short-sighted", workers: number, steps: number, device: "cpu" | "webgpu" }} wish
 */
async function measured({ network, workers, steps, device }) {
  const code = (/** @type {string} */ file) => import(new URL(`../pkg/${file}`, location.href).href);
  const [{ learn }, { loadModel }] = await Promise.all([code("learn.js"), code("morphogen.js")]);
  const model = await loadModel("../models/fashion/", { device: "cpu" });
  const run = await learn({ model, prompts: ["ankle boot"], count: 600, network, workers, steps, device });
  const start = performance.now();
  let best = 0;
  for await (const { picturesPerSecond } of run) best = Math.max(best, picturesPerSecond);
  const mean = (1000 * 32 * run.losses.length) / (performance.now() - start);
  const { weights, losses, device: on, notice } = run;
  run.close();
  model.close();
  return { weights, on: `${on}${notice && `, ${notice}`}`, mean: Math.round(mean), best: Math.round(best), loss: losses[losses.length - 1].toFixed(3) };
}
