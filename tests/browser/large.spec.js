/** A large picture from one of the reader's own: what the package draws, and the page's part that offers it. */
import { expect, test } from "@playwright/test";
import { barriers, stubbed } from "./support.js";

/** FNV-1a of the picture's bytes; `theory::large` pins the same natively. */
const PINNED = 0xaa852f40;

/** A picture in the page, as a function that is written there. */
const SOURCE = `
  const source = new ImageData(44, 30);
  for (let q = 0; q < 44 * 30; q += 1) {
    const byte = (c) => ((q % 44) * 7 + Math.floor(q / 44) * 13 + (Math.floor(q / 5) % 3) * 50 + c * (q % 44)) % 256;
    source.data.set([byte(0), byte(1), byte(2), 255], 4 * q);
  }`;

test.beforeEach(({}, { project }) => test.skip(project.name !== "cpu", "no GPU has a part in it"));

/**
 * What comes of some code, told the package and a source.
 * @param {import("@playwright/test").Page} page
 * @param {string} code the body of a function of `m` and `source`
 * @returns {Promise<any>}
 */
async function run(page, code) {
  await page.goto("/~csp=none/tests/blank.html");
  return page.evaluate(async (code) => {
    const m = await import(new URL("../pkg/morphogen.js", location.href).href);
    return new Function("m", `return (async () => { ${code} })()`)(m);
  }, `${SOURCE} ${code}`);
}

test("the same seed gives the picture that it gives natively, to the bit, and shows it coarse to fine", async ({ page }) => {
  const found = await run(page, `
    const steps = [];
    const image = await m.largeVariation(source, { width: 40, height: 26, tile: true, variety: 0.8, seed: 7, onStep: (step) => steps.push(step) });
    let hash = 0x811c9dc5;
    for (let c = 0; c < 3; c += 1) for (let q = 0; q < 40 * 26; q += 1) hash = Math.imul(hash ^ image.data[4 * q + c], 0x01000193) >>> 0;
    return { hash, width: image.width, height: image.height, steps: steps.map(({ image: { width }, step, steps, share }) => [width, step, steps, share]) };`);
  expect(found).toMatchObject({ hash: PINNED, width: 40, height: 26 });
  const { steps } = found;
  expect(steps.length).toBeGreaterThan(10);
  steps.forEach((/** @type {number[]} */ [width, step, all, share], /** @type {number} */ n) => {
    const before = steps[n - 1] ?? [0, 0, all, 0];
    expect(width >= before[0] && step > before[1] && step < all && share > before[3] && share < 1, String(n)).toBe(true);
  });
  expect(steps[0][0]).toBeLessThan(40);
});

test("a file keeps its aspect, and more of it can be had", async ({ page }) => {
  const sizes = await run(page, `
    const canvas = new OffscreenCanvas(60, 20);
    canvas.getContext("2d").putImageData(source, 0, 0);
    const file = await canvas.convertToBlob();
    const size = ({ width, height, data }) => [width, height, data.length, data.every((value, n) => n % 4 < 3 || value === 255)];
    return [size(await m.largeVariation(file, { width: 24, height: 48 })), size(await m.largeVariation(file, { variety: 1 }))];`);
  expect(sizes).toEqual([[24, 48, 4 * 24 * 48, true], [256, 85, 4 * 256 * 85, true]]);
});

test("what cannot be drawn from is said, and a drawing can be cancelled", async ({ page }) => {
  const codes = await run(page, `
    const wishes = {
      nothing: () => m.largeVariation(),
      "a string": () => m.largeVariation("cat.jpg"),
      "no options": () => m.largeVariation(source, null),
      "one pixel": () => m.largeVariation(new ImageData(1, 1)),
      "a line": () => m.largeVariation(new ImageData(1, 257)),
      "a strip": () => m.largeVariation(new ImageData(1000, 9)),
      "no picture": () => m.largeVariation(new Blob(["words"])),
      "one side": () => m.largeVariation(source, { width: 32 }),
      "too wide": () => m.largeVariation(source, { width: 513, height: 9 }),
      variety: () => m.largeVariation(source, { variety: 1.5 }),
      "no variety": () => m.largeVariation(source, { variety: NaN }),
      seed: () => m.largeVariation(source, { seed: -1 }),
      before: () => m.largeVariation(source, { signal: AbortSignal.abort() }),
      "on the way": () => {
        const stop = new AbortController();
        return m.largeVariation(source, { signal: stop.signal, onStep: ({ step }) => step > 2 && stop.abort() });
      },
    };
    const found = {};
    for (const [name, wish] of Object.entries(wishes)) found[name] = await wish().then(() => "drawn", (error) => error instanceof m.MorphogenError ? error.code : String(error));
    const { message } = await m.largeVariation(new ImageData(1, 257)).catch((error) => error);
    found.after = (await m.largeVariation(source, { width: 9, height: 9 })).width;
    return { found, message };`);
  const { "on the way": way, before, after, ...others } = codes.found;
  expect({ way, before, after }).toEqual({ way: "aborted", before: "aborted", after: 9 });
  for (const [name, code] of Object.entries(others)) expect(code, name).toBe("range");
  expect(codes.message).toContain("at least 8×8 pixels");
  expect(codes.message).toContain("found 1×257");
});

test.describe("on the page", () => {
  const panel = (/** @type {import("@playwright/test").Page} */ page) => page.locator("#large");

  /** Opens the part and hands it a picture. @param {import("@playwright/test").Page} page @param {number} side */
  async function give(page, side) {
    await stubbed(page, "?prompt=cat&seed=3&model=emoji", { step: 5 });
    await page.locator("#large > summary").click();
    await hand(page, side);
  }

  /** @param {import("@playwright/test").Page} page @param {number} side */
  async function hand(page, side) {
    const bytes = await page.evaluate(async (side) => {
      const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
      const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      for (let q = 0; q < side * side; q += 9) {
        context.fillStyle = `hsl(${(q * 47) % 360} 60% 50%)`;
        context.fillRect(q % side, Math.floor(q / side), 3, 3);
      }
      return canvas.toDataURL().split(",")[1];
    }, side);
    await panel(page).locator("input[type=file]").setInputFiles({ name: "stones.png", mimeType: "image/png", buffer: Buffer.from(bytes, "base64") });
  }

  test("a picture is drawn, drawn again as a tile, and saved", async ({ page }) => {
    await give(page, 12);
    const status = page.locator("#large-status");
    await expect(status).toContainText("256 × 256 pixels", { timeout: 120_000 });
    expect(await barriers(page)).toEqual([]);
    const canvas = panel(page).locator("canvas");
    await expect(canvas).toBeVisible();
    expect(await canvas.evaluate((canvas) => /** @type {HTMLCanvasElement} */ (canvas).width)).toBe(256);
    await panel(page).getByLabel("Let it tile").check();
    await expect(status).toContainText("Drawing");
    await expect(status).toContainText("256 × 256 pixels", { timeout: 120_000 });
    expect(await canvas.evaluate((canvas) => /** @type {HTMLCanvasElement} */ (canvas).width)).toBe(512);
    const [download] = await Promise.all([page.waitForEvent("download"), panel(page).getByRole("button", { name: "Save PNG" }).click()]);
    expect(download.suggestedFilename()).toMatch(/^morphogen-stones-\d+\.png$/);
  });

  test("a drawing is stopped, and what is too small is said", async ({ page }) => {
    await give(page, 60);
    const status = page.locator("#large-status");
    await panel(page).getByRole("button", { name: "Stop" }).click();
    await expect(status).toHaveText("Stopped.");
    await expect(panel(page).locator("canvas")).toBeHidden();
    await hand(page, 1);
    await expect(status).toContainText("at least 8×8 pixels");
    await expect(status).toHaveClass(/problem/);
  });
});
