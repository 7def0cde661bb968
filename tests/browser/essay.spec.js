/** The essay: what each chapter claims holds in its own figure; and the frame around them: links, keyboard, languages. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "@playwright/test";
import { CHAPTERS, missing, pages } from "../../tools/essay.mjs";
import { FIGURES } from "../../www/essay/figures.js";
import { barriers, difference, shown } from "./support.js";

const ROOT = resolve(import.meta.dirname, "../..");

/**
 * Pearson's r of network and machine (bbELS, and the copier), both at 20 steps, as computed natively:
 * `morphogen evaluate --pack www/models/fashion --seeds 3 --shard 3/10 --network unet --fine-steps 20 --json R.json`
 */
const NATIVE = { seed: 2, bbels: "0.969", ideal: "0.772" };

/** Machines that look everywhere take their time on two busy cores. */
const HEAVY = { timeout: 160_000 };

test.beforeEach(async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
});

/**
 * Opens the essay at a figure.
 * @param {import("@playwright/test").Page} page
 * @param {string} name
 * @param {string} [state]
 */
async function at(page, name, state = "") {
  await page.goto(`/essay/?device=cpu#${name}${state && `?${state}`}`);
  const figure = page.locator(`#${name}-figure`);
  await figure.scrollIntoViewIfNeeded();
  return { figure, status: figure.getByRole("status") };
}

/** @param {import("@playwright/test").Locator} canvas */
const pixels = (canvas) =>
  canvas.evaluate((element) => {
    const { width, height } = /** @type {HTMLCanvasElement} */ (element);
    const image = /** @type {HTMLCanvasElement} */ (element).getContext("2d")?.getImageData(0, 0, width, height);
    return [...(image?.data ?? [])].filter((_, i) => i % 4 === 0);
  });

test("the pages are those that the words make, in every language", () => {
  expect(missing()).toEqual([]);
  for (const { path, content } of pages()) expect(readFileSync(path, "utf8"), `${path} is behind: run node tools/essay.mjs`).toBe(content);
});

test("noise goes in, the brush works by keyboard, and the network takes it out", async ({ page }) => {
  const { figure, status } = await at(page, "noise", "image=29&noise=4");
  await expect(status).toContainText("still in there");
  const original = await pixels(figure.getByRole("img", { name: "the original" }));
  const brush = figure.locator("canvas.scribble");
  await brush.focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press(" ");
  await expect(status).toContainText("9 pixels are pure noise");
  const mean = (/** @type {number[]} */ a, /** @type {number[]} */ b) => a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;
  await figure.getByRole("button", { name: "Take the noise away" }).click();
  await expect(status).toContainText("It found the picture again");
  expect(mean(await pixels(brush), original)).toBeLessThan(12);
});

test("every sample of the ideal machine is a training picture", async ({ page }) => {
  const { figure, status } = await at(page, "copies");
  await expect(status).toContainText("20 of 20 are training pictures");
  // Not in its own words alone: the picture shown, against the file.
  await figure.getByRole("button", { name: "Sample 7" }).click();
  const drawn = figure.locator(".pair canvas").first();
  const original = figure.locator(".pair canvas").last();
  expect(difference(await pixels(drawn), await pixels(original))).toBeLessThanOrEqual(1);
  const number = Number(/\d+/.exec((await original.getAttribute("aria-label")) ?? "")?.[0]);
  const image = await page.evaluate(async (number) => {
    const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    const model = await loadModel("../models/fashion/", { device: "cpu" });
    const { data } = await model.training("sneaker");
    return [...data.subarray((number - 1) * 784, number * 784)];
  }, number);
  expect(difference(await pixels(drawn), image)).toBeLessThanOrEqual(1);
  expect(new URL(page.url()).hash).toBe("#copies?sample=7");
});

test("a wide window copies, a narrow one does not, and a link holds the window", async ({ page }) => {
  const { figure, status } = await at(page, "locality", "window=55&seed=8");
  await expect(status).toContainText("A copy of training picture");
  await expect(figure.getByRole("slider")).toHaveAttribute("aria-valuetext", "everything");
  const wide = figure.locator(".pair canvas");
  expect(difference(await pixels(wide.first()), await pixels(wide.last()))).toBeLessThanOrEqual(2);
  await figure.getByRole("slider").focus();
  await page.keyboard.press("Home");
  for (let n = 0; n < 4; n += 1) await page.keyboard.press("ArrowRight");
  await expect(status).toContainText("11 × 11 pixels. A collage");
  expect(difference(await pixels(wide.first()), await pixels(wide.last()))).toBeGreaterThan(60);
  expect(new URL(page.url()).hash).toBe("#locality?window=11");
});

test("the lost machine follows the noise, pixel for pixel; the one that knows its place does not", async ({ page }) => {
  // A wide window: the machines have fewer places to look at, and the claim is the same.
  test.setTimeout(360_000);
  const { figure, status } = await at(page, "blindness", "window=21");
  await expect(status).toContainText("Now push the noise", HEAVY);
  const canvases = figure.locator(".columns canvas");
  const [place, lost] = [canvases.nth(1), canvases.nth(3)];
  const before = [await pixels(place), await pixels(lost)];
  await figure.getByRole("slider").fill("5");
  await expect(status).toContainText("Pushed by 5", HEAVY);
  const pushed = (/** @type {number[]} */ picture) => picture.map((_, q) => picture[q - (q % 28) + (((q % 28) + 23) % 28)]);
  expect(difference(await pixels(lost), pushed(before[1]))).toBeLessThanOrEqual(2);
  expect(difference(await pixels(place), pushed(before[0]))).toBeGreaterThan(60);
});

test("r as printed is r as computed natively", async ({ page }) => {
  const { figure, status } = await at(page, "prediction", `seed=${NATIVE.seed}`);
  await expect(figure.locator(".large")).toHaveText(`r = ${NATIVE.bbels}`, HEAVY);
  await expect(status).toContainText(`Seed ${NATIVE.seed}: r = ${NATIVE.bbels} for the machine, ${NATIVE.ideal} for the copier.`);
  await expect(figure.getByRole("button", { name: `Seed ${NATIVE.seed}:` })).toHaveAttribute("aria-pressed", "true");
});

test("the mosaic names its sources, by keyboard too", async ({ page }) => {
  const { figure, status } = await at(page, "origins", "row=12&column=8");
  await expect(status).toContainText(/row 13, column 9 .* \d+ training pictures win somewhere/, HEAVY);
  await figure.locator("canvas.pointed").focus();
  await page.keyboard.press("ArrowDown");
  await expect(status).toContainText("row 14, column 9");
  expect(new URL(page.url()).hash).toBe("#origins?row=13");
});

test("a find has more parts than its garment, and they cannot see each other in the end", async ({ page }) => {
  const { status } = await at(page, "fingers");
  await expect(status).toContainText(/(\d+) parts stand side by side/);
  const [, parts, distance, reach] = /(\d+) parts stand side by side, the outermost ([\d.]+) pixels apart.* sees (\d+) to each side/.exec((await status.textContent()) ?? "") ?? [];
  expect(Number(parts)).toBeGreaterThan(2);
  expect(Number(reach)).toBeLessThan(Number(distance));
});

test("every figure speaks, nothing stands in anybody's way, and nobody else is asked", async ({ page, baseURL }) => {
  /** @type {string[]} */
  const hosts = [];
  /** @type {string[]} */
  const complaints = [];
  page.on("request", (request) => hosts.push(new URL(request.url()).origin));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.setViewportSize({ width: 360, height: 800 });
  await page.goto("/essay/de.html?device=cpu");
  expect(CHAPTERS.filter((name) => name in FIGURES)).toEqual(Object.keys(FIGURES));
  for (const name of Object.keys(FIGURES)) {
    const figure = page.locator(`#${name}-figure`);
    await figure.scrollIntoViewIfNeeded();
    await expect(figure, name).toHaveAttribute("data-live", "");
    await expect(figure.locator(".status"), name).not.toBeEmpty();
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  expect(await barriers(page)).toEqual([]);
  expect([...new Set(hosts)]).toEqual([new URL(baseURL ?? "").origin]);
  expect(complaints).toEqual([]);
});

test("a figure stands alone in a sealed frame, in its state and language, and tells its height", async ({ page, baseURL }) => {
  await page.goto("/~csp=none/tests/blank.html");
  await page.evaluate((base) => {
    addEventListener("message", ({ data }) => data?.type === "morphogen:resize" && document.querySelector("iframe")?.setAttribute("height", data.height));
    const frame = document.createElement("iframe");
    frame.src = new URL("/embed.html?figure=locality&window=27&lang=de&device=cpu", base).href;
    frame.setAttribute("sandbox", "allow-scripts");
    document.body.append(frame);
  }, baseURL);
  const frame = page.frameLocator("iframe");
  await expect(frame.getByRole("status")).toContainText("27 × 27 Pixel");
  expect(await frame.locator("html").evaluate(() => self.origin)).toBe("null");
  const height = () => frame.locator("body").evaluate((body) => String(Math.ceil(body.getBoundingClientRect().height)));
  await expect.poll(async () => (await page.locator("iframe").getAttribute("height")) === (await height())).toBe(true);
  expect(new Set(await shown(frame, "canvas >> nth=0")).size).toBeGreaterThan(2);
  await page.goto("/embed.html?figure=giraffe");
  await expect(page.getByRole("status")).toContainText("locality");
});

test("without JavaScript the text and the stills are there", () => {
  const html = readFileSync(join(ROOT, "www/essay/index.html"), "utf8");
  for (const name of Object.keys(FIGURES)) expect(html, name).toContain(`src="stills/${name}.png"`);
});

test("two words: nothing is fetched unasked, then each word moves most of its own side", async ({ page }) => {
  test.setTimeout(240_000);
  /** @type {string[]} */
  const fetched = [];
  page.on("request", (request) => fetched.push(request.url()));
  const { figure, status } = await at(page, "mixing", "pair=wheels");
  await expect(status).toContainText("It is fetched when you press");
  expect(fetched.filter((url) => url.includes("models/emoji"))).toEqual([]);
  await figure.getByRole("button", { name: "Draw it here" }).click();
  await expect(status).toContainText(/“car” moved \d+\s% .* “bicycle” moved \d+\s%/, HEAVY);
  const [, there, here] = /(\d+)\s% .* (\d+)\s%/.exec((await status.textContent()) ?? "") ?? [];
  expect(Number(there)).toBeGreaterThan(70);
  expect(Number(here)).toBeGreaterThan(70);
  await expect(figure.locator(".mixing-legend li")).toHaveText(["bicycle", "car"]);
});

test("an address that cannot be read kills no figure", async ({ page }) => {
  await page.goto("/essay/#locality?window=7%&seed=3");
  const figure = page.locator("#locality-figure");
  await figure.scrollIntoViewIfNeeded();
  await expect(figure.getByRole("button").first()).toBeVisible();
});
