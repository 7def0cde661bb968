/**
 * Takes the essay's pictures out of a real browser: every chapter for `docs/screenshots/` (wide and light, some of them narrow and
 * dark), and each figure once more, without what can be touched, for `www/essay/stills/`, where it stands until the figure
 * runs, and in print. Needs the built package; then write the pages anew, as they name the sizes of the stills.
 *
 *     node tools/screenshots.mjs [CHAPTER]... && node tools/essay.mjs
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { launched } from "./browser.mjs";
import { FIGURES } from "../www/essay/figures.js";
import { walk } from "../www/essay/walk.js";
import { CHAPTERS } from "./essay.mjs";
import { serve } from "./serve.mjs";

const ROOT = resolve(fileURLToPath(import.meta.url), "../..");
const SHOTS = resolve(ROOT, "docs/screenshots");
const STILLS = resolve(ROOT, "www/essay/stills");
/** Chapters that are taken on a phone, too. */
const PHONE = ["opening", "locality"];
/** The film that opens the essay: one thing a row, from noise on, all as small as the garments. */
const FILM = {
  rows: [
    { pack: "emoji", prompt: "noto cat face", seed: 4 },
    { pack: "fashion", prompt: "pullover", seed: 4 },
    { pack: "emoji", prompt: "noto strawberry", seed: 4 },
    { pack: "fashion", prompt: "ankle-boot", seed: 4 },
  ],
  every: 2,
  walk: walk(20),
};
/** A figure may compute for so long, in milliseconds, before it is taken as it is. */
const PATIENCE = 600_000;
/** Figures that never rest are taken after so many seconds. */
const RESTLESS = /** @type {Record<string, number>} */ ({ turing: 20 });
/** What a still leaves out, and colours that can be read on light and on dark paper. */
const STILL = `html, body, figure { background: transparent !important; }
  .controls, .slider, .choice, .switch, .guess, .live button:not(:has(canvas)), .live input, .live textarea { display: none !important; }
  .live * { color: #85817a !important; }
  .plot text { fill: #85817a !important; }
  .plot .grid { stroke: #85817a66 !important; }`;

/**
 * Figures that stand as their still until somebody presses, on a phone as in German: pictures alone, since words in a picture are as
 * small as it is, and in one language. What they are stands in the caption.
 */
const WORDLESS = ["mixing", "words", "guidance"];
const NO_WORDS = `.live { width: max-content; }
  .live p, .live ul, .live button span { display: none !important; }
  .live [aria-pressed] { outline: none !important; }`;

/** What a reader would press before the figure shows what it is about. */
const PRESS = /** @type {Record<string, string>} */ ({
  noise: "Take the noise away",
  copies: "Just show me",
  blindness: "Just show me",
  prediction: "Just show me",
  mixing: "Draw it here",
  words: "Draw it here",
  guidance: "Draw it here",
});

const wanted = process.argv.slice(2);
const chosen = ["opening", ...CHAPTERS].filter((name) => wanted.length === 0 || wanted.includes(name));

/**
 * Waits until a figure has shown what it shows first.
 * @param {import("@playwright/test").Page} page
 * @param {string} name
 */
async function rested(page, name) {
  const figure = page.locator(`#${name}-figure`);
  await figure.scrollIntoViewIfNeeded();
  const idle = async () => {
    if (RESTLESS[name]) return page.waitForTimeout(1000 * RESTLESS[name]);
    await page.waitForFunction((id) => {
      const element = document.getElementById(id);
      return element && "live" in element.dataset && element.ariaBusy !== "true";
    }, `${name}-figure`, { timeout: PATIENCE });
  };
  await idle();
  if (!PRESS[name]) return figure;
  await figure.getByRole("button", { name: PRESS[name] }).click();
  // A moment, so that what was pressed has begun.
  await page.waitForTimeout(500);
  await idle();
  return figure;
}

const { url, close } = await serve();
const browser = await launched();
for (const folder of [SHOTS, STILLS]) mkdirSync(folder, { recursive: true });

/**
 * Takes a chapter, with its figure at rest.
 * @param {import("@playwright/test").BrowserContext} context
 * @param {string} name
 * @param {string} suffix
 */
async function shoot(context, name, suffix) {
  const page = await context.newPage();
  await page.goto(`${url}essay/?device=cpu#${name === "opening" ? "" : name}`);
  const figure = name in FIGURES ? await rested(page, name) : undefined;
  // The list of chapters would lie over what is taken.
  await page.evaluate(() => document.querySelector(".chapters")?.remove());
  const path = resolve(SHOTS, `${name}${suffix}.png`);
  if (name === "opening") await page.screenshot({ path });
  else await page.locator(`#${name}`).screenshot({ path });
  console.log(path);
  if (figure && suffix === "") await still(page, figure, name);
  await page.close();
}

/**
 * Draws the film that opens the essay, and keeps it among the stills.
 * @param {import("@playwright/test").BrowserContext} context
 */
async function film(context) {
  const page = await context.newPage();
  await page.goto(`${url}essay/?device=cpu`);
  const drawn = await page.evaluate(async ({ rows, every, walk }) => {
    const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    const canvas = document.createElement("canvas");
    canvas.width = (walk.steps / every + 1) * 28;
    canvas.height = rows.length * 28;
    for (const [row, { pack, prompt, seed }] of rows.entries()) {
      const model = await loadModel(`../models/${pack}/`, { device: "cpu", network: "unet" });
      const { frames } = await model.sample({ prompt, seed, ...walk, frames: true });
      for (let n = 0; n <= walk.steps; n += every) {
        const picture = await createImageBitmap(frames[n].toImageData());
        canvas.getContext("2d")?.drawImage(picture, (n / every) * 28, row * 28, 28, 28);
      }
      model.close();
    }
    return canvas.toDataURL();
  }, FILM);
  writeFileSync(resolve(STILLS, "opening.png"), Buffer.from(drawn.split(",")[1], "base64"));
  await page.close();
}

/**
 * Takes a figure as it stands on the page until it runs.
 * @param {import("@playwright/test").Page} page
 * @param {import("@playwright/test").Locator} figure
 * @param {string} name
 */
async function still(page, figure, name) {
  await page.evaluate((css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }, WORDLESS.includes(name) ? STILL + NO_WORDS : STILL);
  const path = resolve(STILLS, `${name}.png`);
  await figure.locator(".live").screenshot({ path, omitBackground: true });
  console.log(path);
}

try {
  const wide = await browser.newContext({ viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1, colorScheme: "light", reducedMotion: "reduce" });
  if (chosen.includes("opening")) await film(wide);
  for (const name of chosen) await shoot(wide, name, "");
  const phone = await browser.newContext({ viewport: { width: 360, height: 740 }, deviceScaleFactor: 1, colorScheme: "dark", reducedMotion: "reduce", hasTouch: true });
  for (const name of chosen.filter((name) => PHONE.includes(name))) await shoot(phone, name, "-phone");
} finally {
  await browser.close();
  await close();
}
