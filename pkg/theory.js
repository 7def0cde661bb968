/** The analytic machines inside the worker: training images, fetched only when a machine is asked for. */
import { Shared, download } from "./download.js";
import { MorphogenError } from "./errors.js";

/** @typedef {import("./generated/morphogen.js").Pack} Core */
/** @typedef {import("./generated/morphogen.js").Network} Network */
/** @typedef {import("./morphogen.js").Info} Info */
/** @typedef {{ machine: string, network: string, prompt: string, window?: number }} Wish */

/** The machines of one pack. */
export class Machines {
  /** @param {string} url folder of the pack */
  constructor(url) {
    this.url = url;
    /** @type {Map<string, Shared<Uint8Array>>} inflated, by prompt */
    this.images = new Map();
    /** @type {{ key: string, network: Network } | undefined} the last one, kept for the next seed */
    this.last = undefined;
  }

  /**
   * A machine that draws in the place of a network.
   * @param {Core} core
   * @param {Info} info
   * @param {Wish} wish
   * @param {AbortSignal} signal
   */
  async get(core, info, { machine, network, prompt, window }, signal) {
    const entry = info.training[prompt];
    if (!entry) {
      const what = prompt ? `of “${prompt}”` : "of nothing in particular: give a prompt";
      throw new MorphogenError("machine-unavailable", `This pack has no training images ${what}, so no machine can learn from them.`);
    }
    const key = JSON.stringify([machine, network, prompt, window]);
    if (this.last?.key === key) return this.last.network;
    const shared = this.images.get(prompt) ?? new Shared((signal) => this.fetch(core, prompt, entry, signal));
    this.images.set(prompt, shared);
    const images = await shared.get(signal);
    this.free();
    this.last = { key, network: core.machine(machine, network, prompt, images, window) };
    return this.last.network;
  }

  /**
   * @param {Core} core
   * @param {string} prompt
   * @param {{ file: string, bytes: number }} entry
   * @param {AbortSignal} signal
   */
  async fetch(core, prompt, { file, bytes }, signal) {
    const packed = await download(new URL(file, this.url).href, { kind: "binary", limit: bytes, total: bytes, signal });
    core.verify(file, packed);
    return inflate(file, packed, core.inflatedLimit(prompt));
  }

  free() {
    this.last?.network.free();
    this.last = undefined;
  }
}

/**
 * @param {string} file
 * @param {Uint8Array} packed zlib data
 * @param {number} limit most bytes that may come of it
 */
async function inflate(file, packed, limit) {
  const stream = new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (packed)]).stream().pipeThrough(new DecompressionStream("deflate"));
  const reader = stream.getReader();
  const bytes = new Uint8Array(limit);
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return bytes.subarray(0, length);
      if (length + value.length > limit) throw new TypeError(`more than ${limit} bytes`);
      bytes.set(value, length);
      length += value.length;
    }
  } catch (thrown) {
    const { message } = /** @type {Error} */ (thrown);
    throw new MorphogenError("pack-inflate", `${file} could not be inflated (${message}); get an untouched copy.`, { cause: thrown });
  }
}
