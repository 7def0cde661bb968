/** {@link loadModel} and what it gives: a model that understands prompts and draws samples in the shared worker. */
import { absolute, sharedClient } from "./client.js";
import { MorphogenError, abortable, aborted, settle, settling, typed } from "./errors.js";
import { GRIDS, MACHINES, SOLVERS } from "./names.js";
import { choice, readable, whole } from "./range.js";
import { Frame, Sample } from "./sample.js";

/** @typedef {import("./morphogen.js").LoadOptions} LoadOptions */
/** @typedef {import("./morphogen.js").SampleOptions} SampleOptions */
/** @typedef {import("./morphogen.js").Understood} Understood */
/** @typedef {{ url: string, network: string | undefined, device: "auto" | "webgpu" | "cpu" }} Target */

const DEVICES = ["auto", "webgpu", "cpu"];
/** What asks for several things in one picture. */
const MIXED = /** @type {const} */ (["terms", "and", "over", "into", "between"]);
/** What asks for a finished picture to begin from. */
const BEGUN = /** @type {const} */ (["from", "keep", "soft", "times"]);

/** Packs that came as a file, so far. */
let handed = 0;

export const loadModel = settling(load);

/**
 * Loads a model pack and makes it ready to draw.
 * @param {string | URL | Blob} source folder of the pack, relative to the page, or the pack as one zip file
 * @param {LoadOptions} [options]
 */
async function load(source, options = {}) {
  const { device = "auto", network, onProgress, signal } = readable(options);
  if (signal?.aborted) throw aborted();
  choice("device", device, DEVICES);
  if (!(source instanceof Blob || source instanceof URL || typeof source === "string")) {
    throw new MorphogenError("range", "Expected the address of a pack's folder, or a Blob.");
  }
  const files = source instanceof Blob ? await (await import("./zip.js")).unzip(source) : undefined;
  const url = source instanceof Blob ? `memory://pack-${(handed += 1)}/` : folder(source);
  const model = new Model(sharedClient(options), { url, network, device }, files);
  await model.load(onProgress, signal);
  return model;
}

/** A model that is ready to draw. Made by {@link loadModel}. */
export class Model {
  /** @type {import("./morphogen.js").Info} */
  #info = /** @type {any} */ (undefined);
  #client;
  #target;
  #files;
  #generation = 0;
  #closed = false;
  /** @type {Promise<void> | undefined} */
  #loading;

  /**
   * @param {import("./client.js").WorkerClient} client
   * @param {Target} target
   * @param {import("./engine.js").Files} [files] of the pack, where it came as a file
   */
  constructor(client, target, files) {
    this.#client = client;
    this.#target = target;
    this.#files = files;
    /** @type {"webgpu" | "cpu"} the device that draws */
    this.device = "cpu";
    /** What the user should know, such as why the processor draws; empty if nothing. */
    this.notice = "";
    /** Name of the network that draws unless a sample asks for another. */
    this.network = "";
  }

  /** What the pack holds. */
  get info() {
    return this.#info;
  }

  /**
   * Has worker, code, manifest and weights ready; at no cost where they are. A worker that died is replaced here.
   * @param {LoadOptions["onProgress"]} [onProgress]
   * @param {AbortSignal} [signal]
   * @returns {Promise<void>}
   * @internal
   */
  async load(onProgress, signal) {
    if (this.#closed) throw new MorphogenError("closed", "This model was closed; load it again.");
    const client = this.#client;
    const alive = client.started !== undefined && client.generation === this.#generation;
    if (alive && this.#loading) return this.#loading;
    const loading = this.#load(onProgress, signal);
    this.#loading = loading;
    loading.catch(() => {
      if (this.#loading === loading) this.#loading = undefined;
    });
    return loading;
  }

  /**
   * @param {LoadOptions["onProgress"]} [onProgress]
   * @param {AbortSignal} [signal]
   */
  async #load(onProgress = () => {}, signal) {
    const client = this.#client;
    // What still arrives after a failure is nobody's progress any more: it would write over the error.
    let over = false;
    const tell = (/** @type {any} */ data) => void (over || onProgress(data));
    const started = client.start(tell);
    this.#generation = client.generation;
    const on = (/** @type {string} */ _, /** @type {any} */ data) => tell(data);
    // The manifest travels while the code compiles. Where the code fails to start, this request fails with it.
    const loaded = client.post("load", { ...this.#target, files: this.#files }, { signal, on });
    const both = Promise.all([loaded, abortable(started, signal)]).finally(() => (over = true));
    const [{ info, network, device, notice }] = await both;
    this.#info = info;
    this.network = network;
    this.device = device;
    this.notice = notice;
  }

  /**
   * What a prompt means to this model.
   * @param {string} prompt free words
   * @returns {Promise<Understood>}
   */
  async understand(prompt) {
    await this.load();
    const { parts } = await this.#asking({ prior: false }, { seed: 0, count: 1 })([{ prompt: String(prompt) }]);
    return parts[0].meaning;
  }

  /**
   * The words that the model knows, where it draws from free text.
   * @returns {Promise<{ styles: string[], words: string[] }>}
   */
  async words() {
    await this.load();
    return this.#client.post("words", { url: this.#target.url });
  }

  /**
   * Draws. The same options give the same pictures everywhere.
   * @param {SampleOptions} options
   * @returns {Promise<Sample>}
   */
  async sample(options) {
    const { signal, onStep, frames = false } = readable(options);
    const machine = options.machine ?? "network";
    choice("machine", machine, ["network", ...MACHINES]);
    const { window } = options;
    if (window !== undefined) whole("window", window, 1, 255);
    if (options.caption !== undefined) whole("caption", options.caption, 0, 2 ** 32 - 1);
    const wish = checked(options);
    const start = options.start ?? undefined;
    if (start !== undefined && !(start.pixels instanceof Float32Array)) {
      throw new MorphogenError("range", "Expected the pictures to begin from as a Float32Array.");
    }
    await abortable(this.load(), signal);
    const begun = BEGUN.some((name) => options[name] != null) ? await (await import("./begin.js")).begin(options, this.#info.image) : undefined;
    const asked = MIXED.some((name) => options[name] != null) ? await (await import("./terms.js")).several(options, this.#asking(options, wish)) : await this.#plain(options, wish);
    const { network, request } = this.#how(options, wish);
    const Provenance = machine === "network" ? undefined : (await import("./provenance.js")).Provenance;
    const Influence = options.influence ? (await import("./influence.js")).Influence : undefined;
    const explained = (/** @type {any} */ data) => ({ ...data, provenance: Provenance && data.provenance && new Provenance(data.provenance, this.#info.image) });
    /** @type {Frame[]} */
    const kept = [];
    const on = (/** @type {string} */ _, /** @type {any} */ data) => {
      const frame = new Frame(explained(data), this.#info.image);
      if (frames) kept.push(frame);
      onStep?.(frame);
    };
    const message = {
      ...this.#target,
      network,
      machine,
      window,
      prompt: asked.name,
      members: machine === "network" ? undefined : asked.members,
      provenance: options.provenance ?? false,
      frames: frames || onStep !== undefined,
      start: begun?.pixels ?? start?.pixels,
      request: { ...request, ...asked.request, from: start?.t, influence: options.influence, ...begun?.request },
    };
    const result = await this.#client.post("sample", message, { signal, on });
    if (machine === "network") {
      this.device = result.device;
      this.notice = result.notice;
    }
    const { name, label, captions, parts } = asked;
    const influence = Influence && result.influence && new Influence(result.influence, wish.count, this.#info.image);
    return new Sample({ ...explained(result), influence }, this.#info.image, { prompt: name, label, seed: wish.seed, captions, parts, frames: kept });
  }

  /**
   * From one thing to another, and on to further ones, as a film whose frames all come from the same noise.
   * @param {import("./morphogen.js").MorphOptions} options
   */
  async morph(options) {
    const { morph } = await import("./film.js");
    const { seed, steps, grid, solver, guidance, network: named, negative, prior, signal } = readable(options);
    const how = { seed, steps, grid, solver, guidance, network: named, negative, prior, signal };
    const wish = checked(how);
    await abortable(this.load(), signal);
    const { network, request } = this.#how(how, wish);
    const film = await morph(options, request, { ...this.#target, network }, this.#info, this.#asking(how, wish), this.#client);
    this.device = film.device;
    this.notice = film.notice;
    return film;
  }

  /**
   * How a picture came out of the noise, as a film.
   * @param {import("./morphogen.js").Frame[]} frames
   * @param {import("./morphogen.js").WayOptions} [options]
   */
  async film(frames, options = {}) {
    readable(options);
    const { way } = await import("./film.js");
    return way(frames, options, this, this.#info, this.#client);
  }

  /**
   * Which network draws, or stands beside the machine that does, and how.
   * @param {SampleOptions} options
   * @param {ReturnType<typeof checked>} wish
   */
  #how({ network = this.network, machine = "network" }, wish) {
    // A machine takes the steps of the network that it is compared with.
    const usual = this.#info.networks.find(({ name }) => name === network) ?? this.#info.usual;
    const { seed, count, steps = usual.steps, grid = usual.grid, solver = usual.solver } = wish;
    // It holds the images of the prompt at hand: there is nothing to guide it away from.
    const guidance = machine === "network" ? (wish.guidance ?? usual.guidance) : 1;
    return { network, request: { seed, count, steps, grid, solver, guidance } };
  }

  /**
   * What has the core understand things beside each other. A machine asks for them by their training images, whatever the captions
   * of those say, and there is nothing to guide it away from.
   * @param {SampleOptions} options
   * @param {{ seed: number, count: number }} wish
   * @returns {import("./terms.js").Asking}
   */
  #asking({ machine = "network", negative, prior = true, signal }, { seed, count }) {
    const drawn = machine === "network";
    const rest = { negative: drawn && negative ? String(negative) : undefined, prior: drawn && Boolean(prior), seed, count };
    return (things) => this.#client.post("ask", { url: this.#target.url, wish: { things, ...rest } }, { signal });
  }

  /**
   * What is asked for where it is one thing, or anything.
   * @param {SampleOptions} options
   * @param {{ seed: number, count: number }} wish
   */
  async #plain(options, wish) {
    const { prompt, caption, machine = "network" } = options;
    const rest = { parts: undefined, members: undefined };
    const only = prompt == null && this.#only(machine);
    if (only) return { name: only.name, label: only.label, captions: undefined, ...rest, request: { condition: { class: 0 }, against: undefined } };
    const { parts, against } = await this.#asking(options, wish)(prompt == null ? [] : [{ prompt: String(prompt), caption }]);
    const { meaning: { name = "", label = "" } = {}, captions, condition } = parts[0] ?? {};
    return { name, label, captions: captions ?? undefined, ...rest, request: { condition, against } };
  }

  /**
   * What a machine draws where nothing is asked for: the only thing there is.
   * @param {string} machine
   */
  #only(machine) {
    const { prompts, training } = this.#info;
    if (machine === "network" || prompts.length !== 1 || !Object.hasOwn(training, prompts[0].name)) return undefined;
    return prompts[0];
  }

  /**
   * The same sample as a stream of its steps, from pure noise on. Leaving the loop cancels it.
   * @param {SampleOptions} options
   * @returns {AsyncGenerator<Frame, Sample, void>}
   */
  async *steps(options) {
    try {
      return yield* (await import("./steps.js")).steps(this, options);
    } catch (thrown) {
      throw typed(thrown);
    }
  }

  /**
   * The training images of a prompt, fetched unless they are here.
   * @param {string} prompt free words
   * @param {AbortSignal} [signal]
   */
  async training(prompt, signal) {
    const [{ TrainingImages }, data] = await Promise.all([import("./provenance.js"), this.#training({ prompt, signal })]);
    return new TrainingImages(data, this.#info.image);
  }

  /**
   * The training image nearest to each picture of a sample, among those of its prompt, fetched unless they are here.
   * @param {Sample} sample
   * @param {AbortSignal} [signal]
   * @returns {Promise<import("./morphogen.js").Nearest[]>}
   */
  async nearest(sample, signal) {
    const { prompt, pixels } = readable(sample);
    return this.#training({ prompt, pixels, signal });
  }

  /**
   * Which pixels of the training images of a prompt go together at a time.
   * @param {string} prompt free words
   * @param {number} t in [0, 1]
   * @param {AbortSignal} [signal]
   */
  async windows(prompt, t, signal) {
    const { Windows } = await import("./provenance.js");
    return new Windows(await this.#training({ prompt, t: Windows.time(t), signal }), this.#info.image);
  }

  /**
   * A picture of a sample as a file to take along.
   * @param {Sample} sample
   * @param {import("./morphogen.js").StickerOptions} [options]
   * @returns {Promise<Blob>}
   */
  async sticker(sample, options) {
    const { asked } = await import("./taken.js");
    const { wish, mime } = asked(sample, options);
    await abortable(this.load(), options?.signal);
    const bytes = await this.#client.post("sticker", { url: this.#target.url, wish }, { signal: options?.signal });
    return new Blob([bytes], { type: mime });
  }

  /** @param {{ prompt: string, pixels?: Float32Array, t?: number, signal: AbortSignal | undefined }} wish */
  async #training({ prompt, pixels, t, signal }) {
    const { name } = await this.understand(prompt);
    return this.#client.post("training", { url: this.#target.url, prompt: name, pixels, t }, { signal });
  }

  /** Gives memory and device back when no other model on the page uses them. */
  close() {
    if (this.#closed) return;
    this.#closed = true;
    const client = this.#client;
    if (this.#loading && client.started && client.generation === this.#generation) {
      client.post("release", { url: this.#target.url }).catch(() => {});
    }
  }
}

settle(Model, "understand", "words", "sample", "morph", "film", "training", "nearest", "windows", "sticker");

/** Most pictures whose steps are sent one by one. */
const MOST_WATCHED = 32;

/**
 * What was asked for, in range; what was not is left to the network.
 * @param {SampleOptions} options
 */
function checked({ seed = 0, count = 1, steps, grid, solver, guidance, frames, onStep }) {
  whole("count", count, 1, frames || onStep ? MOST_WATCHED : 256);
  // Picture n is that of the seed n further on, which must be a number of its own, too.
  whole("seed", seed, 0, Number.MAX_SAFE_INTEGER - count + 1);
  if (steps !== undefined) whole("steps", steps, 1, 1000);
  if (grid !== undefined) choice("grid", grid, GRIDS);
  if (solver !== undefined) choice("solver", solver, SOLVERS);
  if (guidance !== undefined && !(typeof guidance === "number" && Math.abs(guidance) <= 100)) {
    throw new MorphogenError("range", `Expected a guidance from −100 to 100, found ${guidance}.`);
  }
  return { seed, count, steps, grid, solver, guidance };
}

/**
 * The folder of a pack, with a slash at its end.
 * @param {string | URL} url
 */
function folder(url) {
  const full = new URL(absolute(url));
  if (!/^(https?|file|memory|morphogen):/.test(full.protocol)) throw new MorphogenError("range", `Expected the address of a pack's folder (https:), found “${url}”.`);
  full.pathname = full.pathname.replace(/\/manifest\.json$/, "/").replace(/([^/])$/, "$1/");
  return full.href;
}
