/**
 * How soon the page on learning answers a press while two networks learn: the time from each press to the frame that shows it, with the
 * page's thread at a quarter of its speed. Figures of a machine that does nothing else.
 *
 *     node tools/bench/presses.mjs [--rate 4]
 */
import { launched } from "../browser.mjs";
import { serve } from "../serve.mjs";

const at = process.argv.indexOf("--rate");
const rate = at > 0 ? Number(process.argv[at + 1]) : 4;
const site = await serve({});
const browser = await launched();
try {
  const page = await browser.newPage({ viewport: { width: 390, height: 780 } });
  await page.addInitScript(() => {
    /** @type {number[]} */
    const times = [];
    const watcher = new PerformanceObserver((list) => list.getEntries().forEach((entry) => entry.name === "click" && times.push(entry.duration)));
    watcher.observe(/** @type {any} */ ({ type: "event", durationThreshold: 16 }));
    Object.assign(globalThis, { times });
  });
  await page.goto(`${site.url}learn.html`);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate });
  const press = async (/** @type {string} */ name) => {
    await page.getByRole("button", { name, exact: true }).click();
    await page.waitForTimeout(1500);
  };
  await page.waitForTimeout(3000);
  await press("Learn");
  await page.waitForTimeout(15_000);
  for (let n = 0; n < 4; n += 1) {
    await press("Pause");
    await press("Go on");
    await page.locator(".twelve button").nth(n + 3).click();
    await page.waitForTimeout(1500);
  }
  await press("Start over");
  /** @type {number[]} */
  const times = (await page.evaluate(() => /** @type {any} */ (globalThis).times)).sort((/** @type {number} */ a, /** @type {number} */ b) => a - b);
  console.log(`${times.length} presses at 1/${rate} of the speed: median ${times[times.length >> 1]} ms, slowest ${times[times.length - 1]} ms`);
} finally {
  await browser.close();
  await site.close();
}
