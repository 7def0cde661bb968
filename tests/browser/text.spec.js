/** A pack that draws from free text, here a tiny one of shapes: words in any order, styles, other languages, and theory. */
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";

/**
 * Does `work` with the model of shapes.
 * @template T
 * @param {import("@playwright/test").Page} page
 * @param {(model: import("../../pkg/morphogen.js").Model) => Promise<T>} work
 * @returns {Promise<T>}
 */
async function withShapes(page, work) {
  await page.goto("/tests/blank.html");
  const model = await page.evaluateHandle(async () => {
    /** @type {typeof import("../../pkg/morphogen.js")} */
    const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    return loadModel("shapes/");
  });
  return model.evaluate(work);
}

test("words decide what is drawn, in any order and any form", async ({ page }) => {
  const means = await withShapes(page, async (model) => {
    const mean = async (/** @type {import("../../pkg/morphogen.js").SampleOptions} */ wish) => {
      const { pixels } = await model.sample({ seed: 3, ...wish });
      const size = pixels.length / 3;
      return [0, 1, 2].map((channel) => pixels.subarray(channel * size, (channel + 1) * size).reduce((sum, value) => sum + value, 0) / size);
    };
    const { words, styles } = await model.words();
    return {
      words,
      styles,
      red: await mean({ prompt: "a red disc" }),
      turned: await mean({ prompt: "discs, red" }),
      blue: await mean({ prompt: "blue square" }),
      away: await mean({ prompt: "square", negative: "blue", guidance: 4 }),
    };
  });
  expect(means.styles).toEqual(["bold", "soft"]);
  expect(means.words).toContain("disc");
  expect(means.red).toEqual(means.turned);
  expect(means.red[0]).toBeGreaterThan(means.red[2] + 0.2);
  expect(means.blue[2]).toBeGreaterThan(means.blue[0] + 0.2);
  expect(means.away[2] - means.away[0]).toBeLessThan(means.blue[2] - means.blue[0]);
});

test("what was understood is said, and what was not is not hidden", async ({ page }) => {
  /** @type {string[]} */
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  const said = await withShapes(page, async (model) => {
    const { words = [] } = await model.understand("red disc");
    const english = await model.understand("a pale red disc, without blue");
    const before = performance.getEntriesByType("resource").length;
    const mixed = await model.understand("red zorgle");
    const german = await model.understand("roter blauer Kreis, rot");
    const failed = await model.understand("zorgle").catch((/** @type {any} */ error) => error.code);
    return { words, english, mixed, german, failed, before };
  });
  expect(said.english.words).toEqual([1, ...said.words].sort((a, b) => a - b));
  expect(said.english.against).toHaveLength(1);
  expect(said.english.unknown).toEqual([]);
  expect(said.mixed.unknown).toEqual([{ typed: "zorgle", near: [] }]);
  expect(said.german.corrected).toContainEqual({ typed: "Kreis", meant: "disc" });
  expect(said.failed).toBe("prompt-unknown");
  expect(asked.filter((path) => path.endsWith("words.de.json"))).toHaveLength(1);
});

test("each picture shows one caption that fits, the same ones again, and any of them alone", async ({ page }) => {
  const found = await withShapes(page, async (model) => {
    const wish = { prompt: "red", seed: 5, count: 4, steps: 4 };
    const [whole, again, other] = [await model.sample(wish), await model.sample(wish), await model.sample({ ...wish, seed: 6 })];
    const size = whole.pixels.length / 4;
    const picture = (/** @type {import("../../pkg/morphogen.js").Sample} */ sample, n = 0) => [...sample.pixels.subarray(n * size, (n + 1) * size)];
    const alone = await model.sample({ prompt: "red", seed: 8, steps: 4, caption: whole.captions[3]?.index });
    const plain = await model.sample({ ...wish, prior: false });
    const soft = await model.sample({ ...wish, prompt: "soft red disc" });
    const apart = await model.sample({ ...wish, prompt: "red", negative: "disc" });
    const twice = await model.sample({ ...wish, prompt: "red, no bar", negative: "disc" });
    const { words = [] } = await model.understand("red");
    const failed = await model.sample({ ...wish, caption: 99 }).catch((/** @type {any} */ error) => error);
    const [nearest] = await model.nearest(alone);
    return {
      captions: whole.captions, again: again.captions, other: other.captions,
      pictures: [picture(whole, 3), picture(alone), picture(whole), picture(plain)],
      plain: plain.captions, soft: soft.captions, apart: apart.captions, twice: twice.captions, words,
      failed: [failed.code, failed.message], nearest, alone: alone.captions[0],
    };
  });
  expect(found.captions).toHaveLength(4);
  expect(found.again).toEqual(found.captions);
  expect(found.other[0], "the first is the likeliest").toEqual(found.captions[0]);
  expect(found.other).not.toEqual(found.captions);
  expect(new Set(found.captions.map((caption) => caption?.index)).size).toBe(4);
  for (const caption of found.captions) {
    expect(caption?.label).toMatch(/^red (disc|square|bar)$/);
    expect(caption?.style).toMatch(/^(Bold|Soft)$/);
    expect(caption?.words).toEqual(expect.arrayContaining(found.words));
  }
  const [third, alone, first, plain] = found.pictures;
  expect(Math.max(...third.map((value, i) => Math.abs(value - alone[i])))).toBeLessThan(1e-3);
  expect(first).not.toEqual(plain);
  expect(found.plain).toEqual([null, null, null, null]);
  expect(found.soft.every((caption) => caption?.style === "Soft")).toBe(true);
  expect(found.apart.some((caption) => /disc/.test(caption?.label ?? ""))).toBe(false);
  expect(found.twice.map((caption) => caption?.label), "what the prompt turns away stays away beside a negative").toEqual(Array(4).fill("red square"));
  expect(found.failed[0]).toBe("range");
  expect(found.failed[1]).toContain("18");
  expect([found.nearest.label, found.nearest.style]).toEqual([found.alone?.label, found.alone?.style]);
});

test("an element draws just the words where the prior is off", async ({ page }) => {
  await page.goto("/tests/blank.html");
  const chosen = await page.evaluate(async () => {
    await import(new URL("../pkg/morphogen.js", location.href).href);
    const element = document.createElement("morphogen-sampler");
    Object.assign(element, { model: "shapes/", prompt: "red disc", steps: 2 });
    document.body.append(element);
    const first = await element.draw();
    element.caption = first.captions[0]?.index;
    const kept = await element.draw();
    element.setAttribute("prior", "off");
    return [first.captions, kept.captions, (await element.draw()).captions];
  });
  expect(chosen[0][0]?.label).toBe("red disc");
  expect(chosen[1]).toEqual(chosen[0]);
  expect(chosen[2]).toEqual([null]);
});

test("a machine answers from the pictures that the words describe, on whatever shelf", async ({ page }) => {
  const found = await withShapes(page, async (model) => {
    const reds = await model.training("red");
    const disc = await model.training("red disc, soft");
    const sample = await model.sample({ prompt: "red disc, soft", machine: "ideal", seed: 1 });
    const copy = [...sample.pixels].map((value) => Math.round((value + 1) * 127.5));
    return { reds: reds.count, disc: disc.count, copy, image: [...disc.data], copied: sample.nearest?.[0].distance };
  });
  expect(found.reds).toBe(6);
  expect(found.disc).toBe(1);
  expect(found.copied).toBeLessThan(0.05);
  expect(found.copy.every((value, i) => Math.abs(value - found.image[i]) <= 1)).toBe(true);
});

test("the page offers a style, a thing to avoid, and words to go on with", async ({ page }) => {
  await page.route("**/models/fashion/**", (route) => {
    const [, file] = new URL(route.request().url()).pathname.split("/models/fashion/");
    return route.fulfill({ path: fileURLToPath(new URL(`pages/shapes/${file}`, import.meta.url)) });
  });
  await page.goto("/?model=fashion&prompt=red+disc&style=soft&count=1&steps=4");
  await expect(page.locator("#status")).toContainText("drawn on", { timeout: 120_000 });
  await expect(page.locator("#style")).toHaveValue("soft");
  await expect(page.locator("#understood")).toContainText("soft");
  await page.locator("#prompt").fill("blue squ");
  await expect(page.locator("#suggestions option")).toHaveAttribute("value", "blue square");
  await page.locator("#prompt").fill("red thingamajig");
  await page.locator("#prompt").press("Enter");
  await expect(page.locator("#understood")).toContainText("“thingamajig” is unknown");
  await page.locator("#surprise").click();
  await expect(page.locator("#prompt")).toHaveValue(/red disc|blue bar/);
});
