/** The essay's figures where somebody is in a hurry, or an address holds what nobody wrote: nothing stands still, and nothing is said twice. */
import { expect, test } from "@playwright/test";
import { FIGURES } from "../../www/essay/figures.js";
import { held, shown } from "./support.js";

test.describe.configure({ mode: "parallel" });

/** Machines take their time on two busy cores. */
const HEAVY = { timeout: 160_000 };

/**
 * Opens the essay at a figure.
 * @param {import("@playwright/test").Page} page
 * @param {string} name
 * @param {string} [state]
 */
async function at(page, name, state = "") {
  await page.goto("/tests/blank.html");
  await page.goto(`/essay/?device=cpu#${name}${state && `?${state}`}`);
  const figure = page.locator(`#${name}-figure`);
  await figure.scrollIntoViewIfNeeded();
  return { figure, status: figure.getByRole("status") };
}

/**
 * What addresses may hold of a figure: words that mean nothing there, and numbers that are none of its.
 * @param {import("@playwright/test").Page} page
 * @param {string} name
 */
async function odd(page, name) {
  await page.goto("/essay/?device=cpu");
  /** @type {import("../../www/essay/figure.js").State} */
  const defaults = await page.evaluate(async (name) => (await (await import(new URL("figures.js", location.href).href)).FIGURES[name]()).default.defaults, name);
  const of = (/** @type {string} */ type) => Object.keys(defaults).filter((key) => typeof defaults[key] === type);
  return [...of("string").map((key) => `${key}=attention`), ...["0.5", "999999999999999"].map((value) => of("number").map((key) => `${key}=${value}`).join("&"))];
}

for (const name of Object.keys(FIGURES)) {
  test(`an address may hold anything of the figure “${name}”`, async ({ page }) => {
    /** @type {string[]} */
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    for (const state of await odd(page, name)) {
      const { figure, status } = await at(page, name, state);
      await expect(figure, state).toHaveAttribute("data-live", "", HEAVY);
      // What is wrong shows as soon as it begins to work; it need not finish.
      await expect(figure, state).toHaveAttribute("aria-busy", "false", { timeout: 1500 }).catch(() => {});
      expect(await status.textContent(), state).not.toMatch(/undefined|null|NaN|no words|not a function/);
    }
    expect(complaints).toEqual([]);
  });
}

test("a picture that is being fetched comes, whatever the slider does meanwhile", async ({ page }) => {
  const go = await held(page, "**/models/fashion/**");
  const { figure, status } = await at(page, "noise");
  await expect(status).toContainText("still in there");
  await figure.getByRole("radio", { name: "pullover" }).check();
  const heal = figure.getByRole("button", { name: "Take the noise away" });
  await expect(heal).toBeDisabled();
  await figure.getByRole("slider").fill("4");
  await figure.locator("canvas.scribble").press(" ");
  go();
  await expect(heal).toBeEnabled(HEAVY);
  await expect(figure.getByRole("slider")).toHaveValue("4");
  await expect(status).toContainText("still in there");
});

test("healing that is interrupted leaves the slider at what is in the picture", async ({ page }) => {
  const { figure, status } = await at(page, "noise", "image=29&noise=16");
  await expect(status).toContainText("still in there", HEAVY);
  const slider = figure.getByRole("slider");
  await figure.getByRole("button", { name: "Take the noise away" }).click();
  await expect.poll(async () => Number(await slider.inputValue()), HEAVY).toBeLessThan(14);
  await figure.locator("canvas.scribble").press(" ");
  await expect(status).toContainText("pure noise");
  await expect(figure).toHaveAttribute("aria-busy", "false");
  await expect(slider).toHaveValue("16");
});

test("another picture asked for while one is drawn comes whole, at the step that was set", async ({ page }) => {
  const { figure, status } = await at(page, "origins", "step=8&together=1");
  const whole = async () => {
    await expect(status).toContainText(/it would see \d+ pixels.*training pictures win somewhere/, HEAVY);
    await expect(figure).toHaveAttribute("aria-busy", "false", HEAVY);
    return shown(page, "#origins-figure canvas.pointed");
  };
  // Pressed while the first is drawn, and the slider moved while the second is.
  await expect(status).toContainText("keeps the votes", HEAVY);
  await figure.getByRole("button", { name: "Another pullover" }).click();
  await figure.getByRole("slider").fill("6");
  const found = await whole();
  expect(new URL(page.url()).hash).toContain("step=6");
  await expect(figure.getByRole("slider")).toHaveValue("6");
  await page.emulateMedia({ reducedMotion: "reduce" });
  await at(page, "origins", "seed=33&step=6&together=1");
  expect(await whole()).toEqual(found);
});

test("a set chosen just before the window is moved is the one that is drawn from", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  const { figure } = await at(page, "pictures", "side=16&window=3");
  await expect(figure).toHaveAttribute("aria-busy", "false", HEAVY);
  const wall = () => figure.locator(".hung canvas, .wall canvas, .gallery canvas").first().evaluate((canvas) => /** @type {HTMLCanvasElement} */ (canvas).toDataURL());
  const faces = await wall();
  // Both before anything can be loaded.
  await figure.evaluate((figure) => {
    const find = (/** @type {string} */ selector) => /** @type {HTMLInputElement} */ (figure.querySelector(selector));
    find("input[value=houses]").click();
    const slider = find("input[type=range]");
    slider.value = "2";
    for (const type of ["input", "change"]) slider.dispatchEvent(new Event(type, { bubbles: true }));
  });
  await expect.poll(wall, HEAVY).not.toBe(faces);
  await expect(figure).toHaveAttribute("aria-busy", "false", HEAVY);
  expect(new URL(page.url()).hash).toContain("set=houses");
});

test("a push that is set before there is any noise is the push that is shown", async ({ page }) => {
  const go = await held(page, "**/models/fashion/unet.safetensors");
  await page.emulateMedia({ reducedMotion: "reduce" });
  const { figure, status } = await at(page, "blindness", "shift=5");
  await figure.getByRole("slider").fill("9");
  go();
  await expect(status).toContainText("Pushed by 9.", HEAVY);
});

test("networks that are told to wait before they have begun do wait", async ({ page }) => {
  await page.goto("/learn.html?device=cpu#watch?view=near&steps=200");
  const figure = page.locator("#watch-figure");
  const go = figure.getByRole("button", { name: "Learn", exact: true });
  await figure.scrollIntoViewIfNeeded();
  await expect(figure.locator(".hung canvas").first()).toBeVisible(HEAVY);
  await go.evaluate((button) => (/** @type {HTMLButtonElement} */ (button).click(), /** @type {HTMLButtonElement} */ (button).click()));
  // Its first look is there, and nothing was learned.
  await expect(figure.getByRole("button", { name: /Save/ }).first()).toBeEnabled(HEAVY);
  await page.waitForTimeout(1000);
  expect((await figure.locator(".pace").textContent())?.trim()).toBe("");
  await figure.getByRole("button", { name: "Go on" }).click();
  await expect(figure.locator(".pace")).toContainText("pictures a second", HEAVY);
});
