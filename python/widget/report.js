/** What goes back to Python: bytes, and what they say about. */
import { correlation } from "../../www/agreement.js";

/** @typedef {import("../../pkg/morphogen.js").Sample} Sample */
/** @typedef {import("../../pkg/morphogen.js").Frame} Frame */
/** @typedef {import("../../pkg/morphogen.js").Model} Model */
/** @typedef {import("../../pkg/morphogen.js").MorphogenSampler} Sampler */

/**
 * Pixels `[B, C, H, W]` in [−1, 1] as bytes `[B, H, W, C]`.
 * @param {Float32Array} pixels
 * @param {{ width: number, height: number, channels: number }} size
 */
export function bytes(pixels, { width, height, channels }) {
  const plane = width * height;
  const out = new Uint8ClampedArray(pixels.length);
  for (let from = 0; from < pixels.length; from += channels * plane) {
    for (let q = 0; q < plane; q += 1) {
      for (let c = 0; c < channels; c += 1) out[from + q * channels + c] = (pixels[from + c * plane + q] + 1) * 127.5;
    }
  }
  return out;
}

/**
 * The picture in terms of the traits that Python reads.
 * @param {Sample} sample
 */
export function picture(sample) {
  const { pixels, count, height, width, channels, label, device, network, notice } = sample;
  return { image: view(bytes(pixels, sample)), shape: [count, height, width, channels], label, drawn_on: device, drawn_by: network, notice };
}

/**
 * Every state on the way, noise first.
 * @param {Frame[]} frames
 */
export function way(frames) {
  const all = frames.map(({ x, size }) => bytes(x, size));
  const whole = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0));
  all.reduce((at, one) => (whole.set(one, at), at + one.length), 0);
  const [{ size, x }] = frames;
  const { width, height, channels } = size;
  return { frames: view(whole), frames_shape: [frames.length, x.length / (width * height * channels), height, width, channels] };
}

/**
 * Pearson's r of each picture and the one that the other side draws from the same noise: the theory beside a network, the
 * network beside a machine.
 * @param {Model} model
 * @param {Sampler} sampler
 * @param {Sample} sample
 * @param {AbortSignal} signal
 */
export async function agreement(model, sampler, sample, signal) {
  const { seed, count, steps, window } = sampler;
  const how = { grid: sampler.grid || undefined, solver: sampler.solver || undefined, network: sampler.network || undefined };
  const machine = sampler.machine === "network" ? "bbels" : "network";
  const other = await model.sample({ prompt: sampler.prompt, seed, count, steps, ...how, machine, window: machine === "network" ? undefined : window, signal });
  const length = sample.pixels.length / count;
  return Array.from({ length: count }, (_, n) => {
    const part = (/** @type {Sample} */ { pixels }) => pixels.subarray(n * length, (n + 1) * length);
    return correlation(part(sample), part(other));
  });
}

/** @param {Uint8ClampedArray<ArrayBuffer> | Uint8Array<ArrayBuffer>} all */
const view = ({ buffer }) => new DataView(buffer);
