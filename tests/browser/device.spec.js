/** Which device draws: `auto` is the faster one that answers, and a processor in disguise is never faster than itself. */
import { expect, test } from "@playwright/test";
import { TINY, WEBGPU, difference, draw } from "./support.js";

const on = (/** @type {string} */ device) => ({ ...TINY, load: { device } });

test("auto never takes WebGPU where that is only software, and says so", { tag: WEBGPU }, async ({ page }) => {
  const { device, notice, message } = await draw(page, on("auto"));
  expect({ device, message }).toEqual({ device: "cpu", message: "" });
  expect(notice).toContain("only software");
  expect((await draw(page, on("webgpu"))).device).toBe("webgpu");
});

test("auto takes a graphics device that answers sooner than the processor, and no other", { tag: WEBGPU }, async ({ page }) => {
  const fast = await draw(page, { ...on("auto"), worker: "faulty-gpu.js?graphics=0" });
  expect(fast).toMatchObject({ message: "", device: "webgpu", notice: "" });
  const slow = await draw(page, { ...on("auto"), worker: "faulty-gpu.js?graphics=1000" });
  expect(slow).toMatchObject({ message: "", device: "cpu" });
  expect(slow.notice).toContain("processor is faster");
  const insisted = await draw(page, { ...on("webgpu"), worker: "faulty-gpu.js?graphics=1000" });
  expect(insisted).toMatchObject({ message: "", device: "webgpu" });
});

for (const network of ["unet", "attention"]) {
  test(`batches of ${network} are cut otherwise on a graphics device, and are what the processor draws`, { tag: WEBGPU }, async ({ page }) => {
    await page.addInitScript(() => {
      const heard = /** @type {any} */ (globalThis).heard = new Set();
      new BroadcastChannel("shaders").onmessage = ({ data }) => heard.add(data);
    });
    const sample = { count: 16, steps: 2, guidance: 1 };
    const batch = await draw(page, { load: { device: "webgpu", network }, sample, worker: "faulty-gpu.js?graphics=0" });
    const layers = await page.evaluate(() => /** @type {any} */ (globalThis).heard.size);
    expect(batch).toMatchObject({ message: "", device: "webgpu" });
    expect(layers).toBeGreaterThan(3);
    const beside = await draw(page, { load: { device: "cpu", network }, sample });
    expect(difference(batch.pixels, beside.pixels)).toBeLessThanOrEqual(1e-2);
  });
}

/** [what is odd about WebGPU, the worker's query, how it is said, the code where nothing else will do] */
const ODD = /** @type {const} */ ([
  ["whose adapter never comes", "silent=requestAdapter", "does not answer", "gpu-silent"],
  ["whose device never comes", "silent=requestDevice", "does not answer", "gpu-silent"],
  ["whose memory never comes", "silent=mapAsync", "does not answer", "gpu-silent"],
  ["whose adapter says nothing of itself", "odd=info", "does not describe itself", "no-webgpu"],
  ["that throws", "odd=throws", "not today", "no-webgpu"],
  ["that rejects", "odd=rejects", "not today", "no-webgpu"],
  ["that is forbidden", "odd=getter", "not here", "no-webgpu"],
  ["that is an empty name", "odd=empty", "could not be used", "no-webgpu"],
]);

for (const [what, query, said, code] of ODD) {
  test(`WebGPU ${what}: the processor draws and says so, or the error has a code`, async ({ page }) => {
    const auto = await draw(page, { ...on("auto"), worker: `odd-gpu.js?${query}` });
    expect(auto).toMatchObject({ message: "", device: "cpu" });
    expect(auto.notice).toContain(said);
    expect(auto.notice).toContain("more slowly");
    const insisted = await draw(page, { ...on("webgpu"), worker: `odd-gpu.js?${query}` });
    expect(insisted.code).toBe(code);
    expect(insisted.message).toContain("Choose the device");
  });
}

test("while one model waits for WebGPU that does not answer, others draw; so do reactions", async ({ page }) => {
  await page.goto("/tests/blank.html");
  const result = await page.evaluate(async () => {
    const here = (/** @type {string} */ address) => new URL(address, location.href).href;
    const { loadModel, reaction } = await import(here("../pkg/morphogen.js"));
    const workerUrl = here("odd-gpu.js?silent=requestAdapter");
    /** @type {string[]} */
    const order = [];
    const insisted = loadModel(here("shapes/"), { workerUrl, device: "webgpu" }).catch((/** @type {any} */ { code }) => void order.push(code));
    const model = await loadModel(here("../models/fashion/"), { workerUrl, device: "cpu" });
    order.push((await model.sample({ prompt: "bag", steps: 1 })).device);
    const cells = await reaction({ workerUrl, width: 16, height: 16 });
    await cells.advance(1);
    order.push(`cells on ${cells.device}`);
    const refused = await reaction({ workerUrl, width: 16, height: 16, device: "webgpu" }).catch((/** @type {any} */ { code }) => code);
    await insisted;
    return { order, refused };
  });
  expect(result.order.sort()).toEqual(["cells on cpu", "cpu", "gpu-silent"]);
  expect(result.refused).toBe("gpu-silent");
});

test("a graphics device that falls silent in the middle is done without", { tag: WEBGPU }, async ({ page }) => {
  const sample = { ...TINY.sample, steps: 5 };
  const auto = await draw(page, { ...on("auto"), sample, worker: "faulty-gpu.js?graphics=0&silent=1" });
  expect(auto).toMatchObject({ message: "", device: "cpu", steps: [0, 1, 2, 3, 4, 5] });
  expect(auto.notice).toMatch(/(stopped answering|does not answer), so the processor draws/);
  const insisted = await draw(page, { ...on("webgpu"), sample, worker: "faulty-gpu.js?graphics=0&silent=1" });
  expect(insisted.code).toBe("gpu-silent");
});
