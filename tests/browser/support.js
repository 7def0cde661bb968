/** What the browser tests share. The page is drawn small (one picture, few steps): the GPU of the tests is software. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Tags of tests that need a GPU, or that are about what both engines do; those without a tag run on the processor alone. */
export const [WEBGPU, BOTH] = ["@webgpu", "@both"];

/** What `draw` wishes for where it is about the GPU and not about the picture: a tiny pack, whose shaders are soon compiled and run. */
export const TINY = { model: "shapes/", sample: { prompt: "red disc", steps: 2 } };

/** The address of a short drawing. */
export const SHORT = "/?prompt=sneaker&seed=7&count=1&steps=4";

export { PINNED } from "./pinned.js";

/**
 * Waits until the page has drawn and shows the result.
 * @param {import("@playwright/test").Page} page
 * @param {string | RegExp} [what]
 */
export async function drawn(page, what = "drawn on") {
  await expect(page.locator("#status")).toContainText(what, { timeout: 120_000 });
  await expect(page.locator("#draw")).toHaveText("Draw");
  // The frames are shown at a pace for eyes, so the last may come a moment later.
  await expect(page.locator("#play")).toHaveText("Replay");
}

/**
 * Opens the page with a model of discs in the place of the package (`pages/stub-model.js`): what the page does with answers
 * is tested so, whatever they cost.
 * @param {import("@playwright/test").Page} page
 * @param {string} [query]
 * @param {{ step?: number }} [stub] milliseconds that a step of one picture takes
 */
export async function stubbed(page, query = "", stub = {}) {
  await page.addInitScript((stub) => Object.assign(globalThis, { stub }), stub);
  await page.route("**/pkg/morphogen.js", (route) => route.fulfill({ path: fileURLToPath(new URL("pages/stub-model.js", import.meta.url)) }));
  await page.goto(`/${query}`);
  await drawn(page);
}

/**
 * Holds back what is fetched from addresses like this, until the function that is given back is called.
 * @param {import("@playwright/test").Page} page
 * @param {string} address
 */
export async function held(page, address) {
  let go = () => {};
  const gate = new Promise((resolve) => (go = () => resolve(undefined)));
  await page.route(address, async (route) => {
    await gate;
    await route.continue();
  });
  return go;
}

/** What the page has asked the model of discs for. @param {import("@playwright/test").Page} page @returns {Promise<any[]>} */
export const asked = (page) => page.evaluate(() => /** @type {any} */ (globalThis).stub.asked);

/** Opens the settings. @param {import("@playwright/test").Page} page */
export async function settings(page) {
  if (!(await page.locator("#settings").evaluate((details) => /** @type {HTMLDetailsElement} */ (details).open))) await page.locator("#settings > summary").click();
}

/** The chosen picture. */
const CHOSEN = '.pick[aria-pressed="true"] canvas';

/**
 * The chosen picture as it is on the page, as grey values.
 * @param {import("@playwright/test").Page | import("@playwright/test").FrameLocator} page
 * @param {string} [selector]
 * @returns {Promise<number[]>}
 */
export function shown(page, selector = CHOSEN) {
  return page.locator(selector).evaluate((element) => {
    const canvas = /** @type {HTMLCanvasElement} */ (element);
    const image = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height);
    return [...(image?.data ?? [])].filter((_, i) => i % 4 === 0);
  });
}

/**
 * @param {number[]} a
 * @param {number[]} b
 */
export const difference = (a, b) => a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i])), a.length === b.length ? 0 : Infinity);

/**
 * Loads the model of the page that stands at `path` and draws with it, on the device of the project unless `load` names another; gives
 * the sample, or the error, as plain data. Where several samples are wished for, one model draws them all: `each` has their
 * pixels, and the rest is of the last.
 * @param {import("@playwright/test").Page} page
 * @param {{ path?: string, model?: string, load?: object, sample?: object | object[], worker?: string }} [wish]
 */
export async function draw(page, { path = "/tests/blank.html", model: pack = "../models/fashion/", load = {}, sample = {}, worker } = {}) {
  await page.goto(path);
  return page.evaluate(
    async ({ pack, load, wishes, worker }) => {
      const here = (/** @type {string} */ address) => new URL(address, location.href).href;
      /** @type {typeof import("../../pkg/morphogen.js")} */
      const { loadModel } = await import(here("../pkg/morphogen.js"));
      const workerUrl = worker && here(worker);
      try {
        const model = await loadModel(here(pack), { .../** @type {import("../../pkg/morphogen.js").LoadOptions} */ (load), workerUrl });
        const all = [];
        for (const wish of wishes) all.push(await model.sample({ prompt: "sneaker", seed: 7, steps: 3, frames: true, ...wish }));
        const drawn = all[all.length - 1];
        return {
          each: all.map(({ pixels }) => [...pixels]),
          pixels: [...drawn.pixels],
          noise: [...new Uint32Array(drawn.frames[0]?.x.slice(0, 4).buffer ?? new ArrayBuffer(0))],
          steps: drawn.frames.map(({ step }) => step),
          device: drawn.device,
          notice: drawn.notice || model.notice,
          code: "",
          message: "",
        };
      } catch (error) {
        const { code, message } = /** @type {import("../../pkg/morphogen.js").MorphogenError} */ (error);
        return { each: [], pixels: [], noise: [], steps: [], device: "", notice: "", code, message };
      }
    },
    { pack, load: { device: test.info().project.name, ...load }, wishes: [sample].flat(), worker },
  );
}

/**
 * Counts from the first moment of the next page on how often something is painted on a canvas there.
 * @param {import("@playwright/test").Page} page
 */
export async function countPaints(page) {
  await page.addInitScript(() => {
    /** @type {Map<HTMLCanvasElement, number>} */
    const paints = new Map();
    const { putImageData } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.putImageData = function (/** @type {any[]} */ ...all) {
      paints.set(this.canvas, (paints.get(this.canvas) ?? 0) + 1);
      return /** @type {any} */ (putImageData).apply(this, all);
    };
    Object.assign(globalThis, { paints });
  });
  return (/** @type {string} */ selector) => page.locator(selector).evaluate((canvas) => /** @type {any} */ (globalThis).paints.get(canvas) ?? 0);
}

/**
 * What stands in the way of people with other eyes or hands, by axe: serious and critical findings, or `all`.
 * @param {import("@playwright/test").Page} page
 * @param {{ all?: boolean }} [options]
 * @returns {Promise<string[]>}
 */
export async function barriers(page, { all = false } = {}) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => /** @type {any} */ (globalThis).axe.run());
  return violations
    .filter((/** @type {any} */ { impact }) => all || ["serious", "critical"].includes(impact))
    .map((/** @type {any} */ { id, nodes }) => `${id}: ${nodes.map((/** @type {any} */ { html }) => html).join(" ")}`);
}
