/** The main job on the page: words in, a picture out, step by step. */
import { expect, test } from "@playwright/test";
import { SHORT, difference, drawn, settings, shown } from "./support.js";

test("the first picture comes without touching anything", async ({ page }) => {
  await page.goto("/?count=1&steps=4");
  await drawn(page);
  await expect(page.locator("#prompt")).not.toHaveValue("");
  const picture = await shown(page);
  await page.locator("#step").fill("0");
  await expect(page.locator("#lesson")).toContainText("Pure noise");
  expect(difference(picture, await shown(page))).toBeGreaterThan(50);
});

test("typed words become a picture, and its link gives it again", async ({ page, browser }) => {
  await page.goto(SHORT);
  await drawn(page, "Sneaker");
  const sneaker = await shown(page);
  await page.getByRole("button", { name: "Dress", exact: true }).click();
  await drawn(page, "Dress, one picture, drawn on");
  await expect(page.locator("#prompt")).toHaveValue("Dress");
  expect(difference(sneaker, await shown(page))).toBeGreaterThan(50);

  await page.locator("#prompt").fill("Sneeker");
  await page.keyboard.press("Enter");
  await drawn(page, "Sneaker, one picture, drawn on");
  await expect(page.locator("#understood")).toContainText("Sneeker → Sneaker");
  expect(await shown(page)).toEqual(sneaker);

  const other = await browser.newPage();
  await other.goto(page.url());
  await drawn(other, "Sneaker");
  expect(await shown(other)).toEqual(sneaker);
  await other.close();
});

test("an unknown word is answered with what there is, and draws nothing", async ({ page }) => {
  await page.goto(SHORT);
  await drawn(page);
  const before = await shown(page);
  await page.locator("#prompt").fill("zorgle");
  await page.locator("#draw").click();
  await expect(page.locator("#status")).toContainText("“zorgle”");
  await expect(page.locator("#status")).toContainText("Ankle boot");
  await expect(page.locator("#prompt")).toHaveAttribute("aria-invalid", "true");
  expect(await shown(page)).toEqual(before);
  await page.locator("#prompt").fill("   ");
  await page.locator("#draw").click();
  await expect(page.locator("#status")).toContainText("Type a word");
});

/**
 * Opens the page with a model of discs that is loaded only while `stub.closed` is not set; how often stands in `stub.loads`.
 * @param {import("@playwright/test").Page} page
 * @param {string} query
 * @param {object} [stub]
 */
async function slowly(page, query, stub = {}) {
  await page.addInitScript((stub) => Object.assign(globalThis, { stub: { step: 5, loads: 0, ...stub } }), stub);
  await page.route("**/pkg/discs.js", (route) => route.fulfill({ path: "tests/browser/pages/stub-model.js" }));
  const body = `
    import { MorphogenError, loadModel as open, stub } from "./discs.js";
    export * from "./discs.js";
    export async function loadModel(url, { signal, onProgress }) {
      stub.loads += 1;
      onProgress({ phase: "weights", loaded: 1e6, total: 4e6 });
      while (stub.closed && !signal.aborted) await new Promise((done) => setTimeout(done, 10));
      if (signal.aborted) throw new MorphogenError("aborted", "Stopped.");
      return open();
    }`;
  await page.route("**/pkg/morphogen.js", (route) => route.fulfill({ contentType: "text/javascript", body }));
  await page.goto(`/${query}`);
}
const loads = (/** @type {import("@playwright/test").Page} */ page) => page.evaluate(() => /** @type {any} */ (globalThis).stub.loads);
const closed = (/** @type {import("@playwright/test").Page} */ page, /** @type {boolean} */ closed) =>
  page.evaluate((closed) => Object.assign(/** @type {any} */ (globalThis).stub, { closed }), closed);

test("a part of the page that needs the model loads it where that was stopped, and clears up", async ({ page }) => {
  await slowly(page, "?prompt=cat&seed=3&model=emoji");
  await drawn(page);
  await page.locator("#mix > summary").click();
  await page.locator("#mix-word").fill("hat");
  await closed(page, true);
  await page.getByRole("radio", { name: "Garments" }).check();
  await expect(page.locator("#status")).toContainText("Fetching the network");
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.locator("#status")).toHaveText("Stopped.");
  await expect(page.locator("#progress")).toBeHidden();
  await page.locator("#mix-word").press("Enter");
  await expect(page.locator("#status")).toContainText("Fetching the network");
  await expect(page.locator("#progress")).toBeVisible();
  await closed(page, false);
  await expect(page.locator("#mix-status")).toContainText("With hat");
  await expect(page.locator("#status")).toBeEmpty();
  await expect(page.locator("#progress")).toBeHidden();
  expect(await loads(page)).toBe(3);
});

test("who waits for the model waits for the same one, and for what takes its place", async ({ page }) => {
  await slowly(page, "?prompt=cat&seed=3&model=emoji&over=hat", { closed: true });
  await expect(page.locator("#mix-status")).toHaveText("Mixing …");
  expect(await loads(page)).toBe(1);
  await page.getByRole("radio", { name: "Garments" }).check();
  await expect.poll(() => loads(page)).toBe(2);
  await page.getByRole("radio", { name: "Emoji" }).check();
  await expect.poll(() => loads(page)).toBe(3);
  await page.locator("#prompt").fill("cat");
  await page.locator("#prompt").press("Enter");
  await expect.poll(() => loads(page)).toBe(4);
  await expect(page.locator("#mix-status")).toHaveText("Mixing …");
  await closed(page, false);
  await drawn(page, "cat, 4 pictures");
  await expect(page.locator("#mix-status")).toContainText("With hat");
  expect(await loads(page)).toBe(4);
  // Stopped, it can be wanted again.
  await closed(page, true);
  await page.getByRole("radio", { name: "Garments" }).check();
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.locator("#status")).toHaveText("Stopped.");
  await closed(page, false);
  await page.locator("#prompt").fill("red heart");
  await page.locator("#prompt").press("Enter");
  await drawn(page, "red heart");
});

test("one can scrub back through the steps, and replay them", async ({ page }) => {
  await page.goto(SHORT);
  await drawn(page);
  const slider = page.locator("#step");
  await expect(slider).toHaveValue("4");
  const picture = await shown(page);
  await slider.focus();
  await page.keyboard.press("Home");
  await expect(slider).toHaveAttribute("aria-valuetext", /Step 0 of 4, 100 % noise/);
  await page.keyboard.press("ArrowRight");
  await expect(page.locator("#lesson")).toContainText("Step 1 of 4");
  const first = await shown(page);
  expect(difference(first, picture)).toBeGreaterThan(50);
  await page.getByRole("button", { name: "Replay" }).click();
  await expect(slider).toHaveValue("4");
  expect(await shown(page)).toEqual(picture);
});

test("a batch is a grid of variations, each with its own seed", async ({ page }) => {
  await page.goto("/?prompt=bag&seed=20&count=2&steps=2");
  await drawn(page, "Bag, 2 pictures");
  await page.getByRole("button", { name: "Bag, seed 21" }).click();
  await expect(page.locator('.pick[aria-pressed="true"]')).toHaveAccessibleName(/seed 21, finished/);
  const second = await shown(page);
  await page.goto("/?prompt=bag&seed=21&count=1&steps=2");
  await drawn(page, "Bag, one picture");
  // Sums may be taken in another order in a larger batch.
  expect(difference(second, await shown(page))).toBeLessThanOrEqual(2);
});

test("a drawing can be stopped, and the next one starts", async ({ page }) => {
  await page.goto("/?model=fashion&prompt=coat&count=16&steps=60");
  await settings(page);
  await expect(page.locator("#status")).toContainText("Drawing", { timeout: 120_000 });
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.locator("#status")).toHaveText("Stopped.");
  // Another one starts, and what is asked for meanwhile takes its place.
  await page.locator("#steps").fill("59");
  await expect(page.locator("#status")).toContainText("Drawing");
  await page.locator("#steps").fill("2");
  await drawn(page, "Coat, 16 pictures, drawn on");
  await expect(page.locator("#step")).toHaveValue("2");
});

test("settings are in the address, and nonsense in it is ignored", async ({ page }) => {
  await page.goto("/?prompt=dress&seed=abc&count=1&steps=2&solver=magic&guidance=99&model=../secret&grid=magic&caption=-1&view=magic");
  await drawn(page, "dress");
  await settings(page);
  await page.locator("#seed").fill("12");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/seed=12/);
  await page.locator("#solver").selectOption("dpm-solver");
  await expect(page).toHaveURL(/solver=dpm-solver/);
  await page.locator("#grid").selectOption("uniform");
  await expect(page).toHaveURL(/grid=uniform/);
  await drawn(page, "dress");
  await page.locator("#dice").click();
  await expect(page).not.toHaveURL(/seed=12&/);
  await drawn(page, "dress");
});

test("the picture is saved as a PNG and the link copied", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(SHORT);
  await drawn(page);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save PNG" }).click();
  expect((await download).suggestedFilename()).toBe("morphogen-sneaker-7.png");
  await page.getByRole("button", { name: "Copy link" }).click();
  await expect(page.locator("#status")).toContainText("Link copied");
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(new URL(link).searchParams.get("seed")).toBe("7");
  expect(new URL(link).searchParams.get("prompt")).toBe("sneaker");
});

test("everything is done by keyboard alone", async ({ page }) => {
  await page.goto(SHORT);
  await drawn(page);
  await settings(page);
  // What stands before the page's name is the way past it.
  await page.locator(".wordmark").click();
  await page.keyboard.press("Shift+Tab");
  await expect(page.getByRole("link", { name: "Skip to the prompt" })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  const reached = new Set();
  for (let i = 0; i < 80; i += 1) {
    reached.add(await page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent));
    await page.keyboard.press("Tab");
  }
  for (const id of ["prompt", "draw", "Bag", "step", "play", "another", "link", "save", "seed", "dice", "steps", "grid", "solver", "device", "crisp"]) {
    expect(reached, `Tab reaches ${id}`).toContain(id);
  }
  await page.locator("#prompt").focus();
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type("bag");
  await page.keyboard.press("Enter");
  await drawn(page, "Bag");
});

test("a model or network that an address names and that is not there is left at its default", async ({ page }) => {
  await page.goto("/?model=nope&network=nope&prompt=cat&seed=9007199254740991&count=1&steps=2&device=cpu");
  await drawn(page);
  await expect(page.locator("[name=model][value=emoji]")).toBeChecked();
  await expect(page.locator("#seed")).toHaveValue("7");
  await page.goto("/?model=fashion&network=nope&prompt=bag&seed=3&count=1&steps=2&device=cpu");
  await drawn(page, "Bag");
  await expect(page).not.toHaveURL(/nope/);
});

test("what one pack does not know the other is offered for, and it draws it", async ({ page }) => {
  await page.goto("/?prompt=cat&model=fashion&seed=3&count=1&steps=2&device=cpu");
  // No coat is meant by it.
  await expect(page.locator("#status")).toHaveText("“cat” is not here, but among: Emoji.", { timeout: 60_000 });
  await expect(page.locator("#ways button")).toHaveText(["Look among: Emoji"]);
  for (const [word, there] of [["🐱", true], ["two cats", true], ["cot", false], ["of it", false]]) {
    await page.locator("#prompt").fill(String(word));
    await page.locator("#draw").click();
    await expect(page.locator("#status"), String(word)).toContainText(there ? `“${word}” is not here, but among: Emoji.` : "not something this model can draw");
  }
  await page.locator("#prompt").fill("cat");
  await page.locator("#draw").click();
  await page.locator("#ways").getByRole("button", { name: "Look among: Emoji" }).click();
  await drawn(page, "cat, one picture");
  await expect(page).toHaveURL(/prompt=cat&.*model=emoji/);
  // What is turned away is said, and words that were understood as they stand are not told again.
  await page.locator("#prompt").fill("two dogs, not a cat");
  await page.locator("#draw").click();
  await expect(page.locator("#understood")).toHaveText("kept out: cat.");
  await page.locator("#prompt").fill("two dogs");
  await page.locator("#draw").click();
  await drawn(page, "two dogs, one picture");
  await expect(page.locator("#understood")).toBeEmpty();
  await page.locator("#prompt").fill("asdfghjkl");
  await page.locator("#draw").click();
  await expect(page.locator("#ways button")).not.toHaveCount(0);
});

test("a long word breaks, in the page and in a frame", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 700 });
  const word = "Donaudampfschifffahrtsgesellschaftskapitaenswitwe";
  for (const address of [`/de.html?prompt=${word}&model=fashion`, `/embed.html?prompt=${word}`]) {
    await page.goto(address);
    await expect(page.getByRole("status").first()).toContainText(word, { timeout: 60_000 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth), address).toBeLessThanOrEqual(320);
  }
});

test("where the system gives the colours, what is chosen and what is switched on can be told", async ({ page }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await page.goto(SHORT);
  await drawn(page);
  await settings(page);
  const look = (/** @type {string} */ selector) => page.locator(selector).first().evaluate((element) => {
    const { backgroundColor, outlineStyle, outlineColor } = getComputedStyle(element);
    return [backgroundColor, outlineStyle, outlineColor].join();
  });
  expect(await look("#packs label:has(:checked)")).not.toBe(await look("#packs label:not(:has(:checked))"));
  expect(await look(".pick[aria-pressed=true]")).toContain("solid");
  expect(await look(".chips [aria-pressed=true]")).not.toBe(await look(".chips [aria-pressed=false]"));
  const before = await look("#crisp");
  await page.locator("#crisp").press("Space");
  expect(await look("#crisp")).not.toBe(before);
});
