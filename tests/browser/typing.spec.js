/** The page draws as one types: sketches at every pause, all steps after a rest, in order, none lost, none stale. */
import { expect, test } from "@playwright/test";
import { asked, drawn, shown, stubbed } from "./support.js";

test.beforeEach(({}, { project }) => test.skip(project.name !== "cpu", "the model of these tests needs no device"));

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
  const sketch = (await asked(page)).at(-1);
  expect(sketch).toMatchObject({ prompt: "tabby cat", steps: 4, solver: "dpm-solver", grid: "early", count: 4 });
  await drawn(page, "tabby cat, 4 pictures, drawn on");
  const [whole, ...before] = (await asked(page)).reverse();
  expect(whole).toMatchObject({ prompt: "tabby cat", steps: 8, solver: "dpm-solver", grid: "early", seed: sketch.seed });
  // Nothing was asked for between the first letter and the pause but what was there at a pause.
  expect(before.filter(({ steps }) => steps === 8).map(({ prompt }) => prompt)).toEqual(["birthday cake"]);
  await expect(page).toHaveURL(/prompt=tabby\+cat/);
});

test("what is typed on takes the place of what is under way: the newest wins, in order", async ({ page }) => {
  await stubbed(page, "", { step: 100 });
  const names = await watched(page);
  const typed = ["one", "two", "three", "four", "five", "six"];
  for (const [n, word] of typed.entries()) {
    await page.locator("#prompt").fill(word);
    // A sketch takes 1.6 s here: some pauses are longer than that, most are not, some are no pauses at all.
    await page.waitForTimeout([100, 400, 600, 1900, 300, 0][n]);
  }
  await drawn(page, "six, 4 pictures, drawn on");
  const shownWords = (await names()).map((/** @type {string} */ name) => name.split(",")[0]);
  const order = shownWords.map((/** @type {string} */ word) => typed.indexOf(word));
  expect(order).toEqual(order.toSorted((/** @type {number} */ a, /** @type {number} */ b) => a - b));
  expect(shownWords).toContain("four");
  expect(shownWords.at(-1)).toBe("six");
  const picture = await shown(page);
  await page.waitForTimeout(2500);
  expect(await shown(page)).toEqual(picture);
  expect((await asked(page)).at(-1)).toMatchObject({ prompt: "six", steps: 8 });
});

test("the button overtakes the typing, and a sketch that it overtook is never shown", async ({ page }) => {
  await stubbed(page, "", { step: 60 });
  const names = await watched(page);
  await page.locator("#prompt").fill("slow cat");
  await page.waitForTimeout(500);
  await page.locator("#prompt").fill("quick dog");
  await page.locator("#prompt").press("Enter");
  await drawn(page, "quick dog, 4 pictures, drawn on");
  expect((await names()).filter((/** @type {string} */ name) => name.includes("slow cat"))).toEqual([]);
  const count = (await asked(page)).length;
  // Nothing is left waiting.
  await page.waitForTimeout(2500);
  expect((await asked(page)).length).toBe(count);
});

test("where a sketch takes too long, only the button draws", async ({ page }) => {
  await stubbed(page, "?count=1", SLOW);
  await page.locator("#prompt").fill("cat");
  await page.waitForTimeout(3000);
  expect((await asked(page)).map(({ prompt }) => prompt)).toEqual(["birthday cake"]);
  await page.locator("#draw").click();
  await drawn(page, "cat, one picture, drawn on");
});

test("half a word is no mistake, and an empty line asks for nothing", async ({ page }) => {
  await stubbed(page, "", FAST);
  const picture = await shown(page);
  await page.locator("#prompt").fill("zorgle");
  await expect(page.locator("#understood")).toContainText("“zorgle” is unknown to it so far");
  await page.waitForTimeout(2500);
  await expect(page.locator("#prompt")).not.toHaveAttribute("aria-invalid", "true");
  await expect(page.locator("#status")).not.toHaveClass(/problem/);
  expect(await shown(page)).toEqual(picture);
  await page.locator("#prompt").fill("");
  await page.waitForTimeout(2500);
  expect((await asked(page)).length).toBe(1);
  await page.locator("#prompt").fill("zorgle");
  await page.locator("#prompt").press("Enter");
  await expect(page.locator("#status")).toHaveClass(/problem/);
  await page.getByRole("button", { name: "cat", exact: true }).first().click();
  await drawn(page, "cat, 4 pictures, drawn on");
});

test("who asked for less motion sees every drawing once, when it is finished", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await stubbed(page, "", FAST);
  await page.evaluate(() => {
    const context = /** @type {CanvasRenderingContext2D} */ (document.querySelector("canvas")?.getContext("2d"));
    const put = context.putImageData;
    Object.assign(globalThis, { paints: 0 });
    context.putImageData = function (/** @type {any[]} */ ...all) {
      /** @type {any} */ (globalThis).paints += 1;
      return /** @type {any} */ (put).apply(this, all);
    };
  });
  await page.locator("#prompt").fill("red heart");
  await drawn(page, "red heart, 4 pictures, drawn on");
  // The sketch, and the whole.
  expect(await page.evaluate(() => /** @type {any} */ (globalThis).paints)).toBe(2);
});

test("what stands under the pictures is of these pictures, and a comparison that was begun is not taken away", async ({ page }) => {
  await stubbed(page, "", FAST);
  await page.locator("#prompt").fill("red heart");
  await expect(page.locator(".caption").first()).toHaveText("red heart 0 · Fluent");
  await expect(page.locator(".pick").first()).toHaveAccessibleName(/^red heart/);
  await page.evaluate(() => (document.getElementById("compare")?.click(), undefined));
  await page.waitForTimeout(200);
  await drawn(page, "red heart, 4 pictures, drawn on");
});
