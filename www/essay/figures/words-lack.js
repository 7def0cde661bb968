/**
 * What a picture of several words would lack without one of them, asked of a network: at every step, about the same noisy picture,
 * once with all words and once with one missing. The maps say how far the guesses are apart.
 */
import { image } from "../pixels.js";

/** @typedef {import("../../pkg/morphogen.js").Model} Model */
/** @typedef {import("../../pkg/morphogen.js").Frame} Frame */
/** @typedef {import("../../pkg/morphogen.js").Sample} Sample */

/**
 * @typedef {object} Lack what is missing without a word
 * @property {Float32Array[]} guesses of the network without it, by step
 * @property {Float32Array} instead what is drawn without it from the same noise
 * @property {Float32Array[]} maps `[H, W]`, the mean over channels of how far it moves a guess: in all steps together, then in each
 */

/** What is asked for: words of the pack, some of which belong together. */
export const PROMPTS = /** @type {const} */ ({
  sunglasses: ["smiling face", "sunglasses"],
  mask: ["face", "medical mask"],
  fire: ["heart", "fire"],
  apple: ["red", "apple"],
  arrow: ["heart", "arrow"],
});
/** @typedef {keyof typeof PROMPTS} Prompt */
/** How all of it is drawn, which is said in addition. */
const STYLE = "noto";

/** The colour of what changes most, and how much of the picture shows through where nothing does. */
const [HOT, SHADE] = [[190, 40, 0], 0.3];
/** That share of the pixels may be off the scale. */
const OFF = 0.01;

/**
 * A picture of all words, the guesses on the way to it, and what it lacks without each word.
 * @param {Model} model
 * @param {readonly string[]} phrases
 * @param {number} seed
 * @param {AbortSignal} [signal]
 * @returns {Promise<{ sample: Sample, guesses: Float32Array[], lacks: Lack[] }>}
 */
export async function lacking(model, phrases, seed, signal) {
  const said = (/** @type {readonly string[]} */ some) => [STYLE, ...some].join(" ");
  // The words as they stand: a caption would bring others in.
  const sample = await model.sample({ prompt: said(phrases), prior: false, seed, frames: true, signal });
  const states = sample.frames.slice(0, -1);
  const guess = async (/** @type {string} */ prompt, /** @type {Frame} */ { t, x }) => {
    const { pixels } = await model.sample({ prompt, prior: false, start: { t, pixels: x }, steps: 1, guidance: 1, signal });
    return pixels;
  };
  const all = async (/** @type {string} */ prompt) => {
    const guesses = [];
    for (const state of states) guesses.push(await guess(prompt, state));
    return guesses;
  };
  const guesses = await all(said(phrases));
  const lacks = [];
  for (const phrase of phrases) {
    const prompt = said(phrases.filter((other) => other !== phrase));
    const without = await all(prompt);
    const { pixels: instead } = await model.sample({ prompt, prior: false, seed, signal });
    const maps = without.map((one, n) => changes(guesses[n], one, sample.width * sample.height));
    lacks.push({ guesses: without, instead, maps: [maps.reduce((sum, map) => sum.map((value, q) => value + map[q])), ...maps] });
  }
  return { sample, guesses, lacks };
}

/**
 * How far two pictures are apart in each pixel, the mean over channels.
 * @param {Float32Array} a
 * @param {Float32Array} b
 * @param {number} area pixels
 */
function changes(a, b, area) {
  const map = new Float32Array(area);
  for (let i = 0; i < a.length; i += 1) map[i % area] += (Math.abs(a[i] - b[i]) * area) / a.length;
  return map;
}

/**
 * How much of all change the quarter of the pixels has that changes most: a quarter where it is spread evenly.
 * @param {Float32Array} map
 */
export function quarter(map) {
  const sum = (/** @type {Float32Array} */ some) => some.reduce((sum, value) => sum + value, 0);
  return sum(descending(map).subarray(0, map.length / 4)) / sum(map);
}

const descending = (/** @type {Float32Array} */ map) => map.slice().sort().reverse();

/** Where the scale ends that some maps share, so that they can be compared. @param {Float32Array[]} maps */
export const end = (maps) => Math.max(...maps.map((map) => descending(map)[Math.floor(OFF * map.length)])) || 1;

/**
 * A map over a faint grey copy of the picture.
 * @param {Float32Array} map
 * @param {number} most where its scale ends
 * @param {Float32Array} pixels of the picture, in colour
 */
export function heat(map, most, pixels) {
  const made = image(pixels, Math.sqrt(map.length));
  map.forEach((value, q) => {
    const [red, green, blue] = made.data.subarray(4 * q, 4 * q + 3);
    const faint = 255 - SHADE * (255 - (red + green + blue) / 3);
    const share = Math.min(1, value / most);
    HOT.forEach((hot, c) => (made.data[4 * q + c] = faint + share * (hot - faint)));
  });
  return made;
}
