/** Paint and mend, more like this, from one's own: the page's parts with a model of discs, and what the package makes of a picture. */
import { crc32, deflateSync } from "node:zlib";
import { expect, test } from "@playwright/test";
import { asked, barriers, drawn, shown, stubbed } from "./support.js";

/** @typedef {import("@playwright/test").Page} Page */

const FAST = { step: 1 };
const QUERY = "?prompt=cat&seed=3&model=emoji";
const PAD = { mend: "#mend .pad canvas:first-child", more: "#more .pad canvas:first-child" };
const MARKS = "#mend .pad canvas:nth-child(2)";

/** @param {Page} page @param {"mend" | "more"} name */
async function opened(page, name) {
  await stubbed(page, QUERY, FAST);
  await page.locator(`#${name} > summary`).click();
  await expect(page.locator(PAD[name])).toBeVisible();
  await page.locator(PAD[name]).scrollIntoViewIfNeeded();
}

/**
 * Draws a line with the mouse, in pixels of the picture.
 * @param {Page} page
 * @param {"mend" | "more"} name
 * @param {[number, number]} from
 * @param {[number, number]} to
 */
async function line(page, name, from, to) {
  const box = await page.locator(PAD[name]).boundingBox();
  if (!box) throw new Error("no pad");
  const at = (/** @type {[number, number]} */ [x, y]) => /** @type {const} */ ([box.x + ((x + 0.5) / 64) * box.width, box.y + ((y + 0.5) / 64) * box.height]);
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at(to), { steps: 4 });
  await page.mouse.up();
}

const last = async (/** @type {Page} */ page) => (await asked(page)).at(-1);
/** Has the model wait with what shows one of these. */
const hold = (/** @type {Page} */ page, /** @type {string[]} */ ...prompts) => page.evaluate((prompts) => Object.assign(/** @type {any} */ (globalThis).stub, { hold: prompts }), prompts);
const press = (/** @type {Page} */ page, /** @type {string} */ name) => page.locator("#mend, #more").getByRole("button", { name, exact: true }).click();

test.describe("paint and mend", () => {
  test("what the brush has marked is drawn anew and nothing else, and is taken back", async ({ page }) => {
    await opened(page, "mend");
    const before = await shown(page, PAD.mend);
    await line(page, "mend", [10, 10], [50, 10]);
    await page.locator("#mend-word").fill("top hat");
    await page.locator("#mend-word").press("Enter");
    await expect(page.locator("#mend-status")).toContainText("Mended with top hat");
    const { prompt, count, keep, from, seed, steps } = await last(page);
    expect({ prompt, count, seed, steps, from }).toEqual({ prompt: "top hat", count: 1, seed: 4, steps: 8, from: { t: 1, index: 0, image: "cat" } });
    const at = (/** @type {number} */ x, /** @type {number} */ y) => keep[64 * y + x];
    expect([at(30, 10), at(30, 5), at(10, 14), at(30, 4), at(30, 17), at(60, 10), at(30, 40)]).toEqual([0, 0, 0, 1, 1, 1, 1]);
    const after = await shown(page, PAD.mend);
    const changed = after.filter((value, q) => value !== before[q]).length;
    expect(changed).toBeGreaterThan(50);
    expect(after.every((value, q) => !keep[q] || value === before[q])).toBe(true);
    expect(await barriers(page)).toEqual([]);
    // Other noise in the same place.
    await press(page, "Another");
    await expect.poll(async () => (await last(page)).seed).toBe(5);
    expect((await last(page)).keep).toEqual(keep);
    await expect(page.locator("#mend-status")).toContainText("Mended");
    await press(page, "Undo");
    expect(await shown(page, PAD.mend)).toEqual(before);
    await expect(page.getByRole("button", { name: "Undo" })).toBeDisabled();
    const saving = page.waitForEvent("download");
    await page.locator("#mend").getByRole("button", { name: "Save PNG" }).click();
    expect((await saving).suggestedFilename()).toMatch(/^morphogen-cat-.*\.png$/);
  });

  test("arrows and the space bar mark, with the brush and corner by corner", async ({ page }) => {
    await opened(page, "mend");
    await page.locator(PAD.mend).focus();
    await page.keyboard.press("Shift+ArrowUp");
    await page.keyboard.press("ArrowLeft");
    await expect(page.locator("#mend .square")).toBeVisible();
    await page.keyboard.press("Space");
    await expect(page.locator("#mend .pad [aria-live]")).toHaveText("Column 31, row 25, marked");
    await press(page, "Erase");
    await expect(page.locator("#mend-status")).toHaveText("Erased.");
    const brushed = await last(page);
    expect([brushed.prompt, brushed.from.t]).toEqual([undefined, 0.5]);
    expect([brushed.keep[64 * 24 + 30], brushed.keep[64 * 24 + 35], brushed.keep[64 * 24 + 37]]).toEqual([0, 0, 1]);
    await page.locator("#mend [value=rectangle]").check({ force: true });
    await page.locator(PAD.mend).focus();
    await page.keyboard.press("Space");
    await expect(page.locator("#mend-status")).toContainText("one corner");
    await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    await page.locator("#mend-word").fill("crown");
    await press(page, "Mend");
    await expect(page.locator("#mend-status")).toContainText("Mended with crown");
    // Nine columns and three rows, and nothing of the marks that have done their work.
    expect((await last(page)).keep.filter((/** @type {number} */ k) => k === 0).length).toBe(27);
  });

  test("what is missing or unknown is said, and no picture is lost", async ({ page }) => {
    await opened(page, "mend");
    const status = page.locator("#mend-status");
    await page.locator("#mend-word").fill("crown");
    await press(page, "Mend");
    await expect(status).toContainText("Nothing is marked");
    await line(page, "mend", [20, 20], [30, 30]);
    await page.locator("#mend-word").fill("");
    await press(page, "Mend");
    await expect(status).toContainText("Say what shall be there");
    await page.locator("#mend-word").fill("crown");
    await press(page, "Mend");
    await expect(status).toContainText("Mended");
    const mended = await shown(page, PAD.mend);
    await line(page, "mend", [20, 50], [30, 50]);
    await page.locator("#mend-word").fill("zorgle");
    await press(page, "Mend");
    await expect(status).toContainText("zorgle");
    expect(await shown(page, PAD.mend)).toEqual(mended);
    // The page draws something else: what was mended stays until the reader takes the new one, and even then can be had back.
    await page.locator("#prompt").fill("red heart");
    await page.locator("#draw").click();
    await drawn(page, "red heart");
    expect(await shown(page, PAD.mend)).toEqual(mended);
    await press(page, "Take the chosen picture");
    expect(await shown(page, PAD.mend)).toEqual(await shown(page));
    await press(page, "Undo");
    expect(await shown(page, PAD.mend)).toEqual(mended);
  });

  test("what is pressed or painted while one is drawn loses nothing that was there", async ({ page }) => {
    await opened(page, "mend");
    const status = page.locator("#mend-status");
    const mend = async (/** @type {string} */ word) => {
      await page.locator("#mend-word").fill(word);
      await press(page, "Mend");
    };
    const original = await shown(page, PAD.mend);
    await line(page, "mend", [10, 10], [50, 10]);
    await mend("top hat");
    await expect(status).toContainText("Mended with top hat");
    const hat = await shown(page, PAD.mend);
    await line(page, "mend", [10, 30], [50, 30]);
    await mend("crown");
    await expect(status).toContainText("Mended with crown");
    // Twice before the first is there: both are in the place of the crown alone.
    await hold(page, "crown");
    await press(page, "Another");
    await press(page, "Another");
    await expect.poll(async () => (await last(page)).seed).toBe(7);
    await hold(page);
    await expect(status).toContainText("Mended with crown");
    const crown = await shown(page, PAD.mend);
    expect(crown).not.toEqual(hat);
    // Undo takes back what is being drawn, and nothing else.
    await hold(page, "crown");
    await press(page, "Another");
    await expect.poll(async () => (await last(page)).seed).toBe(8);
    await press(page, "Undo");
    expect(await shown(page, PAD.mend)).toEqual(crown);
    await press(page, "Undo");
    expect(await shown(page, PAD.mend)).toEqual(hat);
    // Marks that come meanwhile are there when it is drawn.
    await mend("crown");
    await expect.poll(async () => (await last(page)).seed).toBe(9);
    await line(page, "mend", [10, 55], [50, 55]);
    await hold(page);
    await expect(status).toContainText("Mended with crown");
    expect((await shown(page, MARKS))[64 * 55 + 30]).toBeGreaterThan(0);
    await mend("top hat");
    await expect(status).toContainText("Mended with top hat");
    expect((await last(page)).keep[64 * 55 + 30]).toBe(0);
    for (let n = 0; n < 3; n += 1) await press(page, "Undo");
    expect(await shown(page, PAD.mend)).toEqual(original);
  });
});

test.describe("more like this, and from one's own", () => {
  test("eight begin with the chosen picture, and one of them goes on", async ({ page }) => {
    await opened(page, "more");
    await expect(page.locator("#more-status")).toHaveText("Eight more like it, from other noise.");
    await press(page, "Draw eight");
    await expect(page.locator("#more-status")).toContainText("Press one");
    const first = await last(page);
    expect(first).toMatchObject({ prompt: "cat", count: 8, caption: 0, from: { image: "cat", index: 0, t: 0.9 } });
    const third = await shown(page, ".eight button:nth-child(3) canvas");
    // Further away, by keyboard.
    await page.locator("#more-t").press("ArrowRight");
    await page.locator(".eight button:nth-child(3)").press("Enter");
    expect(await shown(page, PAD.more)).toEqual(third);
    await expect.poll(async () => (await last(page)).from).toEqual({ image: "cat", index: 2, t: 0.91 });
    expect((await last(page)).seed).not.toBe(first.seed);
    await press(page, "Back");
    expect(await shown(page, PAD.more)).toEqual(await shown(page));
    expect(await barriers(page)).toEqual([]);
  });

  test("while eight are drawn none of those before can be pressed, and Back has them again", async ({ page }) => {
    await opened(page, "more");
    const [status, tile] = [page.locator("#more-status"), page.locator(".eight button").nth(2)];
    await press(page, "Draw eight");
    await expect(status).toContainText("Press one");
    const third = await shown(page, ".eight button:nth-child(3) canvas");
    await page.evaluate(() => (/** @type {any} */ (globalThis).stub.step = 60));
    await tile.click();
    await expect.poll(() => shown(page, ".eight button:nth-child(3) canvas")).not.toEqual(third);
    await expect(tile).toBeDisabled();
    const { length } = await asked(page);
    await tile.click({ force: true });
    expect(await asked(page)).toHaveLength(length);
    await press(page, "Back");
    await expect(status).toContainText("Press one");
    await expect(tile).toBeEnabled();
    expect(await shown(page, ".eight button:nth-child(3) canvas")).toEqual(third);
  });

  test("what was drawn by one pack is no beginning for another with other pictures", async ({ page }) => {
    await opened(page, "more");
    const [status, tile] = [page.locator("#more-status"), page.locator(".eight button").first()];
    await press(page, "Draw eight");
    await expect(status).toContainText("Press one");
    await hold(page, "birthday cake");
    await page.evaluate(async () => {
      const { loadModel } = await import(new URL("pkg/morphogen.js", location.href).href);
      Object.assign((await loadModel("")).info.image, { width: 28, height: 28 });
    });
    await page.locator("#packs [value=fashion]").check({ force: true });
    await expect.poll(async () => (await last(page)).prompt).toBe("birthday cake");
    const { length } = await asked(page);
    await tile.click();
    await expect(status).toContainText("There is no picture yet");
    expect(await asked(page)).toHaveLength(length);
    await hold(page);
    await drawn(page, "birthday cake");
    await expect(page.locator(".eight")).toBeHidden();
    await expect(tile).toBeDisabled();
    await expect(status).toHaveText("Eight more like it, from other noise.");
  });

  test("a doodle begins with its colours, and an empty sheet with nothing", async ({ page }) => {
    await opened(page, "more");
    await page.locator("#more [value=doodle]").check({ force: true });
    await press(page, "Draw eight");
    await expect(page.locator("#more-status")).toContainText("empty");
    await press(page, "red");
    await line(page, "more", [10, 32], [54, 32]);
    await page.locator(PAD.more).focus();
    await page.keyboard.press("Shift+ArrowUp");
    await page.keyboard.press("Space");
    const doodle = await shown(page, PAD.more);
    expect([doodle[64 * 32 + 20], doodle[64 * 24 + 32], doodle[64 * 10 + 10]]).toEqual([216, 216, 255]);
    await page.locator("#more-word").fill("red heart");
    await press(page, "Draw eight");
    await expect(page.locator("#more-status")).toContainText("Press one");
    expect(await last(page)).toMatchObject({ prompt: "red heart", count: 8, from: { image: "ImageData", t: 0.85 } });
    // A stroke at a time goes back, and a clean sheet, too.
    await press(page, "Back");
    expect((await shown(page, PAD.more))[64 * 24 + 32]).toBe(255);
    await press(page, "Clear");
    expect((await shown(page, PAD.more)).every((value) => value === 255)).toBe(true);
    await press(page, "Back");
    expect((await shown(page, PAD.more))[64 * 32 + 20]).toBe(216);
  });

  test("a photo begins as its middle, on white; what is none, or too large, is said", async ({ page }) => {
    await opened(page, "more");
    await page.locator("#more [value=photo]").check({ force: true });
    const status = page.locator("#more-status");
    await press(page, "Draw eight");
    await expect(status).toContainText("Choose a photo first");
    const choose = (/** @type {string} */ name, /** @type {Buffer} */ buffer) => page.locator("#more input[type=file]").setInputFiles({ name, mimeType: "image/png", buffer });
    // Green left and right, transparent in the middle: twice as wide as high.
    await choose("wide.png", png(256, 128, (x) => (x < 64 || x >= 192 ? [0, 200, 0, 255] : x < 128 ? [0, 0, 0, 0] : [100, 0, 0, 255])));
    await expect(status).toContainText("how it begins");
    const photo = await shown(page, PAD.more);
    expect([photo[64 * 20 + 10], photo[64 * 20 + 50]]).toEqual([255, 100]);
    await choose("none.png", Buffer.from("no picture"));
    await expect(status).toContainText("could not be read");
    await choose("huge.png", huge(20_000));
    await expect(status).toContainText("20000 × 20000");
    expect(await shown(page, PAD.more)).toEqual(photo);
    await page.locator("#more-word").fill("tree");
    await press(page, "Draw eight");
    await expect(status).toContainText("Press one");
    expect(await last(page)).toMatchObject({ prompt: "tree", from: { image: "ImageData", t: 0.85 } });
  });
});

/**
 * What the package makes of pictures of shapes: for each wish its pixels, or the error's code.
 * @param {Page} page
 */
async function made(page) {
  await page.goto("/tests/blank.html");
  return page.evaluate(async () => {
    /** @type {typeof import("../../pkg/morphogen.js")} */
    const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    const model = await loadModel("shapes/", { device: "cpu" });
    const { width, height, channels } = model.info.image;
    const [area, usual] = [width * height, { prompt: "blue square", seed: 3, steps: 4, prior: false }];
    const origin = await model.sample({ prompt: "red disc", seed: 5, steps: 4, count: 2 });
    const mask = (/** @type {(row: number) => number} */ of) => Float32Array.from({ length: area }, (_, q) => of(Math.floor(q / width)));
    const half = mask((row) => (row < height / 2 ? 1 : 0));
    const from = { image: origin, index: 1, t: 1 };
    const draw = async (/** @type {any} */ wish) => [...(await model.sample({ ...usual, ...wish })).pixels];
    const code = (/** @type {any} */ wish) => draw(wish).then(() => "", (error) => `${error.code}: ${error.message}`);
    const image = origin.toImageData(1);
    const clean = [...origin.pixels.slice(channels * area)];
    return {
      area,
      clean,
      half: await draw({ from, keep: half }),
      again: await draw({ from, keep: half }),
      soft: await draw({ from, keep: half, soft: 1 }),
      both: await draw({ from, keep: half, count: 2 }),
      second: await draw({ from, keep: half, seed: 4 }),
      none: await draw({ from, keep: mask(() => 0), times: 1 }),
      twice: await draw({ from, times: 2 }),
      plain: await draw({ from }),
      near: await draw({ from: { ...from, t: 0.05 } }),
      mixed: await draw({ from, keep: half, over: "red disc" }),
      pixels: await draw({ from: { image: Float32Array.from(clean), t: 1 }, keep: half }),
      bytes: await draw({ from: { image, t: 1 }, keep: half }),
      refused: [
        await code({ from, keep: new Float32Array(3) }),
        await code({ from, keep: mask(() => NaN) }),
        await code({ from, keep: mask(() => 2) }),
        await code({ from, keep: mask(() => 1) }),
        await code({ from, keep: half, soft: 99 }),
        await code({ keep: half }),
        await code({ from: { ...from, t: 0 } }),
        await code({ from: { ...from, t: 1.01 } }),
        await code({ from: { ...from, index: 2 } }),
        await code({ from: { image: new Float32Array(5), t: 1 } }),
        await code({ from: { image: new Float32Array(channels * area).fill(NaN), t: 1 } }),
        await code({ from: { image: "cat.png", t: 1 } }),
        await code({ from, times: 17 }),
        await code({ from, start: { pixels: new Float32Array(channels * area), t: 1 } }),
      ],
    };
  });
}

test("the package begins with a picture, and keeps of it what the mask says, to the bit", async ({ page }) => {
  const { area, clean, half, again, soft, both, second, none, twice, plain, near, mixed, pixels, bytes, refused } = await made(page);
  const stays = (/** @type {number} */ i) => i % area < area / 2;
  const off = (/** @type {number[]} */ a, /** @type {number[]} */ b) => Math.max(...a.map((value, i) => Math.abs(value - b[i])));
  expect(half.every((value, i) => !stays(i) || value === clean[i])).toBe(true);
  expect(half.some((value, i) => !stays(i) && Math.abs(value - clean[i]) > 0.5)).toBe(true);
  expect(again).toEqual(half);
  expect(soft).not.toEqual(half);
  expect(none).toEqual(plain);
  expect(twice).not.toEqual(plain);
  expect(mixed.every((value, i) => !stays(i) || value === clean[i])).toBe(true);
  expect(pixels).toEqual(half);
  expect(off(bytes, half)).toBeLessThan(0.1);
  // Begun near the end, little is given up; each picture of several is the one of its seed.
  expect(off(near, clean)).toBeLessThan(off(plain, clean));
  expect(both.slice(0, half.length)).toEqual(half);
  expect(both.slice(half.length)).toEqual(second);
  expect(refused.map((text) => text.split(":")[0])).toEqual(["sample-keep", "range", "sample-keep", "range", "sample-keep", "range", "sample-start", "sample-start", "range", "sample-start", "range", "range", "range", "range"]);
  expect(new Set(refused).size).toBeGreaterThan(11);
});

/** @param {string} type @param {Buffer} data */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** @param {number} width @param {number} height @param {[number, number]} kind depth and colour type @param {Buffer} rows */
function file(width, height, kind, rows) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set(kind, 8);
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", header), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

/**
 * A picture file.
 * @param {number} width
 * @param {number} height
 * @param {(x: number, y: number) => number[]} colour red, green, blue, opacity
 */
function png(width, height, colour) {
  const rows = Array.from({ length: height }, (_, y) => [0, ...Array.from({ length: width }, (_, x) => colour(x, y)).flat()]);
  return file(width, height, [8, 6], Buffer.from(rows.flat()));
}

/** A black square in one bit a pixel. @param {number} side */
const huge = (side) => file(side, side, [1, 0], Buffer.alloc(side * (1 + side / 8)));
