/** Two words in one picture: the page's part that mixes, with a model of discs, and what the package makes of a mix. */
import { expect, test } from "@playwright/test";
import { WEBGPU, asked, barriers, difference, drawn, shown, stubbed } from "./support.js";

const FAST = { step: 5 };

/**
 * Opens the part that mixes, and mixes the prompt with a word.
 * @param {import("@playwright/test").Page} page
 * @param {string} word
 * @param {string} [said] in the end
 */
async function mix(page, word, said = `With ${word}`) {
  await page.locator("#mix > summary").click();
  await page.locator("#mix-word").fill(word);
  await page.locator("#mix-word").press("Enter");
  await expect(page.locator("#mix-status")).toContainText(said);
}

const ways = (/** @type {import("@playwright/test").Page} */ page) => page.locator("#mix-ways button");

test.describe("on the page", () => {
  test.beforeEach(({}, { project }) => test.skip(project.name !== "cpu", "the model of these tests needs no device"));

  test("a second word is mixed in all ways at once, from the noise of the first picture", async ({ page }) => {
    await stubbed(page, "?prompt=cat&seed=3&model=emoji", FAST);
    await mix(page, "top hat");
    const four = (await asked(page)).slice(-4);
    expect(four.map(({ and, over, into, between }) => [and, over, into, between].map((second) => second?.prompt))).toEqual([
      ["top hat", undefined, undefined, undefined],
      [undefined, "top hat", undefined, undefined],
      [undefined, undefined, "top hat", undefined],
      [undefined, undefined, undefined, "top hat"],
    ]);
    for (const one of four) expect(one).toMatchObject({ prompt: "cat", seed: 3, count: 1, steps: 8 });
    expect(await barriers(page)).toEqual([]);
  });

  test("the way that is picked draws all pictures, its numbers move them, and the address keeps both", async ({ page }) => {
    await stubbed(page, "?prompt=cat&seed=3&model=emoji", FAST);
    await mix(page, "top hat");
    await ways(page).nth(1).press("Enter");
    await drawn(page, "cat + top hat, 4 pictures");
    expect((await asked(page)).at(-1)).toMatchObject({ prompt: "cat", count: 4, over: { prompt: "top hat" } });
    await expect(page).toHaveURL(/over=top\+hat/);
    // By keyboard: while it moves its own picture is sketched, when it rests all are drawn.
    await page.locator("#mix-edge").press("ArrowRight");
    await expect.poll(async () => (await asked(page)).slice(-2).map(({ steps, count, over }) => [steps, count, over?.edge])).toEqual([
      [4, 1, 0.42],
      [8, 4, 0.42],
    ]);
    await expect(page).toHaveURL(/edge=0\.42/);
    await page.locator("#mix-region").selectOption("left");
    await expect(page).toHaveURL(/region=left/);
    await expect(page.locator("#mix-edge")).toHaveValue("0.5");
    await expect(page.locator("#embed-code")).toHaveValue(/over=top\+hat&amp;region=left/);
    // Once more leaves it.
    await drawn(page, "cat + top hat");
    await ways(page).nth(1).click();
    await drawn(page, "cat, 4 pictures");
    await expect(page).not.toHaveURL(/over/);
  });

  test("a link draws its mix, and opens the numbers that made it", async ({ page }) => {
    await stubbed(page, "?prompt=cat&seed=3&model=emoji&into=clover&at=0.5&weight=3", FAST);
    expect((await asked(page))[0]).toMatchObject({ prompt: "cat", into: { prompt: "clover", at: 0.5, weight: 3 } });
    await expect(page.locator("#mix-word")).toHaveValue("clover");
    await expect(ways(page).nth(2)).toHaveAttribute("aria-pressed", "true");
    await expect(page.locator("#mix-at")).toHaveValue("0.5");
    await expect(page.locator("#mix-weight")).toHaveValue("3");
  });

  test("a link draws what lies between two words, and its share can be moved", async ({ page }) => {
    await stubbed(page, "?prompt=cat&seed=3&model=emoji&between=tiger&share=0.3", FAST);
    expect((await asked(page))[0]).toMatchObject({ prompt: "cat", between: { prompt: "tiger", share: 0.3 } });
    await expect(ways(page).nth(3)).toHaveAttribute("aria-pressed", "true");
    await page.locator("#mix-share").press("ArrowRight");
    await expect(page).toHaveURL(/between=tiger&share=0\.35/);
  });

  test("Back leads to the mix that was drawn before, and the part that mixes goes along", async ({ page }) => {
    await stubbed(page, "?prompt=cat&seed=3&model=emoji", FAST);
    await mix(page, "hat");
    await ways(page).nth(1).click();
    await drawn(page, "cat + hat, 4 pictures");
    await page.locator("#another").click();
    await drawn(page, "cat + hat, 4 pictures");
    await expect(page).toHaveURL(/seed=7&.*over=hat/);
    await expect(page.locator("#mix-status")).toContainText("With hat");
    await page.locator("#mix-word").fill("fire");
    await page.locator("#mix-word").press("Enter");
    await drawn(page, "cat + fire, 4 pictures");
    await ways(page).nth(2).click();
    await expect(page).toHaveURL(/into=fire/);
    await drawn(page, "cat + fire, 4 pictures");
    for (const address of [/seed=7&.*over=fire/, /seed=7&.*over=hat/, /seed=3&.*over=hat/]) {
      await page.goBack();
      await expect(page).toHaveURL(address);
    }
    const stays = async () => {
      await drawn(page, "cat + hat, 4 pictures");
      await expect(page.locator("#mix-word")).toHaveValue("hat");
      await expect(page.locator("#mix-status")).toContainText("With hat");
      await expect(ways(page).nth(1)).toHaveAttribute("aria-pressed", "true");
      await expect(page).toHaveURL(/seed=3&.*over=hat/);
      expect((await asked(page)).filter(({ count }) => count === 4).at(-1)).toMatchObject({ seed: 3, over: { prompt: "hat" } });
    };
    await stays();
    await page.goForward();
    await page.goForward();
    await expect(page).toHaveURL(/seed=7&.*over=fire/);
    await drawn(page, "cat + fire, 4 pictures");
    await expect(page.locator("#mix-word")).toHaveValue("fire");
    // Even while another word is being mixed.
    await page.evaluate(() => Object.assign(/** @type {any} */ (globalThis).stub, { step: 30 }));
    await page.locator("#mix-word").fill("snow");
    await page.locator("#mix-word").press("Enter");
    await page.goBack();
    await page.goBack();
    await stays();
  });

  test("an unknown second word is said where it was typed, and nothing that was drawn is lost", async ({ page }) => {
    await stubbed(page, "?prompt=cat&seed=3&model=emoji", FAST);
    const before = (await asked(page)).length;
    await mix(page, "zorgle", "Nothing is known of “zorgle”. It knows cat.");
    await expect(page.locator("#mix-word")).toHaveAttribute("aria-invalid", "true");
    expect((await asked(page)).length).toBe(before);
    await expect(page.locator("#prompt")).toHaveValue("cat");
  });

  test("where its code cannot be fetched it says so, and opening it again tries again", async ({ page }) => {
    await stubbed(page, "?prompt=cat&seed=3&model=emoji", FAST);
    await page.route("**/mix.js", (route) => route.abort());
    await page.locator("#mix > summary").click();
    await expect(page.locator("#mix-status")).toContainText("could not be fetched");
    await page.unroute("**/mix.js");
    await page.locator("#mix > summary").click();
    await mix(page, "top hat");
  });

  test("what the words did is shown of the way that is picked, and follows it", async ({ page }) => {
    await stubbed(page, "?prompt=cat&seed=3&model=emoji", FAST);
    await mix(page, "top hat");
    const show = page.getByRole("button", { name: "What the words did" });
    await expect(show).toBeHidden();
    await ways(page).nth(1).click();
    await drawn(page, "cat + top hat, 4 pictures");
    expect((await asked(page)).filter(({ influence }) => influence)).toEqual([]);
    await show.press("Enter");
    await expect(show).toHaveAttribute("aria-pressed", "true");
    await expect(page.locator("#mix-did li")).toHaveText(["cat", "top hat"]);
    await expect(page.getByRole("img", { name: "each pixel has the colour of “cat” or “top hat”" })).toBeVisible();
    expect((await asked(page)).at(-1)).toMatchObject({ influence: true, count: 1, seed: 3, over: { prompt: "top hat" } });
    await ways(page).nth(0).click();
    await drawn(page, "cat + top hat, 4 pictures");
    await expect.poll(async () => (await asked(page)).at(-1)).toMatchObject({ influence: true, and: { prompt: "top hat" } });
    expect(await barriers(page)).toEqual([]);
    // Hidden half-way and wanted again, it is drawn again.
    const influences = async () => (await asked(page)).filter(({ influence, into }) => influence && into).length;
    await page.evaluate(() => Object.assign(/** @type {any} */ (globalThis).stub, { step: 100 }));
    await ways(page).nth(2).click();
    await expect.poll(influences, { intervals: [50] }).toBe(1);
    await show.press("Enter");
    await show.press("Enter");
    await expect.poll(influences).toBe(2);
    await expect(page.locator("#mix-did [role=status]")).toContainText("Each pixel has the colour of the word that moved it more");
    // A machine would need many pictures of a cat and of a top hat.
    await expect(page.locator("#mix-foretold")).toBeHidden();
    await ways(page).nth(2).click();
    await expect(show).toBeHidden();
  });

  test("half a boot, half a bag: the theory foretells the mix of garments that the network draws", async ({ page }) => {
    test.setTimeout(120_000);
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto("/?model=fashion&prompt=bag&seed=1&steps=4&count=1&device=cpu&over=boot&region=left&weight=1");
    await expect(page.locator("#status")).toContainText("Bag + boot, one picture, drawn on your processor", { timeout: 60_000 });
    await expect(page.locator("#mix-status")).toContainText("With Ankle boot");
    const show = page.getByRole("button", { name: "What the theory foretells" });
    await show.press("Enter");
    const note = page.locator("#mix-foretold-shown [role=status]");
    await expect(note).toContainText(/foretold/, { timeout: 60_000 });
    const [r, floor] = /r = ([\d.]+).* have (-?[\d.]+) on/.exec((await note.textContent()) ?? "")?.slice(1).map(Number) ?? [];
    expect(r).toBeGreaterThan(0.85);
    expect(r - floor).toBeGreaterThan(0.1);
    const [ours, theirs] = await Promise.all(["the network", "the machine"].map((label) => shown(page, `#mix-foretold canvas[aria-label="${label}"]`)));
    expect(ours.length).toBe(28 * 28);
    expect(difference(ours, theirs)).toBeGreaterThan(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(await barriers(page)).toEqual([]);
    // Nothing lies between two sets of pictures.
    await ways(page).nth(3).click();
    await expect(show).toBeHidden();
  });

  test("it fits a phone", async ({ page }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    await stubbed(page, "?prompt=cat&seed=3&model=emoji&over=top+hat", FAST);
    await expect(page.locator("#mix-status")).toContainText("With top hat");
    await page.getByRole("button", { name: "What the words did" }).click();
    await expect(page.locator("#mix-did li")).toHaveCount(2);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    for (const button of await ways(page).all()) expect((await button.boundingBox())?.width).toBeGreaterThan(90);
  });
});

/**
 * Draws shapes in each of the ways given; the mean of red less that of blue, by rows above and below the middle, or the error's code.
 * @param {import("@playwright/test").Page} page
 * @param {object[]} wishes
 * @returns {Promise<any[]>}
 */
async function shapes(page, wishes) {
  await page.goto("/tests/blank.html");
  return page.evaluate(async (wishes) => {
    /** @type {typeof import("../../pkg/morphogen.js")} */
    const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    const model = await loadModel("shapes/", { device: "cpu" });
    const all = [];
    for (const wish of wishes) {
      const { terms, ...rest } = /** @type {any} */ (wish);
      // Masks and NaN do not travel as JSON.
      const made = terms?.map((/** @type {any} */ { mask, weight, ...term }) => ({ ...term, weight: weight === "NaN" ? NaN : weight, ...(mask && { mask: new Float32Array(mask) }) }));
      try {
        const { pixels, width, height, parts } = await model.sample({ seed: 3, ...rest, ...(terms && { terms: made }) });
        const plane = width * height;
        const mean = (/** @type {number} */ from) => {
          let sum = 0;
          for (let i = from; i < from + plane / 2; i += 1) sum += pixels[i] - pixels[2 * plane + i];
          return sum / (plane / 2);
        };
        all.push({ above: mean(0), below: mean(plane / 2), parts: parts?.map(({ label }) => label), pixels: [...pixels] });
      } catch (error) {
        all.push({ code: /** @type {any} */ (error).code, message: /** @type {any} */ (error).message });
      }
    }
    return all;
  }, wishes);
}

test("the package puts one thing over another, and a sum says the same in the long form", async ({ page }) => {
  const [over, sides, long, plain, term] = await shapes(page, [
    { prompt: "blue square", over: { prompt: "red disc", edge: 0.5 } },
    { prompt: "red disc", over: { prompt: "blue square", edge: 0.5 } },
    { terms: [{ prompt: "blue square", weight: 2, region: "below", edge: 0.5 }, { prompt: "red disc", weight: 2, region: "above", edge: 0.5 }] },
    { prompt: "red disc", guidance: 2 },
    { terms: [{ prompt: "red disc", weight: 2 }] },
  ]);
  expect(over.above - over.below).toBeGreaterThan(0.2);
  expect(sides.below - sides.above).toBeGreaterThan(0.2);
  expect(over.parts).toEqual(["blue square", "red disc"]);
  expect(long.pixels).toEqual(over.pixels);
  expect(term.pixels).toEqual(plain.pixels);
});

test("what cannot be mixed is refused with a sentence each", async ({ page }) => {
  const term = { prompt: "red disc" };
  const refused = await shapes(page, [
    { terms: Array(9).fill(term) },
    { terms: [{ ...term, mask: [1, 1, 1] }] },
    { terms: [{ ...term, weight: "NaN" }] },
    { terms: [{ ...term, weight: 101 }] },
    { terms: [{ ...term, from: 0.2, to: 0.8 }] },
    { terms: [{ ...term, region: "beside" }] },
    { prompt: "red disc", terms: [term] },
    { prompt: "red disc", over: "blue square", and: "blue square" },
    { prompt: "red disc", over: "zorgle" },
    { prompt: "zorgle", over: "red disc" },
    { over: "red disc" },
    { prompt: "red disc", over: { prompt: "blue square", edge: 2 } },
    { prompt: "red disc", between: { prompt: "blue square", share: 2 } },
    { prompt: "red disc", between: { prompt: "blue square", share: "half" } },
    { prompt: "red disc", between: "zorgle" },
    { prompt: "red disc", between: "blue square", machine: "wiener" },
  ]);
  const codes = refused.map(({ code }) => code);
  expect(codes).toEqual(["sample-terms", "sample-terms", "range", "sample-guidance", "sample-terms", "range", "range", "range", "prompt-unknown", "prompt-unknown", "range", "sample-terms", "sample-terms", "range", "prompt-unknown", "range"]);
  expect(new Set(refused.map(({ message }) => message)).size).toBeGreaterThan(10);
});

test("garments are mixed by the network, and by machines that hold the pictures of one garment each", async ({ page }) => {
  test.setTimeout(240_000);
  await page.goto("/tests/blank.html");
  const found = await page.evaluate(async () => {
    /** @type {typeof import("../../pkg/morphogen.js")} */
    const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    const model = await loadModel("../models/fashion/", { device: "cpu" });
    const wish = { prompt: "trouser", over: { prompt: "sneaker", region: /** @type {const} */ ("left"), edge: 0.5, weight: 1 }, seed: 3, steps: 4 };
    const whole = { seed: 3, steps: 4, guidance: 1 };
    const apart = async (/** @type {"network" | "wiener"} */ machine) => {
      const [mix, first, second] = [await model.sample({ ...wish, machine, influence: true }), await model.sample({ ...whole, prompt: "trouser", machine }), await model.sample({ ...whole, prompt: "sneaker", machine })];
      const distance = (/** @type {Float32Array} */ other, /** @type {boolean} */ left) => {
        let sum = 0;
        // Far from the edge, where one of them is alone.
        mix.pixels.forEach((value, i) => (sum += (left ? i % 28 < 7 : i % 28 >= 21) ? (value - other[i]) ** 2 : 0));
        return Math.sqrt(sum);
      };
      return { left: [distance(first.pixels, true), distance(second.pixels, true)], right: [distance(first.pixels, false), distance(second.pixels, false)], parts: mix.parts?.map(({ label }) => label), terms: mix.influence?.terms };
    };
    return { network: await apart("network"), wiener: await apart("wiener") };
  });
  for (const { left, right, parts, terms } of Object.values(found)) {
    expect(left[1], "the left is a sneaker's").toBeLessThan(left[0]);
    expect(right[0], "the right is a trouser's").toBeLessThan(right[1]);
    expect([parts?.length, terms]).toEqual([2, 2]);
  }
});

test("what each word did is told on request, and the picture stays the same", async ({ page }) => {
  await page.goto("/tests/blank.html");
  const found = await page.evaluate(async () => {
    /** @type {typeof import("../../pkg/morphogen.js")} */
    const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    const model = await loadModel("shapes/", { device: "cpu" });
    const wish = { prompt: "blue square", over: { prompt: "red disc", edge: 0.5 }, seed: 3, count: 2 };
    const [plain, told] = [await model.sample(wish), await model.sample({ ...wish, influence: true })];
    const one = await model.sample({ prompt: "red disc", seed: 3, influence: true, guidance: 1 });
    const { influence } = told;
    if (!influence) throw new Error("nothing was told");
    const { width, height, terms, moved } = influence;
    const winners = (/** @type {number} */ row) => Array.from({ length: width }, (_, column) => influence.at(row, column).term);
    const map = influence.toImageData(1, 2);
    /** @type {string[]} */
    const refused = [];
    for (const ask of [() => influence.at(0, width), () => influence.toImageData(2), () => influence.colour(2)]) {
      try {
        ask();
      } catch (error) {
        refused.push(/** @type {any} */ (error).code);
      }
    }
    return {
      same: plain.pixels.every((value, i) => value === told.pixels[i]),
      none: plain.influence,
      shape: [moved.length, 2 * terms * width * height, terms, one.influence?.terms],
      above: winners(1),
      below: winners(height - 2),
      colours: [influence.colour(0), influence.colour(1)],
      map: [map.width, map.data[3]],
      moved: (one.influence?.moved ?? []).some((value) => value > 0),
      refused,
    };
  });
  expect(found.same).toBe(true);
  expect(found.none).toBeUndefined();
  expect(found.shape[0]).toBe(found.shape[1]);
  expect(found.shape.slice(2)).toEqual([2, 1]);
  expect(found.above.filter((term) => term === 1).length).toBeGreaterThan(0.9 * found.above.length);
  expect(found.below.filter((term) => term === 0).length).toBeGreaterThan(0.9 * found.below.length);
  expect(found.colours[0]).not.toEqual(found.colours[1]);
  expect(found.map[1]).toBe(255);
  expect(found.moved).toBe(true);
  expect(found.refused).toEqual(["range", "range", "range"]);
});

test("a GPU tells the same of the words", { tag: WEBGPU }, async ({ page }) => {
  await page.goto("/tests/blank.html");
  const { devices, apart, most } = await page.evaluate(async () => {
    /** @type {typeof import("../../pkg/morphogen.js")} */
    const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    const told = async (/** @type {"cpu" | "webgpu"} */ device) => {
      const model = await loadModel("shapes/", { device });
      return model.sample({ prompt: "blue square", over: { prompt: "red disc", edge: 0.5 }, seed: 3, steps: 3, influence: true });
    };
    const [cpu, gpu] = [await told("cpu"), await told("webgpu")];
    const [one, other] = [cpu, gpu].map(({ influence }) => influence?.moved ?? new Float32Array());
    return { devices: [cpu.device, gpu.device], apart: one.reduce((worst, value, i) => Math.max(worst, Math.abs(value - other[i])), 0), most: Math.max(...one) };
  });
  expect(devices).toEqual(["cpu", "webgpu"]);
  expect(most).toBeGreaterThan(0.1);
  expect(apart).toBeLessThan(0.02 * most);
});

test("the element mixes what its attributes say", async ({ page }) => {
  await page.goto("/tests/blank.html");
  const labels = await page.evaluate(async () => {
    await import(new URL("../pkg/morphogen.js", location.href).href);
    const element = /** @type {import("../../pkg/morphogen.js").MorphogenSampler} */ (document.createElement("morphogen-sampler"));
    Object.assign(element, { model: "shapes/", prompt: "blue square", over: "red disc", region: "left", edge: 0.5, weight: 3, seed: 3, device: "cpu" });
    document.body.append(element);
    const sample = await element.draw();
    Object.assign(element, { over: "", between: "red disc", share: 1, weight: undefined });
    const between = await element.draw();
    Object.assign(element, { prompt: "red disc", between: "" });
    const alone = await element.draw();
    const same = between.pixels.every((value, i) => value === alone.pixels[i]);
    return [element.getAttribute("share"), sample.label, ...(sample.parts ?? []).map(({ label }) => label), same];
  });
  expect(labels).toEqual(["1", "blue square + red disc", "blue square", "red disc", true]);
});
