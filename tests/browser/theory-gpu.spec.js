/** The analytic machines on WebGPU: the same pictures as on the processor, which takes over where a device fails. */
import { expect, test } from "@playwright/test";
import { WEBGPU, difference, draw } from "./support.js";

/** @param {import("@playwright/test").APIRequestContext} request */
async function needs(request) {
  const manifest = await (await request.get("/models/fashion/manifest.json")).json();
  test.skip(manifest.training === undefined, "this pack has no training images");
}

test("a machine draws the same on WebGPU as on the processor", { tag: WEBGPU }, async ({ page, request }) => {
  await needs(request);
  // Windows so wide that there are few displacements, since this GPU is software.
  const sample = { machine: "bbels", window: 27, steps: 2 };
  // Shaders are compiled slowly there, the network's too: this one has the fewest.
  const graphics = await draw(page, { load: { device: "webgpu", network: "resnet" }, sample });
  expect(graphics).toMatchObject({ message: "", device: "webgpu" });
  const processor = await draw(page, { load: { device: "cpu", network: "resnet" }, sample });
  expect(processor).toMatchObject({ message: "", device: "cpu" });
  expect(graphics.noise).toEqual(processor.noise);
  expect(difference(graphics.pixels, processor.pixels)).toBeLessThan(2e-3);
  // A blend's second step takes two rounds, and each of a composite's.
  const both = { ...sample, machine: "blend", grid: "uniform", solver: "ddim" };
  const blend = await draw(page, { load: { device: "webgpu", network: "resnet" }, sample: both });
  expect(blend).toMatchObject({ message: "", device: "webgpu" });
  const alone = await draw(page, { load: { device: "cpu", network: "resnet" }, sample: both });
  expect(difference(blend.pixels, alone.pixels)).toBeLessThan(2e-3);
  const covering = { ...sample, machine: "composite", steps: 1 };
  const composite = await draw(page, { load: { device: "webgpu", network: "resnet" }, sample: covering });
  expect(composite).toMatchObject({ message: "", device: "webgpu" });
  const covered = await draw(page, { load: { device: "cpu", network: "resnet" }, sample: covering });
  expect(difference(composite.pixels, covered.pixels)).toBeLessThan(2e-3);
});

test("a processor in disguise is not taken unless it is insisted on", { tag: WEBGPU }, async ({ page, request }) => {
  await needs(request);
  await page.goto("/tests/blank.html");
  const code = await page.evaluate(async () => {
    const here = (/** @type {string} */ address) => new URL(address, location.href).href;
    const bytes = async (/** @type {Response} */ response) => new Uint8Array(await response.arrayBuffer());
    /** @type {typeof import("../../pkg/generated/theory.js")} */
    const core = await import(here("../pkg/generated/theory.js"));
    const wasm = await WebAssembly.compileStreaming(fetch(here("../pkg/generated/theory_bg.wasm")));
    await core.default({ module_or_path: wasm });
    const manifest = await bytes(await fetch(here("../models/fashion/manifest.json")));
    const { file } = JSON.parse(new TextDecoder().decode(manifest)).training.bag;
    const { body } = await fetch(here(`../models/fashion/${file}`));
    const packed = /** @type {ReadableStream} */ (body).pipeThrough(new DecompressionStream("deflate"));
    const pack = core.Pack.open(manifest);
    const images = pack.images("bag", await bytes(new Response(packed)));
    const posterior = pack.posterior("els", "unet", images, 3);
    return posterior.onGpu(false).then(() => "", (error) => error.code);
  });
  expect(code).toBe("no-webgpu");
});

test("a device that fails is tried twice, and then the processor takes over, unless WebGPU was insisted on", async ({ page }) => {
  await page.goto("/tests/blank.html");
  const found = await page.evaluate(async () => {
    /** @type {typeof import("../../pkg/graphics.js")} */
    const { Graphics } = await import(new URL("../pkg/graphics.js", location.href).href);
    const failure = (/** @type {string} */ code) => Object.assign(new Error(`it says ${code}`), { code });
    const { signal } = new AbortController();
    /**
     * @param {"auto" | "webgpu" | "cpu"} wanted
     * @param {(string | undefined)[]} outcomes codes of the failures to come
     */
    const run = async (wanted, outcomes) => {
      const log = { opened: 0, freed: 0 };
      const gpu = {
        part: async () => {
          const code = outcomes.shift();
          if (code) throw failure(code);
          return new Float32Array(3);
        },
        free: () => (log.freed += 1),
      };
      const onGpu = async () => ((log.opened += 1), outcomes[0] === "no-webgpu" ? Promise.reject(failure("no-webgpu")) : gpu);
      const graphics = new Graphics(/** @type {any} */ ({ onGpu }), wanted);
      const answer = await graphics.part(new Float32Array(1), 1, undefined, signal).then((part) => part?.length, (error) => error.code);
      return { answer, device: graphics.device, told: graphics.notice !== "", ...log };
    };
    return {
      well: await run("auto", [undefined]),
      lostOnce: await run("auto", ["device-lost", undefined]),
      lostTwice: await run("auto", ["device-lost", "out-of-memory"]),
      wrong: await run("auto", ["self-test"]),
      none: await run("auto", ["no-webgpu"]),
      insisted: await run("webgpu", ["device-lost", "device-lost"]),
      aborted: await run("auto", ["aborted"]),
      processor: await run("cpu", []),
    };
  });
  expect(found).toEqual({
    well: { answer: 3, device: "webgpu", told: false, opened: 1, freed: 0 },
    lostOnce: { answer: 3, device: "webgpu", told: false, opened: 2, freed: 1 },
    lostTwice: { answer: undefined, device: "cpu", told: true, opened: 2, freed: 2 },
    wrong: { answer: undefined, device: "cpu", told: true, opened: 1, freed: 1 },
    none: { answer: undefined, device: "cpu", told: false, opened: 1, freed: 0 },
    insisted: { answer: "device-lost", device: "webgpu", told: false, opened: 2, freed: 2 },
    aborted: { answer: "aborted", device: "webgpu", told: false, opened: 1, freed: 0 },
    processor: { answer: undefined, device: "cpu", told: false, opened: 0, freed: 0 },
  });
});
