/** The essay's chapter of Turing's cells: what its figure claims, in the figure itself. */
import { expect, test } from "@playwright/test";

/**
 * The figure, with less motion: it runs to the end by itself and stands still.
 * @param {import("@playwright/test").Page} page
 * @param {string} state
 */
async function settled(page, state) {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto("/tests/blank.html");
  await page.goto(`/essay/#turing?${state}`);
  const figure = page.locator("#turing-figure");
  await figure.scrollIntoViewIfNeeded();
  await expect(figure.getByRole("button", { name: "Go on" })).toBeVisible();
  await expect(figure.locator(".status")).toContainText("cells apart");
  return figure;
}

test("four times the diffusion makes a pattern twice as wide", async ({ page }) => {
  for (const system of ["gray-scott", "gierer-meinhardt"]) {
    /** @type {number[]} */
    const found = [];
    for (const scale of ["0.5", "2"]) {
      const figure = await settled(page, `system=${system}&scale=${scale}`);
      found.push(Number(await figure.locator(".spacing").getAttribute("data-wavelength")));
      await expect(figure.locator(".chart circle")).toHaveCount(1);
    }
    expect(found[1] / found[0], `${system}: ${found.join(" and ")} cells`).toBeGreaterThan(1.8);
    expect(found[1] / found[0], `${system}: ${found.join(" and ")} cells`).toBeLessThan(2.2);
  }
});

test("a brush starts a pattern where nothing grew, by keyboard", async ({ page }) => {
  const shades = () =>
    page.locator("#turing-figure canvas").evaluate((canvas) => {
      const { width, height } = /** @type {HTMLCanvasElement} */ (canvas);
      const { data } = /** @type {CanvasRenderingContext2D} */ (/** @type {HTMLCanvasElement} */ (canvas).getContext("2d")).getImageData(0, 0, width, height);
      return new Set(new Uint32Array(data.buffer)).size;
    });
  await page.emulateMedia({ reducedMotion: "reduce" });
  // Here a spot dies out.
  await page.goto("/essay/#turing?from=spot&feed=0.02&kill=0.067");
  const figure = page.locator("#turing-figure");
  await expect(figure.locator(".status")).toContainText("Nothing is growing");
  expect(await shades()).toBe(1);
  await figure.getByRole("button", { name: "Mazes" }).click();
  await expect(figure.locator(".status")).toContainText("Nothing is growing");
  await figure.locator("canvas").focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Space");
  await expect.poll(shades).toBeGreaterThan(1);
  await figure.getByRole("button", { name: "Go on" }).click();
  await expect(figure.locator(".status")).toContainText("cells apart");
  expect(page.url()).toContain("#turing?from=spot");
});

test("the map is walked with arrow keys, and the address keeps the place", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto("/essay/#turing?feed=0.046&kill=0.065");
  const map = page.getByRole("slider", { name: "Parameter map" });
  await expect(map).toHaveAttribute("aria-valuetext", /Worms/);
  await map.focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowUp");
  await expect(map).toHaveAttribute("aria-valuenow", "0.0485");
  await expect.poll(() => page.url()).toContain("feed=0.0485&kill=0.064");
});
