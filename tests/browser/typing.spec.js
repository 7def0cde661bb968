/** The page draws as one types: sketches at every pause, all steps after a rest, in order, none lost, none stale. */
import { expect, test } from "@playwright/test";
import { asked, countPaints, drawn, shown, stubbed } from "./support.js";

// Time that only passes is not waited for.
test.beforeEach(({ page }) => page.clock.install());

/** A step of one picture, in milliseconds: a sketch is fast enough to follow the typing. */
const FAST = { step: 20 };
/** And here it is not. */
const SLOW = { step: 150 };

/**
 * Writes down what the first picture says it is, whenever that changes.
 * @param {import("@playwright/test").Page} page
 */
async function watched(page) {
  await page.evaluate(() => {
    const pick = /** @type {HTMLElement} */ (document.querySelector(".pick"));
    /** @type {string[]} */
    const names = [];
    new MutationObserver(() => pick.ariaLabel !== names.at(-1) && names.push(pick.ariaLabel ?? "")).observe(pick, { attributeFilter: ["aria-label"] });
    Object.assign(globalThis, { names });
  });
  return () => page.evaluate(() => /** @type {any} */ (globalThis).names);
}

test("a pause in the typing is sketched in four steps, a rest is drawn with all of them", async ({ page }) => {
  await stubbed(page, "", FAST);
  await page.locator("#prompt").fill("");
  await page.locator("#prompt").pressSequentially("tabby cat", { delay: 30 });
  await expect(page.locator(".pick").first()).toHaveAccessibleName("tabby cat, seed 7, finished");
  // The first that was asked for of it: the rest may have begun by now.
  const sketch = (await asked(page)).find(({ prompt }) => prompt === "tabby cat");
  expect(sketch).toMatchObject({ prompt: "tabby cat", steps: 4, solver: "dpm-solver", grid: "early", count: 4 });
  await drawn(page, "tabby cat, 4 pictures, drawn on");
  const [whole, ...before] = (await asked(page)).reverse();
  expect(whole).toMatchObject({ prompt: "tabby cat", steps: 8, solver: "dpm-solver", grid: "early", seed: sketch.seed });
  // Nothing was asked for between the first letter and the pause but what was there at a pause.
  expect(before.filter(({ steps }) => steps === 8).map(({ prompt }) => prompt)).toEqual(["birthday cake"]);
  await expect(page).toHaveURL(/prompt=tabby\+cat/);
});

/**
 * Lets no drawing of these prompts begin, until others are named.
 * @param {import("@playwright/test").Page} page
 * @param {string[]} prompts
 */
const hold = (page, ...prompts) => page.evaluate((prompts) => void (/** @type {any} */ (globalThis).stub.hold = prompts), prompts);

/**
 * Waits until this was asked for last.
 * @param {import("@playwright/test").Page} page
 * @param {string} prompt
 */
const begun = (page, prompt) => expect.poll(async () => (await asked(page)).at(-1).prompt).toBe(prompt);

test("what is typed on takes the place of what is under way: the newest wins, in order", async ({ page }) => {
  await stubbed(page, "", FAST);
  const names = await watched(page);
  const typed = ["one", "two", "three", "four", "five", "six"];
  // These are still under way when the next is typed; the fifth is gone before the pause, unless this machine is slow.
  await hold(page, "one", "three", "five");
  for (const word of typed) {
    await page.locator("#prompt").fill(word);
    if (word === "five") continue;
    await begun(page, word);
    if (/two|four/.test(word)) await expect(page.locator(".pick").first()).toHaveAccessibleName(`${word}, seed 7, finished`);
  }
  await drawn(page, "six, 4 pictures, drawn on");
  const words = (await names()).map((/** @type {string} */ name) => name.split(",")[0]);
  // Both that finished may have been drawn with all steps, too.
  expect([...new Set(words)]).toEqual(["two", "four", "six"]);
  expect(words).toEqual(words.toSorted((/** @type {string} */ a, /** @type {string} */ b) => typed.indexOf(a) - typed.indexOf(b)));
  expect((await asked(page)).at(-1)).toMatchObject({ prompt: "six", steps: 8 });
  const picture = await shown(page);
  await page.clock.runFor(2500);
  expect(await shown(page)).toEqual(picture);
});

test("the button overtakes the typing, and what it overtook is never shown", async ({ page }) => {
  await stubbed(page, "", FAST);
  const names = await watched(page);
  await hold(page, "slow cat");
  await page.locator("#prompt").fill("slow cat");
  await begun(page, "slow cat");
  await page.locator("#prompt").fill("quick dog");
  await page.locator("#prompt").press("Enter");
  await hold(page);
  await drawn(page, "quick dog, 4 pictures, drawn on");
  expect((await names()).filter((/** @type {string} */ name) => name.includes("slow cat"))).toEqual([]);
  const count = (await asked(page)).length;
  // Nothing is left waiting.
  await page.clock.runFor(2500);
  expect((await asked(page)).length).toBe(count);
});

test("the rest waits for the sketch", async ({ page }) => {
  await stubbed(page, "", FAST);
  await hold(page, "red heart");
  await page.locator("#prompt").fill("red heart");
  await page.clock.runFor(2500);
  expect((await asked(page)).at(-1)).toMatchObject({ prompt: "red heart", steps: 4 });
  await hold(page);
  await expect(page.locator(".pick").first()).toHaveAccessibleName("red heart, seed 7, finished");
  await drawn(page, "red heart, 4 pictures, drawn on");
  expect((await asked(page)).slice(1).map(({ steps }) => steps)).toEqual([4, 8]);
});

test("where a sketch takes too long, only the button draws", async ({ page }) => {
  await stubbed(page, "?count=1", SLOW);
  await page.locator("#prompt").fill("cat");
  await page.clock.runFor(3000);
  expect((await asked(page)).map(({ prompt }) => prompt)).toEqual(["birthday cake"]);
  await page.locator("#draw").click();
  await drawn(page, "cat, one picture, drawn on");
});

test("half a word is no mistake, and an empty line asks for nothing", async ({ page }) => {
  await stubbed(page, "", FAST);
  const picture = await shown(page);
  await page.locator("#prompt").fill("zorgle");
  await expect(page.locator("#understood")).toContainText("“zorgle” is unknown to it so far");
  await page.clock.runFor(2500);
  await expect(page.locator("#prompt")).not.toHaveAttribute("aria-invalid", "true");
  await expect(page.locator("#status")).not.toHaveClass(/problem/);
  expect(await shown(page)).toEqual(picture);
  await page.locator("#prompt").fill("");
  await page.clock.runFor(2500);
  expect((await asked(page)).length).toBe(1);
  await page.locator("#prompt").fill("zorgle");
  await page.locator("#prompt").press("Enter");
  await expect(page.locator("#status")).toHaveClass(/problem/);
  await page.getByRole("button", { name: "cat", exact: true }).first().click();
  await drawn(page, "cat, 4 pictures, drawn on");
});

test("who asked for less motion sees every drawing once, when it is finished", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  const paints = await countPaints(page);
  await stubbed(page, "", FAST);
  const before = await paints(".pick >> nth=0 >> canvas");
  await page.locator("#prompt").fill("red heart");
  await drawn(page, "red heart, 4 pictures, drawn on");
  // The sketch, and the whole.
  expect(await paints(".pick >> nth=0 >> canvas") - before).toBe(2);
});

test("a comparison that was begun with the sketch is not taken away", async ({ page }) => {
  await stubbed(page, "", FAST);
  // From here on time goes as far as it is run: the rest must not come before the comparison.
  await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 60_000);
  await page.locator("#prompt").fill("red heart");
  await page.clock.runFor(1000);
  await expect(page.locator(".caption").first()).toHaveText("red heart 0 · Fluent");
  await page.locator("#compare").dispatchEvent("click");
  await expect(page.locator("#theory-status")).toContainText("The machine draws");
  await page.clock.runFor(500);
  await expect(page.locator("#theory-status")).toContainText("agree with r =");
  await page.clock.runFor(2500);
  await expect(page.locator("#theory-status")).toContainText("agree with r =");
  expect((await asked(page)).slice(1).map(({ steps, grid, machine }) => [steps, grid, machine])).toEqual([[4, "early", undefined], [4, "early", "blend"]]);
});
