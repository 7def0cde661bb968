/** The page fits, can be read by everyone, and speaks to nobody else. */
import { expect, test } from "@playwright/test";
import { BOTH, SHORT, barriers, countPaints, drawn, settings, shown } from "./support.js";

for (const width of [360, 768, 1440]) {
  test(`${width} pixels, light and dark: nothing hangs over, nothing is out of reach`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    await page.goto(SHORT);
    await drawn(page);
    await settings(page);
    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      await page.emulateMedia({ colorScheme });
      expect(await page.evaluate(() => document.documentElement.scrollWidth), colorScheme).toBeLessThanOrEqual(width);
      const scale = await page.locator(".pick canvas").evaluate((canvas) => canvas.getBoundingClientRect().width / 28);
      expect(Number.isInteger(scale), `the picture stands at ${scale} times its size`).toBe(true);
      expect(scale).toBeGreaterThanOrEqual(10);
      expect(await barriers(page), colorScheme).toEqual([]);
    }
  });
}

for (const [width, height, columns] of [[360, 740, 2], [768, 1024, 4], [1440, 900, 4]]) {
  test(`a first visit at ${width} pixels shows four pictures without scrolling, and nothing jumps`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await page.addInitScript(() => {
      Object.assign(globalThis, { shift: 0 });
      const add = (/** @type {any} */ { value, hadRecentInput }) => (/** @type {any} */ (globalThis).shift += hadRecentInput ? 0 : value);
      new PerformanceObserver((list) => list.getEntries().forEach(add)).observe({ type: "layout-shift", buffered: true });
    });
    // Where things stand does not depend on how often the noise is taken out.
    await page.goto("/?steps=2");
    await drawn(page);
    const boxes = await page.locator(".pick").evaluateAll((picks) => picks.map((pick) => pick.getBoundingClientRect().toJSON()));
    expect(boxes).toHaveLength(4);
    expect(new Set(boxes.map(({ left }) => left)).size).toBe(columns);
    for (const box of boxes) {
      expect(box.width).toBeGreaterThanOrEqual(160);
      expect(box.width).toBeLessThanOrEqual(220);
      expect(box.height).toBe(box.width);
    }
    const bottom = await page.locator("#pictures").evaluate((group) => group.getBoundingClientRect().bottom);
    expect(bottom).toBeLessThanOrEqual(height);
    const chips = await page.locator(".chips :is(button):visible").evaluateAll((buttons) => new Set(buttons.map((button) => button.getBoundingClientRect().top)).size);
    expect(chips, "what it can draw stands in one line").toBe(1);
    expect(await page.evaluate(() => /** @type {any} */ (globalThis).shift)).toBeLessThanOrEqual(0.05);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
}

test("there is no request to another host, and no breach of the policy", { tag: BOTH }, async ({ page, baseURL }, { project }) => {
  /** @type {string[]} */
  const hosts = [];
  /** @type {string[]} */
  const complaints = [];
  page.on("request", (request) => hosts.push(new URL(request.url()).origin));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  const response = await page.goto(`${SHORT}&network=resnet&device=${project.name}`);
  expect(response?.headers()["content-security-policy"]).toContain("script-src 'self' 'wasm-unsafe-eval';");
  await drawn(page);
  expect([...new Set(hosts)]).toEqual([new URL(baseURL ?? "").origin]);
  expect(complaints).toEqual([]);
});

test("who asked for less motion sees no flicker, only the finished picture", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  const paints = await countPaints(page);
  await page.goto(SHORT);
  await drawn(page);
  expect(await paints(".pick canvas")).toBe(1);
  expect(new Set(await shown(page)).size).toBeGreaterThan(2);
});

test("nothing stands in anybody's way in the element and in the frame for other sites, either", async ({ page }) => {
  await page.goto("/tests/element.html");
  await expect(page.locator("#one").locator("canvas")).toHaveAccessibleName(/seed 7/);
  expect(await barriers(page)).toEqual([]);
  for (const theme of ["light", "dark"]) {
    await page.goto(`/embed.html?prompt=bag&seed=3&steps=2&theme=${theme}`);
    await expect(page.locator("canvas")).toHaveAccessibleName(/seed 3/);
    expect(await barriers(page, { all: true })).toEqual([]);
    await page.goto(`/embed.html?figure=locality&theme=${theme}&device=cpu`);
    await expect(page.getByRole("slider")).not.toHaveCount(0);
    expect(await barriers(page, { all: true })).toEqual([]);
    // Opened by itself a dark frame is dark, not pale words on the browser's white.
    const [back, front] = await page.locator("html").evaluate((root) => [getComputedStyle(root).backgroundColor, getComputedStyle(root).color].map((colour) => Number(/\d+/.exec(colour)?.[0])));
    expect(theme === "dark" ? front - back : back - front).toBeGreaterThan(120);
  }
  await page.goto("/embed.html?prompt=giraffe");
  await expect(page.getByRole("status")).toContainText("giraffe");
  expect(await barriers(page)).toEqual([]);
});
