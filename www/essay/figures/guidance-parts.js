/**
 * Guidance of linear denoisers, taken apart. The Wiener filter of a kind and that of all kinds guess `μ + W (x − a μ)`, each with its own
 * mean and its own weights; what guidance adds is a multiple of the difference of both guesses. With the mean of the kind and the
 * weights of all in between, it falls into two: what the means do, and what the weights do (Li and others, 2025).
 */
import { noiseAt, pictureAt, trainingPixels } from "../pixels.js";

/** @typedef {import("../figure.js").Host} Host */
/** @typedef {import("../../pkg/morphogen.js").Model} Model */
/** @typedef {import("../../pkg/morphogen.js").TrainingImages} TrainingImages */
/** @typedef {{ model: Model, prompt?: string, mean: Float32Array }} Filter a machine over some pictures, and their mean */
/** @typedef {{ guess: Float32Array, shift: Float32Array, contrast: Float32Array }} Parts what the filter of the kind guesses, and what guidance adds for each unit */
/** @typedef {{ t: number, parts: Parts }} Moment */

/** All kinds, and so many pictures of each that a pack of them all can be made. */
const ALL = ["t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle-boot"];
const EACH = 400;
/** What is drawn: with none of both, with one of them, with both. */
export const WAYS = /** @type {const} */ ([[0, 0], [1, 0], [0, 1], [1, 1]]);
/**
 * A filter's guess is clipped to black and white, which would break the sum. So it is asked about a picture nearer to the mean by this
 * factor, and about that picture's mirror image: it is linear, and where one of both guesses is clipped, the other is not.
 */
const NEAR = 0.2;

/** @param {Float32Array} a @param {Float32Array} b @param {number} [times] */
const plus = (a, b, times = 1) => a.map((value, q) => value + times * b[q]);

/** The mean of some pictures. @param {TrainingImages[]} sets @param {number} [most] of each */
function mean(sets, most = Infinity) {
  const pictures = sets.flatMap((set) => Array.from({ length: Math.min(most, set.count) }, (_, n) => trainingPixels(set, n)));
  const sum = new Float64Array(pictures[0].length);
  for (const picture of pictures) picture.forEach((value, q) => (sum[q] += value));
  return Float32Array.from(sum, (value) => value / pictures.length);
}

/**
 * The filter of all kinds: a pack made here of pictures of each.
 * @param {Host} host
 * @param {AbortSignal} signal
 * @returns {Promise<Filter>}
 */
export async function filterOfAll(host, signal) {
  const sets = [];
  for (const kind of ALL) sets.push(await host.training(kind, signal));
  const images = sets.flatMap((set) => Array.from({ length: EACH }, (_, n) => set.toImageData(n)));
  const pack = await host.package.picturesPack({ images, channels: 1, name: "all-kinds" });
  return { model: await host.package.loadModel(pack, { device: "cpu" }), mean: mean(sets, EACH) };
}

/**
 * The filter of a kind.
 * @param {Host} host
 * @param {string} kind
 * @param {AbortSignal} signal
 * @returns {Promise<Filter>}
 */
export async function filterOf(host, kind, signal) {
  return { model: await host.model(), prompt: kind, mean: mean([await host.training(kind, signal)]) };
}

/**
 * `W (x − a μ)` of a filter, not clipped.
 * @param {Filter} filter
 * @param {Float32Array[]} states
 * @param {number} t
 * @param {AbortSignal} [signal]
 */
async function weighed({ model, prompt, mean }, states, t, signal) {
  const [a, size, count] = [pictureAt(t), mean.length, states.length];
  const pixels = new Float32Array(2 * count * size);
  for (const [n, x] of states.entries()) {
    const middle = mean.map((value) => a * value);
    const from = plus(x, middle, -1);
    pixels.set(plus(middle, from, NEAR), n * size);
    pixels.set(plus(middle, from, -NEAR), (count + n) * size);
  }
  const { pixels: guesses } = await model.sample({ machine: "wiener", prompt, start: { t, pixels }, count: 2 * count, steps: 1, solver: "ddim", signal });
  return states.map((_, n) => {
    const [one, other] = [n, count + n].map((k) => guesses.subarray(k * size, (k + 1) * size));
    return mean.map((value, q) => (Math.abs(one[q]) < 1 ? one[q] - value : value - other[q]) / NEAR);
  });
}

/**
 * The guesses of the filter of a kind about noisy pictures, and both parts of what guidance adds to them.
 * @param {Filter} own
 * @param {Filter} all
 * @param {Float32Array[]} states
 * @param {number} t
 * @param {AbortSignal} [signal]
 * @returns {Promise<Parts[]>}
 */
export async function taken(own, all, states, t, signal) {
  const apart = plus(own.mean, all.mean, -1);
  // What the weights of all make of the means' distance is asked for with the rest.
  const beyond = plus(all.mean.map((value) => pictureAt(t) * value), apart, pictureAt(t));
  const [ofAll, ofKind] = [await weighed(all, [...states, beyond], t, signal), await weighed(own, states, t, signal)];
  const shift = plus(apart, ofAll[states.length], -1);
  return states.map((_, n) => {
    // The weights of all about the mean of the kind.
    const between = plus(ofAll[n], ofAll[states.length], -1);
    return { guess: plus(own.mean, ofKind[n]), shift, contrast: plus(ofKind[n], between, -1) };
  });
}

/**
 * Draws from a noise in all {@link WAYS}.
 * @param {Filter} own
 * @param {Filter} all
 * @param {Float32Array} noise
 * @param {{ steps: number, strength: number, signal?: AbortSignal, step?: (done: number) => Promise<void> }} how
 * @returns {Promise<{ ends: Float32Array[], moments: Moment[] }>} what comes of it, in the order of the ways, and each step of the first
 */
export async function drawn(own, all, noise, { steps, strength, signal, step }) {
  let states = WAYS.map(() => noise);
  /** @type {Moment[]} */
  const moments = [];
  for (let n = steps; n > 0; n -= 1) {
    const [t, u] = [n / steps, (n - 1) / steps];
    const parts = await taken(own, all, states, t, signal);
    moments.push({ t, parts: parts[0] });
    states = states.map((x, k) => {
      const [byShift, byContrast] = WAYS[k];
      const guess = plus(plus(parts[k].guess, parts[k].shift, byShift * (strength - 1)), parts[k].contrast, byContrast * (strength - 1));
      return guess.map((value, q) => pictureAt(u) * value + (noiseAt(u) * (x[q] - pictureAt(t) * value)) / noiseAt(t));
    });
    await step?.(steps - n + 1);
  }
  return { ends: states, moments };
}
