/** From one word to another as a film: the page's part, with a model of discs, and what the package draws and saves. */
import { expect, test } from "@playwright/test";
import { asked, barriers, shown, stubbed } from "./support.js";

const FAST = { step: 5 };

/**
 * Opens the part that morphs, and asks for a film.
 * @param {import("@playwright/test").Page} page
 * @param {string} words
 * @param {string} said in the end
 */
async function morph(page, words, said) {
  await page.locator("#morph > summary").click();
  await page.locator("#morph-words").fill(words);
  await page.locator("#morph-words").press("Enter");
  await expect(page.locator("#morph-status")).toContainText(said);
}

test.describe("on the page", () => {
  test.beforeEach(({}, { project }) => test.skip(project.name !== "cpu", "the model of these tests needs no device"));

  test("a film begins with the chosen picture, plays, and rests where it is scrubbed to", async ({ page }) => {
    await stubbed(page, "?prompt=cat&seed=3&model=emoji&style=noto", FAST);
    await page.locator(".pick").nth(2).click();
    await morph(page, "tiger, heart", "24 frames from seed 5");
    expect((await asked(page)).at(-1)).toMatchObject({ prompts: ["cat, noto", "tiger, noto", "heart, noto"], captions: [0], seed: 5, steps: 8 });
    await expect(page.locator("#morph-play")).toHaveText("Pause");
    await expect.poll(() => page.locator("#morph-frame").inputValue()).not.toBe("0");
    await page.locator("#morph-frame").press("End");
    await expect(page.locator("#morph-play")).toHaveText("Play");
    await expect(page.locator("#morph-frame")).toHaveAttribute("aria-valuetext", "frame 24 of 24");
    const last = await shown(page, "#morph-canvas");
    await page.locator("#morph-frame").press("Home");
    expect(await shown(page, "#morph-canvas")).not.toEqual(last);
    expect(await barriers(page)).toEqual([]);
  });

  test("it is saved under the names of its words, and what the browser cannot record is said", async ({ page }) => {
    await stubbed(page, "?prompt=cat&seed=3&model=emoji", FAST);
    await morph(page, "tiger", "24 frames");
    for (const [name, file] of [["APNG", "cat-tiger.png"], ["GIF", "cat-tiger.gif"]]) {
      const download = page.waitForEvent("download");
      await page.getByRole("button", { name: `Save the film as ${name}` }).click();
      expect((await download).suggestedFilename()).toBe(file);
    }
    await page.getByRole("button", { name: "Save the film as WebM" }).click();
    await expect(page.locator("#morph-status")).toContainText("records no WebM");
  });

  test("a wrong word is said, a film is cancelled, and the one before stays", async ({ page }) => {
    await stubbed(page, "?prompt=cat&seed=3&model=emoji", { ...FAST, .../** @type {object} */ ({ hold: ["slow"] }) });
    await morph(page, "tiger", "24 frames");
    await page.locator("#morph-words").fill("zorgle");
    await page.locator("#morph-words").press("Enter");
    await expect(page.locator("#morph-status")).toContainText("Nothing is known of “zorgle”. It knows cat.");
    await expect(page.locator("#morph-words")).toHaveAttribute("aria-invalid", "true");
    await expect(page.locator("#morph-canvas")).toBeVisible();
    await page.locator("#morph-words").fill("slow");
    await page.locator("#morph-words").press("Enter");
    await expect(page.locator("#morph-go")).toHaveText("Cancel");
    await page.locator("#morph-go").click();
    await expect(page.locator("#morph-status")).toContainText("Cancelled.");
    await expect(page.locator("#morph-go")).toHaveText("Morph");
    await expect(page.locator("#morph-canvas")).toHaveAttribute("aria-label", /cat.*tiger/);
    for (const [words, said] of [["", "Type what it shall become."], ["a, b, c, d", "four things at most"]]) {
      await page.locator("#morph-words").fill(words);
      await page.locator("#morph-words").press("Enter");
      await expect(page.locator("#morph-status")).toContainText(said);
    }
  });

  test("for readers who ask for less motion it stands at its first frame, and it fits a phone", async ({ page }) => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.setViewportSize({ width: 360, height: 740 });
    await stubbed(page, "?prompt=cat&seed=3&model=emoji", FAST);
    await morph(page, "tiger", "24 frames");
    await expect(page.locator("#morph-play")).toHaveText("Play");
    await expect(page.locator("#morph-frame")).toHaveValue("0");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  });
});

/**
 * Runs `work` with the package and the model of shapes.
 * @template T
 * @param {import("@playwright/test").Page} page
 * @param {(model: import("../../pkg/morphogen.js").Model) => Promise<T>} work
 * @param {string} [pack]
 * @returns {Promise<T>}
 */
async function withModel(page, work, pack = "shapes/") {
  await page.goto("/tests/blank.html");
  await page.evaluate(
    async ({ pack, device }) => {
      const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
      Object.assign(globalThis, { model: await loadModel(pack, { device }) });
    },
    { pack, device: test.info().project.name },
  );
  return page.evaluate(`(${work})(globalThis.model)`);
}

test("its stops are the plain pictures, and frames between them what between draws", async ({ page }) => {
  test.skip(test.info().project.name !== "cpu", "to the bit on the processor");
  const found = await withModel(page, async (model) => {
    const wish = { seed: 5, steps: 3, guidance: 2 };
    /** @type {number[]} */
    const told = [];
    const film = await model.morph({ ...wish, prompts: ["red disc", "blue square"], frames: 12, onProgress: (share) => told.push(share) });
    const size = film.pixels.length / film.frames;
    const frame = (/** @type {number} */ n) => [...film.pixels.slice(n * size, (n + 1) * size)].join();
    const one = async (/** @type {object} */ more) => [...(await model.sample({ ...wish, ...more })).pixels].join();
    const once = await model.morph({ ...wish, prompts: ["red disc", "blue square"], frames: 13, loop: false });
    const three = await model.morph({ ...wish, prompts: ["red disc", "blue square", "red bar"], frames: 12 });
    return {
      told,
      frames: [film.frames, once.frames, three.frames],
      first: frame(0) === (await one({ prompt: "red disc" })),
      middle: frame(6) === (await one({ prompt: "blue square" })),
      // Symmetric easing: half-way in time is half-way in share.
      half: frame(3) === (await one({ prompt: "red disc", between: "blue square" })),
      back: frame(9) === frame(3),
      differs: frame(3) !== frame(0) && frame(3) !== frame(6),
      last: [...once.pixels.slice(12 * size)].join() === frame(6),
      second: [...three.pixels.slice(4 * size, 5 * size)].join() === frame(6),
      labels: three.parts.map(({ label }) => label),
    };
  });
  expect(found).toMatchObject({ frames: [12, 13, 12], first: true, middle: true, half: true, back: true, differs: true, last: true, second: true });
  expect(found.labels).toEqual(["red disc", "blue square", "red bar"]);
  expect(found.told.at(-1)).toBe(1);
  expect([...found.told].sort((a, b) => a - b)).toEqual(found.told);
});

test("it becomes files that the browser opens again", async ({ page }) => {
  const found = await withModel(page, async (model) => {
    const film = await model.morph({ prompts: ["red disc", "blue square"], frames: 12, steps: 2, seed: 5 });
    /** @type {any[]} */
    const all = [];
    for (const type of /** @type {const} */ (["image/apng", "image/gif"])) {
      const blob = await film.toBlob({ type, scale: 2, fps: 10 });
      const bytes = new Uint8Array(await blob.arrayBuffer());
      const decoder = new ImageDecoder({ data: bytes, type: type === "image/apng" ? "image/png" : type });
      await decoder.tracks.ready;
      const { frameCount = 0, repetitionCount } = decoder.tracks.selectedTrack ?? {};
      let [worst, sum, values] = [0, 0, 0];
      for (let n = 0; n < frameCount; n += 1) {
        const { image } = await decoder.decode({ frameIndex: n });
        const canvas = new OffscreenCanvas(image.displayWidth, image.displayHeight);
        const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
        context.drawImage(image, 0, 0);
        const [is, shall] = [context.getImageData(0, 0, canvas.width, canvas.height).data, film.toImageData(n, 2).data];
        is.forEach((value, i) => {
          const off = Math.abs(value - shall[i]);
          [worst, sum, values] = [Math.max(worst, off), sum + off, values + 1];
        });
      }
      all.push({ type: blob.type, frameCount, forever: repetitionCount === Infinity, worst, mean: sum / values, licence: new TextDecoder().decode(bytes).includes(model.info.licence.weights.attribution) });
    }
    return all;
  });
  expect(found).toMatchObject([
    { type: "image/apng", frameCount: 12, forever: true, licence: true },
    { type: "image/gif", frameCount: 12, forever: true, licence: true },
  ]);
  // Values half-way between two bytes may be rounded either way.
  expect(found[0].worst).toBeLessThanOrEqual(1);
  // A GIF has 256 colours for the many of these noisy drawings.
  expect(found[1].mean).toBeLessThanOrEqual(8);
});

test("the browser records it where it can, and garments morph as well", async ({ page }) => {
  const found = await withModel(
    page,
    async (model) => {
      const film = await model.morph({ prompts: ["sneaker", "ankle boot"], frames: 12, steps: 1, seed: 3 });
      const blob = await film.toBlob({ type: "video/webm", scale: 2, fps: 50 }).catch((error) => error.code);
      return { frames: film.frames, video: typeof blob === "string" ? blob : `${blob.type} ${blob.size > 100}` };
    },
    "../models/fashion/",
  );
  expect(found.frames).toBe(12);
  expect(["video/webm true", "film-unavailable"]).toContain(found.video);
});

test("what is no film is refused with a sentence each, and a film is given up when told to", async ({ page }) => {
  const found = await withModel(page, async (model) => {
    const two = { prompts: ["red disc", "blue square"], steps: 1 };
    const film = await model.morph({ ...two, frames: 12 });
    const controller = new AbortController();
    /** @type {(() => Promise<unknown>)[]} */
    const tries = [
      () => model.morph({ prompts: ["red disc", "zorgle"] }),
      () => model.morph({ ...two, frames: 1 }),
      () => model.morph({ ...two, frames: 49 }),
      () => model.morph({ ...two, frames: 12.5 }),
      () => model.morph({ prompts: ["red disc"] }),
      () => model.morph({ prompts: Array(5).fill("red disc") }),
      () => model.morph({ prompts: /** @type {any} */ ("red disc") }),
      () => model.morph({ ...two, seed: -1 }),
      () => model.morph({ ...two, steps: 200, signal: controller.signal, onProgress: () => controller.abort() }),
      () => film.toBlob({ type: /** @type {any} */ ("image/bmp") }),
      () => film.toBlob({ scale: 0 }),
      () => film.toBlob({ scale: 65 }),
      () => film.toBlob({ fps: 51 }),
    ];
    const codes = [];
    for (const one of tries) codes.push(await one().then(() => "none", ({ code }) => code));
    // The model draws on after all that.
    return { codes, after: (await model.sample({ prompt: "red disc", steps: 1 })).count };
  });
  expect(found.codes).toEqual([
    ...["prompt-unknown", "sample-film", "sample-film", "range", "sample-film", "sample-film", "range", "range", "aborted"],
    ...["range", "range", "range", "range"],
  ]);
  expect(found.after).toBe(1);
});
