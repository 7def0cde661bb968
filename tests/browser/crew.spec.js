/** The network on the processor: shared between workers, and in browsers without relaxed SIMD. */
import { expect, test } from "@playwright/test";
import { difference, draw } from "./support.js";

/** @param {import("@playwright/test").Page} page */
async function counted(page) {
  await page.addInitScript(() => {
    /** @type {Record<string, number>} */
    const counts = { given: 0, answered: 0 };
    const channel = new BroadcastChannel("count");
    channel.onmessage = ({ data }) => (counts[data] += 1);
    Object.assign(globalThis, { channel, counts });
  });
  return () => page.evaluate(() => /** @type {any} */ (globalThis).counts);
}

test("shared between workers, pictures are the same to the bit, however many draw and whatever becomes of them", async ({ page }) => {
  const counts = await counted(page);
  const sample = { steps: 3, count: 3, guidance: 2 };
  const shared = (/** @type {string} */ query) => draw(page, { worker: `helpers.js?${query}`, load: { device: "cpu" }, sample });

  const alone = await shared("processors=1");
  expect(alone.message).toBe("");
  expect(alone.steps).toEqual([0, 1, 2, 3]);
  expect(await counts()).toEqual({ given: 0, answered: 0 });
  const three = await shared("processors=3&patient");
  expect(three).toEqual(alone);
  // Each of the two helpers has had a hand in every step.
  await expect.poll(async () => (await counts()).answered).toBeGreaterThanOrEqual(2 * sample.steps);

  for (const fault of ["close", "silent", "throw"]) {
    const bereft = await shared(`processors=2&fault=${fault}`);
    expect(bereft, fault).toEqual(alone);
    await expect.poll(async () => (await counts()).given, fault).toBeGreaterThanOrEqual(1);
  }
  expect(await shared("processors=2&fault=none")).toEqual(alone);
});

test("helpers fetch no weights, help with the two calls of one guided picture, stop when told to, and go with the model", async ({ page }) => {
  const counts = await counted(page);
  /** @type {string[]} */
  const fetched = [];
  page.on("request", (request) => fetched.push(new URL(request.url()).pathname));
  await page.goto("/tests/blank.html");
  await page.evaluate(async () => {
    const here = (/** @type {string} */ address) => new URL(address, location.href).href;
    /** @type {typeof import("../../pkg/morphogen.js")} */
    const { loadModel } = await import(here("../pkg/morphogen.js"));
    const model = await loadModel("../models/fashion/", { device: "cpu", network: "unet", workerUrl: here("helpers.js?processors=2&patient") });
    const wish = { prompt: "bag", seed: 3, steps: 2, guidance: 2 };
    const pixels = async (count = 1) => [...(await model.sample({ ...wish, count })).pixels];
    const cancelled = () => {
      const controller = new AbortController();
      const onStep = () => controller.abort();
      return model.sample({ ...wish, count: 2, steps: 50, onStep, signal: controller.signal }).catch(({ code }) => code);
    };
    Object.assign(globalThis, { model, pixels, cancelled });
  });
  // Helpers tell in their own time what they were given.
  const given = async () => (await counts()).given;
  const one = await page.evaluate("pixels()");
  expect(await given()).toBe(0);
  const pair = /** @type {number[]} */ (await page.evaluate("pixels(2)"));
  await expect.poll(given).toBeGreaterThanOrEqual(2);
  const between = await given();
  expect([one, await page.evaluate("pixels()")]).toEqual(Array(2).fill(pair.slice(0, 28 * 28)));
  await expect.poll(given).toBeGreaterThanOrEqual(between + 2);
  expect(await page.evaluate("cancelled()")).toBe("aborted");
  expect(fetched.filter((path) => path.endsWith("unet.safetensors") || path.endsWith(".wasm"))).toHaveLength(2);
  const here = () =>
    page.evaluate(async () => {
      const { counts, channel } = /** @type {any} */ (globalThis);
      counts.here = 0;
      channel.postMessage("who");
      await new Promise((resolve) => setTimeout(resolve, 300));
      return counts.here;
    });
  await expect.poll(here).toBe(1);
  await page.evaluate(() => /** @type {any} */ (globalThis).model.close());
  await expect.poll(here).toBe(0);
});

test("without relaxed SIMD the core is rewritten, and pictures agree within rounding", async ({ page }) => {
  /** @type {string[]} */
  const fetched = [];
  page.on("request", (request) => fetched.push(new URL(request.url()).pathname));
  const rewritten = () => fetched.filter((path) => path.endsWith("/plain.js")).length;
  for (const network of ["unet", "resnet"]) {
    fetched.length = 0;
    const wish = { load: { device: "cpu", network }, sample: { steps: 4, count: 2, guidance: 2 } };
    const relaxed = await draw(page, wish);
    expect(relaxed.message).toBe("");
    expect(rewritten()).toBe(0);
    const plain = await draw(page, { ...wish, worker: "plain-worker.js" });
    expect(plain.message).toBe("");
    expect(rewritten()).toBe(1);
    expect(plain.noise).toEqual(relaxed.noise);
    expect(difference(plain.pixels, relaxed.pixels)).toBeLessThan(1e-4);
  }
});
