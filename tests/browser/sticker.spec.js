/** Pictures to take along: the page's part that offers them, with a model of discs, and the files that the package makes. */
import { expect, test } from "@playwright/test";
import { barriers, stubbed } from "./support.js";

const FAST = { step: 5 };

/** What the page has asked the model of discs for stickers. @param {import("@playwright/test").Page} page @returns {Promise<any[]>} */
const stickers = (page) => page.evaluate(() => /** @type {any} */ (globalThis).stub.stickers ?? []);

/** Opens the part. @param {import("@playwright/test").Page} page */
async function take(page) {
  await page.locator("#sticker > summary").click();
  await expect(page.locator("#sticker-body")).toBeVisible();
}

const status = (/** @type {import("@playwright/test").Page} */ page) => page.locator("#sticker-status");

/**
 * Presses a button and waits for its file.
 * @param {import("@playwright/test").Page} page
 * @param {string} name
 */
async function saved(page, name) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#sticker-body").getByRole("button", { name }).click()]);
  return download.suggestedFilename();
}

test.describe("on the page", () => {
  test.beforeEach(({}, { project }) => test.skip(project.name !== "cpu", "the model of these tests needs no device"));

  test("the chosen picture is shown on three grounds and saved in the size that is wanted", async ({ page }) => {
    await stubbed(page, "?prompt=cat&seed=3&model=emoji", FAST);
    expect(await stickers(page)).toEqual([]);
    await take(page);
    await expect(status(page)).toHaveText("Cut out, for any ground.");
    for (const ground of ["light", "dark", "checkered"]) {
      const preview = page.getByAltText(`cat on ${ground} ground`);
      await expect(preview).toBeVisible();
      expect(await preview.evaluate((image) => /** @type {HTMLImageElement} */ (image).naturalWidth)).toBeGreaterThan(0);
    }
    await page.getByRole("radio", { name: "512" }).check();
    await expect(page.locator("#sticker-body")).toContainText("512 × 512 pixels");
    expect(await saved(page, "Save PNG")).toBe("morphogen-cat-3.png");
    // Another picture of the four.
    await page.locator(".pick").nth(2).click();
    await expect.poll(async () => (await stickers(page)).at(-1)).toMatchObject({ prompt: "cat", n: 2, size: 512, cut: true });
    await expect.poll(() => saved(page, "Save PNG")).toBe("morphogen-cat-5.png");
    expect(await saved(page, "Save favicon (ICO)")).toBe("favicon.ico");
    expect((await stickers(page)).at(-1)).toMatchObject({ n: 2, type: "ico" });
    expect(await saved(page, "Save all as a sheet")).toBe("morphogen-cat-3-sheet.png");
    expect((await stickers(page)).at(-1)).toMatchObject({ type: "sheet", columns: 4 });
    await page.getByLabel("Cut the ground away").uncheck();
    await expect(status(page)).toHaveText("The whole picture.");
    expect(await barriers(page)).toEqual([]);
  });

  test("what fills its frame stays whole, and that is said", async ({ page }) => {
    await stubbed(page, "?prompt=full&seed=3&model=emoji", FAST);
    await take(page);
    await expect(status(page)).toContainText("there is nothing to cut away, so it stays whole");
    expect((await stickers(page)).slice(-2).map(({ cut }) => cut)).toEqual([true, false]);
    expect(await saved(page, "Save PNG")).toBe("morphogen-full-3.png");
  });

  test("copying gives the picture with its transparency, or says what to do instead", async ({ page, context, browserName }) => {
    test.skip(browserName !== "chromium", "only there can a test read the clipboard");
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await stubbed(page, "?prompt=cat&seed=3&model=emoji", FAST);
    await take(page);
    const copy = page.locator("#sticker-body").getByRole("button", { name: "Copy" });
    await copy.click();
    await expect(status(page)).toContainText("Copied.");
    expect(await page.evaluate(async () => (await navigator.clipboard.read())[0].types)).toEqual(["image/png"]);
    await page.evaluate(() => Object.assign(globalThis, { ClipboardItem: undefined }));
    await copy.click();
    await expect(status(page)).toContainText("cannot copy pictures. Save the PNG instead");
  });

  test("it is handed to other apps where the browser can", async ({ page }) => {
    await page.addInitScript(() => {
      const shared = /** @type {any[]} */ ([]);
      Object.assign(globalThis, { shared });
      Object.assign(navigator, { canShare: () => true, share: async (/** @type {any} */ { files }) => void shared.push([files[0].name, files[0].type]) });
    });
    await stubbed(page, "?prompt=cat&seed=3&model=emoji", FAST);
    await take(page);
    await page.locator("#sticker-body").getByRole("button", { name: "Share" }).click();
    await expect.poll(() => page.evaluate(() => /** @type {any} */ (globalThis).shared)).toEqual([["morphogen-cat-3.png", "image/png"]]);
  });

  test("it fits a phone", async ({ page }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    await stubbed(page, "?prompt=cat&seed=3&model=emoji", FAST);
    await take(page);
    await expect(status(page)).toHaveText("Cut out, for any ground.");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  });
});

test("the package cuts out, keeps whole, and refuses, and browsers can read what it writes", async ({ page }) => {
  await page.goto("/tests/blank.html");
  const found = await page.evaluate(async () => {
    /** @type {typeof import("../../pkg/morphogen.js")} */
    const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    const model = await loadModel("shapes/", { device: "cpu" });
    const sample = await model.sample({ prompt: "red disc", seed: 3, count: 2 });
    // A disc on an even ground, whatever a network of a few steps draws.
    const { width, height } = sample;
    sample.pixels.set(Float32Array.from(sample.pixels, (_, i) => {
      const at = i % (width * height);
      const inside = Math.hypot((at % width) - width / 2 + 0.5, Math.floor(at / width) - height / 2 + 0.5) < width / 3;
      return inside && Math.floor(i / (width * height)) % 3 > 0 ? -0.8 : 1;
    }));
    const read = async (/** @type {Blob} */ blob) => {
      const image = await createImageBitmap(blob);
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext("2d");
      context?.drawImage(image, 0, 0);
      const { data } = /** @type {ImageData} */ (context?.getImageData(0, 0, image.width, image.height));
      const middle = 4 * (Math.floor(image.height / 2) * image.width + Math.floor(image.width / 2));
      return { width: image.width, height: image.height, type: blob.type, bytes: blob.size, corner: data[3], middle: [...data.slice(middle, middle + 4)] };
    };
    const icon = await model.sticker(sample, { n: 1, type: "ico" });
    const image = new Image();
    image.src = URL.createObjectURL(icon);
    await image.decode();
    const refused = async (/** @type {any} */ options) => model.sticker(sample, options).then(() => "", ({ code }) => code);
    const text = new TextDecoder().decode(await (await model.sticker(sample)).arrayBuffer());
    const all = {
      usual: await read(await model.sticker(sample)),
      large: await read(await model.sticker(sample, { size: 512 })),
      whole: await read(await model.sticker(sample, { cut: false })),
      sheet: await read(await model.sticker(sample, { type: "sheet", size: 64, columns: 2 })),
      icon: [image.naturalWidth, icon.type],
      names: text.includes("iTXt") && text.includes(model.info.licence.data.attribution),
      refused: [await refused({ n: 2 }), await refused({ size: 8 }), await refused({ type: "gif" }), await refused({ size: 700 })],
    };
    sample.pixels.fill(1);
    return { ...all, empty: await refused({}) };
  });
  expect(found.usual).toMatchObject({ width: 256, height: 256, type: "image/png", corner: 0 });
  expect(found.usual.middle[3]).toBe(255);
  expect(found.usual.middle[0]).toBeGreaterThan(230);
  expect(found.usual.middle[1]).toBeLessThan(60);
  expect(found.large.bytes).toBeLessThanOrEqual(128_000);
  expect(found.whole.corner).toBe(255);
  expect([found.sheet.width, found.sheet.height]).toEqual([2 * 64 + 3 * 4, 64 + 2 * 4]);
  expect([16, 32, 48]).toContain(found.icon[0]);
  expect(found.icon[1]).toBe("image/x-icon");
  expect(found.names).toBe(true);
  expect(found.refused).toEqual(["range", "range", "range", "range"]);
  expect(found.empty).toBe("sticker-uncut");
});
