/**
 * Reads the essay from top to bottom, on the processor, as a reader would who waits for each figure: says what was fetched in
 * all, compressed as good hosts do, and which tasks held the page's thread up for longer than 50 ms.
 *
 *     node tools/bench/essay.mjs
 */
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";
import { FIGURES } from "../../www/essay/figures.js";
import { serve } from "../serve.mjs";

/** How long a figure is looked at, at most, in milliseconds. */
const PATIENCE = 60_000;

const { url, close } = await serve({ compress: true });
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const browser = await chromium.launch({ args: ["--no-sandbox"], ...(existsSync(executablePath) ? { executablePath } : {}) });
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.addInitScript(() => {
    /** @type {{ at: number, lasted: number }[]} */
    const long = [];
    Object.assign(globalThis, { long });
    new PerformanceObserver((list) => long.push(...list.getEntries().map(({ startTime, duration }) => ({ at: startTime, lasted: duration })))).observe({ type: "longtask", buffered: true });
  });
  /** @type {Map<string, number>} */
  const fetched = new Map();
  page.on("requestfinished", async (request) => {
    const { responseBodySize, responseHeadersSize } = await request.sizes();
    const path = new URL(request.url()).pathname;
    fetched.set(path, (fetched.get(path) ?? 0) + responseBodySize + responseHeadersSize);
  });
  await page.goto(`${url}essay/?device=cpu`);
  for (const name of Object.keys(FIGURES)) {
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
    const long = await page.evaluate(() => /** @type {any} */ (globalThis).long.splice(0));
    const words = long.map((/** @type {{ lasted: number }} */ { lasted }) => `${Math.round(lasted)} ms`).join(", ");
    console.log(`${name.padEnd(12)} long tasks: ${words || "none"}`);
  }
  const total = [...fetched.values()].reduce((sum, bytes) => sum + bytes, 0);
  for (const [path, bytes] of [...fetched].sort((a, b) => b[1] - a[1]).slice(0, 8)) console.log(`${path.padEnd(52)}${String(bytes).padStart(10)}`);
  console.log(`${fetched.size} files, ${(total / 1e6).toFixed(2)} MB in all`);
} finally {
  await browser.close();
  await close();
}
