/**
 * How fast the page learns: pictures a second of both small networks, at 16 × 16 in grey, with one worker and with two; by the clock, and
 * by the second that the page's processors worked, which others on the machine disturb less. In a browser, with the package as it was built.
 *
 *     node tools/bench/learn.mjs [--steps N] [--device webgpu]
 */
import { parseArgs } from "node:util";
import { launched } from "../browser.mjs";
import { serve } from "../serve.mjs";

const { values } = parseArgs({ options: { steps: { type: "string", default: "200" }, device: { type: "string", default: "cpu" } } });
const steps = Number(values.steps);
const device = /** @type {"cpu" | "webgpu"} */ (values.device);
/** Steps before the first that counts: the code is being compiled meanwhile. */
const WARM = 30;
const site = await serve({ mounts: [["/tests", "tests/browser/pages"]] });
const browser = await launched(device === "webgpu" ? ["--enable-unsafe-webgpu"] : []);
try {
  const page = await browser.newPage();
  await page.goto(`${site.url}tests/blank.html`);
  const system = await browser.newBrowserCDPSession();
  /** Seconds that the pages' processes have worked. */
  const worked = async () => {
    const { processInfo } = await system.send("SystemInfo.getProcessInfo");
    return processInfo.filter(({ type }) => type === "renderer").reduce((sum, { cpuTime }) => sum + cpuTime, 0);
  };
  for (const network of /** @type {const} */ (["unet", "short-sighted"])) {
    for (const workers of device === "webgpu" ? [1] : [1, 2]) {
      const { weights, on } = await page.evaluate(begun, { network, workers, steps: WARM + steps, warm: WARM, device });
      const before = await worked();
      const { count, seconds, best, loss } = await page.evaluate(finished);
      const busy = await worked();
      const figures = `${Math.round(count / seconds)} pictures/s, at best ${best}; ${Math.round(count / (busy - before))} by processor time`;
      console.log(`${network}, ${weights} weights, ${on}, ${workers} worker${workers > 1 ? "s" : ""}: ${figures}; loss ${loss} after ${WARM + steps} steps`);
    }
  }
} finally {
  await browser.close();
  await site.close();
}

/**
 * In the page: begins a run over garments, and takes some steps; its weights, and what takes them.
 * @param {{ network: "unet" | "short-sighted", workers: number, steps: number, warm: number, device: "cpu" | "webgpu" }} wish
 */
async function begun({ network, workers, steps, warm, device }) {
  const code = (/** @type {string} */ file) => import(new URL(`../pkg/${file}`, location.href).href);
  const [{ learn }, { loadModel }] = await Promise.all([code("learn.js"), code("morphogen.js")]);
  const model = await loadModel("../models/fashion/", { device: "cpu" });
  const run = await learn({ model, prompts: ["ankle boot"], count: 600, network, workers, steps, device });
  for await (const { step } of run) if (step >= warm) break;
  run.pause();
  model.close();
  Object.assign(globalThis, { run });
  return { weights: run.weights, on: `${run.device}${run.notice && `, ${run.notice}`}` };
}

/** In the page: the other steps. */
async function finished() {
  const { run } = /** @type {any} */ (globalThis);
  const [start, before] = [performance.now(), run.losses.length];
  let best = 0;
  run.resume();
  for await (const { picturesPerSecond } of run) best = Math.max(best, picturesPerSecond);
  const [seconds, { losses }] = [(performance.now() - start) / 1000, run];
  run.close();
  return { count: 32 * (losses.length - before), seconds, best: Math.round(best), loss: losses[losses.length - 1].toFixed(3) };
}
