/** Nothing jumps in the essay: neither for a reader who scrolls on a phone, nor for one who leaps from chapter to chapter. */
import { expect, test } from "@playwright/test";

/** Counts from the first moment on what moves by itself, as Cumulative Layout Shift does. @param {import("@playwright/test").Page} page */
const watched = (page) =>
  page.addInitScript(() => {
    const shifts = Object.assign(globalThis, { shifts: /** @type {string[]} */ ([]), shift: 0 });
    new PerformanceObserver((list) => {
      for (const entry of /** @type {any[]} */ (list.getEntries())) {
        if (entry.hadRecentInput) continue;
        shifts.shift += entry.value;
        shifts.shifts.push(`${entry.value.toFixed(3)} ${entry.sources[0]?.node?.closest?.("figure")?.id} ${entry.sources[0]?.node?.className}`);
      }
    }).observe({ type: "layout-shift", buffered: true });
  });

/** @param {import("@playwright/test").Page} page */
const shift = (page) => page.evaluate(() => ({ sum: /** @type {any} */ (globalThis).shift, shifts: /** @type {any} */ (globalThis).shifts.join("; ") }));

test("what is said once something was drawn has its room before", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await watched(page);
  for (const [name, said] of /** @type {const} */ ([["fingers", /legs/], ["pictures", /cop(y|ies)/]])) {
    await page.goto("/essay/?device=cpu");
    // On the way there the figure stands up below the screen.
    for (const above of [700, 200, 0]) {
      await page.locator(`#${name}-figure`).evaluate((figure, above) => scrollTo(0, figure.getBoundingClientRect().top + scrollY - above), above);
      await page.waitForTimeout(300);
    }
    const figure = page.locator(`#${name}-figure`);
    await expect(figure.locator("[role=status]")).toContainText(said, { timeout: 120_000 });
    const { sum, shifts } = await shift(page);
    expect(sum, shifts).toBeLessThanOrEqual(0.05);
  }
});

for (const [width, height] of [[360, 740], [1440, 900]]) {
  test(`a leap to a figure that comes late finds its room, at ${width} pixels`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await watched(page);
    for (const path of ["/essay/", "/essay/de.html"]) {
      await page.goto(`${path}?device=cpu`);
      await page.evaluate(() => (location.hash = "turing"));
      await expect(page.locator("#turing-figure")).toHaveAttribute("data-live", "");
      const { sum, shifts } = await shift(page);
      expect(sum, `${path}: ${shifts}`).toBeLessThanOrEqual(0.05);
    }
  });
}
