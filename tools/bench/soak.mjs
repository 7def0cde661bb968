/**
 * What a page holds after many samples: wasm memory, GPU buffers, and the JavaScript of page and worker after a
 * collection. It should be flat after the first twenty.
 *
 *     node tools/bench/soak.mjs [--samples 500] [--steps 5] [--device cpu] [--pack fashion] [--network unet] [--prompt bag]
 *     node tools/bench/soak.mjs --learn 20000 [--device cpu]     the same of a run of so many steps, with samples and states on its way
 */
import { parseArgs } from "node:util";
import puppeteer from "puppeteer-core";
import { serve } from "../serve.mjs";

const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: "500" },
    steps: { type: "string", default: "5" },
    device: { type: "string", default: "cpu" },
    pack: { type: "string", default: "fashion" },
    network: { type: "string" },
    prompt: { type: "string", default: "bag" },
    learn: { type: "string", default: "0" },
  },
});
const samples = Number(options.samples);
const network = options.network ?? (options.pack === "fashion" ? "unet" : undefined);

const site = await serve({ mounts: [["/tests", "tests/browser/pages"]] });
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  protocolTimeout: 3_600_000,
  args: ["--no-sandbox", "--no-first-run", "--disable-background-networking", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"],
});
const row = (/** @type {(string | number)[]} */ ...cells) => console.log(cells.map((cell) => String(cell).padStart(14)).join(""));
const mebi = (/** @type {number} */ bytes) => `${(bytes / 2 ** 20).toFixed(2)} MiB`;
try {
  const page = await browser.newPage();
  await page.goto(`${site.url}tests/blank.html`);
  const learn = Number(options.learn);
  await page.evaluate(learn > 0 ? learning : drawing, { ...options, network: network ?? "", steps: learn > 0 ? learn : Number(options.steps) });
  const [worker] = page.workers();
  const session = await page.createCDPSession();
  /** @param {{ send: (method: "HeapProfiler.collectGarbage" | "Runtime.getHeapUsage") => Promise<any> }} client */
  const heap = async (client) => {
    await client.send("HeapProfiler.collectGarbage");
    return (await client.send("Runtime.getHeapUsage")).usedSize;
  };
  const what = learn > 0 ? "learning" : `${network ?? options.pack}, ${options.steps} steps a sample,`;
  console.log(`${what} on ${options.device}, ${await browser.version()}`);
  row(learn > 0 ? "steps" : "samples", "wasm", "GPU buffers", "page's heap", "worker's heap");
  const all = learn || samples;
  for (const until of [1, 20, 40, 100, 200, 300, 400, 500, 1000, 2000, 5000, 10_000].filter((n) => n < all).concat(all)) {
    await page.evaluate((until) => /** @type {any} */ (globalThis).go(until), until);
    const { wasm, buffers } = await worker.evaluate(() => /** @type {any} */ (globalThis).held());
    row(until, mebi(wasm), buffers, mebi(await heap(session)), mebi(await heap(worker.client)));
  }
} finally {
  await browser.close();
  await site.close();
}

/**
 * In the page: makes `go`, which draws until there were so many samples.
 * @param {{ device: string, pack: string, network: string, prompt: string, steps: number }} wish
 */
async function drawing({ device, pack, network, prompt, steps }) {
  const here = (/** @type {string} */ address) => new URL(address, location.href).href;
  const { loadModel } = await import(here("../pkg/morphogen.js"));
  const model = await loadModel(here(`../models/${pack}/`), { device, network: network || undefined, workerUrl: here("counting-worker.js") });
  let seed = 0;
  const go = async (/** @type {number} */ until) => {
    while (seed < until) await model.sample({ prompt, seed: seed++, steps, onStep: () => {} });
  };
  Object.assign(globalThis, { go });
}

/**
 * In the page: makes `go`, which learns until so many steps were taken, and then draws twelve samples.
 * @param {{ device: string, steps: number }} wish
 */
async function learning({ device, steps }) {
  const code = (/** @type {string} */ file) => import(new URL(`../pkg/${file}`, location.href).href);
  const [{ learn }, { configure }] = await Promise.all([code("learn.js"), code("morphogen.js")]);
  configure({ learnWorker: () => new Worker("counting-learning.js", { type: "module" }) });
  const stripes = (/** @type {number} */ n) => {
    const image = new ImageData(16, 16);
    for (let q = 0; q < 256; q += 1) image.data.set([...Array(3).fill(((q % 16) + (q >> 4) + n) % 8 < 4 ? 230 - n : 20 + n), 255], 4 * q);
    return image;
  };
  const run = await learn({ images: Array.from({ length: 64 }, (_, n) => stripes(n)), steps, device, workers: 1, paused: true });
  const go = async (/** @type {number} */ until) => {
    run.resume();
    for await (const { step } of run) if (step >= until) break;
    run.pause();
    await run.sample({ count: 12 });
  };
  Object.assign(globalThis, { go });
}
