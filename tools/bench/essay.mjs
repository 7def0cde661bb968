/**
 * Reads the essay from top to bottom, on the processor, as a reader would who waits for each figure: says what was fetched in
 * all, compressed as good hosts do, and which tasks took the page's thread more than 50 ms of processor time (on a busy machine the
 * clock says more, for the page is not alone).
 *
 *     node tools/bench/essay.mjs
 */
import { launched } from "../browser.mjs";
import { FIGURES } from "../../www/essay/figures.js";
import { serve } from "../serve.mjs";

/** How long a figure is looked at, at most, in milliseconds. */
const PATIENCE = 60_000;
/** Longer tasks are felt, in microseconds. */
const LONG = 50_000;

/**
 * The tasks of the page's thread in a trace, in microseconds of processor time, the longest first.
 * @param {Buffer} trace
 * @returns {number[]}
 */
function tasks(trace) {
  /** @type {{ traceEvents: { name: string, ph: string, pid: number, tid: number, tdur?: number, args: { name?: string } }[] }} */
  const { traceEvents } = JSON.parse(trace.toString());
  const thread = (/** @type {{ pid: number, tid: number }} */ { pid, tid }) => `${pid} ${tid}`;
  const main = new Set(traceEvents.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain").map(thread));
  const runs = traceEvents.filter((event) => event.ph === "X" && event.name.endsWith("RunTask") && main.has(thread(event)));
  return runs.map(({ tdur = 0 }) => tdur).sort((a, b) => b - a);
}

const { url, close } = await serve({ compress: true });
const browser = await launched();
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  /** @type {Map<string, number>} */
  const fetched = new Map();
  page.on("requestfinished", async (request) => {
    const { responseBodySize, responseHeadersSize } = await request.sizes();
    const path = new URL(request.url()).pathname;
    fetched.set(path, (fetched.get(path) ?? 0) + responseBodySize + responseHeadersSize);
  });
  await page.goto(`${url}essay/?device=cpu`);
  for (const name of Object.keys(FIGURES)) {
    await browser.startTracing(page, { categories: ["toplevel", "__metadata"] });
    const figure = page.locator(`#${name}-figure`);
    const top = await figure.evaluate((element) => element.getBoundingClientRect().top + scrollY);
    // In small turns of the wheel, as people scroll.
    for (let y = await page.evaluate(() => scrollY); y < top; y += 120) {
      await page.mouse.wheel(0, 120);
      await page.waitForTimeout(16);
    }
    const rested = page.waitForFunction((id) => {
      const element = document.getElementById(id);
      return element && "live" in element.dataset && element.ariaBusy !== "true";
    }, `${name}-figure`, { timeout: PATIENCE });
    await rested.catch(() => {});
    const [longest = 0, ...others] = tasks(await browser.stopTracing());
    const long = [longest, ...others].filter((time) => time > LONG).length;
    console.log(`${name.padEnd(12)} longest task ${(longest / 1000).toFixed(0).padStart(4)} ms, longer than 50 ms: ${long}`);
  }
  const total = [...fetched.values()].reduce((sum, bytes) => sum + bytes, 0);
  for (const [path, bytes] of [...fetched].sort((a, b) => b[1] - a[1]).slice(0, 8)) console.log(`${path.padEnd(52)}${String(bytes).padStart(10)}`);
  console.log(`${fetched.size} files, ${(total / 1e6).toFixed(2)} MB in all`);
} finally {
  await browser.close();
  await close();
}
