/** What can go wrong does, and each time there is a typed error with a sentence, or the way on is taken and said. */
import { expect, test } from "@playwright/test";
import { TINY, WEBGPU, difference, draw, drawn } from "./support.js";

/** @type {[fault: string, code: string, sentence: RegExp][]} */
const FILES = [
  ["missing=manifest.json", "http", /not there/],
  ["error=manifest.json", "http", /answered 500/],
  ["mime=manifest.json", "content-type", /should be JSON/],
  ["truncate=manifest.json", "pack-manifest", /manifest is not usable/],
  ["missing=.safetensors", "http", /not there/],
  ["mime=.safetensors", "content-type", /binary/],
  ["truncate=.safetensors", "pack-truncated", /expected \d+ bytes/],
  ["tamper=.safetensors", "pack-tampered", /was changed/],
  ["cut=.safetensors", "network", /connection broke/],
  ["missing=morphogen_bg.wasm", "http", /not there/],
  ["mime=morphogen_bg.wasm", "content-type", /WebAssembly/],
  ["truncate=morphogen_bg.wasm", "wasm-broken", /damaged/],
  ["cut=morphogen_bg.wasm", "network", /connection broke/],
  ["missing=worker.js", "worker-blocked", /could not start/],
  ["csp=nowasm", "wasm-blocked", /wasm-unsafe-eval/],
];

for (const [fault, code, sentence] of FILES) {
  test(`${fault} gives ${code}`, async ({ page }) => {
    const result = await draw(page, { path: `/~${fault}/tests/blank.html`, load: { device: "cpu" } });
    expect(result.code).toBe(code);
    expect(result.message).toMatch(sentence);
  });
}

test("the page says what is wrong, and trying again works once it is mended", async ({ page }) => {
  await page.route("**/manifest.json", (route) => route.abort(), { times: 1 });
  // The engine arrives after the failure: its progress must not hide what went wrong.
  await page.route("**/morphogen_bg.wasm", async (route) => {
    await page.locator("#status", { hasText: "connection broke" }).waitFor();
    await route.continue();
  });
  const engine = page.waitForEvent("requestfinished", (request) => request.url().endsWith("morphogen_bg.wasm"));
  await page.goto("/?model=fashion&prompt=bag&count=1&steps=2&device=cpu");
  await engine;
  await expect(page.locator("#status")).toContainText("connection broke");
  await page.getByRole("button", { name: "Try again" }).click();
  await drawn(page, "Bag");
});

test("without WebGPU the processor draws and says so; asked for by name, WebGPU is missed", async ({ page }) => {
  const auto = await draw(page, { load: { device: "auto" } });
  expect(auto.device).toBe("cpu");
  expect(auto.notice).toContain("no WebGPU");
  const named = await draw(page, { load: { device: "webgpu" } });
  expect(named.code).toBe("no-webgpu");
  await page.goto("/?model=fashion&prompt=bag&count=1&steps=2&device=webgpu");
  await page.getByRole("button", { name: "Use the processor" }).click();
  await drawn(page, "Bag, one picture, drawn on your processor");
});

test("no WebAssembly at all is said plainly", async ({ page }) => {
  await page.route("**/worker.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `delete globalThis.WebAssembly;\n` .concat(await response.text()) });
  });
  const result = await draw(page, { load: { device: "cpu" } });
  expect(result.code).toBe("wasm-unsupported");
});

test.describe("a GPU that fails", { tag: WEBGPU }, () => {
  // A graphics device that answers at once, as far as the worker can tell.
  const faulty = (/** @type {string} */ query) => `faulty-gpu.js?graphics=0&${query}`;
  const sample = { ...TINY.sample, steps: 5 };
  const on = (/** @type {string} */ device) => ({ ...TINY, sample, load: { device } });

  test("lost once in the middle: a new device draws the same picture, and nobody notices", async ({ page }) => {
    const result = await draw(page, { ...on("auto"), worker: faulty("lose=1") });
    expect(result.message).toBe("");
    expect(result.device).toBe("webgpu");
    expect(result.notice).toBe("");
    expect(result.steps).toEqual([0, 1, 2, 3, 4, 5]);
    const sound = await draw(page, on("cpu"));
    expect(difference(result.pixels, sound.pixels)).toBeLessThanOrEqual(1e-2);
  });

  test("lost while nobody draws: the next picture comes from a new device", async ({ page }) => {
    await page.goto("/tests/blank.html");
    const result = await page.evaluate(async () => {
      const here = (/** @type {string} */ address) => new URL(address, location.href).href;
      const { loadModel } = await import(here("../pkg/morphogen.js"));
      const model = await loadModel("shapes/", { workerUrl: here("faulty-gpu.js?graphics=0") });
      const channel = new BroadcastChannel("faulty-gpu");
      const devices = [];
      const pictures = [];
      for (let n = 0; n < 3; n += 1) {
        const sample = await model.sample({ prompt: "red disc", seed: 2, steps: 3 });
        pictures.push([...sample.pixels].join());
        const lost = new Promise((resolve) => (channel.onmessage = ({ data }) => resolve(data)));
        channel.postMessage("lose");
        devices.push(`${sample.device} ${sample.notice}${await lost}`);
      }
      return { devices, pictures: new Set(pictures).size };
    });
    expect(result).toEqual({ devices: Array(3).fill("webgpu 1"), pictures: 1 });
  });

  test("lost again and again: the processor takes over and says so", async ({ page }) => {
    const result = await draw(page, { ...on("auto"), worker: faulty("lose=99"), sample: [sample, sample] });
    expect(result.message).toBe("");
    expect(result.device).toBe("cpu");
    expect(result.notice).toContain("lost twice");
    expect(result.steps).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test("lost again and again, where the processor drew by name before: it is said all the same", async ({ page }) => {
    await page.goto("/tests/blank.html");
    const notices = await page.evaluate(async () => {
      const here = (/** @type {string} */ address) => new URL(address, location.href).href;
      const { loadModel } = await import(here("../pkg/morphogen.js"));
      const notices = [];
      for (const device of ["cpu", "auto"]) {
        const model = await loadModel("shapes/", { device, workerUrl: here("faulty-gpu.js?graphics=0&lose=99") });
        const sample = await model.sample({ prompt: "red disc", seed: 2, steps: 5, frames: true });
        notices.push(`${sample.device}: ${sample.notice}`);
      }
      return notices;
    });
    expect(notices).toEqual(["cpu: ", expect.stringMatching(/^cpu: .*lost twice/)]);
  });

  test("lost again and again, and nothing but WebGPU will do: device-lost", async ({ page }) => {
    const result = await draw(page, { ...on("webgpu"), worker: faulty("lose=99") });
    expect(result.code).toBe("device-lost");
  });

  test("out of memory: the processor takes over, or the error says so", async ({ page }) => {
    const auto = await draw(page, { ...on("auto"), worker: faulty("starve=99") });
    expect(auto.device).toBe("cpu");
    expect(auto.notice).toContain("memory");
    const named = await draw(page, { ...on("webgpu"), worker: faulty("starve=99") });
    expect(named.code).toBe("out-of-memory");
  });
});

test("a worker that dies is replaced, and every promise settles", async ({ page }) => {
  // A trap is provoked by a module whose sampling ends in `unreachable`, as an allocation that fails does.
  await page.route("**/engine.js", async (route) => {
    const response = await route.fetch();
    const trap = `
      const TRAP = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(
        [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 116, 0, 0, 10, 5, 1, 3, 0, 0, 11])));
      const steps = Packs.prototype.sample;
      Packs.prototype.sample = function (message, context) {
        if (message.request.seed === 666) TRAP.exports.t();
        return steps.call(this, message, context);
      };`;
    await route.fulfill({ response, body: (await response.text()) + trap });
  });
  await page.goto("/tests/blank.html");
  const result = await page.evaluate(async () => {
    const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    const model = await loadModel("../models/fashion/", { device: "cpu" });
    const code = (/** @type {Promise<unknown>} */ promise) => promise.then(() => "none", (error) => error.code);
    const waiting = code(model.sample({ prompt: "bag", steps: 200 }));
    const trapped = code(model.sample({ prompt: "bag", seed: 666 }));
    const codes = [await waiting, await trapped];
    const { count } = await model.sample({ prompt: "bag", steps: 1 });
    return { codes, count };
  });
  expect(result).toEqual({ codes: ["out-of-memory", "out-of-memory"], count: 1 });
});
