/** The widget for notebooks and books, in a page that plays the host: one file, no folder beside it, files from the kernel. */
import { expect, test } from "@playwright/test";
import { difference, draw } from "./support.js";

const SNEAKER = { address: "morphogen:/pack/test/", prompt: "sneaker", seed: 7, steps: 3, device: "cpu" };
/** A policy under which workers from Blobs start, and the usual one of the tests, under which they do not. */
const [OPEN, SEALED] = ["/~csp=blob/tests/widget.html", "/tests/widget.html"];

/**
 * Shows widgets on a page and waits until each has drawn or has failed; gives what Python then knows.
 * @param {import("@playwright/test").Page} page
 * @param {object[]} states
 * @param {object} [how]
 * @returns {Promise<any[]>}
 */
async function widgets(page, states, how = {}) {
  return page.evaluate(
    async ({ states, how }) => {
      const { show } = /** @type {any} */ (globalThis);
      const shown = [];
      for (const state of states) shown.push(await show(state, how));
      Object.assign(globalThis, { shown });
      for (const { host } of shown) while (!["drawn", "error"].includes(host.saved.status)) await new Promise((done) => setTimeout(done, 50));
      const plain = (/** @type {any} */ value) => (value instanceof DataView ? [...new Uint8Array(value.buffer)] : value);
      return shown.map(({ host }) => ({ ...Object.fromEntries(Object.entries(host.saved).map(([name, value]) => [name, plain(value)])), asked: host.asked.map((/** @type {any} */ { file }) => file) }));
    },
    { states, how },
  );
}

/** How many workers the page has started, those that were refused included. @param {import("@playwright/test").Page} page */
async function countWorkers(page) {
  await page.addInitScript(() => {
    const Plain = Worker;
    let count = 0;
    Object.assign(globalThis, { workers: () => count });
    globalThis.Worker = class extends Plain {
      constructor(/** @type {string | URL} */ url, /** @type {WorkerOptions | undefined} */ options) {
        super(url, options);
        count += 1;
      }
    };
  });
  return () => page.evaluate(() => /** @type {any} */ (globalThis).workers());
}

/** A picture of the package as the widget reports it. @param {number[]} pixels */
const asBytes = (pixels) => [...Uint8ClampedArray.from(pixels, (value) => (value + 1) * 127.5)];

test("files come from the kernel, the picture goes to Python, and no other host is asked", async ({ page, baseURL }) => {
  /** @type {string[]} */
  const hosts = [];
  page.on("request", (request) => !request.url().startsWith("blob:") && hosts.push(new URL(request.url()).origin));
  const { pixels } = await draw(page);
  await page.goto(OPEN);
  const [told] = await widgets(page, [{ ...SNEAKER, tell: ["frames", "nearest"] }]);
  expect(told).toMatchObject({ status: "drawn", error: "", shape: [1, 28, 28, 1], label: "Sneaker", drawn_on: "cpu", frames_shape: [4, 1, 28, 28, 1] });
  expect(told.image).toEqual(asBytes(pixels));
  expect(told.frames.slice(3 * 28 * 28)).toEqual(told.image);
  expect(told.nearest[0].distance).toBeGreaterThan(0);
  expect(told.asked).toContain("training/sneaker.safetensors.zz");
  expect([...new Set(hosts)]).toEqual([new URL(baseURL ?? "").origin]);
});

test("several widgets share one worker and each file, though each imports the module anew", async ({ page }) => {
  const count = await countWorkers(page);
  await page.goto(OPEN);
  const told = await widgets(page, [SNEAKER, { ...SNEAKER, prompt: "bag", count: 2 }]);
  expect(told.map(({ status, shape }) => [status, shape[0]])).toEqual([["drawn", 1], ["drawn", 2]]);
  expect(await count()).toBe(1);
  const files = told.flatMap(({ asked }) => asked);
  expect(files.filter((file) => file === "manifest.json")).toHaveLength(1);
});

test("where the host refuses workers from Blobs, the page draws the same picture itself", async ({ page }) => {
  const { pixels } = await draw(page);
  await page.goto(SEALED);
  const [network, machine] = await widgets(page, [SNEAKER, { ...SNEAKER, machine: "bbels", tell: ["r"] }]);
  expect(network).toMatchObject({ status: "drawn", error: "" });
  expect(difference(network.image, asBytes(pixels))).toBeLessThanOrEqual(1);
  expect(machine).toMatchObject({ status: "drawn", error: "" });
  expect(machine.r).toHaveLength(1);
  expect(Math.abs(machine.r[0])).toBeLessThanOrEqual(1);
});

test("without a kernel a reopened notebook shows its last picture, and draws no other", async ({ page }) => {
  await page.goto(OPEN);
  const [{ asked, ...kept }] = await widgets(page, [SNEAKER]);
  expect(asked.length).toBeGreaterThan(0);
  await page.reload();
  const again = await page.evaluate(async (kept) => {
    const { show } = /** @type {any} */ (globalThis);
    const { host, cells } = await show({ ...kept, image: new DataView(Uint8Array.from(kept.image).buffer) }, { silent: true });
    await new Promise((done) => setTimeout(done, 300));
    const canvas = cells[0].el.querySelector("canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, 28, 28);
    return { name: canvas.ariaLabel, grey: [...data].filter((_, i) => i % 4 === 0), asked: host.asked.length };
  }, kept);
  expect(again).toEqual({ name: "Sneaker, drawn by a diffusion model from seed 7", grey: kept.image, asked: 0 });
  await expect(page.getByRole("img", { name: again.name })).toBeVisible();
});

test("a second view of a widget shows what the first one draws", async ({ page }) => {
  await page.goto(OPEN);
  await widgets(page, [SNEAKER], { views: 2 });
  const second = page.locator("section").nth(1);
  await expect(second.getByRole("img", { name: "Sneaker, drawn by a diffusion model from seed 7" })).toBeVisible();
  // It draws by itself once the first is gone.
  await page.evaluate(() => {
    const { host, cells } = /** @type {any} */ (globalThis).shown[0];
    cells[0].close();
    host.set("seed", 8);
  });
  await expect(second.locator("morphogen-sampler").getByRole("status")).toHaveText(/Sneaker drawn/);
  await expect.poll(() => page.evaluate(() => /** @type {any} */ (globalThis).shown[0].host.saved.seed)).toBe(8);
});

test("the newest of several wishes is drawn, and what is typed in the cell reaches Python", async ({ page }) => {
  await page.goto(OPEN);
  await widgets(page, [{ ...SNEAKER, steps: 40 }]);
  await page.evaluate(() => {
    const { host } = /** @type {any} */ (globalThis).shown[0];
    for (let seed = 20; seed < 30; seed += 1) host.set("seed", seed);
    setTimeout(() => (host.set("seed", 31), host.set("steps", 2)), 30);
  });
  const saved = () => page.evaluate(() => (({ status, seed, prompt, drawn }) => ({ status, seed, prompt, drawn }))(/** @type {any} */ (globalThis).shown[0].host.saved));
  await expect.poll(async () => (await saved()).drawn).toContain("31");
  await page.getByLabel("What to draw").fill("coat");
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await saved()).drawn).toContain("coat");
  expect(await saved()).toMatchObject({ status: "drawn", prompt: "coat", seed: 31 });
});

test("what makes no sense, and what the kernel lacks, is said in a sentence in the cell and to Python", async ({ page }) => {
  // Small, and all in view: out of it nothing is drawn.
  await page.setViewportSize({ width: 1280, height: 1400 });
  await page.goto(OPEN);
  const small = { ...SNEAKER, size: 60, controls: false };
  const told = await widgets(page, [{ ...small, machine: "magic" }, { ...small, seed: 0.5 }, { ...small, prompt: "giraffe" }, { ...small, address: "" }]);
  expect(told.map(({ code }) => code)).toEqual(["range", "range", "prompt-unknown", "range"]);
  for (const [n, { error }] of told.entries()) await expect(page.locator("section").nth(n).getByRole("status")).toHaveText(error);
  await page.evaluate(() => document.body.replaceChildren());
  const [missing] = await widgets(page, [{ ...small, address: "morphogen:/pack/other/" }], { missing: "manifest.json" });
  expect(missing).toMatchObject({ status: "error", error: "This pack holds no manifest.json." });
});

test("an error in a listener is a sentence in the cell", async ({ page }) => {
  await page.goto(OPEN);
  await widgets(page, [SNEAKER]);
  await page.evaluate(() => {
    const { host } = /** @type {any} */ (globalThis).shown[0];
    // What is broken here is the host: such an image cannot be read.
    host.state.tell = 7;
    host.set("seed", 9);
  });
  await expect(page.getByRole("alert")).toContainText("Something broke inside");
});

test("a kernel that is silent is given up after a minute, and drawn with when it answers after all", async ({ page }) => {
  await page.clock.install();
  await page.goto(OPEN);
  await page.evaluate(async (state) => {
    const shown = [await /** @type {any} */ (globalThis).show(state, { silent: true })];
    Object.assign(globalThis, { shown });
  }, SNEAKER);
  await expect.poll(() => page.evaluate(() => /** @type {any} */ (globalThis).shown[0].host.asked.length)).toBeGreaterThan(0);
  await page.clock.runFor(61_000);
  await expect(page.getByRole("status")).toContainText("The kernel has not sent the model for a minute");
  await page.evaluate(() => {
    const { host } = /** @type {any} */ (globalThis).shown[0];
    host.kernel = async (/** @type {any} */ { ask, file }) => [{ type: "file", ask }, [new DataView(await (await fetch(`/models/fashion/${file}`)).arrayBuffer())]];
    host.send(host.asked[0]);
  });
  await page.clock.resume();
  await expect(page.getByRole("status")).toHaveText(/Sneaker drawn/);
});
