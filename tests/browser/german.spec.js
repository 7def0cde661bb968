/** The Studio in German: whole, understood, and as well laid out as in English. */
import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { faults, said, spoken } from "../../tools/studio.mjs";
import { captioned } from "../../tools/emoji/labels.mjs";
import * as german from "../../www/strings/de.js";
import { labels } from "../../www/strings/labels-de.js";
import { barriers, settings } from "./support.js";

test("a table that lacks a sentence, has one too many or loses a place is found out", () => {
  expect(faults("de", german)).toEqual([]);
  const { Draw, ...rest } = german.said;
  expect(Draw).toBe("Zeichnen");
  expect(faults("de", { ...german, said: { ...rest, "Nobody says this": "x", "Training picture {number}": "Trainingsbild" } })).toEqual([
    "www/strings/de.js lacks: Draw",
    "www/strings/de.js has what nobody says: Nobody says this",
    "the places of “Training picture {number}” are others in www/strings/de.js",
  ]);
  // What is looked for is found at all.
  expect(spoken().size).toBeGreaterThan(100);
  expect(said().sentences.size).toBeGreaterThan(150);
});

test("every error of the package has a German sentence: by its words, or at least by its code", async ({ page }) => {
  const table = readFileSync("pkg/README.md", "utf8").split("| `aborted`")[0].split("| `no-webgpu`")[1];
  const listed = ["no-webgpu", "aborted", ...[...table.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, cell]) => cell.replaceAll("`", "").split(", "))];
  expect(listed.length).toBeGreaterThan(30);
  expect(listed.filter((code) => !german.codes[code] && !german.codes[code.replace(/-.*/, "-")])).toEqual([]);
  for (const [fault, sentence] of [["tamper=unet.safetensors.zz", "Eine Datei des Modells ist beschädigt"], ["missing=manifest.json", "Der Server hat eine Datei nicht hergegeben"]]) {
    await page.goto(`/~${fault}/de.html?prompt=Katze&model=emoji&steps=1&count=1&device=cpu`);
    await expect(page.locator("#status"), fault).toContainText(sentence, { timeout: 60_000 });
  }
  // Figures say it as the Studio does, and a run that learns what became of it.
  await page.goto("/~missing=manifest.json/essay/de.html?device=cpu#origins");
  await page.locator("#origins-figure").scrollIntoViewIfNeeded();
  await expect(page.locator("#origins-figure").getByRole("status")).toContainText("Der Server hat eine Datei nicht hergegeben");
  const told = await page.evaluate(async (list) => {
    const [{ told }] = await Promise.all(["../say.js", "../strings/speak-de.js"].map((path) => import(new URL(path, location.href).href)));
    return list.map(told);
  }, ["It broke. Learning went on on the processor from step 12.", "Learning runs on the processor. It broke.", "It broke. Learning went on from step 3."]);
  expect(told).toEqual([
    "Das Grafikgerät fiel aus; gelernt wird ab Schritt 12 auf dem Prozessor.",
    "Gelernt wird auf dem Prozessor, denn das Grafikgerät ist hier nicht zu gebrauchen.",
    "Das Lernen brach ab und ging von Schritt 3 an weiter. (It broke.)",
  ]);
});

test("each caption of the pack has a German name", () => {
  const strange = captioned().filter((label) => !labels[label]);
  expect(strange).toEqual([]);
  expect(labels["red heart"]).toBe("rotes Herz");
});

test("the German page offers German words, and the pack understands them as the English ones", async ({ page }) => {
  await page.goto("/de.html?steps=2&count=1&device=cpu");
  await expect(page.locator("#status")).toContainText("gezeichnet auf deinem Prozessor", { timeout: 120_000 });
  await expect(page.locator("#prompt")).toHaveValue("Schmetterling");
  // Nor does it speak English of what was understood, of what the seed chose, and of whom to thank.
  await expect(page.locator("#understood")).toBeEmpty();
  await expect(page.locator("#pictures")).toContainText(/Schmetterling · (Noto|Fluent|Twemoji)/);
  await expect(page.locator("#credit")).toContainText("Alle neu gezeichnet");
  const chips = await page.locator("#examples button").evaluateAll((buttons) => buttons.map((button) => [button.textContent, /** @type {HTMLButtonElement} */ (button).value]));
  expect(chips).toHaveLength(12);
  const understood = await page.evaluate(async (chips) => {
    const { loadModel } = await import(new URL("pkg/morphogen.js", location.href).href);
    const model = await loadModel("models/emoji/", { device: "cpu" });
    const words = async (/** @type {string | null} */ text) => (await model.understand(text)).words;
    return Promise.all(chips.map(async ([de, en]) => [await words(de), await words(en)]));
  }, chips);
  understood.forEach(([de, en], i) => expect(de, `${chips[i]}`).toEqual(en));

  await page.getByRole("radio", { name: "Kleider" }).check();
  await expect(page.locator("#evidence-says")).toContainText("r = 0,", { timeout: 120_000 });
  await expect(page.locator("#networks")).toContainText("UNet, nur Faltungen");
  // What a chip says can be typed.
  await page.locator("#prompt").fill("stiefelette");
  await page.locator("#draw").click();
  await expect(page.locator("#status")).toContainText("Stiefelette, ein Bild, gezeichnet auf", { timeout: 60_000 });
  await page.locator("#prompt").fill("giraffe");
  await page.locator("#draw").click();
  await expect(page.locator("#status")).toHaveText("„giraffe“ gibt es hier nicht, aber bei: Emoji.");
});

for (const [width, height] of [[360, 740], [1440, 900]]) {
  test(`the German page at ${width} pixels: four pictures without scrolling, nothing hangs over, nothing is out of reach`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    await page.goto("/de.html?prompt=Panda&seed=3&model=emoji&steps=1");
    await expect(page.locator("#status")).toContainText("gezeichnet auf", { timeout: 120_000 });
    expect(await page.locator("#pictures").evaluate((group) => group.getBoundingClientRect().bottom)).toBeLessThanOrEqual(height);
    // Wide enough to read what belongs there.
    expect((await page.locator("#negative").boundingBox())?.width).toBeGreaterThanOrEqual(160);
    await settings(page);
    for (const id of ["mix", "morph", "mend", "more", "large", "sticker", "past"]) await page.locator(`#${id} > summary`).click();
    await expect(page.locator("#mend-status")).toContainText("Markiere");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    expect(await barriers(page)).toEqual([]);
    // Nothing was left in English.
    const text = await page.locator("body").innerText();
    for (const word of [" the ", "The ", " picture", " and "]) expect(text.replace(/Pictures?:.*|©.*/g, ""), word).not.toContain(word);
  });
}
