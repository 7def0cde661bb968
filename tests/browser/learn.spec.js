/** Learning in the page: a run learns, waits, is saved, goes on, and says what is wrong in words. */
import { expect, test } from "@playwright/test";
import { WEBGPU } from "./support.js";

/**
 * A page with `learn`, `loadModel` and pictures of slanted stripes at hand.
 * @param {import("@playwright/test").Page} page
 */
async function opened(page) {
  await page.addInitScript(() => {
    const image = (/** @type {number} */ n, /** @type {number} */ side) => {
      const image = new ImageData(side, side);
      for (let q = 0; q < side * side; q += 1) {
        const bright = ((q % side) + Math.floor(q / side) + n) % 8 < 4;
        image.data.set([...Array(3).fill(bright ? 230 - n : 20 + n), 255], 4 * q);
      }
      return image;
    };
    const code = (/** @type {string} */ file) => import(new URL(`../pkg/${file}`, location.href).href);
    const kit = async () => ({
      ...(await code("morphogen.js")),
      ...(await code("learn.js")),
      images: (/** @type {number} */ count, side = 8) => Array.from({ length: count }, (_, n) => image(n, side)),
    });
    Object.defineProperty(globalThis, "kit", { get: kit });
  });
  await page.goto("/tests/blank.html");
}

test("a run learns 200 steps, waits, draws, is saved, loaded and drawn from", async ({ page }) => {
  await opened(page);
  const found = await page.evaluate(async () => {
    const { learn, images, loadModel } = await /** @type {any} */ (globalThis).kit;
    const run = await learn({ images: images(12), steps: 200, seed: 3, network: { widths: [8, 16] } });
    let reports = 0;
    for await (const { step } of run) {
      reports += 1;
      if (step > 50 && run.state === "learning") break;
    }
    run.pause();
    const paused = run.state;
    const early = await run.sample({ count: 2, seed: 5 });
    const still = run.step;
    run.resume();
    for await (const report of run) reports += report.step > 0 ? 1 : 0;
    const late = await run.sample({ count: 2, seed: 5 });
    const blob = await run.save({ name: "stripes" });
    const model = await loadModel(blob, { device: "cpu" });
    const { prompts, networks, training } = model.info;
    const drawn = await model.sample({ prompt: "pictures", seed: 5, count: 2 });
    const machine = await model.sample({ prompt: "pictures", seed: 5, machine: "local", window: 3 });
    const { losses, state, weights, names } = run;
    run.close();
    const far = (/** @type {Float32Array} */ a, /** @type {Float32Array} */ b) => Math.max(...a.map((value, i) => Math.abs(value - b[i])));
    return {
      paused, state, still, reports, weights, names, prompts, networks: networks.length, training, closed: run.state,
      losses: losses.length, first: losses.slice(0, 10), last: losses.slice(-10),
      changed: far(early.pixels, late.pixels), same: far(late.pixels, drawn.pixels), machine: machine.pixels.length,
    };
  });
  const mean = (/** @type {number[]} */ list) => list.reduce((a, b) => a + b) / list.length;
  expect(found).toMatchObject({ paused: "paused", state: "done", closed: "closed", losses: 200, names: ["pictures"], networks: 1, machine: 64 });
  expect(found.reports).toBeGreaterThan(1);
  expect(found.still).toBeLessThan(200);
  expect(mean(found.last)).toBeLessThan(0.5 * mean(found.first));
  expect(found.changed).toBeGreaterThan(0.05);
  // The pack's weights are rounded to half precision.
  expect(found.same).toBeLessThan(0.05);
});

test("a run is the same with one worker or three, and where it was suspended", async ({ page }) => {
  await opened(page);
  const [alone, shared, broken] = await page.evaluate(async () => {
    const { learn, images } = await /** @type {any} */ (globalThis).kit;
    const whole = async (/** @type {any} */ options) => {
      const run = await learn({ images: images(32), steps: 60, seed: 4, network: { widths: [8], layers: 3 }, ...options });
      for await (const _ of run);
      const { losses } = run;
      const { pixels } = await run.sample({ seed: 2 });
      run.close();
      return { losses, pixels: [...pixels] };
    };
    const alone = await whole({ workers: 1 });
    const shared = await whole({ workers: 3 });
    const first = await learn({ images: images(32), steps: 60, seed: 4, network: { widths: [8], layers: 3 }, workers: 1 });
    for await (const { step } of first) if (step >= 20) break;
    first.pause();
    const start = await first.suspend();
    first.close();
    return [alone, shared, await whole({ start, workers: 1 })];
  });
  expect(shared).toEqual(alone);
  expect(broken.pixels).toEqual(alone.pixels);
  expect(broken.losses).toEqual(alone.losses.slice(-broken.losses.length));
});

test("what cannot be learned is refused in words, and nothing is left running", async ({ page }) => {
  await opened(page);
  const found = await page.evaluate(async () => {
    const { learn, images } = await /** @type {any} */ (globalThis).kit;
    const wrong = {
      nothing: {},
      none: { images: [] },
      sizes: { images: [...images(1, 8), ...images(1, 12)] },
      tiny: { images: images(1, 1) },
      huge: { images: images(1, 8), size: 257, network: "short-sighted" },
      batch: { images: images(4), batch: 5 },
      still: { images: images(4), learningRate: 0 },
      wild: { images: images(4), learningRate: 1e9 },
      odd: { images: images(4, 10) },
      start: { start: new Uint8Array(9) },
      network: { images: images(4), network: "transformer" },
      memory: { images: images(4, 16), size: 256, network: "short-sighted", batch: 4 },
      aborted: { images: images(4), signal: AbortSignal.abort() },
    };
    const said = [];
    for (const [what, options] of Object.entries(wrong)) {
      said.push(await learn(options).then(() => [what, "learned"], (/** @type {any} */ { code, message, name }) => [what, code, message, name]));
    }
    const controller = new AbortController();
    const run = await learn({ images: images(4), steps: 100_000, signal: controller.signal });
    controller.abort();
    const { state } = run;
    const after = await run.sample().catch((/** @type {any} */ error) => error.code);
    return { said, state, after };
  });
  const codes = Object.fromEntries(found.said.map(([what, code]) => [what, code]));
  expect(codes).toEqual({
    nothing: "range", none: "learn-no-picture", sizes: "learn-size", tiny: "learn-size", huge: "learn-size", batch: "learn-batch",
    still: "learn-rate", wild: "learn-rate", odd: "pack-network", start: "learn-saved", network: "range", memory: "learn-memory", aborted: "aborted",
  });
  for (const [what, , message] of found.said) expect(message, what).toMatch(/^[A-Z].*\.$/);
  expect([found.state, found.after]).toEqual(["closed", "closed"]);
  await expect.poll(() => page.workers().length).toBe(0);
});

test("a worker that dies is replaced, and the run goes on from its last state", async ({ page }) => {
  await opened(page);
  const found = await page.evaluate(async () => {
    const { learn, images } = await /** @type {any} */ (globalThis).kit;
    /** @type {Worker[]} */
    const made = [];
    const Usual = Worker;
    globalThis.Worker = class extends Usual {
      /** @param {string | URL} url @param {WorkerOptions} [options] */
      constructor(url, options) {
        super(url, options);
        made.push(this);
      }
    };
    const run = await learn({ images: images(12), steps: 400, workers: 1, network: { widths: [8], layers: 3 } });
    for await (const { step } of run) if (step > 260) break;
    made[0].dispatchEvent(new MessageEvent("message", { data: { fatal: { code: "internal", message: "The memory is torn." } } }));
    for await (const _ of run);
    const { state, step, losses, notice } = run;
    run.close();
    return { state, step, losses: losses.length, notice, made: made.length };
  });
  expect(found).toMatchObject({ state: "done", step: 400, losses: 400, made: 2 });
  expect(found.notice).toMatch(/torn\. Learning went on from step 250\./);
});

test("on WebGPU a run goes the processor's way, waits, is saved, loaded and drawn from", { tag: WEBGPU }, async ({ page }) => {
  await opened(page);
  const found = await page.evaluate(async () => {
    const { learn, images, loadModel } = await /** @type {any} */ (globalThis).kit;
    const wish = { images: images(12), steps: 200, seed: 3, network: { widths: [4, 8] }, batch: 8, noises: 1 };
    const run = await learn({ ...wish, device: "webgpu" });
    for await (const { step } of run) if (step > 50 && run.state === "learning") break;
    run.pause();
    const early = await run.sample({ seed: 5 });
    const suspended = await run.suspend();
    run.resume();
    for await (const _ of run);
    const late = await run.sample({ seed: 5 });
    const model = await loadModel(await run.save({ name: "stripes" }), { device: "cpu" });
    const drawn = await model.sample({ prompt: "pictures", seed: 5 });
    const { device, notice, losses, state, step } = run;
    run.close();
    const plain = await learn({ ...wish, device: "cpu" });
    for await (const _ of plain);
    const same = await plain.sample({ seed: 5 });
    const expected = plain.losses;
    plain.close();
    // What was suspended on WebGPU goes on on the processor.
    const resumed = await learn({ start: suspended, device: "cpu" });
    for await (const _ of resumed);
    const after = await resumed.sample({ seed: 5 });
    resumed.close();
    const far = (/** @type {Float32Array} */ a, /** @type {Float32Array} */ b) => Math.max(...a.map((value, i) => Math.abs(value - b[i])));
    const off = (/** @type {Float32Array} */ a, /** @type {Float32Array} */ b) => a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length;
    return {
      device, notice, state, step, losses, expected,
      changed: far(early.pixels, late.pixels), packed: far(late.pixels, drawn.pixels), same: off(late.pixels, same.pixels), after: off(after.pixels, same.pixels),
    };
  });
  expect(found).toMatchObject({ device: "webgpu", notice: "", state: "done", step: 200 });
  expect(found.losses).toHaveLength(200);
  // What rounds otherwise parts in the end, as any two runs do: they are the same at first, and learn as well.
  const { losses, expected } = found;
  losses.slice(0, 40).forEach((/** @type {number} */ loss, /** @type {number} */ n) => expect(Math.abs(loss - expected[n]), `step ${n}`).toBeLessThan(1e-3 * expected[n]));
  const mean = (/** @type {number[]} */ list) => list.slice(-50).reduce((a, b) => a + b) / 50;
  expect(Math.abs(mean(losses) - mean(expected))).toBeLessThan(0.1 * mean(expected));
  expect(found.changed).toBeGreaterThan(0.05);
  expect(found.packed).toBeLessThan(0.05);
  for (const off of [found.same, found.after]) expect(off).toBeLessThan(0.05);
});

test("where WebGPU is lost the processor goes on from the last state, and says so", { tag: WEBGPU }, async ({ page }) => {
  await opened(page);
  const found = await page.evaluate(async () => {
    const { learn, images, configure } = await /** @type {any} */ (globalThis).kit;
    configure({ learnWorker: () => new Worker("faulty-learning.js?graphics=0", { type: "module" }) });
    const run = await learn({ images: images(12), steps: 300, network: { widths: [4], layers: 3 }, batch: 8, noises: 1 });
    const first = run.device;
    for await (const { step } of run) if (step >= 20) break;
    new BroadcastChannel("faulty-gpu").postMessage("lose");
    for await (const _ of run);
    const { device, notice, losses, state, step } = run;
    run.close();
    return { first, device, notice, losses: losses.length, state, step };
  });
  expect(found).toMatchObject({ first: "webgpu", device: "cpu", state: "done", step: 300, losses: 300 });
  expect(found.notice).toMatch(/lost.* Learning went on on the processor from step \d+\./);
});

test("auto takes WebGPU where it is faster, and never software", { tag: WEBGPU }, async ({ page }) => {
  await opened(page);
  const found = await page.evaluate(async () => {
    const { learn, images, configure } = await /** @type {any} */ (globalThis).kit;
    const on = async () => {
      const run = await learn({ images: images(4), steps: 2, network: { widths: [4], layers: 3 } });
      for await (const _ of run);
      const { device, state, notice } = run;
      run.close();
      return `${device} ${state} ${notice}`;
    };
    const software = await on();
    const behind = (/** @type {string} */ query) => configure({ learnWorker: () => new Worker(`faulty-learning.js${query}`, { type: "module" }) });
    behind("?graphics=0");
    const fast = await on();
    behind("?graphics=1000");
    const slow = await on();
    behind("?graphics=0&starve=1");
    return { software, fast, slow, starved: await on() };
  });
  expect(found).toMatchObject({ software: "cpu done ", fast: "webgpu done ", slow: "cpu done " });
  expect(found.starved).toMatch(/^cpu done Learning runs on the processor\. .*memory/);
});
