/** Network and theory side by side: machines that draw from training images, and what the page shows of them. */
import { expect, test } from "@playwright/test";
import { PINNED, difference, draw, drawn, shown } from "./support.js";

test.beforeEach(async ({ request }, { project }) => {
  test.skip(project.name !== "cpu", "the machines run on the processor");
  const manifest = await (await request.get("/models/fashion/manifest.json")).json();
  test.skip(manifest.training === undefined, "this pack has no training images");
});

test("a machine draws from the same noise as the network, and its window matters", async ({ page }) => {
  const wish = { steps: 4 };
  const narrow = await draw(page, { load: { device: "cpu" }, sample: { ...wish, machine: "bbels", window: 3 } });
  expect(narrow.message).toBe("");
  expect(narrow.noise).toEqual(PINNED);
  expect(narrow.steps).toEqual([0, 1, 2, 3, 4]);
  const wide = await draw(page, { load: { device: "cpu" }, sample: { ...wish, machine: "bbels", window: 15 } });
  expect(difference(narrow.pixels, wide.pixels)).toBeGreaterThan(0.1);
  const network = await draw(page, { load: { device: "cpu" }, sample: wish });
  expect(difference(network.pixels, wide.pixels)).toBeGreaterThan(0.1);
});

test("the all-seeing machine can only copy", async ({ page }) => {
  await page.goto("/tests/blank.html");
  const nearest = await page.evaluate(async () => {
    const here = (/** @type {string} */ address) => new URL(address, location.href).href;
    const { loadModel } = await import(here("../pkg/morphogen.js"));
    const model = await loadModel("../models/fashion/", { device: "cpu" });
    const { pixels } = await model.sample({ prompt: "sneaker", machine: "ideal", seed: 3 });
    const { file, count } = model.info.training.sneaker;
    const response = await fetch(here(`../models/fashion/${file}`));
    const stream = /** @type {ReadableStream} */ (response.body).pipeThrough(new DecompressionStream("deflate"));
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    const images = bytes.subarray(bytes.length - count * pixels.length);
    const distances = Array.from({ length: count }, (_, n) =>
      pixels.reduce((/** @type {number} */ worst, /** @type {number} */ value, /** @type {number} */ i) =>
        Math.max(worst, Math.abs(value - (images[n * pixels.length + i] / 127.5 - 1))), 0),
    );
    return Math.min(...distances);
  });
  expect(nearest).toBeLessThan(0.02);
});

test("what no machine can do is refused", async ({ page }) => {
  const nothing = await draw(page, { load: { device: "cpu" }, sample: { machine: "bbels", prompt: null } });
  expect(nothing.code).toBe("machine-unavailable");
  const even = await draw(page, { load: { device: "cpu" }, sample: { machine: "bbels", window: 4 } });
  expect(even.code).toBe("machine-unavailable");
  const tampered = await draw(page, { path: "/~tamper=.zz/tests/blank.html", load: { device: "cpu" }, sample: { machine: "bbels", window: 5 } });
  expect(tampered.code).toBe("pack-tampered");
});

test("the page sets the machine beside the network, at every step", async ({ page }) => {
  await page.goto("/?prompt=sneaker&seed=7&count=1&steps=4&device=cpu");
  await drawn(page);
  await page.locator("#machine").selectOption("local");
  await page.locator("#window").fill("3");
  await page.getByRole("button", { name: "Compare" }).click();
  await expect(page.locator("#agreement")).toContainText("At step 4 they agree with r =");
  const finished = await shown(page, "#theirs");
  expect(difference(finished, await shown(page, "#ours"))).toBeGreaterThan(10);
  await page.locator("#step").fill("0");
  await expect(page.locator("#agreement")).toContainText("r = 1.00: both start from the same noise");
  expect(await shown(page, "#theirs")).toEqual(await shown(page, "#ours"));
  await page.locator("#dice").click();
  await expect(page.locator("#agreement")).toBeEmpty();
});
