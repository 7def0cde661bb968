/** Workers that fall silent, machines that sleep, tabs that are put away: nothing hangs, and nobody is given up too early. */
import { expect, test } from "@playwright/test";
import { BOTH, SHORT, draw, drawn, settings, shown } from "./support.js";

/**
 * Makes the worker fail at seed 666.
 * @param {import("@playwright/test").Page} page
 * @param {string} how a statement
 */
async function failing(page, how) {
  await page.route("**/engine.js", async (route) => {
    const response = await route.fetch();
    const fault = `
      const sound = Packs.prototype.sample;
      Packs.prototype.sample = async function (message, context) {
        if (message.request.seed === 666) { ${how}; await new Promise(() => {}); }
        return sound.call(this, message, context);
      };`;
    await route.fulfill({ response, body: (await response.text()) + fault });
  });
}

/** [what the worker does, how] */
const SILENCES = [
  ["is killed", "self.close()"],
  ["hangs in a loop", "for (;;) {}"],
];

for (const [what, how] of SILENCES) {
  test(`a worker that ${what} is noticed, said, and replaced`, async ({ page }) => {
    await failing(page, how);
    await page.clock.install();
    await page.goto("/tests/blank.html");
    await page.evaluate(async () => {
      const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
      const model = await loadModel("../models/fashion/", { device: "cpu" });
      const code = (/** @type {Promise<unknown>} */ promise) => promise.then(() => "none", (error) => `${error.code}: ${error.message}`);
      const lost = [code(model.sample({ prompt: "bag", seed: 666 })), code(model.understand("bag").then(() => model.sample({ prompt: "bag", seed: 666 })))];
      Object.assign(globalThis, { model, lost: Promise.all(lost), code });
    });
    await page.clock.runFor("02:00");
    const codes = await page.evaluate("lost");
    expect(codes).toEqual(Array(2).fill("worker-lost: The drawing worker stopped answering and was ended. Try again."));
    expect(await page.evaluate("model.sample({ prompt: 'bag', steps: 1 }).then(({ count }) => count)")).toBe(1);
  });
}

test("the page says that its worker fell silent, and draws when told to try again", async ({ page }) => {
  await failing(page, "for (;;) {}");
  await page.clock.install();
  await page.goto("/?prompt=bag&count=1&steps=2&device=cpu&seed=666");
  await expect(page.locator("#status")).toContainText("Drawing");
  await page.clock.runFor("02:00");
  await expect(page.locator("#status")).toContainText("stopped answering");
  await expect(page.getByRole("button", { name: "Try again" })).toBeVisible();
  await settings(page);
  await page.locator("#seed").fill("5");
  await page.keyboard.press("Enter");
  await expect(page.locator("#status")).toContainText("Bag, one picture, drawn on");
});

test("a worker that only takes long answers between its steps, and is left alone", async ({ page }) => {
  await page.addInitScript(() => {
    const Plain = Worker;
    Object.assign(globalThis, { alive: 0 });
    globalThis.Worker = class extends Plain {
      constructor(/** @type {string | URL} */ url, /** @type {WorkerOptions | undefined} */ options) {
        super(url, options);
        this.addEventListener("message", ({ data }) => data.alive && (/** @type {any} */ (globalThis).alive += 1));
      }
    };
  });
  await page.clock.install();
  await page.goto("/tests/blank.html");
  await page.evaluate(async () => {
    const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    const model = await loadModel("../models/fashion/", { device: "cpu" });
    const controller = new AbortController();
    const drawing = model.sample({ prompt: "bag", steps: 1000, count: 8, signal: controller.signal });
    Object.assign(globalThis, { controller, drawing: drawing.then(() => "drawn", (/** @type {any} */ error) => error.code) });
  });
  for (let beat = 1; beat <= 15; beat += 1) {
    await page.clock.runFor(5000);
    await expect.poll(() => page.evaluate("alive")).toBeGreaterThanOrEqual(beat);
  }
  // A machine that wakes from sleep finds its clock far ahead, again and again; that is no silence of the worker.
  for (let night = 0; night < 40; night += 1) await page.clock.fastForward("08:00:00");
  await page.evaluate("controller.abort()");
  expect(await page.evaluate("drawing")).toBe("aborted");
});

test("a tab that is frozen and shown again goes on where it was", async ({ page, context }) => {
  await page.goto(`${SHORT}&device=cpu`);
  await drawn(page);
  const picture = await shown(page);
  const session = await context.newCDPSession(page);
  await page.locator("#draw").click();
  await session.send("Page.setWebLifecycleState", { state: "frozen" });
  await session.send("Page.setWebLifecycleState", { state: "active" });
  await drawn(page);
  expect(await shown(page)).toEqual(picture);
});

test("an isolated page (COOP, COEP) draws as any other", { tag: BOTH }, async ({ page }, { project }) => {
  const load = { network: "resnet" };
  const isolated = await draw(page, { path: "/~isolate=1/tests/blank.html", load });
  expect(await page.evaluate("crossOriginIsolated")).toBe(true);
  expect(isolated.message).toBe("");
  expect(isolated.device).toBe(project.name);
  const plain = await draw(page, { load });
  expect(await page.evaluate("crossOriginIsolated")).toBe(false);
  expect(plain.pixels).toEqual(isolated.pixels);
});
