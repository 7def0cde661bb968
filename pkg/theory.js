/**
 * The analytic machines inside the worker. This file and its neighbours are fetched only when a machine or the training
 * images are first asked for.
 */
import { breathe } from "./breathe.js";
import { crew } from "./crew.js";
import { download } from "./download.js";
import { MorphogenError, aborted } from "./errors.js";
import { Graphics } from "./graphics.js";
import { unpacked } from "./inflate.js";
import { posteriorPart } from "./helper.js";
import { Kept } from "./kept.js";
import { second } from "./second.js";

/** @typedef {import("./generated/theory.js").Pack} Core */
/** @typedef {import("./generated/theory.js").Network} Network */
/** @typedef {import("./generated/theory.js").Posterior} Posterior */
/** @typedef {import("./morphogen.js").Info} Info */
/** @typedef {{ core: import("./generated/morphogen.js").Pack, info: Info, files: Record<string, { bytes: number }>, manifest: Uint8Array, list: string[] }} Opened */
/** @typedef {{ machine: string, network: string, prompt: string, window?: number }} Wish */
/** @typedef {{ image: Uint32Array, place: Uint32Array, weight: Float32Array, patches: Float32Array, window: number }} Provenance `[B, H, W]` each */
/** @typedef {{ network: Network, provenance: () => Provenance | undefined, device: () => "webgpu" | "cpu", notice: () => string, free: () => void }} Machine `provenance` is that of the last step, where it was kept; `device` is what answered last, `notice` why not the other */

/** @typedef {{ prompt: string, condition: { class?: number, words?: number[] } }} Member one thing of a mix */
/** @typedef {{ bytes: Uint8Array, captions?: number[] }} Images `[N, C, H, W]`, 0 to 255; the caption of each, where they were gathered for a prompt of words */

/** Parts of a call that is shared; the same number everywhere, so that the sums are. */
const PARTS = 8;

/** The machines of one pack. */
export class Machines {
  /**
   * The machines of a pack that was opened for drawing, and now in the second wasm, too.
   * @param {string} url folder of the pack
   * @param {Opened} opened
   * @param {RequestCache} cache
   * @param {AbortSignal} signal
   */
  static async of(url, opened, cache, signal) {
    const { glue, module } = await second.get(signal);
    return new Machines(url, opened, cache, glue.Pack.open(opened.manifest), module);
  }

  /**
   * @param {string} url
   * @param {Opened} opened
   * @param {RequestCache} cache
   * @param {Core} core
   * @param {WebAssembly.Module} module
   */
  constructor(url, { core: words, info, files, manifest, list }, cache, core, module) {
    this.url = url;
    this.core = core;
    /** What draws, which knows the words and what the training images show. */
    this.words = words;
    this.info = info;
    this.files = files;
    this.manifest = manifest;
    this.module = module;
    /** The words of a pack that draws from free text. */
    this.list = list;
    this.cache = cache;
    /** Images `[N, C, H, W]`, 0 to 255, of prompts and of shelves. @type {Kept<Images>} */
    this.kept = new Kept(core.keptLimit());
    /** @type {{ key: string, held: Network, graphics?: undefined } | { key: string, held: Posterior, graphics: Graphics } | undefined} the last one, kept for the next seed */
    this.last = undefined;
    /** Which pixels of a prompt's images go together. @type {{ prompt: string, held: import("./generated/theory.js").Sight } | undefined} */
    this.sight = undefined;
  }

  /**
   * A machine that draws in the place of a network, to be freed when it has. It keeps the provenance of its last
   * step, or of every step.
   * @param {Wish} wish
   * @param {{ steps: number, every: boolean }} trace
   * @param {import("./engine.js").Device} device
   * @param {AbortSignal} signal
   * @returns {Promise<Machine>}
   */
  async get(wish, { steps, every }, device, signal) {
    const { machine, network, prompt, window } = wish;
    const { core, module, manifest } = this;
    const images = await this.training(prompt, signal);
    const key = JSON.stringify([machine, network, prompt, window, device]);
    if (this.last?.key !== key) {
      this.forget();
      const filter = core.hasFilter(machine) ? await wiener(core, machine, images, signal) : undefined;
      if (core.hasPatches(machine)) {
        const held = core.posterior(machine, network, images, window);
        if (filter) held.blend(filter);
        this.last = { key, held, graphics: new Graphics(held, device) };
      } else if (filter) this.last = { key, held: filter.network() };
    }
    const last = /** @type {NonNullable<typeof this.last>} */ (this.last);
    if (!last.graphics) {
      return { network: last.held, provenance: () => undefined, device: () => "cpu", notice: () => "", free: () => {} };
    }
    const { held, graphics } = last;
    /** @type {Provenance | undefined} */
    let found;
    let step = 0;
    let traced = false;
    /** @type {(x: Float32Array, t: number, levels?: Float32Array) => Promise<Float32Array[]>} `levels` in the second round of a step */
    const gather = async (x, t, levels) => {
      if (!levels) step += 1;
      traced = every || step === steps;
      const whole = await graphics.part(x, t, levels, signal);
      if (whole) return [whole];
      crew.enlist("machine", key + this.url, { module, manifest, wish, images });
      const tasks = Array.from({ length: PARTS }, (_, part) => ({ x, t, trace: traced, levels, part, parts: PARTS }));
      return crew.gather("machine", tasks, (task) => posteriorPart(held, task), signal);
    };
    /** @type {(image: Uint32Array, place: Uint32Array, weight: Float32Array, patches: Float32Array, window: number) => void} */
    const explain = (image, place, weight, patches, window) => {
      found = traced ? { image, place, weight, patches, window } : undefined;
    };
    const shared = held.network(gather, explain);
    return { network: shared, provenance: () => found, device: () => graphics.device, notice: () => graphics.notice, free: () => shared.free() };
  }

  /**
   * A sample drawn by a machine, or by several in one.
   * @param {Wish} wish
   * @param {Member[] | undefined} members
   * @param {{ steps: number, every: boolean }} trace
   * @param {import("./engine.js").Device} device
   * @param {AbortSignal} signal
   * @param {(network: Network, provenance: Machine["provenance"]) => Promise<Float32Array>} walk
   */
  async draw(wish, members, trace, device, signal, walk) {
    const { network, provenance, device: used, notice, free } = await (members ? this.company(wish, members, signal) : this.get(wish, trace, device, signal));
    try {
      const pixels = await walk(network, provenance);
      const nearest = await this.nearest(wish.prompt, pixels, signal);
      return { pixels, device: used(), notice: notice(), network: wish.network, provenance: provenance(), nearest, influence: network.takeInfluence() };
    } finally {
      free();
    }
  }

  /**
   * Several machines in one, each over the training images of its own prompt, for a sum of terms; to be freed when it has drawn. It
   * works on the processor, alone, and keeps no provenance.
   * @param {Wish} wish whose prompt does not matter
   * @param {Member[]} members
   * @param {AbortSignal} signal
   * @returns {Promise<Machine>}
   */
  async company({ machine, network, window }, members, signal) {
    /** @type {Uint8Array[]} */
    const images = [];
    for (const { prompt } of members) images.push(await this.training(prompt, signal));
    const company = this.core.members(machine, network, window);
    members.forEach(({ condition }, n) => company.add(JSON.stringify(condition), images[n]));
    const held = company.network();
    return { network: held, provenance: () => undefined, device: () => "cpu", notice: () => "", free: () => held.free() };
  }

  /**
   * The training images of a prompt, `[N, C, H, W]`, 0 to 255, fetched unless they are here.
   * @param {string} prompt
   * @param {AbortSignal} signal
   */
  async training(prompt, signal) {
    return (await this.images(prompt, signal)).bytes;
  }

  /**
   * The same, with the caption of each where there is one.
   * @param {string} prompt
   * @param {AbortSignal} signal
   */
  async images(prompt, signal) {
    const { info } = this;
    if (!prompt || !(info.text ? info.text.captions : Object.hasOwn(info.training, prompt))) {
      const what = prompt ? `of “${prompt}”` : "of nothing in particular: give a prompt";
      throw new MorphogenError("machine-unavailable", `This pack has no training images ${what}, so no machine can learn from them.`);
    }
    const fetch = info.text ? this.gather : this.shelf;
    return this.kept.get(`prompt ${prompt}`, (signal) => fetch.call(this, prompt, signal), signal);
  }

  /**
   * The images that show what the words of a prompt say, from whichever shelves they are on.
   * @param {string} prompt words of the pack, as it spells them
   * @param {AbortSignal} signal
   * @returns {Promise<Images>}
   */
  async gather(prompt, signal) {
    const words = prompt.split(" ").map((word) => this.list.indexOf(word));
    /** @type {{ shelf: string, images: number[], captions: number[] }[]} */
    const picks = JSON.parse(this.words.matching(new Uint32Array(words)));
    const { channels, height, width } = this.info.image;
    const size = channels * height * width;
    const parts = await Promise.all(
      picks.map(async ({ shelf, images }) => {
        const { bytes } = await this.kept.get(`shelf ${shelf}`, (signal) => this.shelf(shelf, signal), signal);
        return images.map((n) => bytes.subarray(n * size, (n + 1) * size));
      }),
    );
    const images = parts.flat();
    if (images.length === 0) throw new MorphogenError("machine-unavailable", `No training image shows “${prompt}”, so no machine can learn from one.`);
    const gathered = new Uint8Array(images.length * size);
    images.forEach((image, n) => gathered.set(image, n * size));
    return { bytes: gathered, captions: picks.flatMap(({ captions }) => captions) };
  }

  /**
   * Whether the training images of a prompt are here.
   * @param {string} prompt
   */
  has(prompt) {
    return this.kept.here(`prompt ${prompt}`) !== undefined;
  }

  /**
   * The nearest training image of each picture.
   * @param {string} prompt
   * @param {Float32Array} pictures `[B, C, H, W]`
   * @param {AbortSignal} signal
   * @returns {Promise<import("./morphogen.js").Nearest[]>}
   */
  async nearest(prompt, pictures, signal) {
    const { bytes, captions } = await this.images(prompt, signal);
    /** @type {import("./morphogen.js").Nearest[]} */
    const found = JSON.parse(this.core.nearest(bytes, pictures));
    return captions ? found.map((one) => ({ ...one, ...JSON.parse(this.words.shown(captions[one.image])) })) : found;
  }

  /**
   * Which pixels of the training images of a prompt go together, as the Wiener filter sees it at time `t`: a bit for each that a
   * pixel sees, the lowest first, in words of 64.
   * @param {string} prompt
   * @param {number} t
   * @param {AbortSignal} signal
   */
  async windows(prompt, t, signal) {
    if (this.sight?.prompt !== prompt) {
      const filter = await wiener(this.core, "pca", await this.training(prompt, signal), signal);
      this.sight?.held.free();
      this.sight = { prompt, held: filter.sight() };
    }
    return this.sight.held.at(t);
  }

  /**
   * The images of one training file, `[N, C, H, W]`, 0 to 255.
   * @param {string} name of the prompt or shelf
   * @param {AbortSignal} signal
   * @returns {Promise<Images>}
   */
  async shelf(name, signal) {
    const { file } = this.info.training[name];
    const packed = await this.file(file, signal);
    return { bytes: this.core.images(name, await unpacked(file, packed, this.core.inflatedLimit(name))) };
  }

  /**
   * A file of the pack, checked.
   * @param {string} file
   * @param {AbortSignal} signal
   */
  async file(file, signal) {
    const bytes = await download(new URL(file, this.url).href, { kind: "binary", limit: this.files[file].bytes, cache: this.cache, signal });
    this.core.verify(file, bytes);
    return bytes;
  }

  /** Lets the last machine go. */
  forget() {
    this.last?.graphics?.free();
    this.last?.held.free();
    this.last = undefined;
  }

  free() {
    this.forget();
    this.sight?.held.free();
    this.sight = undefined;
    this.core.free();
    crew.dismiss();
  }
}

/**
 * The Wiener filter of training images that a machine needs, made piece by piece so that a cancellation is heard in between.
 * @param {Core} core
 * @param {string} machine
 * @param {Uint8Array} images
 * @param {AbortSignal} signal
 * @returns {Promise<import("./generated/theory.js").Filter>} with nothing left to do
 */
async function wiener(core, machine, images, signal) {
  const filter = core.wiener(machine, images);
  while (filter.advance()) {
    await breathe();
    if (!signal.aborted) continue;
    filter.free();
    throw aborted();
  }
  return filter;
}
