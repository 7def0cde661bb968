/**
 * Counts the trousers with more than two legs that the shipped networks draw, in a real browser with the built package, and writes
 * `www/essay/figures/fingers-found.js`: what the essay's chapter on fingers shows and states. A test counts anew and compares.
 *
 *     node tools/essay/finds.mjs && node tools/essay.mjs
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { launched } from "../browser.mjs";
import { legs } from "../../www/essay/pixels.js";
import { walk } from "../../www/essay/walk.js";
import { serve } from "../serve.mjs";

const FILE = fileURLToPath(new URL("../../www/essay/figures/fingers-found.js", import.meta.url));
/** A trouser has two. */
const USUAL = 2;
/** The networks that are looked at, and so many seeds of each, from 0 on. */
const NETWORKS = ["resnet", "unet"];
const LOOKED = 100;
const BATCH = 20;

/**
 * @typedef {object} Found
 * @property {number} looked seeds of each network
 * @property {Record<string, number[]>} seeds those with a leg too many, by network, the clearest first
 * @property {number} real training images that were looked at
 * @property {number[]} odd those among them with more legs
 */

/**
 * Counts on a page of the served site.
 * @param {import("@playwright/test").Page} page
 * @returns {Promise<Found>}
 */
export async function count(page) {
  /** @param {number[][]} pictures */
  const clearest = (pictures) =>
    pictures
      .map((pixels, n) => ({ n, ...legs(Float32Array.from(pixels)) }))
      .filter((found) => found.count > USUAL)
      .sort((a, b) => b.rows - a.rows || b.faintest - a.faintest || a.n - b.n)
      .map(({ n }) => n);
  await page.goto("essay/?device=cpu#further");
  /** @type {Record<string, number[]>} */
  const seeds = {};
  for (const network of NETWORKS) seeds[network] = clearest(await page.evaluate(drawn, { network, count: LOOKED, batch: BATCH, walk: walk(20) }));
  const images = await page.evaluate(training);
  return { looked: LOOKED, seeds, real: images.length, odd: clearest(images) };
}

/** @param {{ network: string, count: number, batch: number, walk: object }} wish @returns {Promise<number[][]>} */
async function drawn({ network, count, batch, walk }) {
  const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
  const model = await loadModel("../models/fashion/", { device: "cpu", network });
  const pictures = [];
  for (let seed = 0; seed < count; seed += batch) {
    const { pixels } = await model.sample({ network, prompt: "trouser", seed, count: batch, ...walk });
    for (let n = 0; n < batch; n += 1) pictures.push([...pixels.subarray((n * pixels.length) / batch, ((n + 1) * pixels.length) / batch)]);
  }
  model.close();
  return pictures;
}

/** @returns {Promise<number[][]>} */
async function training() {
  const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
  const model = await loadModel("../models/fashion/", { device: "cpu" });
  const { data, count } = await model.training("trouser");
  const size = data.length / count;
  model.close();
  return Array.from({ length: count }, (_, n) => [...data.subarray(n * size, (n + 1) * size)].map((value) => value / 127.5 - 1));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url, close } = await serve();
  const browser = await launched();
  try {
    const page = await browser.newPage({ baseURL: url });
    const found = await count(page);
    const text = `/**
 * Trousers with a leg too many, the clearest first. Made by tools/essay/finds.mjs.
 * @type {{ looked: number, seeds: Record<string, number[]>, real: number, odd: number[] }}
 */\nexport const FOUND = ${JSON.stringify(found, null, 2).replace(/\[\s+([^\]]*?)\s+\]/g, (_, list) => `[${list.replace(/\s+/g, " ")}]`).replace(/"(\w+)":/g, "$1:")};\n`;
    writeFileSync(FILE, text);
    console.log(text);
  } finally {
    await browser.close();
    await close();
  }
}
