/** The essay's chapter on the way into noise and back: what it claims, in what was recorded and in its figure. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "@playwright/test";
import { RECORDED } from "../../www/essay/figures/uturn-recorded.js";

const ROOT = resolve(import.meta.dirname, "../..");

/** @param {import("@playwright/test").Locator} canvases @returns {Promise<number[][]>} their shades */
const shades = (canvases) =>
  canvases.evaluateAll((list) =>
    list.map((canvas) => {
      const { width, height } = /** @type {HTMLCanvasElement} */ (canvas);
      const { data } = /** @type {CanvasRenderingContext2D} */ (/** @type {HTMLCanvasElement} */ (canvas).getContext("2d")).getImageData(0, 0, width, height);
      return [...data.filter((_, i) => i % 4 === 0)];
    }),
  );
const apart = (/** @type {number[]} */ a, /** @type {number[]} */ b) => a.reduce((sum, value, q) => sum + Math.abs(value - b[q]), 0) / a.length;

test("the record is of the weights that ship, and says what the text says", () => {
  /** @type {{ files: Record<string, { sha256: string }> }} */
  const { files } = JSON.parse(readFileSync(join(ROOT, "www/models/fashion/manifest.json"), "utf8"));
  expect(RECORDED.weights, "record it anew, see tools/essay/uturn.mjs").toBe(files[`${RECORDED.network}.safetensors`].sha256);
  const { turns } = RECORDED;
  const at = (/** @type {number} */ t) => /** @type {typeof turns[number]} */ (turns.find((turn) => turn.t === t));
  turns.forEach(({ t, all, families }, n) => {
    expect(families, `at ${t} a family is lost with its kind at the latest`).toBeGreaterThanOrEqual(all);
    if (n > 0) expect(all, `at ${t} fewer keep their kind than before`).toBeLessThan(turns[n - 1].all);
  });
  // No sharp point for kinds; more of one for families.
  expect(at(0.4).all).toBeGreaterThan(0.9);
  expect([at(0.7).all < 0.8, at(0.7).families > 0.95, at(0.95).families < 0.6]).toEqual([true, true, true]);
  expect(Math.abs(at(1).all - 0.1), "pure noise is as good as lots").toBeLessThan(0.05);
  expect([at(0.4).kept.shirt < 0.75, at(0.5).kept.sandal]).toEqual([true, 1]);
  // What changed its kind is more like what it was than like another of its kind, except where it comes from pure noise.
  expect(at(0.8).own).toBeGreaterThan(at(0.8).stranger + 0.15);
  expect(Math.abs(at(1).own - at(1).stranger)).toBeLessThan(0.05);
});

test("a little noise leaves the picture, all noise leaves nothing of it, and what was recorded is said", async ({ page }) => {
  test.setTimeout(240_000);
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto("/essay/?device=cpu#uturn?turn=1&kind=trouser");
  const figure = page.locator("#uturn-figure");
  const status = figure.getByRole("status");
  await figure.scrollIntoViewIfNeeded();
  const { turns } = RECORDED;
  const percent = (/** @type {number} */ share) => `${Math.round(100 * share)}`;
  await expect(status).toContainText(new RegExp(`31 % noise.*${percent(turns[0].kept.trouser)} % .*trousers.* ${percent(turns[0].all)} % kept their kind, ${percent(turns[0].families)} %`), { timeout: 160_000 });
  const start = figure.locator(".pair canvas").first();
  const tiles = figure.getByRole("group", { name: "and back" }).locator("canvas");
  const [original] = await shades(start);
  for (const [n, one] of (await shades(tiles)).entries()) expect(apart(one, original), `picture ${n + 1}`).toBeLessThan(15);
  // By keyboard to the far end.
  await figure.getByRole("slider").focus();
  await page.keyboard.press("End");
  await expect(status).toContainText("100 % noise", { timeout: 160_000 });
  const far = await shades(tiles);
  expect(Math.max(...far.map((one) => apart(one, original)))).toBeGreaterThan(40);
  await figure.getByRole("radio", { name: "bag" }).check();
  await expect(status).toContainText("bag", { timeout: 160_000 });
  const [bag] = await shades(start);
  expect(apart(bag, original)).toBeGreaterThan(40);
  for (const [n, one] of (await shades(tiles)).entries()) expect(apart(one, far[n]), `picture ${n + 1} is the same of trousers and of a bag`).toBeLessThan(15);
  expect(new URL(page.url()).hash).toBe(`#uturn?kind=bag&turn=${turns.length}`);
});
