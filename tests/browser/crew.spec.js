/** The network on the processor: shared between workers, and in browsers without relaxed SIMD. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { plain } from "../../pkg/plain.js";
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

test("rewritten, no wasm has a relaxed instruction left, nor is one that cannot be rewritten passed over", async ({}, info) => {
  /** The relaxed instructions that a reader of modules finds in one. @param {Uint8Array} bytes */
  const relaxed = (bytes) => {
    const file = info.outputPath("module.wasm");
    writeFileSync(file, bytes);
    execFileSync(process.execPath, ["node_modules/binaryen/bin/wasm-dis", "--all-features", file, "-o", `${file}.wat`]);
    return readFileSync(`${file}.wat`, "utf8").match(/\w+\.relaxed_\w+/g) ?? [];
  };
  for (const name of ["morphogen_bg", "theory_bg", "learn_bg", "learn-gpu_bg"]) {
    const module = readFileSync(`pkg/generated/${name}.wasm`);
    expect(relaxed(module).length, `${name} as it was built`).toBeGreaterThan(100);
    const rewritten = plain(module);
    expect(relaxed(rewritten), name).toEqual([]);
    expect(WebAssembly.validate(rewritten)).toBe(true);
  }

  /** A function of `vectors` vectors that gives one, by one instruction. @param {number} vectors @param {number[]} instruction */
  const module = (vectors, instruction) => {
    const body = [0, ...Array.from({ length: vectors }, (_, at) => [32, at]).flat(), 253, ...instruction, 11];
    return new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 6 + vectors - 1, 1, 96, vectors, ...Array(vectors).fill(123), 1, 123, 3, 2, 1, 0, 10, body.length + 2, 1, body.length, ...body]);
  };
  const operands = [2, 1, 1, 1, 1, 3, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2];
  for (const [at, vectors] of operands.entries()) {
    const one = module(vectors, [128 | at, 2]);
    expect(WebAssembly.validate(plain(one)), `vector instruction ${0x100 + at}`).toBe(true);
    expect(Buffer.from(plain(one)).includes(Buffer.from([253, 128 | at, 2]))).toBe(false);
  }
  expect(() => plain(module(2, [128 | 0x12, 2]))).toThrow(/instruction that this browser lacks/);
});
