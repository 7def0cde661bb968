/**
 * In the place of the package: a model of 64 × 64 pixels that draws discs in the colour of its prompt, as slowly as
 * `stub.step` milliseconds a step, or not at all while its prompt is in `stub.hold`, with a prior that chooses captions. What
 * the page asks for stands in `stub.asked`. By the page's stopwatch a step takes just as long, and nothing else any time: a busy
 * machine is no slow model. For tests of what the page does with answers, whatever they cost.
 */

const SIZE = { width: 64, height: 64, channels: 3 };
const PLANE = SIZE.width * SIZE.height;

/** What tests set and read. */
export const stub = Object.assign(globalThis, {
  stub: { step: 5, asked: /** @type {any[]} */ ([]), finished: /** @type {string[]} */ ([]), fetched: 0, .../** @type {any} */ (globalThis).stub },
}).stub;

let now = 0;
performance.now = () => now;

export class MorphogenError extends Error {
  /** @param {string} code @param {string} message */
  constructor(code, message) {
    super(message);
    this.code = code;
    this.suggestions = code === "prompt-unknown" ? ["cat"] : [];
  }
}

const INFO = {
  name: "stub",
  title: "Stub",
  version: "1.0.0",
  image: SIZE,
  licence: { data: { licence: "MIT", attribution: "nobody" }, weights: { licence: "MIT", attribution: "nobody" } },
  prompts: [],
  text: { words: "words.json", count: 3, styles: 1, languages: {}, examples: ["birthday cake", "cat", "red heart"], index: "training/index.json", captions: "captions.json" },
  networks: [{ name: "unet", title: "UNet", file: "unet.safetensors", bytes: 4e6, guidance: 2, steps: 8, grid: "early", solver: "dpm-solver", config: {}, machines: [], windows: {} }],
  training: {},
};

/** @param {string} text */
const hash = (text) => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7);

/**
 * A disc in the prompt's colour, under as much noise.
 * @param {string} prompt
 * @param {number} seed
 * @param {number} noise
 */
function disc(prompt, seed, noise) {
  const pixels = new Float32Array(3 * PLANE);
  const colour = [0, 8, 16].map((shift) => (((hash(prompt) >> shift) & 255) / 255) * 1.6 - 1);
  let state = seed * 7919 + 1;
  for (let q = 0; q < PLANE; q += 1) {
    const inside = (q % 64 - 32) ** 2 + (Math.floor(q / 64) - 32) ** 2 < (16 + (seed % 8)) ** 2;
    for (let c = 0; c < 3; c += 1) {
      state = (state * 16807) % 2147483647;
      pixels[c * PLANE + q] = (1 - noise) * (inside ? colour[c] : 1) + noise * ((state / 2147483647) * 2 - 1);
    }
  }
  return pixels;
}

/** @param {Float32Array} pixels @param {number} n @param {number} scale */
function imageData(pixels, n, scale) {
  const image = new ImageData(64 * scale, 64 * scale);
  for (let row = 0; row < 64 * scale; row += 1) {
    for (let column = 0; column < 64 * scale; column += 1) {
      const q = Math.floor(row / scale) * 64 + Math.floor(column / scale);
      const at = 4 * (row * 64 * scale + column);
      for (let c = 0; c < 3; c += 1) image.data[at + c] = (pixels[(3 * n + c) * PLANE + q] + 1) * 127.5;
      image.data[at + 3] = 255;
    }
  }
  return image;
}

/** @param {(n: number) => Float32Array} picture @param {number} count */
function batch(picture, count) {
  const pixels = new Float32Array(count * 3 * PLANE);
  for (let n = 0; n < count; n += 1) pixels.set(picture(n), n * 3 * PLANE);
  return pixels;
}

const STYLES = ["fluent", "noto", "twemoji"];

class Model {
  info = INFO;
  device = "cpu";
  notice = "";
  network = "unet";
  async words() {
    return { styles: STYLES, words: ["cake", "cat", "heart"] };
  }
  /** @param {string} prompt */
  async understand(prompt) {
    if (/zorgle/.test(prompt)) throw new MorphogenError("prompt-unknown", `Nothing is known of “${prompt}”.`);
    return { name: prompt, label: prompt, words: [1], used: [prompt], ignored: [], corrected: [], unknown: [] };
  }
  /** @param {any} options */
  async sample(options) {
    const { prompt, seed, count = 1, steps, prior, caption, signal, onStep } = options;
    const [way, second] = Object.entries(options).find(([name, value]) => ["and", "over", "into", "between"].includes(name) && value) ?? ["", undefined];
    const { from, keep } = options;
    if (from && prompt) await this.understand(prompt);
    const origin = from && { t: from.t, index: from.index, image: from.image.label ?? from.image.constructor.name };
    stub.asked.push({ ...options, signal: undefined, onStep: undefined, from: origin, keep: keep && [...keep] });
    const begun = from && (from.image.pixels ?? from.image).slice?.(3 * PLANE * (from.index ?? 0), 3 * PLANE * ((from.index ?? 0) + 1));
    const over = (/** @type {Float32Array} */ pixels) => (keep ? pixels.map((value, i) => (keep[i % PLANE] ? begun[i] : value)) : pixels);
    const captions = Array.from({ length: count }, (_, n) => {
      if (!prior || !prompt || /plain/.test(prompt)) return null;
      const index = caption ?? (n === 0 ? 0 : (seed + n) % 5);
      return { index, label: `${prompt} ${index}`, style: STYLES[index % 3], words: [1], known: 200 };
    });
    const drawn = (/** @type {number} */ n, /** @type {number} */ noise) => over(disc(`${prompt} ${captions[n]?.index}${second ? JSON.stringify([way, second]) : ""}`, seed + n, noise));
    while (stub.hold?.includes(prompt) && !signal?.aborted) await new Promise((done) => setTimeout(done, 10));
    for (let step = 0; step <= steps; step += 1) {
      if (step > 0) {
        await new Promise((done) => setTimeout(done, stub.step * count));
        now += stub.step * count;
      }
      if (signal?.aborted) throw new MorphogenError("aborted", "Stopped.");
      const noise = 1 - step / steps;
      const [x, denoised] = [batch((n) => drawn(n, noise), count), batch((n) => drawn(n, noise / 2), count)];
      const toImageData = (n = 0, scale = 1, what = "x") => imageData(what === "x" ? x : denoised, n, scale);
      onStep?.({ step, steps, t: noise, noise, x, denoised, provenance: undefined, size: SIZE, toImageData });
    }
    stub.finished.push(prompt);
    const pixels = batch((n) => drawn(n, 0), count);
    const influence = options.influence && { terms: 2, colour: (/** @type {number} */ k) => [[0, 114, 178], [230, 159, 0]][k], toImageData: () => imageData(pixels, 0, 1) };
    return { ...SIZE, influence, pixels, count, prompt, label: prompt ?? "", seed, device: "cpu", network: "unet", notice: "", frames: [], nearest: undefined, captions, parts: second && [prompt, second.prompt].map((label) => ({ prompt: label, label, captions })), toImageData: (n = 0, scale = 1) => imageData(pixels, n, scale) };
  }
  /** @param {any} options */
  async morph({ prompts, captions, frames = 24, seed, signal, onProgress, ...options }) {
    stub.asked.push({ prompts, captions, frames, seed, ...options });
    for (const prompt of prompts) await this.understand(prompt);
    while (stub.hold?.includes(prompts[1]) && !signal?.aborted) await new Promise((done) => setTimeout(done, 10));
    if (signal?.aborted) throw new MorphogenError("aborted", "Stopped.");
    onProgress?.(0.5);
    const pixels = batch((n) => disc(prompts[Math.floor((n * prompts.length) / frames)], seed + n, 0), frames);
    const parts = prompts.map((/** @type {string} */ label) => ({ prompt: label, label, captions: undefined }));
    const toBlob = async (/** @type {{ type: string }} */ { type }) => {
      if (type === "video/webm") throw new MorphogenError("film-unavailable", "This browser records no WebM.");
      return new Blob([pixels.slice(0, 500)], { type });
    };
    return { ...SIZE, pixels, frames, loop: true, seed, parts, device: "cpu", network: "unet", notice: "", toImageData: (n = 0, scale = 1) => imageData(pixels, n, scale), toBlob };
  }
  /** @param {string} prompt */
  async training(prompt) {
    const data = Uint8Array.from(disc(prompt, 1, 0), (value) => (value + 1) * 127.5);
    return { count: 1, size: SIZE, data, toImageData: () => imageData(disc(prompt, 1, 0), 0, 1) };
  }
  /** @param {{ count: number }} sample */
  async nearest({ count }) {
    stub.fetched += 1;
    return Array.from({ length: count }, (_, n) => ({ image: 10 + n, distance: 5, second: 7, novelty: n === 1 ? 0.2 : 1.04, copied: n === 1 }));
  }
  /** @param {any} sample @param {any} options */
  async sticker({ prompt, seed, toImageData }, { n = 0, size = 256, type = "png", cut = true, columns }) {
    stub.stickers = [...(stub.stickers ?? []), { prompt, seed, n, size, type, cut, columns }];
    if (cut && type !== "sheet" && /full/.test(prompt)) throw new MorphogenError("sticker-uncut", "There is nothing to cut away.");
    const canvas = new OffscreenCanvas(64, 64);
    canvas.getContext("2d")?.putImageData(toImageData(n), 0, 0);
    return canvas.convertToBlob({ type: "image/png" });
  }
  close() {}
}

export async function loadModel() {
  return new Model();
}
