/** From one thing to another, or out of the noise, as a film ({@link Film}): fetched when the first one is asked for. */
import { MorphogenError, aborted, settle } from "./errors.js";
import { choice, readable, whole } from "./range.js";
import { imageData } from "./sample.js";
import { named } from "./terms.js";

/** @typedef {import("./morphogen.js").MorphOptions} MorphOptions */
/** @typedef {import("./morphogen.js").FilmOptions} FilmOptions */
/** @typedef {import("./morphogen.js").Info} Info */
/** @typedef {import("./client.js").WorkerClient} Client */

const TYPES = /** @type {const} */ ({ "image/apng": "apng", "image/gif": "gif", "video/webm": "webm" });
/** Widest file, in pixels. */
const WIDEST = 2048;

/**
 * Draws a film. How many things it may go between, and in how many frames, is settled in the core.
 * @param {MorphOptions} options
 * @param {{ seed: number }} request how each picture is drawn
 * @param {object} target the model, and the network that draws
 * @param {Info} info
 * @param {import("./terms.js").Asking} ask
 * @param {Client} client
 */
export async function morph(options, request, target, info, ask, client) {
  const { prompts, captions = [], frames = 24, loop = true, onProgress, signal } = options;
  if (!(Array.isArray(prompts) && prompts.every((prompt) => typeof prompt === "string"))) {
    throw new MorphogenError("range", "Expected the things that a film goes between as a list of prompts.");
  }
  whole("frames", frames, 0, 2 ** 32 - 1);
  for (const caption of captions) if (caption !== undefined) whole("caption", caption, 0, 2 ** 32 - 1);
  // Without them nothing needs to be read to know that they are too few, or too many.
  const things = prompts.length > 1 && prompts.length <= 4 ? prompts.map((prompt, n) => ({ prompt, caption: captions[n] })) : [];
  const { parts, against } = await ask(things);
  const stops = parts.map(({ condition }) => (Array.isArray(condition) ? condition[0] : condition));
  await client.start();
  const course = { stops: things.length ? stops : prompts.map(() => ({})), frames, looped: Boolean(loop) };
  /** @type {{ conditions: object[], order: number[] }} */
  const { conditions: condition, order } = await client.post("film", { course }, { signal });
  // One noise for all of them: they differ in nothing but what they show.
  const asked = { ...request, count: condition.length, one_noise: true, condition, against };
  const message = { ...target, machine: "network", prompt: "", frames: false, progress: true, request: asked };
  const on = (/** @type {string} */ event, /** @type {any} */ { loaded, total }) => event === "progress" && onProgress?.(loaded / total);
  const result = await client.post("sample", message, { signal, on });
  const size = result.pixels.length / condition.length;
  const pixels = new Float32Array(order.length * size);
  order.forEach((picture, n) => pixels.set(result.pixels.subarray(picture * size, (picture + 1) * size), n * size));
  return new Film({ ...result, pixels }, info, { parts: named(parts), seed: request.seed, loop: Boolean(loop) }, client);
}

/**
 * The way of one picture out of the noise; the finished one stands for a while.
 * @param {import("./morphogen.js").Frame[]} frames
 * @param {import("./morphogen.js").WayOptions} options
 * @param {{ device: "webgpu" | "cpu", network: string, notice: string }} by the model that drew it
 * @param {Info} info
 * @param {Client} client
 */
export function way(frames, { n = 0, hold = 12 }, by, info, client) {
  const { width, height, channels } = info.image;
  const size = width * height * channels;
  const fits = Array.isArray(frames) && frames.length > 0 && frames.every((frame) => frame?.x instanceof Float32Array && frame.x.length > 0 && frame.x.length % size === 0);
  if (!fits) throw new MorphogenError("range", "Expected frames of this model, at least one, as `onStep` and `steps` give them.");
  whole("n", n, 0, Math.min(...frames.map(({ x }) => x.length)) / size - 1);
  whole("hold", hold, 0, 100);
  const order = [...frames, ...Array(hold).fill(frames[frames.length - 1])];
  const pixels = new Float32Array(order.length * size);
  order.forEach(({ x }, frame) => pixels.set(x.subarray(n * size, (n + 1) * size), frame * size));
  return new Film({ pixels, device: by.device, network: by.network, notice: "" }, info, { parts: [], seed: undefined, loop: true }, client);
}

/** From one thing to another, in frames that come from the same noise. */
export class Film {
  #client;
  #info;

  /**
   * @param {{ pixels: Float32Array, device: "webgpu" | "cpu", network: string, notice: string }} result
   * @param {Info} info
   * @param {{ parts: import("./morphogen.js").Part[], seed: number | undefined, loop: boolean }} asked
   * @param {Client} client
   */
  constructor({ pixels, device, network, notice }, info, { parts, seed, loop }, client) {
    const { width, height, channels } = info.image;
    this.#client = client;
    this.#info = info;
    /** `[F, C, H, W]` in [−1, 1]. */
    this.pixels = pixels;
    this.width = width;
    this.height = height;
    this.channels = channels;
    /** Number of frames, F. */
    this.frames = pixels.length / (width * height * channels);
    /** Whether its first frame follows on its last. */
    this.loop = loop;
    this.seed = seed;
    /** What it goes between. */
    this.parts = parts;
    /** The device that drew it. */
    this.device = device;
    /** The network that drew it. */
    this.network = network;
    /** What the user should know; empty if nothing. */
    this.notice = notice;
  }

  /**
   * @param {number} [n] which frame
   * @param {number} [scale] pixels a pixel
   */
  toImageData(n = 0, scale = 1) {
    return imageData(this.pixels, this, n, scale);
  }

  /**
   * The film as a file.
   * @param {FilmOptions} [options]
   * @returns {Promise<Blob>}
   */
  async toBlob(options = {}) {
    const { type = "image/apng", scale = 4, fps = 12, signal } = readable(options);
    choice("type", type, Object.keys(TYPES));
    whole("scale", scale, 1, Math.min(64, Math.floor(WIDEST / Math.max(this.width, this.height))));
    whole("fps", fps, 1, 50);
    if (signal?.aborted) throw aborted();
    if (type === "video/webm") return recorded(this, scale, fps, signal);
    const { width, height, channels, loop, pixels } = this;
    const wish = { format: TYPES[type], image: { channels, height, width }, scale, speed: fps, looped: loop, licence: this.#info.licence };
    // The worker may be another by now: a film does not need the one that drew it.
    await this.#client.start();
    return new Blob([await this.#client.post("film", { pixels, wish }, { signal })], { type });
  }
}

settle(Film, "toBlob");

/**
 * Has the browser record the film once, in the time that it takes.
 * @param {Film} film
 * @param {number} scale
 * @param {number} fps
 * @param {AbortSignal} [signal]
 * @returns {Promise<Blob>}
 */
async function recorded(film, scale, fps, signal) {
  const type = "video/webm";
  const canvas = document.createElement("canvas");
  const able = "captureStream" in canvas && globalThis.MediaRecorder?.isTypeSupported(type);
  if (!able) throw new MorphogenError("film-unavailable", "This browser records no WebM; save the film as APNG or GIF.");
  canvas.width = film.width * scale;
  canvas.height = film.height * scale;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const show = (/** @type {number} */ n) => context.putImageData(film.toImageData(n, scale), 0, 0);
  show(0);
  const stream = canvas.captureStream(fps);
  const recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: 4e6 });
  /** @type {Blob[]} */
  const parts = [];
  recorder.addEventListener("dataavailable", ({ data }) => void parts.push(data));
  const stopped = new Promise((resolve, reject) => {
    recorder.addEventListener("stop", resolve);
    recorder.addEventListener("error", () => reject(new MorphogenError("film-unavailable", "The browser could not record the film; save it as APNG or GIF.")));
  });
  recorder.start();
  try {
    for (let n = 0; n < film.frames && recorder.state === "recording"; n += 1) {
      if (signal?.aborted) throw aborted();
      show(n);
      await new Promise((resolve) => setTimeout(resolve, 1000 / fps));
    }
  } finally {
    if (recorder.state !== "inactive") recorder.stop();
    for (const track of stream.getTracks()) track.stop();
  }
  await stopped;
  return new Blob(parts, { type });
}
