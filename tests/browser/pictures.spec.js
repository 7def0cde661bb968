/** Four pictures: one is chosen, and taken along; what the seed chose is said and can be kept; how new they are is said when asked. */
import { expect, test } from "@playwright/test";
import { asked, drawn, settings, shown, stubbed } from "./support.js";

/** The address in the lines to embed. @param {import("@playwright/test").Page} page */
async function framed(page) {
  const [, src] = /src="([^"]+)"/.exec(await page.locator("#embed-code").inputValue()) ?? [];
  return new URL(src.replace(/&amp;/g, "&")).searchParams;
}

/** @param {import("@playwright/test").Page} page */
const captions = (page) => page.locator(".caption").allTextContents();

test("the picture that is pressed is chosen: for the link, for the frame, for the file", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await stubbed(page, "?prompt=cat&seed=7&model=emoji");
  await page.getByRole("button", { name: "cat, seed 9" }).click();
  await expect(page.getByRole("button", { name: "cat, seed 9" })).toHaveAttribute("aria-pressed", "true");
  expect((await asked(page)).length).toBe(1);
  const picture = await shown(page);
  const chosen = await captions(page);
  await page.getByRole("button", { name: "Copy link" }).click();
  const link = new URL(await page.evaluate(() => navigator.clipboard.readText()));
  expect(Object.fromEntries(link.searchParams)).toEqual({ prompt: "cat", seed: "9", model: "emoji", count: "1", caption: "4" });
  expect(Object.fromEntries(await framed(page))).toEqual({ prompt: "cat", seed: "9", model: "emoji", caption: "4" });
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save PNG" }).click();
  expect((await download).suggestedFilename()).toBe("morphogen-cat-9.png");
  await page.goto(link.pathname + link.search);
  await drawn(page);
  expect(await shown(page)).toEqual(picture);
  expect(await captions(page)).toEqual([chosen[2]]);
});

test("one slider takes all pictures back to noise", async ({ page }) => {
  await stubbed(page);
  const all = () => Promise.all([0, 1, 2, 3].map((n) => shown(page, `.tile:nth-child(${n + 1}) canvas`)));
  const finished = await all();
  await page.locator("#step").fill("0");
  for (const [n, noise] of (await all()).entries()) expect(noise).not.toEqual(finished[n]);
  await expect(page.locator(".pick").nth(2)).toHaveAccessibleName(/seed 9, step 0 of 8/);
  await page.locator("#step").fill("8");
  expect(await all()).toEqual(finished);
});

test("a caption that is pressed is kept for all, and let go when it is pressed again", async ({ page }) => {
  await stubbed(page, "?prompt=cat&seed=7&model=emoji");
  const before = await captions(page);
  expect(new Set(before).size).toBeGreaterThan(1);
  await page.locator(".caption").nth(1).click();
  await drawn(page);
  await expect(page.locator('.caption[aria-pressed="true"]')).toHaveCount(4);
  expect(await captions(page)).toEqual(Array(4).fill(before[1]));
  await expect(page).toHaveURL(/caption=3/);
  expect((await framed(page)).get("caption")).toBe("3");
  await page.locator(".caption").nth(0).focus();
  await page.keyboard.press("Enter");
  await expect(page.locator('.caption[aria-pressed="true"]')).toHaveCount(0);
  expect(await captions(page)).toEqual(before);
  await expect(page).not.toHaveURL(/caption=/);
  // Other words let go, too.
  await page.locator(".caption").nth(1).click();
  await drawn(page);
  await page.locator("#prompt").fill("red heart");
  await page.locator("#prompt").press("Enter");
  await drawn(page, "red heart, 4 pictures");
  expect((await asked(page)).at(-1).caption).toBeUndefined();
});

test("just my words: nothing is added, and link and frame say so", async ({ page }) => {
  await stubbed(page, "?prompt=cat&seed=7&model=emoji");
  await settings(page);
  await page.getByRole("switch", { name: "Just my words" }).check();
  await expect(page).toHaveURL(/prior=off/);
  await drawn(page);
  expect((await asked(page)).at(-1)).toMatchObject({ prior: false });
  await expect(page.locator(".caption:visible")).toHaveCount(0);
  expect((await framed(page)).get("prior")).toBe("off");
  await page.goto(page.url());
  await drawn(page);
  expect((await asked(page)).at(-1)).toMatchObject({ prior: false });
});

test("how near the training pictures are is fetched and said when the reader asks, and from then on", async ({ page }) => {
  await stubbed(page);
  const fetched = () => page.evaluate(() => /** @type {any} */ (globalThis).stub.fetched);
  expect(await fetched()).toBe(0);
  await expect(page.locator(".near")).toHaveText(["seed 7", "seed 8", "seed 9", "seed 10"]);
  await page.getByRole("button", { name: "Look for the nearest" }).click();
  await expect(page.locator(".near")).toHaveText(["new · 104 %", "copy of no. 12", "new · 104 %", "new · 104 %"]);
  await expect(page.locator("#evidence-says")).toContainText("100 % means: as far from the nearest training picture as");
  await page.locator("#dice").dispatchEvent("click");
  await expect.poll(fetched).toBe(2);
  await expect(page.locator(".near").first()).toHaveText("new · 104 %");
});

test("64 pixels are enlarged smoothly, or crisp at whole multiples, as the reader chooses", async ({ page }) => {
  await stubbed(page);
  const look = () => page.locator(".pick canvas").first().evaluate((canvas) => [getComputedStyle(canvas).imageRendering, canvas.getBoundingClientRect().width / 64]);
  const [rendering, scale] = await look();
  expect(rendering).toBe("auto");
  expect(Number(scale)).toBeGreaterThan(160 / 64);
  await settings(page);
  await page.getByRole("switch", { name: "Crisp pixels" }).check();
  expect(await look()).toEqual(["pixelated", Math.floor(Number(scale))]);
  await expect(page).toHaveURL(/view=crisp/);
  expect((await asked(page)).length).toBe(1);
  await page.goto(page.url());
  await drawn(page);
  expect(await look()).toEqual(["pixelated", Math.floor(Number(scale))]);
});

test("an address from before, without a model, still means the garments, their steps and their solver", async ({ page }) => {
  await stubbed(page, "?prompt=bag&seed=3");
  expect((await asked(page)).at(-1)).toMatchObject({ prompt: "bag", steps: 20, grid: "uniform", solver: "ddim" });
  await expect(page.getByRole("radio", { name: "Garments" })).toBeChecked();
  await stubbed(page, "?prompt=bag");
  await expect(page.getByRole("radio", { name: "Emoji" })).toBeChecked();
  expect((await asked(page)).at(-1)).toMatchObject({ steps: 8, grid: "early", solver: "dpm-solver" });
});
