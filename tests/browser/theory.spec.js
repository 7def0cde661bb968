/** Network and theory side by side: machines that draw from training images, and what the page shows of them. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, test } from "@playwright/test";
import { PINNED, countPaints, difference, draw, drawn, held, settings, shown } from "./support.js";

test.beforeEach(async ({ request }) => {
  const manifest = await (await request.get("/models/fashion/manifest.json")).json();
  test.skip(manifest.training === undefined, "this pack has no training images");
});

test("a machine draws from the same noise as the network, and its window matters", async ({ page }) => {
  const wish = { steps: 2 };
  const narrow = await draw(page, { load: { device: "cpu" }, sample: { ...wish, machine: "bbels", window: 9 } });
  expect(narrow.message).toBe("");
  expect(narrow.noise).toEqual(PINNED);
  expect(narrow.steps).toEqual([0, 1, 2]);
  const wide = await draw(page, { load: { device: "cpu" }, sample: { ...wish, machine: "bbels", window: 21 } });
  expect(difference(narrow.pixels, wide.pixels)).toBeGreaterThan(0.1);
  const network = await draw(page, { load: { device: "cpu" }, sample: wish });
  expect(difference(network.pixels, wide.pixels)).toBeGreaterThan(0.1);
});

test("a blend says what patches and averages say together, in the shares that were calibrated", async ({ page }) => {
  await page.goto("/tests/blank.html");
  const result = await page.evaluate(async () => {
    const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    const { networks } = await (await fetch("../models/fashion/manifest.json")).json();
    const model = await loadModel("../models/fashion/", { device: "cpu" });
    const draw = async (/** @type {string} */ machine) => model.sample({ prompt: "sneaker", seed: 5, network: "unet", machine, steps: 1, grid: "uniform", solver: "ddim" });
    const [blend, patches, average] = [await draw("blend"), await draw("bbels"), await draw("wiener")];
    const share = networks.unet.blend.at(-1).patches;
    const expected = patches.pixels.map((/** @type {number} */ value, /** @type {number} */ q) => share * value + (1 - share) * average.pixels[q]);
    const apart = (/** @type {Float32Array} */ a, /** @type {Float32Array} */ b) => a.reduce((worst, value, q) => Math.max(worst, Math.abs(value - b[q])), 0);
    return { share, wrong: apart(blend.pixels, expected), halves: apart(patches.pixels, average.pixels), traced: blend.provenance.image.length, average: average.provenance };
  });
  expect(result.wrong).toBeLessThan(1e-4);
  expect(result.halves).toBeGreaterThan(0.01);
  expect(result.share).toBeGreaterThan(0);
  // Its patches say where they come from; averages come from nowhere.
  expect(result.traced).toBe(28 * 28);
  expect(result.average).toBeUndefined();
});

test("windows that answer for all they cover draw a picture of their own, from the same pieces, however many workers draw", async ({ page }) => {
  const sample = { prompt: "sneaker", steps: 2, window: 7, count: 1 };
  const by = (/** @type {string} */ machine, /** @type {object} */ more = {}, query = "processors=1") =>
    draw(page, { worker: `helpers.js?${query}`, load: { device: "cpu" }, sample: { ...sample, ...more, machine } });
  const alone = await by("composite");
  expect(alone.message).toBe("");
  expect(await by("composite", {}, "processors=3&patient")).toEqual(alone);
  expect(difference(alone.pixels, (await by("bbels")).pixels)).toBeGreaterThan(0.1);
  // So does a blend, whose second step takes the second round.
  const blend = { grid: "uniform", solver: "ddim" };
  const blended = await by("blend", blend);
  expect(await by("blend", blend, "processors=3&patient")).toEqual(blended);
  expect(difference(blended.pixels, (await by("blend", { ...blend, window: 9 })).pixels)).toBeGreaterThan(0.01);
  // A window of one pixel has nothing else to answer for; sums are rounded in another order.
  const single = { window: 1, steps: 1 };
  const [own, centre] = [await by("composite", single), await by("bbels", single)];
  expect(difference(own.pixels, centre.pixels)).toBeLessThan(1e-3);
  // Whatever computes, it is the same picture to rounding.
  const asked = await draw(page, { load: { device: "auto" }, sample: { ...sample, machine: "composite" } });
  expect(difference(asked.pixels, alone.pixels)).toBeLessThan(1e-2);
});

test("which pixels go together narrows as the noise goes, and a machine that sees those draws something of its own", async ({ page }) => {
  await page.goto("/tests/blank.html");
  const result = await page.evaluate(async () => {
    const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    const model = await loadModel("../models/fashion/", { device: "cpu" });
    /** @type {(t: number) => Promise<Uint8Array>} */
    const seen = async (t) => (await model.windows("bag", t)).of(14, 10);
    const sizes = await Promise.all([0.95, 0.5, 0.05].map(async (t) => (await seen(t)).reduce((sum, one) => sum + one, 0)));
    const whole = await model.windows("bag", 0.5);
    /** @type {Uint8Array} */
    const pixel = whole.of(14, 10);
    const far = pixel.reduce((most, one, q) => (one ? Math.max(most, Math.abs(Math.floor(q / 28) - 14), Math.abs((q % 28) - 10)) : most), 0);
    const draw = async (/** @type {string} */ machine) => model.sample({ prompt: "bag", seed: 5, network: "unet", machine });
    const [own, window, again] = [await draw("pca"), await draw("local"), await draw("pca")];
    /** @type {(work: () => unknown) => Promise<string>} */
    const refusal = async (work) => {
      try {
        await work();
        return "";
      } catch (thrown) {
        return /** @type {any} */ (thrown).code;
      }
    };
    const refused = [await refusal(() => model.windows("bag", 1.5)), await refusal(() => model.windows("bag", NaN)), await refusal(() => model.windows("giraffe", 0.5)), await refusal(() => whole.of(28, 0))];
    const apart = (/** @type {Float32Array} */ a, /** @type {Float32Array} */ b) => a.reduce((worst, value, q) => Math.max(worst, Math.abs(value - b[q])), 0);
    return { sizes, itself: pixel[14 * 28 + 10], far, refused, again: apart(own.pixels, again.pixels), other: apart(own.pixels, window.pixels), copied: own.nearest[0].copied };
  });
  expect(result.itself).toBe(1);
  const [noisy, half, clear] = result.sizes;
  expect(noisy).toBeGreaterThan(half);
  expect(half).toBeGreaterThan(clear);
  expect(result.far).toBeGreaterThan(3);
  expect(result.refused).toEqual(["range", "range", "prompt-unknown", "range"]);
  expect(result).toMatchObject({ again: 0, copied: false });
  expect(result.other).toBeGreaterThan(0.1);
});

test("the all-seeing machine can only copy, and says from where", async ({ page }) => {
  await page.goto("/tests/blank.html");
  const result = await page.evaluate(async () => {
    const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    const model = await loadModel("../models/fashion/", { device: "cpu" });
    const before = await model.sample({ prompt: "sneaker", steps: 1 });
    const { pixels, provenance, nearest } = await model.sample({ prompt: "sneaker", machine: "ideal", seed: 3 });
    const images = await model.training("sneaker");
    const image = provenance.image[0];
    const copied = images.data.subarray(image * pixels.length, (image + 1) * pixels.length);
    const after = await model.sample({ prompt: "sneaker", steps: 1 });
    return {
      sources: new Set(provenance.image).size,
      inPlace: provenance.place.every((/** @type {number} */ place, /** @type {number} */ q) => place === q),
      weight: Math.min(...provenance.weight),
      patches: Math.max(...provenance.patches),
      furthest: pixels.reduce((/** @type {number} */ worst, /** @type {number} */ value, /** @type {number} */ q) => Math.max(worst, Math.abs(value - (copied[q] / 127.5 - 1))), 0),
      nearest: nearest[0],
      image,
      before: before.nearest,
      after: after.nearest,
      asked: await model.nearest(before),
      count: images.count === model.info.training.sneaker.count,
    };
  });
  expect(result).toMatchObject({ sources: 1, inPlace: true, count: true });
  expect(result.weight).toBeGreaterThan(0.999);
  expect(result.patches).toBeLessThan(1.01);
  expect(result.furthest).toBeLessThan(0.02);
  expect(result.nearest).toMatchObject({ image: result.image, copied: true });
  // A network's picture is judged where the training images are here, or when they are asked for.
  expect(result.before).toBeUndefined();
  expect(result.after[0].copied).toBe(false);
  expect(result.asked).toEqual(result.after);
});

test("provenance names the patch that a pixel is made of, at every step", async ({ page }) => {
  await page.goto("/tests/blank.html");
  const result = await page.evaluate(async () => {
    const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    const model = await loadModel("../models/fashion/", { device: "cpu" });
    const wish = { prompt: "bag", machine: "bbels", window: 19, steps: 8, count: 2, frames: true };
    const sample = await model.sample({ ...wish, provenance: true });
    const { data } = await model.training("bag");
    const size = sample.width * sample.height;
    let certain = 0;
    let furthest = 0;
    for (const { denoised, provenance } of sample.frames.slice(1)) {
      for (let q = 0; q < 2 * size; q += 1) {
        if (provenance.weight[q] < 0.999) continue;
        certain += 1;
        furthest = Math.max(furthest, Math.abs(denoised[q] - (data[provenance.image[q] * size + provenance.place[q]] / 127.5 - 1)));
      }
    }
    const last = sample.frames.at(-1).provenance;
    const { image, row, column, weight } = sample.provenance.at(20, 3, 1);
    const mosaic = sample.provenance.toImageData(1);
    const without = await model.sample({ ...wish, machine: "wiener", steps: 1 });
    return {
      certain,
      furthest,
      window: sample.provenance.window,
      same: last.image.every((/** @type {number} */ n, /** @type {number} */ q) => n === sample.provenance.image[q]),
      noise: sample.frames[0].provenance,
      at: [image, row * 28 + column, weight],
      raw: [last.image[size + 20 * 28 + 3], last.place[size + 20 * 28 + 3], last.weight[size + 20 * 28 + 3]],
      colours: new Set(new Uint32Array(mosaic.data.buffer)).size,
      average: without.provenance,
    };
  });
  expect(result.certain).toBeGreaterThan(100);
  expect(result.furthest).toBeLessThan(0.02);
  expect(result).toMatchObject({ window: 19, same: true, noise: undefined, average: undefined });
  expect(result.at).toEqual(result.raw);
  expect(result.colours).toBeGreaterThan(2);
});

test("shared between workers, the picture is the same to the bit, however many draw and whatever becomes of them", async ({ page }) => {
  const sample = { machine: "bbels", window: 19, steps: 2 };
  await page.addInitScript(() => {
    /** @type {Record<string, number>} */
    const counts = { given: 0, answered: 0 };
    const channel = new BroadcastChannel("count");
    channel.onmessage = ({ data }) => (counts[data] += 1);
    Object.assign(globalThis, { channel, counts });
  });
  const counts = () => page.evaluate(() => /** @type {any} */ (globalThis).counts);
  const shared = (/** @type {string} */ query) => draw(page, { worker: `helpers.js?${query}`, load: { device: "cpu" }, sample });

  const alone = await shared("processors=1");
  expect(alone.message).toBe("");
  expect(await counts()).toEqual({ given: 0, answered: 0 });
  const three = await shared("processors=3&patient");
  expect(three.pixels).toEqual(alone.pixels);
  // Each of the two helpers has had a hand in every step.
  await expect.poll(async () => (await counts()).answered).toBeGreaterThanOrEqual(2 * sample.steps);

  for (const fault of ["close", "silent", "throw"]) {
    const bereft = await shared(`processors=2&fault=${fault}`);
    expect(bereft.pixels, fault).toEqual(alone.pixels);
    await expect.poll(async () => (await counts()).given, fault).toBeGreaterThanOrEqual(1);
  }
  expect((await shared("processors=2&fault=none")).pixels).toEqual(alone.pixels);
});

test("what no machine can do is refused", async ({ page }) => {
  const nothing = await draw(page, { load: { device: "cpu" }, sample: { machine: "bbels", prompt: null } });
  expect(nothing.code).toBe("machine-unavailable");
  const even = await draw(page, { load: { device: "cpu" }, sample: { machine: "bbels", window: 4 } });
  expect(even.code).toBe("machine-unavailable");
  const tampered = await draw(page, { path: "/~tamper=.zz/tests/blank.html", load: { device: "cpu" }, sample: { machine: "bbels", window: 5 } });
  expect(tampered.code).toBe("pack-tampered");
});

/** @param {import("@playwright/test").Page} page @param {string | RegExp} [r] */
async function compared(page, r = /agree with r = /) {
  await expect(page.locator("#theory-status")).toHaveText(r, { timeout: 120_000 });
  await expect(page.locator("#compare")).toHaveText("Compare");
  // Both pictures stand at the step of the stage, and a machine may be finished before the stage has played to the end.
  await expect(page.locator("#play")).toHaveText("Replay");
}

/** @param {number[]} a @param {number[]} b */
function pearson(a, b) {
  const centred = (/** @type {number[]} */ values) => values.map((value) => value - values.reduce((sum, one) => sum + one, 0) / values.length);
  const dot = (/** @type {number[]} */ one, /** @type {number[]} */ other) => one.reduce((sum, value, i) => sum + value * other[i], 0);
  const [x, y] = [centred(a), centred(b)];
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
}

test("the page sets the machine beside the network, at every step", async ({ page }) => {
  await page.goto("/?prompt=sneaker&seed=7&count=1&steps=3&device=cpu");
  await drawn(page);
  // Garments are looked into without a press.
  await compared(page);
  await page.evaluate(() => {
    /** @type {string[]} */
    const said = [];
    const status = /** @type {HTMLElement} */ (document.getElementById("theory-status"));
    new MutationObserver(() => said.push(status.textContent ?? "")).observe(status, { childList: true });
    Object.assign(globalThis, { said });
  });
  await page.locator("#machine").selectOption("local");
  await page.locator("#window").fill("5");
  await page.getByRole("button", { name: "Compare" }).click();
  await compared(page);
  // Steps are shown, not said.
  const said = await page.evaluate(() => /** @type {any} */ (globalThis).said.filter(Boolean));
  expect(said).toEqual([expect.stringContaining("machine draws"), expect.stringContaining("agree with r")]);
  const finished = await shown(page, "#theirs");
  const r = pearson(finished, await shown(page, "#ours"));
  const told = Number((await page.locator("#r").textContent())?.replace("r = ", ""));
  expect(Math.abs(told - r)).toBeLessThan(0.01);
  expect(r).toBeLessThan(0.999);

  await page.locator("#theory-step").fill("0");
  await expect(page.locator("#step")).toHaveValue("0");
  await expect(page.locator("#r")).toHaveText("r = –");
  await expect(page.locator("#agreement")).toContainText("both start from the same noise; nothing is guessed yet");
  expect(await shown(page, "#theirs")).toEqual(await shown(page, "#ours"));
  await expect(page.locator("#verdict-cards p")).toHaveText([/^The network's picture is no copy/, /^The machine's picture is/]);
  await settings(page);
  // What was compared goes; the next comparison may be there before one looks.
  await page.evaluate(() => {
    const r = /** @type {HTMLElement} */ (document.getElementById("r"));
    const emptied = new Promise((resolve) => new MutationObserver(() => r.textContent === "" && resolve(true)).observe(r, { childList: true, characterData: true, subtree: true }));
    Object.assign(globalThis, { emptied });
  });
  await page.locator("#dice").click();
  expect(await page.evaluate(() => /** @type {any} */ (globalThis).emptied)).toBe(true);
  await expect(page).not.toHaveURL(/machine=/);
});

test("from collage to copy: window and blindness change the picture, and a link brings it back", async ({ page }) => {
  await page.goto("/?prompt=bag&seed=3&count=1&steps=3&device=cpu&machine=bbels&window=9");
  await compared(page);
  await expect(page.locator("#window-value")).toHaveText("9 × 9");
  await expect(page.locator("#blind")).toBeChecked();
  const lost = await shown(page, "#theirs");
  await page.locator("#blind").press("Space");
  await expect(page.locator("#machine")).toHaveValue("local");
  await compared(page);
  const placed = await shown(page, "#theirs");
  expect(difference(lost, placed)).toBeGreaterThan(10);
  await page.locator("#window").focus();
  await page.keyboard.press("End");
  await expect(page).toHaveURL(/machine=local&window=whole/);
  await compared(page);
  const copy = await shown(page, "#theirs");
  expect(difference(copy, placed)).toBeGreaterThan(10);
  await expect(page.locator("#verdict-cards p").nth(1)).toContainText("is a copy of training picture");
  await page.goto(page.url());
  await compared(page);
  await expect(page.locator("#window-value")).toHaveText("everything");
  await expect(page.locator("#blind")).not.toBeChecked();
  expect(await shown(page, "#theirs")).toEqual(copy);
});

test("a comparison that was stopped while the training pictures come stays stopped", async ({ page }) => {
  const go = await held(page, "**/training/**");
  await page.goto("/?prompt=bag&model=fashion&seed=3&count=2&steps=2&device=cpu&machine=ideal");
  await drawn(page);
  const status = page.locator("#theory-status");
  await expect(status).toHaveText("Fetching the training pictures …");
  await page.locator("#compare").click();
  await expect(status).toHaveText("Stopped.");
  go();
  // They come all the same, and are told of.
  await expect(page.locator(".near").first()).not.toHaveText(/seed/);
  await expect(status).toHaveText("Stopped.");
  await page.locator(".pick").nth(1).click();
  await expect(status).toBeEmpty();
  await page.locator(".pick").nth(0).click();
  await expect(status).toBeEmpty();
  await page.locator("#compare").click();
  await compared(page);
});

test("pixels say where they come from, to mouse, touch and keyboard", async ({ page }) => {
  /** @type {string[]} */
  const fetched = [];
  page.on("request", (request) => fetched.push(request.url()));
  await page.goto("/?prompt=bag&seed=3&count=1&steps=3&device=cpu&machine=local&window=9");
  await compared(page);
  expect(fetched.filter((address) => address.includes("/training/")).map((address) => address.split("/").at(-1))).toEqual(["bag.safetensors.zz"]);
  const machine = page.locator("#theirs");
  const box = await machine.boundingBox();
  if (!box) throw new Error("the picture is not on the page");
  const at = (/** @type {number} */ row, /** @type {number} */ column) => ({ x: ((column + 0.5) * box.width) / 28, y: ((row + 0.5) * box.height) / 28 });
  await machine.hover({ position: at(10, 20) });
  await expect(page.locator("#vote")).toContainText("row 11, column 21 sees 9 × 9 pixels");
  await expect(page.locator("#source")).toHaveAccessibleName(/Training picture \d+, the patch around row 11, column 21/);
  await expect(page.locator("#spoken"), "what a mouse passes over is not said aloud").toBeEmpty();
  await machine.click({ position: at(4, 4) });
  await expect(page.locator("#spoken")).toContainText("row 5, column 5");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  await expect(page.locator("#spoken")).toContainText("row 6, column 28");
  await page.keyboard.press("ArrowRight");
  await expect(page.locator("#vote")).toContainText("row 6, column 28");

  // The patch that is outlined is the one that the number names.
  const source = await shown(page, "#source");
  const number = Number(/\d+/.exec((await page.locator("#source-name").textContent()) ?? "")?.[0]) - 1;
  const image = await page.evaluate(async (number) => {
    const { loadModel } = await import(new URL("pkg/morphogen.js", location.href).href);
    const model = await loadModel("models/fashion/", { device: "cpu" });
    const { data } = (await model.training("bag")).toImageData(number);
    return [...data].filter((_, i) => i % 4 === 0);
  }, number);
  expect(source).toEqual(image);

  const picture = await shown(page, "#theirs");
  await page.getByLabel("as mosaic").check();
  expect(difference(picture, await shown(page, "#theirs"))).toBeGreaterThan(10);
  await page.locator("#step").fill("0");
  await expect(page.locator("#vote")).toContainText("the noise that both start from");
});

test("who asked for less motion sees the machine's picture when it is finished", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  const paints = await countPaints(page);
  await page.goto("/?prompt=bag&seed=3&count=1&steps=3&device=cpu&machine=ideal");
  await compared(page);
  expect(await paints("#theirs")).toBe(1);
});

for (const width of [360, 1440]) {
  test(`a comparison at ${width} pixels, light and dark: nothing hangs over, nothing is out of reach`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 });
    await page.goto("/?prompt=bag&seed=3&count=1&steps=2&device=cpu&machine=ideal");
    await compared(page);
    await page.locator("#theirs").focus();
    await expect(page.locator("#magnified")).toBeVisible();
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      await page.emulateMedia({ colorScheme });
      expect(await page.evaluate(() => document.documentElement.scrollWidth), colorScheme).toBeLessThanOrEqual(width);
      const { violations } = await page.evaluate(() => /** @type {any} */ (globalThis).axe.run("#theory"));
      expect(violations.map((/** @type {any} */ { id, nodes }) => `${id}: ${nodes.map((/** @type {any} */ n) => n.html).join(" ")}`), colorScheme).toEqual([]);
    }
  });
}

test("a Wiener filter that is being made lets others in, and can be cancelled", async ({ page }) => {
  await page.goto("/tests/blank.html");
  const result = await page.evaluate(async () => {
    const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    const model = await loadModel("../models/fashion/", { device: "cpu" });
    await model.training("sneaker");
    /**
     * How many questions the worker answers while it draws, and what came of the drawing.
     * @param {number} [most] after so many it is cancelled
     */
    const asked = async (most = Infinity) => {
      const controller = new AbortController();
      let [over, answers] = [false, 0];
      const end = () => void (over = true);
      const drawing = model.sample({ prompt: "sneaker", machine: "wiener", steps: 1, signal: controller.signal });
      drawing.then(end, end);
      while (!over) {
        await model.understand("bag");
        if ((answers += 1) === most) controller.abort();
      }
      const { pixels = [], code = "" } = await drawing.catch((/** @type {object} */ thrown) => thrown);
      return { answers, code, pixels: [...pixels] };
    };
    return { cancelled: await asked(5), whole: await asked(), again: await asked() };
  });
  expect(result.cancelled).toMatchObject({ code: "aborted", pixels: [] });
  // Made at a stretch, it would answer next to none.
  expect(result.whole.answers).toBeGreaterThan(10);
  expect(result.whole).toMatchObject({ code: "", pixels: expect.arrayContaining([expect.any(Number)]) });
  expect(result.again.pixels).toEqual(result.whole.pixels);
});
