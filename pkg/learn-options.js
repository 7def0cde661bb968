/** What a run is made of, out of what the page asks for: the pictures as bytes, and the wish as the core takes it. */
import { MorphogenError } from "./errors.js";
import { plain } from "./pictures.js";
import { choice, whole } from "./range.js";

/** @typedef {{ wish?: object, pictures?: Uint8Array, saved?: Uint8Array, steps?: number, workers?: number, background: boolean, device: "auto" | "webgpu" | "cpu" }} Orders */
/** @typedef {{ data: Uint8Array, image: { width: number, height: number, channels: number }, classes: number[], names: string[] }} Pictures */

/** Steps of a run unless told otherwise, and pixels of a side. */
const STEPS = 1500;
const SIDE = 16;
/** Networks by name: in one a pixel sees 13 × 13 others, in the other all. */
const NETWORKS = { "short-sighted": { widths: [24], layers: 6 }, unet: { widths: [16, 32, 64] } };

/**
 * @param {import("./learn.js").LearnOptions} options
 * @returns {Promise<Orders>}
 */
export async function learnable(options) {
  const { start, steps, workers, device = "auto", background = false } = options;
  choice("device", device, ["auto", "webgpu", "cpu"]);
  if (steps !== undefined) whole("steps", steps, 1, 10_000_000);
  if (workers !== undefined) whole("workers", workers, 1, 16);
  const how = { steps, workers, background, device };
  if (start !== undefined) return { ...how, saved: await bytes(start) };
  const pictures = await found(options);
  return { ...how, wish: wish(options, pictures), pictures: pictures.data };
}

/** @param {Uint8Array | Blob} start */
async function bytes(start) {
  if (start instanceof Blob) return new Uint8Array(await start.arrayBuffer());
  if (start instanceof Uint8Array) return start;
  throw new MorphogenError("range", "Expected start as the bytes of a suspended run, or a Blob of them.");
}

/**
 * @param {import("./learn.js").LearnOptions} options
 * @param {Pictures} pictures
 */
function wish(options, { image, classes, names }) {
  const { network = "unet", prediction = "clean", seed = 1, steps = STEPS, batch, noises, learningRate, rate } = options;
  const side = Math.max(image.width, image.height);
  const size = options.size ?? (side <= 32 && options.images ? undefined : SIDE);
  if (size !== undefined) whole("size", size, 1, 1024);
  choice("prediction", prediction, ["clean", "velocity"]);
  if (rate !== undefined) choice("rate", rate, ["cosine", "constant"]);
  whole("seed", seed, 0, Number.MAX_SAFE_INTEGER);
  if (batch !== undefined) whole("batch", batch, 0, 4096);
  if (noises !== undefined) whole("noises", noises, 1, 256);
  if (learningRate !== undefined && typeof learningRate !== "number") throw new MorphogenError("range", "Expected learningRate as a number.");
  if (typeof network === "string") choice("network", network, Object.keys(NETWORKS));
  else if (typeof network !== "object" || !network) throw new MorphogenError("range", "Expected network as a name or an object.");
  const plan = { ...(typeof network === "string" ? NETWORKS[network] : network), prediction };
  const { height, width } = size === undefined ? image : { height: size, width: size };
  // What is not finite has no JSON.
  const pace = learningRate === undefined || Number.isFinite(learningRate) ? learningRate : -1;
  return { image, height, width, classes, names, network: plan, seed, steps, batch, noises, learningRate: pace, rate };
}

/**
 * The pictures that are asked for.
 * @param {import("./learn.js").LearnOptions} options
 * @returns {Promise<Pictures>}
 */
async function found({ images, channels, model, prompts, count, name = "pictures", signal }) {
  if (count !== undefined) whole("count", count, 0, 100_000);
  if (images !== undefined) return own(images, channels, name, count);
  if (!model || !Array.isArray(prompts)) throw new MorphogenError("range", "Expected images, or a model and prompts, to learn from.");
  const names = [];
  /** @type {number[]} */
  const classes = [];
  /** @type {Uint8Array[]} */
  const parts = [];
  for (const [n, prompt] of prompts.entries()) {
    const { label, name } = await model.understand(prompt);
    const { data, count: all } = await model.training(prompt, signal);
    const share = count === undefined ? all : Math.min(all, Math.floor(count / prompts.length) + (n < count % prompts.length ? 1 : 0));
    names.push(label || name);
    parts.push(data.subarray(0, (data.length / all) * share));
    classes.push(...Array(share).fill(n));
  }
  if (classes.length === 0) throw none();
  return { data: joined(parts), image: shape(model.info.image), classes, names };
}

/** @param {{ width: number, height: number, channels: number }} image */
const shape = ({ channels, height, width }) => ({ channels, height, width });

/**
 * @param {readonly ImageData[]} images
 * @param {1 | 3 | undefined} channels
 * @param {string} name
 * @param {number} [count]
 * @returns {Pictures}
 */
function own(images, channels, name, count = Infinity) {
  if (!Array.isArray(images)) throw new MorphogenError("range", "Expected the pictures as a list of ImageData.");
  const taken = images.slice(0, count);
  if (taken.length === 0) throw none();
  const { width, height } = taken[0] ?? {};
  const bare = taken.findIndex((image) => image?.data?.length !== 4 * image?.width * image?.height);
  if (bare >= 0) throw new MorphogenError("range", `Expected each picture with four bytes a pixel, as an ImageData has them; picture ${bare} has not.`);
  const odd = taken.find((image) => image.width !== width || image.height !== height);
  if (odd) throw new MorphogenError("learn-size", `Expected pictures of one size, found ${width}×${height} and ${odd.width}×${odd.height}.`);
  if (channels !== undefined && channels !== 1 && channels !== 3) throw new MorphogenError("range", `Expected 1 or 3 channels, found ${channels}.`);
  const kept = channels ?? (taken.every(grey) ? 1 : 3);
  const data = joined(taken.map((image) => new Uint8Array(plain(image, kept))));
  return { data, image: { channels: kept, height, width }, classes: Array(taken.length).fill(0), names: [name] };
}

/** Whether a picture has no colour. @param {ImageData} image */
const grey = ({ data }) => {
  for (let at = 0; at < data.length; at += 4) if (data[at] !== data[at + 1] || data[at] !== data[at + 2]) return false;
  return true;
};

/** @param {Uint8Array[]} parts */
function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const none = () => new MorphogenError("learn-no-picture", "Expected at least one picture to learn from, found none. Choose some pictures.");
