/** The page on learning: two networks learn side by side, stop, go on, are looked back at and taken away; and what may go wrong there. */
import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { missing, pages } from "../../tools/learn.mjs";
import { alike, floor, nearest } from "../../www/learn/likeness.js";
import { RECORDED } from "../../www/learn/recorded.js";
import { barriers } from "./support.js";

/**
 * Opens the page, its pictures chosen.
 * @param {import("@playwright/test").Page} page
 * @param {{ path?: string, state?: string, ready?: string }} [how]
 */
async function opened(page, { path = "/learn.html", state = "", ready = "Ready." } = {}) {
  await page.goto(`${path}${state && `#watch?${state}`}`);
  const figure = page.locator("#watch-figure");
  const status = figure.getByRole("status");
  await expect(status).toContainText(ready);
  const press = (/** @type {string} */ name) => figure.getByRole("button", { name, exact: true }).click();
  const pick = (/** @type {string} */ name) => figure.locator(".choice label").filter({ hasText: new RegExp(`^${name}$`) }).click();
  return { figure, status, press, pick };
}

/** Workers in which something is learned. @param {import("@playwright/test").Page} page */
const learning = (page) => page.workers().filter((worker) => worker.url().includes("learn-worker")).length;

/** What is seen on canvases, as one number. @param {import("@playwright/test").Locator} canvases */
const seen = (canvases) => canvases.evaluateAll((all) => [...all.map((canvas) => /** @type {HTMLCanvasElement} */ (canvas).toDataURL()).join()].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7));

test("the pages are those that the words make, in every language", () => {
  expect(missing()).toEqual([]);
  for (const { path, content } of pages()) expect(readFileSync(path, "utf8"), `${path} is behind: run node tools/learn.mjs`).toBe(content);
});

test("a copy is nearer than a third of the way to the next; alone in its set, than a third of its contrast", () => {
  const [low, high] = [new Float32Array([-1, 0, 0, 0]), new Float32Array([1, 0, 0, 0])];
  const drawn = (/** @type {number} */ first) => new Float32Array([first, 0, 0, 0]);
  expect(nearest(drawn(-0.6), [low, high])[0]).toMatchObject({ image: 0, copied: true });
  expect(nearest(drawn(-0.4), [low, high])[0]).toMatchObject({ image: 0, copied: false });
  expect(nearest(drawn(0.9), [low, high])[0]).toMatchObject({ image: 1, copied: true });
  // From an even grey the picture alone is √.75 away.
  expect(nearest(drawn(-0.75), [low])[0].copied).toBe(true);
  expect(nearest(drawn(-0.7), [low])[0].copied).toBe(false);
  const both = new Float32Array([...low, ...high]);
  expect(alike(both, both, 4)).toBeCloseTo(1);
  expect(floor(both, both, 4)).toBeCloseTo(-1);
});

/**
 * How bright the middle of an element is on the screen, 0 to 255.
 * @param {import("@playwright/test").Locator} place
 */
async function ground(place) {
  const png = (await place.screenshot()).toString("base64");
  return place.page().evaluate(async (png) => {
    const picture = await createImageBitmap(new Blob([Uint8Array.from(atob(png), (one) => one.charCodeAt(0))]));
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.drawImage(picture, 0, 0);
    return context.getImageData(picture.width >> 1, picture.height >> 1, 1, 1).data[1];
  }, png);
}

test("both learn, wait, go on, are looked back at, saved, opened again and drawn with", async ({ page }, info) => {
  test.setTimeout(300_000);
  // Who presses before the pictures are here need not press again.
  const { figure, status, press, pick } = await opened(page, { state: "steps=20", ready: "" });
  expect(learning(page)).toBe(0);
  await press("Learn");
  await expect(status).toHaveText("Both learn from the same 8 pictures.");
  await expect(figure.locator(".pace").first()).toContainText("pictures a second");
  await press("Pause");
  await expect(status).toHaveText(/^Paused at step \d+\.$/);
  expect(learning(page)).toBe(2);
  await press("Go on");
  await expect(status).toContainText("All 20 steps are taken. Short-sighted: no copy among 12.");
  await expect(figure.locator(".pace")).toHaveText(["Step 20", "Step 20"]);
  // All twelve of each, what the theory foretells, and the nearest.
  await expect(figure.locator(".learner canvas")).toHaveCount(72);
  await expect(figure.locator(".learner canvas.blank")).toHaveCount(0);
  await expect(figure.locator(".learner")).toContainText([/r = 0\.\d\d, as if a pixel saw \d+ × \d+ \(any two: 0\.\d\d\)/, /r = 0\.\d\d, as if a pixel saw .* \(any two: 0\.\d\d\)/]);
  await expect(figure.locator("svg.curves path.line")).toHaveCount(8);

  const samples = figure.locator(".twelve canvas");
  const last = await seen(samples);
  await figure.getByRole("slider").fill("0");
  await expect(figure.locator(".slider .value")).toHaveText("Step 0");
  await expect.poll(() => seen(samples)).not.toBe(last);
  await figure.getByRole("slider").press("End");
  await expect.poll(() => seen(samples)).toBe(last);
  await figure.locator(".near .twelve button").nth(4).click();
  await expect(figure.locator(".far .twelve button").nth(4)).toHaveAttribute("aria-pressed", "true");
  await expect(figure.locator(".verdicts p")).toHaveText([/^Short-sighted: nearest is picture \d/, /^Sees all: /]);

  const download = page.waitForEvent("download");
  await press("Save this network as a pack: Sees all");
  const file = info.outputPath("learned.zip");
  await (await download).saveAs(file);
  await expect(status).toHaveText(/^Saved as learned\.zip/);
  const taken = figure.locator(".taken canvas");
  await expect(taken).toHaveCount(8);
  await expect(figure.locator(".taken canvas.blank")).toHaveCount(0);
  const drawn = await seen(taken);
  await press("Draw others");
  await expect.poll(() => seen(taken)).not.toBe(drawn);

  await press("Start over");
  expect(learning(page)).toBe(0);
  await expect(figure.locator(".taken")).toBeHidden();
  // All pictures are taken down, and it can be seen: the places are as pale as their ground.
  await expect(figure.locator(".learner canvas.blank")).toHaveCount(72);
  for (const n of [2, 20, 40, 70]) expect(await ground(figure.locator(".learner canvas").nth(n)), `place ${n}`).toBeGreaterThan(200);
  await figure.locator("input[type=file]").setInputFiles(file);
  await expect(figure.locator(".hung canvas")).toHaveCount(8);
  await expect(figure.locator(".taken canvas.blank")).toHaveCount(0);
  await expect.poll(() => seen(taken)).toBe(drawn);
  // The same pictures, but more were asked for.
  await pick("64");
  await expect(figure).toContainText("There are no more than 8.");
});

test("one picture, halves, a page that is left, and files that hold no picture", async ({ page }) => {
  const { figure, status, press, pick } = await opened(page, { state: "count=1&view=halves&steps=20", ready: "Two halves need two pictures" });
  await press("Learn");
  await expect(status).toContainText("Two halves need two pictures");
  await pick("8");
  await press("Learn");
  await expect(status).toContainText("The two halves: r = ");
  await expect(figure.locator(".hung canvas.second")).toHaveCount(4);

  await pick("sees all");
  await pick("1");
  await press("Learn");
  await expect(status).toHaveText("It learns from one picture.");
  await expect.poll(() => learning(page)).toBeGreaterThan(0);
  await page.evaluate(() => dispatchEvent(new Event("pagehide")));
  await expect.poll(() => learning(page)).toBe(0);
  await expect(status).toContainText("Ready.");

  await figure.locator("input[type=file]").setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no picture") });
  await expect(status).toContainText("No picture could be read from that.");
  await figure.locator("input[type=file]").setInputFiles({ name: "odd.zip", mimeType: "application/zip", buffer: Buffer.from("no zip") });
  await expect(status).toContainText(/zip/i);
  await expect(figure.getByRole("button", { name: "Learn", exact: true })).toBeEnabled();
});

test("where learning cannot begin, a sentence says why, in the page's language, and nothing is left running", async ({ page }) => {
  for (const [path, ready, learn, sentence] of [
    ["/~missing=learn_bg.wasm/learn.html", "Ready.", "Learn", /learn_bg\.wasm/],
    ["/~missing=learn-options.js/learn-de.html", "Bereit.", "Lernen", /^Der Code zum Lernen ließ sich nicht holen/],
  ]) {
    const { status, press } = await opened(page, { path: String(path), ready: String(ready) });
    await press(String(learn));
    await expect(status).toHaveText(sentence);
    expect(learning(page)).toBe(0);
  }
  await page.goto("/~csp=nowasm/learn-de.html");
  await expect(page.locator("#watch-figure").getByRole("status")).toHaveText("Die Regeln dieser Seite verbieten WebAssembly, und ohne lässt sich hier nichts lernen.");
});

for (const [code, sentence] of /** @type {[string, RegExp][]} */ ([["out-of-memory", /Der Speicher hat nicht gereicht/]])) {
  test(`where learning ends with ${code}, the page says so in its language, and nothing is left running`, async ({ page }) => {
    await page.addInitScript((code) => {
      const Usual = Worker;
      globalThis.Worker = class extends Usual {
        /** @param {string | URL} url @param {WorkerOptions} [options] */
        constructor(url, options) {
          super(url, options);
          // Each worker that learns dies so, its successors, too.
          if (String(url).includes("learn-worker")) setTimeout(() => this.dispatchEvent(new MessageEvent("message", { data: { fatal: { code, message: "It is gone." } } })), 1500);
        }
      };
    }, code);
    const { status, press } = await opened(page, { path: "/learn-de.html", ready: "Bereit." });
    await press("Lernen");
    await expect(status).toContainText(sentence);
    await expect.poll(() => learning(page)).toBe(0);
  });
}

test("memory takes time in proportion to the number of pictures: recorded, and measured here until it is stopped", async ({ page }) => {
  const half = RECORDED.map(([count, found]) => [count, /** @type {[number, number]} */ (found.find(([, share]) => share >= 0.5))[0]]);
  expect(half.map(([count]) => count)).toEqual([4, 8, 16]);
  // Twice the pictures, twice the steps, as far as looks that lie a fifth apart can tell.
  for (const [a, b] of [[0, 1], [1, 2]]) expect(half[b][1] / half[a][1]).toBeGreaterThan(1.35);
  await page.goto("/learn.html");
  const figure = page.locator("#memory-figure");
  await figure.scrollIntoViewIfNeeded();
  await expect(figure.getByRole("status")).toContainText(`with 4 pictures after ${half[0][1]} steps`);
  await expect(figure.locator("path.line")).toHaveCount(3);
  await expect(figure.locator("code")).toHaveText("node tools/learning.mjs memory");
  const lines = () => figure.locator("path.line").evaluateAll((all) => all.map((line) => line.getAttribute("d")).join());
  const before = await lines();
  await figure.getByRole("switch").check();
  expect(await lines()).not.toBe(before);
  await figure.getByRole("button", { name: "Measure it here" }).click();
  await expect(figure.locator(".axis")).toContainText("4 pictures: step 0 of at most");
  await figure.getByRole("button", { name: "Stop" }).click();
  await expect(figure.getByRole("status")).toContainText(`with 4 pictures after ${half[0][1]} steps`);
  await expect.poll(() => learning(page)).toBe(0);
});

test("at 360 pixels and wide, light and dark, nothing hangs over and nothing is out of reach; German holds no English", async ({ page }) => {
  for (const [path, ready] of [["/learn.html", "Ready."], ["/learn-de.html", "Bereit."]]) {
    await opened(page, { path, ready });
    for (const [width, colorScheme] of /** @type {const} */ ([[360, "light"], [1280, "dark"]])) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      expect(await page.evaluate(() => document.documentElement.scrollWidth), `${path} at ${width}`).toBeLessThanOrEqual(width);
      expect(await barriers(page), `${path}, ${colorScheme}`).toEqual([]);
    }
  }
  const text = await page.locator("main").innerText();
  for (const word of [" the ", "The ", " picture", " step"]) expect(text.replace(/[A-Z]\. [^\n]*arxiv.*/g, ""), word).not.toContain(word);
});

for (const [width, height] of [[360, 740], [768, 1024], [1440, 900]]) {
  test(`a first visit at ${width} pixels: nothing jumps when the figures come`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await page.addInitScript(() => {
      Object.assign(globalThis, { shift: 0 });
      const add = (/** @type {any} */ { value, hadRecentInput }) => (/** @type {any} */ (globalThis).shift += hadRecentInput ? 0 : value);
      new PerformanceObserver((list) => list.getEntries().forEach(add)).observe({ type: "layout-shift", buffered: true });
    });
    for (const [path, ready] of [["/learn.html", "Ready."], ["/learn-de.html", "Bereit."]]) {
      const { figure } = await opened(page, { path, ready });
      await expect(figure.locator(".hung canvas")).toHaveCount(8);
      await expect(figure.locator("figcaption")).toBeVisible();
      expect(await page.evaluate(() => /** @type {any} */ (globalThis).shift), path).toBeLessThanOrEqual(0.05);
    }
  });
}

test("the Studio, the story and the reader's own pictures lead to it, in both languages", async ({ page }) => {
  for (const [from, to] of [["/index.html", "learn.html"], ["/de.html", "learn-de.html"], ["/essay/", "../learn.html"], ["/essay/de.html", "../learn-de.html"]]) {
    const html = await (await page.request.get(from)).text();
    expect(html, from).toContain(`href="${to}"`);
    expect((await page.request.get(new URL(to, `http://localhost${from}`).pathname)).status()).toBe(200);
  }
});
