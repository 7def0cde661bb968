/** The essay's chapter on guidance: what it claims, in what its figure computes and in the figure itself. */
import { expect, test } from "@playwright/test";
import { measured } from "../../tools/essay/guidance.mjs";

test("both parts add up; the shift comes first and makes typical, the contrast hardens edges; a network begins alike", async ({ page }) => {
  test.setTimeout(360_000);
  await page.goto("/essay/?device=cpu#further");
  const found = Object.entries(await measured(page, [1], [0, 2, 10, 16]));
  expect(found.map(([kind]) => kind)).toEqual(["trouser", "sneaker", "shirt", "bag"]);
  for (const [kind, [{ shift, contrast, alike, off, same, typical, edges }]] of found) {
    expect(off, `${kind}: with both parts, what the machines guess themselves`).toBeLessThan(1e-4);
    expect(same, `${kind}: the shift is the same for every noise`).toBeLessThan(1e-4);
    expect(shift[0], `${kind}: the first step`).toBeGreaterThan(4 * contrast[0]);
    for (let n = 4; n < 20; n += 1) expect(contrast[n], `${kind}: step ${n + 1}`).toBeGreaterThan(shift[n]);
    const [none, byShift, byContrast, both] = typical;
    expect(byShift, `${kind}: the shift makes it typical`).toBeGreaterThan(none);
    expect(byContrast, `${kind}: the contrast does not`).toBeLessThan(none);
    expect(both, `${kind}: nor do both as the shift alone`).toBeLessThan(byShift);
    expect(edges[2], `${kind}: the contrast hardens edges`).toBeGreaterThan(1.2 * edges[0]);
    expect(alike[0], `${kind}: at first the network does the same`).toBeGreaterThan(0.9);
    expect(alike[1], `${kind}: at the third step still`).toBeGreaterThan(0.6);
    for (const r of alike.slice(2)) expect(r, `${kind}: later it does not`).toBeLessThan(0.35);
  }
});

test("pictures of all kinds are fetched when asked for; then both parts stand beside the guess, by keyboard too", async ({ page }) => {
  test.setTimeout(240_000);
  await page.emulateMedia({ reducedMotion: "reduce" });
  /** @type {string[]} */
  const fetched = [];
  page.on("request", (request) => fetched.push(request.url()));
  await page.goto("/essay/?device=cpu#guidance?step=1");
  const figure = page.locator("#guidance-figure");
  const status = figure.getByRole("status");
  await figure.scrollIntoViewIfNeeded();
  await expect(status).toContainText("They are fetched when you press");
  expect(fetched.filter((url) => url.includes("/training/ankle-boot"))).toEqual([]);
  await figure.getByRole("button", { name: "Draw it here" }).click();
  await expect(status).toContainText(/Step 1, 100\s% noise: .* the same whatever the noise/, { timeout: 160_000 });
  expect(await figure.locator("canvas.blank").count()).toBe(0);
  const now = figure.getByRole("group", { name: "What guidance adds at a step" }).locator("canvas");
  const shown = () => now.evaluateAll((list) => list.map((canvas) => /** @type {HTMLCanvasElement} */ (canvas).toDataURL()));
  const before = await shown();
  await figure.getByRole("slider").first().focus();
  for (let n = 0; n < 9; n += 1) await page.keyboard.press("ArrowRight");
  await expect(status).toContainText(/Step 10, .* they depend on the noise/);
  (await shown()).forEach((one, n) => expect(one, `picture ${n}`).not.toBe(before[n]));
  expect(new URL(page.url()).hash).toBe("#guidance?step=10");
  // Without guidance all four ways are one.
  const ends = figure.getByRole("group", { name: "What comes of it in the end" }).locator("canvas");
  await figure.getByRole("slider").last().fill("1");
  await expect(figure).toHaveAttribute("aria-busy", "false", { timeout: 160_000 });
  const pictures = await ends.evaluateAll((list) => list.map((canvas) => /** @type {HTMLCanvasElement} */ (canvas).toDataURL()));
  expect(new Set(pictures).size).toBe(1);
});
