/** The presenter's view of a figure and of the Studio, led by the keyboard; and frames that do what the page around them asks for. */
import { expect, test } from "@playwright/test";
import { shown, stubbed } from "./support.js";

test.beforeEach(async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
});

test("a figure fills the screen, is led by keys, and stands where it was afterwards", async ({ page }) => {
  await page.goto("/essay/?device=cpu#locality?window=7&seed=8");
  const figure = page.locator("#locality-figure");
  const slider = figure.getByRole("slider");
  await expect(figure.getByRole("status")).toContainText("7 × 7 pixels");
  await figure.getByRole("button", { name: "Present it" }).click();
  const bar = page.getByRole("toolbar", { name: "Presenter’s view" });
  await expect(bar).toBeVisible();
  const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
  expect(await figure.boundingBox()).toMatchObject({ x: 0, y: 0, width, height });
  expect(await figure.evaluate((element) => parseFloat(getComputedStyle(element).fontSize))).toBeGreaterThan(20);
  await page.keyboard.press("ArrowRight");
  await expect(slider).toHaveAttribute("aria-valuetext", "9 × 9 pixels");
  // A clicker sends these.
  await page.keyboard.press("PageUp");
  await expect(slider).toHaveAttribute("aria-valuetext", "7 × 7 pixels");
  await page.keyboard.press("n");
  await expect.poll(() => page.url()).toContain("seed=9");
  await page.keyboard.press(" ");
  await expect(slider).not.toHaveAttribute("aria-valuetext", "7 × 7 pixels");
  await page.keyboard.press(" ");
  await page.keyboard.press("Escape");
  await expect(bar).toHaveCount(0);
  expect((await figure.boundingBox())?.width).toBeLessThan(width);
  await expect(figure.getByRole("button", { name: "Present it" })).toBeFocused();
});

test("keys answer a figure's question, and change the machine", async ({ page }) => {
  await page.goto("/essay/de.html?device=cpu#copies");
  const figure = page.locator("#copies-figure");
  await figure.scrollIntoViewIfNeeded();
  await figure.getByRole("button", { name: "Vorführen" }).click();
  await expect(page.getByRole("toolbar", { name: "Vortragsansicht" }).getByRole("button")).toHaveText(["Schritt zurück ←", "Schritt weiter →", "Abspielen, anhalten Leertaste", "Anderes Rauschen N", "Maschine M", "Verlassen Esc"]);
  await page.keyboard.press("3");
  await expect(figure.locator(".guess")).toContainText("Du hast getippt: Kopien.");
  await expect(figure.getByRole("status")).toContainText("20 von 20", { timeout: 160_000 });
  await page.keyboard.press("ArrowRight");
  await expect(figure.getByRole("button", { name: "Bild 2", exact: true })).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("Escape");
  const prediction = page.locator("#prediction-figure");
  await prediction.scrollIntoViewIfNeeded();
  await prediction.getByRole("button", { name: "Vorführen" }).click();
  // Keys are heard once the view is there.
  await expect(page.getByRole("toolbar", { name: "Vortragsansicht" })).toBeVisible();
  await page.keyboard.press("m");
  await expect(prediction.getByRole("radio", { name: "ResNet" })).toBeChecked();
});

test("the Studio's view shows what stands on the stage, and keys lead it", async ({ page }) => {
  await stubbed(page, "?prompt=disc&count=1&steps=6");
  await page.getByRole("button", { name: "Present", exact: true }).click();
  const view = page.getByRole("region", { name: "Presenter’s view" });
  const last = await page.locator("#step").inputValue();
  await expect(view).toContainText(`${last} / ${last}`);
  await expect.poll(async () => String(await shown(page, ".mirrors canvas >> nth=0"))).toBe(String(await shown(page)));
  await page.keyboard.press("ArrowLeft");
  await expect(view).toContainText(`${Number(last) - 1} / ${last}`);
  const seed = await page.locator("#seed").inputValue();
  await page.keyboard.press("n");
  await expect.poll(() => page.locator("#seed").inputValue()).not.toBe(seed);
  await page.keyboard.press("Escape");
  await expect(view).toHaveCount(0);
});

/**
 * A page with a sealed frame.
 * @param {import("@playwright/test").Page} page
 * @param {string} base
 * @param {string} query
 */
async function framed(page, base, query) {
  await page.goto("/~csp=none/tests/blank.html");
  await page.evaluate(
    ([base, query]) => {
      const frame = document.createElement("iframe");
      frame.src = new URL(`/embed.html?${query}`, base).href;
      frame.setAttribute("sandbox", "allow-scripts");
      frame.width = frame.height = "600";
      document.body.append(frame);
    },
    [base, query],
  );
  const order = (/** @type {string} */ type, more = {}) => page.evaluate((message) => document.querySelector("iframe")?.contentWindow?.postMessage(message, "*"), { type: `morphogen:${type}`, ...more });
  return { frame: page.frameLocator("iframe"), order };
}

test("a sealed frame with a sampler plays, pauses and steps when it is asked to", async ({ page, baseURL }) => {
  const { frame, order } = await framed(page, baseURL ?? "", "prompt=bag&seed=3&steps=4&device=cpu&autoplay=0");
  const canvas = frame.locator("canvas");
  await expect(frame.getByRole("button", { name: "Draw" })).toBeVisible();
  await order("play");
  await expect(frame.getByRole("status")).toContainText("drawn");
  const finished = String(await shown(frame, "canvas"));
  await order("step", { by: -1 });
  await expect.poll(async () => String(await shown(frame, "canvas"))).not.toBe(finished);
  await order("step");
  await expect.poll(async () => String(await shown(frame, "canvas"))).toBe(finished);
  // From noise on once more, held on the way, and to its end.
  await order("play");
  await order("pause");
  const held = String(await shown(frame, "canvas"));
  expect(held).not.toBe(finished);
  await order("play");
  await expect.poll(async () => String(await shown(frame, "canvas"))).toBe(finished);
  await order("another");
  await expect(canvas).toHaveAttribute("aria-label", /seed 4/);
});

test("a sealed frame with a figure does what was asked before it was ready, and listens to the page around it alone", async ({ page, baseURL }) => {
  const { frame, order } = await framed(page, baseURL ?? "", "figure=locality&window=7&device=cpu");
  await frame.locator("main").waitFor({ state: "attached" });
  await order("step");
  const slider = frame.getByRole("slider");
  await expect(slider).toHaveAttribute("aria-valuetext", "9 × 9 pixels");
  await order("play");
  // Where it is by now depends on how fast this machine draws.
  await expect(slider).not.toHaveAttribute("aria-valuetext", "9 × 9 pixels");
  await order("pause");
  await order("step", { by: -1 });
  const stood = await slider.getAttribute("aria-valuetext");
  await frame.locator("html").evaluate(() => window.postMessage({ type: "morphogen:step" }, "*"));
  await order("nonsense");
  await expect(slider).toHaveAttribute("aria-valuetext", String(stood));
});
