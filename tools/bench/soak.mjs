/**
 * What a page holds after many samples: wasm memory, GPU buffers, and the JavaScript of page and worker after a
 * collection. It should be flat after the first twenty.
 *
 *     node tools/bench/soak.mjs [--samples 500] [--steps 5] [--device cpu] [--pack fashion] [--network unet] [--prompt bag]
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
try {
  const page = await browser.newPage();
  await page.goto(`${site.url}tests/blank.html`);
  await page.evaluate(
    async ({ device, pack, network, prompt, steps }) => {
      const here = (/** @type {string} */ address) => new URL(address, location.href).href;
      const { loadModel } = await import(here("../pkg/morphogen.js"));
      const model = await loadModel(here(`../models/${pack}/`), { device, network, workerUrl: here("counting-worker.js") });
      let seed = 0;
      const draw = async (/** @type {number} */ until) => {
        while (seed < until) await model.sample({ prompt, seed: seed++, steps: Number(steps), onStep: () => {} });
      };
      Object.assign(globalThis, { draw });
    },
    { device: options.device, pack: options.pack, network, prompt: options.prompt, steps: options.steps },
  );
  const [worker] = page.workers();
  const session = await page.createCDPSession();
  /** @param {{ send: (method: "HeapProfiler.collectGarbage" | "Runtime.getHeapUsage") => Promise<any> }} client */
  const heap = async (client) => {
    await client.send("HeapProfiler.collectGarbage");
    return (await client.send("Runtime.getHeapUsage")).usedSize;
  };
  const row = (/** @type {(string | number)[]} */ ...cells) => console.log(cells.map((cell) => String(cell).padStart(14)).join(""));
  const mebi = (/** @type {number} */ bytes) => `${(bytes / 2 ** 20).toFixed(2)} MiB`;
  console.log(`${network ?? options.pack} on ${options.device}, ${options.steps} steps a sample, ${await browser.version()}`);
  row("samples", "wasm", "GPU buffers", "page's heap", "worker's heap");
  for (const until of [1, 20, 40, 100, 200, 300, 400, 500, 1000].filter((n) => n < samples).concat(samples)) {
    await page.evaluate((until) => /** @type {any} */ (globalThis).draw(until), until);
    const { wasm, buffers } = await worker.evaluate(() => /** @type {any} */ (globalThis).held());
    row(until, mebi(wasm), buffers, mebi(await heap(session)), mebi(await heap(worker.client)));
  }
} finally {
  await browser.close();
  await site.close();
}
