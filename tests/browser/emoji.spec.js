/** The emoji pack as it ships: reached from the page, small enough, told who drew its pictures, and asked in other languages. */
import { expect, test } from "@playwright/test";
import { transformSync } from "esbuild";

const DRAWN = { timeout: 120_000 };

/**
 * Paths and bytes of what a page fetches, the package's scripts without their comments, as `./build.sh build` puts them on the site.
 * @param {import("@playwright/test").Page} page
 */
function fetched(page) {
  /** @type {Map<string, number>} */
  const files = new Map();
  page.on("request", (request) => files.set(new URL(request.url()).pathname, 0));
  page.on("response", async (response) => {
    const body = await response.body().catch(() => Buffer.alloc(0));
    const path = new URL(response.url()).pathname;
    const script = /^\/pkg\/\w+\.js$/.test(path);
    files.set(path, script ? transformSync(body.toString(), { minify: true, format: "esm" }).code.length : body.length);
  });
  return files;
}

test("the page opens with the first of the emoji's examples, names their makers, and goes over to garments", async ({ page }) => {
  const { text } = await (await page.request.get("/models/emoji/manifest.json")).json();
  await page.goto("/?count=1&steps=2");
  await expect(page.locator("#status")).toContainText(`${text.examples[0]}, one picture, drawn on`, DRAWN);
  await expect(page.locator("#prompt")).toHaveValue(text.examples[0]);
  await expect(page.locator("#examples button").first()).toHaveText(text.examples[0]);
  await expect(page).toHaveURL(/model=emoji/);
  for (const maker of ["Noto Emoji", "Fluent Emoji", "Twemoji", "Emojibase", "CC-BY-4.0"]) await expect(page.locator("#credit")).toContainText(maker);
  await expect(page.locator("#knows")).toContainText("words it was taught");
  await page.getByRole("radio", { name: "Garments" }).check();
  await expect(page.locator("#status")).toContainText("Sneaker, one picture, drawn on", DRAWN);
  await expect(page).toHaveURL(/model=fashion/);
  await expect(page.locator("#credit")).toContainText("Zalando");
  await page.getByRole("radio", { name: "Emoji" }).check();
  await expect(page.locator("#status")).toContainText(text.examples[0], DRAWN);
});

for (const [fault, code] of [
  ["tamper=unet.safetensors.zz", "pack-tampered"],
  ["truncate=unet.safetensors.zz", "pack-truncated"],
  ["tamper=words.json", "pack-tampered"],
]) {
  test(`${fault} gives ${code}`, async ({ page }) => {
    await page.goto(`/~${fault}/tests/blank.html`);
    const found = await page.evaluate(async () => {
      const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
      /** @type {any} */
      const drawn = loadModel(new URL("../models/emoji/", location.href).href).then((/** @type {any} */ model) => model.sample({ prompt: "cat", steps: 1 }));
      return drawn.then(() => "", (/** @type {any} */ error) => error.code);
    });
    expect(found).toBe(code);
  });
}

test("a first visit to emoji fetches less than 5 MB, and nothing that it does not need", async ({ page }) => {
  const files = fetched(page);
  // As many files as in eight steps.
  await page.goto("/?steps=2");
  await expect(page.locator("#status")).toContainText("drawn on", DRAWN);
  const all = () => [...files.values()].reduce((sum, bytes) => sum + bytes, 0);
  await expect.poll(all).toBeGreaterThan(2_000_000);
  expect(all()).toBeLessThan(5_000_000);
  const [pack, others] = [[...files.keys()].filter((path) => path.includes("/emoji/")), [...files.keys()].filter((path) => path.includes("/fashion/"))];
  expect(pack.filter((path) => path.endsWith(".safetensors.zz"))).toHaveLength(1);
  expect([...pack.filter((path) => /words\..+\.json|training/.test(path)), ...others]).toEqual([]);
});

for (const [language, text, label] of [
  ["de", "wütendes rotes Gesicht", "angry red face"],
  ["fr", "gâteau d’anniversaire", "birthday cake"],
  ["ja", "猫", "cat"],
  ["ru", "красное сердце", "red heart"],
]) {
  test.describe(`to someone who reads ${language}`, () => {
    test.use({ locale: language });
    test(`“${text}” is ${label}, and no other language is fetched`, async ({ page }) => {
      const files = fetched(page);
      await page.goto("/tests/blank.html");
      const words = await page.evaluate(async (text) => {
        const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
        const model = await loadModel(new URL("../models/emoji/", location.href).href);
        const { label, unknown } = await model.understand(text);
        return { label: label.split(" "), unknown };
      }, text);
      expect(words.unknown).toEqual([]);
      expect(words.label).toEqual(expect.arrayContaining(label.split(" ")));
      const languages = [...files.keys()].filter((path) => /words\..+\.json/.test(path));
      expect(languages).toEqual([`/models/emoji/words.${language}.json`]);
    });
  });
}

test("a machine draws in colour from the pictures that the words name, and half a megabyte of them at most", async ({ page }) => {
  const files = fetched(page);
  await page.goto("/tests/blank.html");
  const found = await page.evaluate(async () => {
    const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    const model = await loadModel(new URL("../models/emoji/", location.href).href, { network: "unet" });
    const wish = { prompt: "red heart", seed: 2, steps: 2 };
    const [network, theory, copy] = [await model.sample(wish), await model.sample({ ...wish, machine: "bbels" }), await model.sample({ ...wish, steps: 6, machine: "ideal" })];
    return { sizes: [network.pixels.length, theory.pixels.length], copied: copy.nearest?.[0].copied };
  });
  expect(found.sizes).toEqual([3 * 64 * 64, 3 * 64 * 64]);
  expect(found.copied).toBe(true);
  const training = [...files].filter(([path]) => path.includes("/training/"));
  expect(training.length).toBeGreaterThan(0);
  expect(training.reduce((sum, [, bytes]) => sum + bytes, 0)).toBeLessThanOrEqual(500_000);
});

test("the lines to embed it carry style and what not to draw", async ({ page }) => {
  await page.goto("/?model=emoji&prompt=red+heart&style=noto&negative=face&count=1&steps=2");
  await expect(page.locator("#status")).toContainText("drawn on", DRAWN);
  const [, src] = /src="([^"]+)"/.exec(await page.locator("#embed-code").inputValue()) ?? [];
  const query = new URL(src.replace(/&amp;/g, "&")).searchParams;
  expect([query.get("model"), query.get("prompt"), query.get("negative")]).toEqual(["emoji", "red heart, noto", "face"]);
  await page.goto(src.replace(/&amp;/g, "&"));
  await expect(page.locator("canvas").first()).toHaveAccessibleName(/red heart noto.*seed 7/i, DRAWN);
  await expect(page.locator("morphogen-sampler")).toHaveAttribute("negative", "face");
});
