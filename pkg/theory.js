/**
 * The analytic machines inside the worker. Their code is a wasm of its own, fetched with the training images only when a
 * machine is first asked for.
 */
import { compile } from "./compile.js";
import { Shared, download } from "./download.js";
import { MorphogenError } from "./errors.js";

/** @typedef {import("./generated/theory.js").Pack} Core */
/** @typedef {import("./generated/theory.js").Network} Network */
/** @typedef {import("./morphogen.js").Info} Info */
/** @typedef {{ machine: string, network: string, prompt: string, window?: number }} Wish */

/** The wasm of the machines, one for all packs. */
export const theory = new Shared(async (signal) => {
  const glue = await import("./generated/theory.js").catch((cause) => {
    throw new MorphogenError("machine-unavailable", "The machines' code could not be fetched.", { cause });
  });
  return compile(glue, new URL("./generated/theory_bg.wasm", import.meta.url).href, signal);
});

/** The machines of one pack. */
export class Machines {
  /** @param {string} url folder of the pack */
  constructor(url) {
    this.url = url;
    /** @type {Core | undefined} */
    this.core = undefined;
    /** @type {Map<string, Shared<Uint8Array>>} inflated, by prompt */
    this.images = new Map();
    /** @type {{ key: string, network: Network } | undefined} the last one, kept for the next seed */
    this.last = undefined;
  }

  /**
   * A machine that draws in the place of a network.
   * @param {Info} info
   * @param {Uint8Array} manifest
   * @param {Wish} wish
   * @param {AbortSignal} signal
   */
  async get(info, manifest, { machine, network, prompt, window }, signal) {
    const entry = info.training[prompt];
    if (!entry) {
      const what = prompt ? `of “${prompt}”` : "of nothing in particular: give a prompt";
      throw new MorphogenError("machine-unavailable", `This pack has no training images ${what}, so no machine can learn from them.`);
    }
    const key = JSON.stringify([machine, network, prompt, window]);
    if (this.last?.key === key) return this.last.network;
    const { Pack } = await theory.get(signal);
    const core = (this.core ??= Pack.open(manifest));
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

  /** Lets the last machine go. */
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
