/**
 * Draws the picture that other sites show beside a link to the page, `www/card.jpg`: twelve words coming out of the noise.
 * Needs the built package.
 *
 *     node tools/card.mjs
 */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { launched } from "./browser.mjs";
import { serve } from "./serve.mjs";

const OUT = resolve(fileURLToPath(import.meta.url), "../../www/card.jpg");
const WORDS = ["butterfly", "panda", "strawberry", "rocket", "green apple", "sunflower"];
const SEED = 7;

const { url, close } = await serve();
const browser = await launched();
const page = await browser.newPage();
await page.goto(`${url}tests/blank.html`);
const image = await page.evaluate(
  async ({ words, seed }) => {
    const here = (/** @type {string} */ address) => new URL(address, location.href).href;
    const { loadModel } = await import(here("../pkg/morphogen.js"));
    const model = await loadModel(here("../models/emoji/"), { device: "cpu" });
    const canvas = Object.assign(document.createElement("canvas"), { width: 1200, height: 630 });
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.fillStyle = "#fbfaf7";
    context.fillRect(0, 0, 1200, 630);
    context.fillStyle = "#1c1b19";
    context.font = "italic 76px Palatino, 'URW Palladio L', P052, Georgia, serif";
    context.fillText("Morphogen", 70, 130);
    context.font = "34px Palatino, 'URW Palladio L', P052, Georgia, serif";
    context.fillText("A diffusion model in a web page: where its creativity comes from", 70, 190);
    context.imageSmoothingQuality = "high";
    for (const [column, prompt] of words.entries()) {
      const sample = await model.sample({ prompt, seed, frames: true });
      const steps = [Math.round(sample.frames.length * 0.45), sample.frames.length - 1];
      for (const [row, step] of steps.entries()) {
        const small = new OffscreenCanvas(64, 64);
        small.getContext("2d")?.putImageData(sample.frames[step].toImageData(), 0, 0);
        context.drawImage(small, 70 + column * 180, 235 + row * 180, 160, 160);
      }
    }
    return canvas.toDataURL("image/jpeg", 0.85);
  },
  { words: WORDS, seed: SEED },
);
writeFileSync(OUT, Buffer.from(image.split(",")[1], "base64"));
await browser.close();
await close();
