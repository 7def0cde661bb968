/** Many samples in one page: what it holds stays the same, and the thread that answers the reader does none of the work. */
import { expect, test } from "@playwright/test";
import { BOTH, TINY, WEBGPU, drawn } from "./support.js";

test("after many samples, as many more hold nothing more", { tag: BOTH }, async ({ page, context }, { project }) => {
  test.setTimeout(600_000);
  // The software GPU is slow, and holds all it will hold after the first few.
  const many = project.name === "cpu" ? 20 : 6;
  await page.goto("/tests/blank.html");
  await page.evaluate(async (wanted) => {
    const here = (/** @type {string} */ address) => new URL(address, location.href).href;
    const { loadModel } = await import(here("../pkg/morphogen.js"));
    const model = await loadModel("../models/fashion/", { device: wanted, network: "unet", workerUrl: here("counting-worker.js") });
    let seed = 0;
    const draw = async (/** @type {number} */ count) => {
      let frames = 0;
      for (let n = 0; n < count; n += 1) {
        const { device } = await model.sample({ prompt: "bag", seed: seed++, steps: 2, guidance: 1, onStep: () => (frames += 1) });
        // The machines share the page's memory with the network.
        if (device === "cpu" && n % 5 === 0) await model.sample({ prompt: "bag", seed, steps: 1, machine: "wiener" });
      }
      return { frames, device: model.device };
    };
    Object.assign(globalThis, { draw });
  }, project.name);
  const [worker] = page.workers();
  const session = await context.newCDPSession(page);
  const held = async () => {
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    return { .../** @type {{ wasm: number, buffers: number }} */ (await worker.evaluate("held()")), heap: usedSize };
  };
  expect(await page.evaluate(`draw(${many})`)).toEqual({ frames: 3 * many, device: project.name });
  const before = await held();
  expect(before.wasm).toBeGreaterThan(0);
  if (project.name === "webgpu") expect(before.buffers).toBeGreaterThan(0);
  // One picture held by each sample would be more than this, in every round; what a browser keeps of code that it makes faster, in one.
  const grown = [];
  for (let { heap } = before; grown.length < 3 && !(grown[grown.length - 1] < many * 28 * 28 * 4); ) {
    expect(await page.evaluate(`draw(${many})`)).toEqual({ frames: 3 * many, device: project.name });
    const after = await held();
    expect({ wasm: after.wasm, buffers: after.buffers }).toEqual({ wasm: before.wasm, buffers: before.buffers });
    grown.push(after.heap - heap);
    heap = after.heap;
  }
  expect(Math.min(...grown), `bytes in each round: ${grown}`).toBeLessThan(many * 28 * 28 * 4);
});

test("a picture on WebGPU waits for it once, however many steps fit into a submission", { tag: WEBGPU }, async ({ page }) => {
  await page.goto("/tests/blank.html");
  await page.evaluate(async (pack) => {
    const here = (/** @type {string} */ address) => new URL(address, location.href).href;
    const { loadModel } = await import(here("../pkg/morphogen.js"));
    const model = await loadModel(pack, { device: "webgpu", workerUrl: here("counting-worker.js") });
    const draw = (/** @type {number} */ steps) => model.sample({ prompt: "red disc", seed: 3, steps });
    // The first makes room.
    await draw(1);
    Object.assign(globalThis, { draw: async (/** @type {number} */ steps) => void (await draw(steps)) });
  }, TINY.model);
  const [worker] = page.workers();
  for (const steps of [1, 4]) {
    const before = Number(await worker.evaluate("waits()"));
    await page.evaluate(`draw(${steps})`);
    expect(Number(await worker.evaluate("waits()")) - before, `${steps} steps`).toBe(1);
  }
});

test("the page's own thread compiles no wasm, asks for no GPU, and only shows what comes", { tag: BOTH }, async ({ page }, { project }) => {
  await page.addInitScript(() => {
    /** @type {string[]} */
    const done = [];
    Object.assign(globalThis, { done });
    const names = /** @type {const} */ (["compile", "compileStreaming", "instantiate", "instantiateStreaming"]);
    for (const name of names) {
      const act = /** @type {(...all: any[]) => any} */ (WebAssembly[name]);
      Object.assign(WebAssembly, { [name]: (/** @type {any[]} */ ...all) => (done.push(name), act(...all)) });
    }
    for (const name of /** @type {const} */ (["Module", "Instance"])) {
      Object.assign(WebAssembly, { [name]: new Proxy(WebAssembly[name], { construct: (made, all) => (done.push(name), Reflect.construct(made, all)) }) });
    }
    if (globalThis.GPU) {
      const { requestAdapter } = GPU.prototype;
      GPU.prototype.requestAdapter = function (options) {
        done.push("requestAdapter");
        return requestAdapter.call(this, options);
      };
    }
  });
  await page.goto(`/?prompt=bag&seed=7&count=1&steps=3&device=${project.name}`);
  await drawn(page);
  if (project.name === "cpu") {
    await page.locator("#machine").selectOption("wiener");
    await page.getByRole("button", { name: "Compare" }).click();
    await expect(page.locator("#theory-status")).toContainText("agree with r =");
  }
  expect(await page.evaluate("done")).toEqual([]);
  // The count counts: where this thread does compile, it shows.
  await page.evaluate(() => WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).then(() => {}));
  expect(await page.evaluate("done")).toEqual(["compile"]);
});
