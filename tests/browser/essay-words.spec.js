/** The essay's chapter on which word paints which pixel: what it claims, in its figure and in what the figure measures. */
import { expect, test } from "@playwright/test";
import { changed } from "../../tools/essay/lacking.mjs";
import { PROMPTS } from "../../www/essay/figures/words-lack.js";

test("words are heard early; some keep to their place, one to none, and one holds all of it", async ({ page }) => {
  test.setTimeout(360_000);
  await page.goto("/essay/?device=cpu#further");
  /** @type {Record<string, Awaited<ReturnType<typeof changed>>[number]>} */
  const found = {};
  for (const [name, phrases] of Object.entries(PROMPTS)) for (const one of await changed(page, phrases, 1)) found[`${name}: ${one.word}`] = one;
  for (const [word, { early }] of Object.entries(found)) expect(early, word).toBeGreaterThan(0.5);
  const rows = (/** @type {string} */ word, /** @type {number} */ from, /** @type {number} */ to) => found[word].rows.slice(from, to).reduce((sum, share) => sum + share, 0);
  // Glasses sit in 18 of 64 rows, the mask in 20 rows below them: were the change spread evenly, .28 and .31.
  expect(rows("sunglasses: sunglasses", 14, 32)).toBeGreaterThan(0.55);
  expect(found["sunglasses: sunglasses"].quarter).toBeGreaterThan(0.7);
  expect(rows("sunglasses: smiling face", 14, 32)).toBeLessThan(0.45);
  expect(rows("mask: medical mask", 32, 52)).toBeGreaterThan(0.5);
  expect(rows("mask: face", 32, 52)).toBeLessThan(0.4);
  // Red has the fruit and not the ground, the apple the ground as well.
  expect(found["apple: red"].ground).toBeLessThan(0.1);
  expect(found["apple: apple"].ground).toBeGreaterThan(0.15);
  // Without the heart nearly everything changes: were it spread evenly, .25.
  expect(found["arrow: heart"].quarter).toBeLessThan(0.45);
  for (const [word, { quarter }] of Object.entries(found)) if (word !== "arrow: heart") expect(quarter, word).toBeGreaterThan(0.45);
});

test("nothing is fetched unasked; then each word has a map, by keyboard too, and a link holds word and step", async ({ page }) => {
  test.setTimeout(240_000);
  await page.emulateMedia({ reducedMotion: "reduce" });
  /** @type {string[]} */
  const fetched = [];
  page.on("request", (request) => fetched.push(request.url()));
  await page.goto("/essay/?device=cpu#words?word=1");
  const figure = page.locator("#words-figure");
  const status = figure.getByRole("status");
  await figure.scrollIntoViewIfNeeded();
  await expect(status).toContainText("It is fetched when you press");
  expect(fetched.filter((url) => url.includes("models/emoji"))).toEqual([]);
  await figure.getByRole("button", { name: "Draw it here" }).click();
  await expect(status).toContainText("Without “smiling face”", { timeout: 160_000 });
  await figure.getByRole("button", { name: "without “sunglasses”" }).focus();
  await page.keyboard.press("Enter");
  await expect(status).toContainText(/Without “sunglasses” .* has 7\d % of all change/);
  expect(await figure.locator("canvas.blank").count()).toBe(0);
  const shown = () => figure.locator("canvas").evaluateAll((list) => list.map((canvas) => /** @type {HTMLCanvasElement} */ (canvas).toDataURL()));
  const before = await shown();
  await figure.getByRole("slider").focus();
  await page.keyboard.press("End");
  await expect(figure.getByRole("slider")).toHaveAttribute("aria-valuetext", "8 of 8");
  (await shown()).forEach((one, n) => expect(one, `picture ${n}`).not.toBe(before[n]));
  expect(new URL(page.url()).hash).toBe("#words?step=8");
});
