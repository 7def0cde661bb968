/** The essay: what each chapter claims holds in its own figure; and the frame around them: links, keyboard, languages. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "@playwright/test";
import { CHAPTERS, missing, pages } from "../../tools/essay.mjs";
import { count } from "../../tools/essay/finds.mjs";
import { floors } from "../../tools/essay/known.mjs";
import { FIGURES } from "../../www/essay/figures.js";
import { FOUND } from "../../www/essay/figures/fingers-found.js";
import { KNOWN } from "../../www/essay/figures/prediction-known.js";
import { barriers, difference, shown } from "./support.js";

// Long and independent: shared by the workers.
test.describe.configure({ mode: "parallel" });

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

test("the first figure is in colour before anything is fetched, and its network is fetched when asked", async ({ page }) => {
  test.setTimeout(360_000);
  /** @type {string[]} */
  const fetched = [];
  page.on("request", (request) => fetched.push(new URL(request.url()).pathname));
  const { figure, status } = await at(page, "noise");
  await expect(status).toContainText("still in there");
  const original = figure.getByRole("img", { name: "the original" });
  const coloured = await original.evaluate((canvas) => {
    const { data } = /** @type {CanvasRenderingContext2D} */ (/** @type {HTMLCanvasElement} */ (canvas).getContext("2d")).getImageData(0, 0, 64, 64);
    return Array.from({ length: 64 * 64 }, (_, q) => Math.max(...data.slice(4 * q, 4 * q + 3)) - Math.min(...data.slice(4 * q, 4 * q + 3))).filter((spread) => spread > 60).length;
  });
  expect(coloured).toBeGreaterThan(500);
  expect(fetched.filter((path) => path.includes("/models/"))).toEqual([]);
  await figure.getByRole("slider").fill("4");
  await figure.getByRole("button", { name: "Take the noise away" }).click();
  await expect(status).toContainText("It found the picture again", HEAVY);
  expect(fetched.filter((path) => path.endsWith("/models/emoji/unet.safetensors.zz"))).toHaveLength(1);
});

test("three figures ask for a guess and answer it only then; a link that holds a state asks nothing", async ({ page }) => {
  test.setTimeout(360_000);
  const copies = await at(page, "copies");
  await expect(copies.status).toContainText("600 sneakers");
  await expect(copies.figure.getByRole("button", { name: "Sample 1", exact: true })).toBeHidden();
  await copies.figure.getByRole("button", { name: "new sneakers" }).click();
  await expect(copies.status).toContainText("20 of 20 are training pictures", HEAVY);
  await expect(copies.figure.locator(".guess")).toHaveText("Your guess: new sneakers. It drew copies, all twenty times.");

  const blindness = await at(page, "blindness");
  await expect(blindness.figure.getByRole("slider")).toBeDisabled();
  await expect(blindness.status).toContainText("All three see 5 × 5 pixels.", HEAVY);
  expect(await blindness.figure.locator(".machine canvas.blank").count()).toBe(4);

  const prediction = await at(page, "prediction");
  await expect(prediction.status).toContainText("Two pictures of the same kind (pullover)", HEAVY);
  await expect(prediction.figure.locator(".stack")).not.toContainText("network");
  await prediction.figure.getByRole("button", { name: "A", exact: true }).click();
  await expect(prediction.figure.locator(".guess")).toHaveText(/^Your guess: A\. (Right|It was the other one)\./);
  await expect(prediction.figure.locator(".stack")).toContainText("the network drew");

  for (const [name, state] of [["copies", "sample=7"], ["blindness", "shift=3"], ["prediction", "seed=12"]]) {
    await page.goto("/tests/blank.html");
    const { figure } = await at(page, name, state);
    await expect(figure).toHaveAttribute("data-live", "");
    await expect(figure.locator(".guess"), name).toBeHidden();
  }
});

test("every sample of the ideal machine is a training picture", async ({ page }) => {
  const { figure, status } = await at(page, "copies", "sample=1");
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
  // Each before, and after the push.
  const canvases = figure.locator(".machine canvas");
  const [place, lost] = [canvases.nth(3), canvases.nth(7)];
  const before = [await pixels(canvases.nth(2)), await pixels(canvases.nth(6))];
  await figure.getByRole("slider").fill("5");
  await expect(status).toContainText("Pushed by 5", HEAVY);
  const pushed = (/** @type {number[]} */ picture) => picture.map((_, q) => picture[q - (q % 28) + (((q % 28) + 23) % 28)]);
  expect(difference(await pixels(lost), pushed(before[1]))).toBeLessThanOrEqual(2);
  expect(difference(await pixels(place), pushed(before[0]))).toBeGreaterThan(60);
  expect(difference(await pixels(canvases.nth(6)), before[1]), "what was drawn before stays").toBe(0);
  await expect(figure.locator(".machine").nth(3)).toContainText("It went along.");
  await expect(figure.locator(".machine").nth(1)).toContainText("It drew something else.");
});

test("r as printed is r as computed natively", async ({ page }) => {
  const { figure, status } = await at(page, "prediction", `seed=${NATIVE.seed}`);
  // A hundred are known, at once.
  await expect(figure.locator(".dot.known")).toHaveCount(100);
  await expect(figure.locator(".floor")).toHaveCount(1);
  await expect(figure.locator(".large")).toHaveText(`r = ${NATIVE.bbels}`, HEAVY);
  await expect(status).toContainText(`Seed ${NATIVE.seed} (pullover): r = ${NATIVE.bbels} for the machine, ${NATIVE.ideal} for the copier. As known before: ${NATIVE.bbels}.`);
  await expect(figure.getByRole("button", { name: `Seed ${NATIVE.seed}, drawn here` })).toHaveAttribute("aria-pressed", "true");
  await expect(figure.locator(".dot.known")).toHaveCount(99);
  // The reader's own is one more.
  await figure.getByRole("button", { name: "A seed nobody has tried" }).click();
  await expect(status).toContainText("Seed 100 (T-shirt): r =", HEAVY);
  await expect(figure.locator(".dot")).toHaveCount(101);
});

test("what is known of seeds is known of the networks that ship, and each lies above the floor of its garment, as the text says", () => {
  /** @type {{ files: Record<string, { sha256: string }>, networks: object }} */
  const { files, networks } = JSON.parse(readFileSync(join(ROOT, "www/models/fashion/manifest.json"), "utf8"));
  expect(Object.keys(KNOWN).sort()).toEqual(Object.keys(networks).sort());
  for (const [name, { weights, machine, copier, wiener, blend, floor }] of Object.entries(KNOWN)) {
    expect(weights, `${name}: evaluate it anew, see tools/essay/known.mjs`).toBe(files[`${name}.safetensors`].sha256);
    expect([machine.length, copier.length, wiener.length, blend.length, floor.length], name).toEqual([100, 100, 100, 100, 10]);
    machine.forEach((r, seed) => expect(r, `${name}, seed ${seed}`).toBeGreaterThan(floor[seed % 10]));
  }
});

test("the floor is what the shipped network gives", async ({ page }) => {
  test.setTimeout(360_000);
  await page.goto("/essay/?device=cpu#further");
  const [found] = await floors(page, "resnet", ["bag"]);
  expect(found).toBeCloseTo(KNOWN.resnet.floor[8], 2);
});

test("the mosaic names its sources, by keyboard too", async ({ page }) => {
  const { figure, status } = await at(page, "origins", "row=12&column=8");
  await expect(status).toContainText(/row 13, column 9 .* \d+ training pictures win somewhere/, HEAVY);
  await figure.locator("canvas.pointed").focus();
  await page.keyboard.press("ArrowDown");
  await expect(status).toContainText("row 14, column 9");
  expect(new URL(page.url()).hash).toBe("#origins?row=13");
  // Beside the network's window, the pixels that go together: without noise a few, with noise many.
  await figure.getByRole("switch", { name: "which pixels go together" }).check();
  const together = async () => Number(/it would see (\d+) pixels/.exec((await status.textContent()) ?? "")?.[1]);
  await expect.poll(together, HEAVY).toBeGreaterThan(10);
  const before = await together();
  await figure.getByRole("slider").fill("20");
  await expect.poll(together, HEAVY).toBeLessThan(before);
  expect(new URL(page.url()).hash).toBe("#origins?step=20&row=13&together=1");
});

test("the trousers with a leg too many are those of the weights that ship, and the text says how many", async ({ page }) => {
  test.setTimeout(540_000);
  expect(await count(page)).toEqual(FOUND);
  // As the text has it: none of the UNet, one of the real ones.
  expect([FOUND.seeds.unet.length, FOUND.odd.length]).toEqual([0, 1]);
});

test("a find has more legs than a trouser, and its outer legs do not see each other in the end", async ({ page }) => {
  const { figure, status } = await at(page, "fingers");
  await expect(status).toContainText(/(\d+) legs stand side by side/, HEAVY);
  await expect(figure).toHaveAttribute("aria-busy", "false", HEAVY);
  // Each find as a picture, none of them empty.
  await expect(figure.locator(".gallery canvas")).toHaveCount(Math.min(8, Object.values(FOUND.seeds).flat().length));
  await expect(figure.locator(".gallery canvas.blank")).toHaveCount(0);
  const [, parts, distance, reach] = /(\d+) legs stand side by side, the outermost ([\d.]+) pixels apart.* sees (\d+) to each side/.exec((await status.textContent()) ?? "") ?? [];
  expect(Number(parts)).toBeGreaterThan(2);
  expect(Number(reach)).toBeLessThan(Number(distance));
});

test("on paper the first figure shows what was drawn, nothing to touch and nothing empty", async ({ page }) => {
  const { figure, status } = await at(page, "noise");
  await expect(status).toContainText("still in there");
  await page.emulateMedia({ media: "print", reducedMotion: "reduce" });
  for (const what of ["slider", "button", "radio"]) expect(await figure.getByRole(/** @type {"slider"} */ (what)).filter({ visible: true }).count(), what).toBe(0);
  const shades = await figure.locator("canvas:visible").evaluateAll((list) =>
    list.map((canvas) => {
      const { width, height } = /** @type {HTMLCanvasElement} */ (canvas);
      const { data } = /** @type {CanvasRenderingContext2D} */ (/** @type {HTMLCanvasElement} */ (canvas).getContext("2d")).getImageData(0, 0, width, height);
      return new Set(new Uint32Array(data.buffer)).size;
    }),
  );
  expect(shades.length).toBeGreaterThan(0);
  for (const count of shades) expect(count).toBeGreaterThan(10);
  // A figure that waits for a guess prints as its still.
  const waiting = page.locator("#copies-figure");
  await expect(waiting).toHaveAttribute("data-live", "");
  await expect(waiting.locator("img.still")).toBeVisible();
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
  // Small pictures can be read on a phone.
  const widths = await page.locator("#locality-figure .strip canvas").evaluateAll((list) => list.map((canvas) => canvas.getBoundingClientRect().width));
  expect(Math.min(...widths)).toBeGreaterThanOrEqual(56);
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

test("a leap over the chapters stands up none of the figures between, and stays where it should", async ({ page }) => {
  await page.setViewportSize({ width: 375, height: 740 });
  await page.emulateMedia({ reducedMotion: "no-preference" });
  await page.goto("/essay/?device=cpu#turing");
  // What stands near it has grown; the chapter is still where it was gone to.
  await expect(page.locator("#turing-figure .status")).not.toBeEmpty();
  await expect.poll(() => page.locator("#turing").evaluate((section) => Math.round(section.getBoundingClientRect().top))).toBe(64);
  await page.locator('.chapters a[href="#noise"]').evaluate((link) => /** @type {HTMLElement} */ (link).click());
  await expect(page.locator("#noise-figure canvas").first()).toBeVisible();
  await page.locator('.chapters a[href="#further"]').evaluate((link) => /** @type {HTMLElement} */ (link).click());
  await expect.poll(() => page.locator("#further").evaluate((section) => Math.round(section.getBoundingClientRect().top))).toBe(64);
  await expect(page.locator("#prediction-figure canvas, #origins-figure canvas")).toHaveCount(0);
  // Whoever scrolls on is not fetched back, whatever grows.
  const landed = await page.locator("#further").evaluate(async (section) => {
    const frames = () => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
    scrollBy(0, -400);
    await frames();
    document.body.append(Object.assign(document.createElement("div"), { style: "height: 300px" }));
    await frames();
    return section.getBoundingClientRect().top;
  });
  expect(landed).toBeGreaterThan(300);
});

test("an address that cannot be read kills no figure", async ({ page }) => {
  await page.goto("/essay/#locality?window=7%&seed=3");
  const figure = page.locator("#locality-figure");
  await figure.scrollIntoViewIfNeeded();
  await expect(figure.getByRole("button").first()).toBeVisible();
});
