/**
 * Packs and their networks inside the worker: each file is fetched once, each network built once per device, samples
 * run one after another, and where a GPU fails the processor takes over and says so.
 */
import { breathe } from "./breathe.js";
import { Shared, download, handed } from "./download.js";
import { MorphogenError, aborted } from "./errors.js";

/** @typedef {import("./compile.js").Core} Core */
/** @typedef {import("./morphogen.js").Info} Info */
/** @typedef {"auto" | "webgpu" | "cpu"} Device */
/** @typedef {{ signal: AbortSignal, event: (event: string, data: any, transfer?: Transferable[]) => void }} Context */
/** @typedef {{ network: import("./generated/morphogen.js").Network, device: "webgpu" | "cpu", notice: string }} Engine */
/** @typedef {{ url: string, network?: string, device: Device }} Target */
/** @typedef {Record<string, Uint8Array>} Files the files of a pack by name, where the page has them */

const MANIFEST_LIMIT = 1 << 20;

/** What a file that does not belong to the manifest is refused with. */
const MISFIT = /^(replaced|http|pack-tampered|pack-truncated)$/;

export class Packs {
  /** @param {() => Promise<Core>} core */
  constructor(core) {
    this.core = core;
    /** @type {Map<string, Pack>} */
    this.packs = new Map();
    /** Samples wait here for the one before them. */
    this.lane = Promise.resolve();
  }

  /** @param {string} url */
  pack(url) {
    const pack = this.packs.get(url) ?? new Pack(url, this.core);
    this.packs.set(url, pack);
    return pack;
  }

  /**
   * @param {Target & { files?: Files }} target
   * @param {Context} context
   */
  async load({ url, network, device, files }, { signal, event }) {
    const pack = this.pack(url);
    pack.users += 1;
    for (const [name, bytes] of Object.entries(files ?? {})) handed.set(url + name, bytes);
    try {
      return await this.current(pack, signal, async () => {
        const { info } = await pack.open(signal);
        const name = pack.named(info, network);
        if (!name) return { info, network: "", device: "cpu", notice: "" };
        // Words travel beside the weights.
        if (info.text) pack.words.get(signal).catch(() => {});
        const { device: used, notice } = await this.alone(signal, () =>
          pack.engine(name, device, signal, (loaded, total) => event("progress", { phase: "weights", loaded, total })),
        );
        return { info, network: name, device: used, notice };
      });
    } catch (thrown) {
      pack.users -= 1;
      throw thrown;
    }
  }

  /**
   * @param {{ url: string, text: string }} message
   * @param {Context} context
   */
  async understand({ url, text }, { signal }) {
    const pack = this.pack(url);
    const { core, info } = await pack.words.get(signal);
    for (const language of info.text ? likely(text, info.text.languages) : []) {
      if (!strange(core, text)) break;
      // A dictionary that cannot be had is done without.
      await pack.language(language, signal).catch(() => {});
      if (signal.aborted) throw aborted();
    }
    return JSON.parse(core.understand(text));
  }

  /**
   * The words that a pack knows; styles come first.
   * @param {{ url: string }} message
   * @param {Context} context
   */
  async words({ url }, { signal }) {
    const { info, list } = await this.pack(url).words.get(signal);
    const styles = info.text?.styles ?? 0;
    return { styles: list.slice(0, styles), words: list.slice(styles) };
  }

  /**
   * @param {Target & { request: { steps: number }, start?: Float32Array, frames: boolean, machine: string, prompt: string, window?: number, provenance: boolean }} message
   * @param {Context} context
   */
  async sample(message, context) {
    const pack = this.pack(message.url);
    return this.current(pack, context.signal, () => this.drawFrom(pack, message, context));
  }

  /**
   * @param {Pack} pack
   * @param {Parameters<Packs["sample"]>[0]} message
   * @param {Context} context
   */
  async drawFrom(pack, { network, device, request, start, frames, machine, prompt, window, provenance }, context) {
    const { info } = await pack.open(context.signal);
    const name = pack.named(info, network);
    return this.alone(context.signal, async () => {
      if (machine !== "network") {
        const machines = await pack.machines.get(context.signal);
        const trace = { steps: request.steps, every: provenance };
        const wanted = device === "auto" && pack.lost ? "cpu" : device;
        const maker = await machines.get({ machine, network: name, prompt, window }, trace, wanted, context.signal);
        try {
          const pixels = await draw(maker.network, { ...request, frames }, start, context, { step: -1 }, maker.provenance);
          const nearest = await machines.nearest(prompt, pixels, context.signal);
          return { pixels, device: maker.device(), notice: maker.notice(), network: name, provenance: maker.provenance(), nearest };
        } finally {
          maker.free();
        }
      }
      if (!name) throw new MorphogenError("machine-unavailable", "This pack has training images and no network: set “machine” to one of the theory's, such as bbels.");
      // Frames that a lost device had sent already are not sent twice: the same seed gives them again.
      const sent = { step: -1 };
      for (let losses = 0; ; losses += 1) {
        const engine = await pack.engine(name, device, context.signal);
        try {
          const pixels = await draw(engine.network, { ...request, frames }, start, context, sent);
          const nearest = await pack.nearest(prompt, pixels, context.signal);
          return { pixels, device: engine.device, notice: engine.notice, network: name, nearest };
        } catch (thrown) {
          const lost = engine.device === "webgpu" && /^(device-lost|out-of-memory|gpu-)/.test(Object(thrown).code ?? "");
          if (!lost || context.signal.aborted) throw thrown;
          pack.drop(name, engine);
          if (losses === 0) continue;
          if (device === "webgpu") throw thrown;
          pack.lost = "The graphics device was lost twice, so the processor draws now: the same pictures, more slowly.";
        }
      }
    });
  }

  /**
   * The nearest training images of pictures, or without pictures all training images of a prompt.
   * @param {{ url: string, prompt: string, pixels?: Float32Array }} message
   * @param {Context} context
   */
  async training({ url, prompt, pixels }, { signal }) {
    const pack = this.pack(url);
    const work = async () => {
      const machines = await pack.machines.get(signal);
      return pixels ? machines.nearest(prompt, pixels, signal) : machines.training(prompt, signal);
    };
    return this.current(pack, signal, () => this.alone(signal, work));
  }

  /** @param {{ url: string }} message */
  async release({ url }) {
    const pack = this.packs.get(url);
    if (!pack || --pack.users > 0) return;
    this.packs.delete(url);
    for (const address of [...handed.keys()]) if (address.startsWith(url) && url.startsWith("memory:")) handed.delete(address);
    await this.alone(new AbortController().signal, async () => pack.free());
  }

  /**
   * Works with a pack. Where a file does not fit the manifest, the pack may have been replaced under way: then both are
   * fetched once more, past all caches, and what does not fit after that is refused.
   * @template T
   * @param {Pack} pack
   * @param {AbortSignal} signal
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  async current(pack, signal, work) {
    const { manifest } = pack;
    try {
      return await work();
    } catch (thrown) {
      const replaced = manifest.run !== undefined && MISFIT.test(Object(thrown).code);
      if (!replaced || signal.aborted) throw thrown;
      await this.alone(signal, async () => pack.manifest === manifest && pack.renew());
      return work();
    }
  }

  /**
   * Runs one piece of work at a time.
   * @template T
   * @param {AbortSignal} signal
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  alone(signal, work) {
    const turn = this.lane.then(() => {
      if (signal.aborted) throw aborted();
      return work();
    });
    this.lane = turn.then(() => {}, () => {});
    return turn;
  }
}

/**
 * Whether a prompt holds words that are not known.
 * @param {import("./generated/morphogen.js").Pack} core
 * @param {string} text
 */
function strange(core, text) {
  try {
    return JSON.parse(core.understand(text)).unknown.length > 0;
  } catch (thrown) {
    return Object(thrown).code === "prompt-unknown";
  }
}

/**
 * The languages that a prompt may be in, likeliest first: by its script, then by what the reader reads.
 * @param {string} text
 * @param {string[]} known
 */
function likely(text, known) {
  const scripts = [];
  if (/\p{Script=Hiragana}|\p{Script=Katakana}/u.test(text)) scripts.push("ja");
  else if (/\p{Script=Han}/u.test(text)) scripts.push("zh", "ja");
  if (/\p{Script=Cyrillic}/u.test(text)) scripts.push("ru");
  const read = navigator.languages.map((tag) => tag.split("-")[0]);
  const latin = known.filter((language) => !["ja", "zh", "ru"].includes(language));
  const order = scripts.length > 0 ? scripts : [...read, ...latin];
  return [...new Set(order)].filter((language) => known.includes(language));
}

/**
 * Walks one sample to its end.
 * @param {import("./generated/morphogen.js").Network} network
 * @param {{ steps: number, frames: boolean }} request
 * @param {Float32Array | undefined} start pictures to begin from, in the place of noise
 * @param {Context} context
 * @param {{ step: number }} sent
 * @param {() => unknown} [provenance] of the last step
 */
function draw(network, request, start, { signal, event }, sent, provenance = () => undefined) {
  const { steps, frames } = request;
  /** @type {(step: number, t: number, noise: number, x?: Float32Array, denoised?: Float32Array) => boolean} */
  const onStep = (step, t, noise, x, denoised) => {
    if (signal.aborted) return false;
    if (frames && x && denoised && step > sent.step) {
      event("step", { step, steps, t, noise, x, denoised, provenance: provenance() }, [x.buffer, denoised.buffer]);
      sent.step = step;
    }
    return true;
  };
  return network.sample(JSON.stringify(request), onStep, breathe, start);
}

/** One model pack. */
class Pack {
  /**
   * @param {string} url of the folder, with a slash at its end
   * @param {() => Promise<Core>} core
   */
  constructor(url, core) {
    this.url = url;
    this.users = 0;
    /** Why the GPU is no longer tried; empty while it is. */
    this.lost = "";
    /** @type {RequestCache} */
    this.cache = "default";
    this.manifest = new Shared((signal) => openPack(url, core, signal, this.cache));
    /** The analytic machines; their code comes when they are first asked for. */
    this.machines = new Shared(async (signal) => {
      const code = import("./theory.js").catch((cause) => {
        throw new MorphogenError("machine-unavailable", "The machines' code could not be fetched.", { cause });
      });
      const [{ Machines }, opened] = await Promise.all([code, this.words.get(signal)]);
      return new Machines(url, opened, this.cache);
    });
    /** The pack once it knows its words, where it draws from free text. */
    this.words = new Shared(async (signal) => {
      const opened = await this.open(signal);
      const { core, info, files } = opened;
      /** @type {string[]} */
      let list = [];
      if (info.text) {
        const file = info.text.words;
        const bytes = await download(new URL(file, url).href, { kind: "json", limit: files[file].bytes, cache: this.cache, signal });
        core.learn(bytes);
        list = JSON.parse(new TextDecoder().decode(bytes));
      }
      return { ...opened, list };
    });
    /** @type {Map<string, Shared<void>>} */
    this.languages = new Map();
    /** @type {Map<string, Shared<Uint8Array>>} */
    this.weights = new Map();
    /** @type {Map<string, Engine>} by network and device asked for */
    this.engines = new Map();
  }

  /** @param {AbortSignal} signal */
  open(signal) {
    return this.manifest.get(signal);
  }

  /**
   * Learns the words of a language, unless they are known.
   * @param {string} language
   * @param {AbortSignal} signal
   */
  language(language, signal) {
    const shared =
      this.languages.get(language) ??
      new Shared(async (signal) => {
        const { core, files, info } = await this.words.get(signal);
        const file = info.text?.files[language] ?? "";
        const bytes = await download(new URL(file, this.url).href, { kind: "json", limit: files[file].bytes, cache: this.cache, signal });
        core.learnLanguage(language, bytes);
      });
    this.languages.set(language, shared);
    return shared.get(signal);
  }

  /**
   * The nearest training images, where those of the prompt are here.
   * @param {string} prompt
   * @param {Float32Array} pixels
   * @param {AbortSignal} signal
   */
  async nearest(prompt, pixels, signal) {
    if (!this.machines.run) return undefined;
    const machines = await this.machines.get(signal);
    return machines.has(prompt) ? machines.nearest(prompt, pixels, signal) : undefined;
  }

  /**
   * The network asked for, or the first; an empty name in a pack that has training images alone.
   * @param {Info} info
   * @param {string | undefined} name
   */
  named(info, name) {
    const names = info.networks.map((network) => network.name);
    if (!name && (names.length > 0 || Object.keys(info.training).length > 0)) return names[0] ?? "";
    if (name !== undefined && names.includes(name)) return name;
    throw new MorphogenError("pack-unknown", `This pack has no network “${name ?? ""}”; it has ${names.join(", ") || "none"}.`);
  }

  /**
   * A network that runs, on the device asked for; with "auto" on the processor where the GPU does not work.
   * @param {string} name
   * @param {Device} device
   * @param {AbortSignal} signal
   * @param {import("./download.js").Progress} [onProgress]
   * @returns {Promise<Engine>}
   */
  async engine(name, device, signal, onProgress) {
    const { core, info } = await this.open(signal);
    const wanted = device === "auto" && this.lost ? "cpu" : device;
    const key = `${name} ${wanted}`;
    const ready = this.engines.get(key);
    if (ready) return ready;
    const bytes = await this.bytes(name, info).get(signal, onProgress);
    try {
      const engine = await this.build(core, name, bytes, wanted);
      this.engines.set(key, engine);
      return engine;
    } catch (thrown) {
      // A file that was refused is fetched again by the next try.
      if (String(Object(thrown).code).startsWith("pack-")) this.weights.delete(name);
      throw thrown;
    }
  }

  /**
   * @param {import("./generated/morphogen.js").Pack} core
   * @param {string} name
   * @param {Uint8Array} bytes
   * @param {Device} device
   * @returns {Promise<Engine>}
   */
  async build(core, name, bytes, device) {
    const cpu = async (/** @type {string} */ notice) => ({ network: await core.load(name, bytes, "cpu"), device: /** @type {const} */ ("cpu"), notice });
    if (device === "cpu") return cpu(this.lost);
    try {
      return { network: await core.load(name, bytes, "webgpu"), device: "webgpu", notice: "" };
    } catch (thrown) {
      const { code, message } = Object(thrown);
      if (device === "webgpu" || typeof code !== "string" || code.startsWith("pack-")) throw thrown;
      const reason = code === "no-webgpu" ? "There is no WebGPU here" : `The graphics device could not be used (${message})`;
      return cpu(`${reason}, so the processor draws: the same pictures, more slowly.`);
    }
  }

  /**
   * @param {string} name
   * @param {Info} info
   */
  bytes(name, info) {
    const { file, bytes } = /** @type {import("./morphogen.js").NetworkInfo} */ (info.networks.find((one) => one.name === name));
    const shared =
      this.weights.get(name) ??
      new Shared((signal, onProgress) =>
        download(new URL(file, this.url).href, { kind: "binary", limit: bytes, total: bytes, cache: this.cache, signal, onProgress }),
      );
    this.weights.set(name, shared);
    return shared;
  }

  /**
   * Forgets a network whose device is gone.
   * @param {string} name
   * @param {Engine} engine
   */
  drop(name, engine) {
    for (const [key, value] of this.engines) if (value === engine) this.engines.delete(key);
    engine.network.free();
  }

  /** Forgets all that was fetched; the next fetch goes past the browser's cache. */
  renew() {
    this.free();
    this.cache = "reload";
    this.manifest = new Shared(this.manifest.start);
    this.machines = new Shared(this.machines.start);
    this.words = new Shared(this.words.start);
    this.languages.clear();
    this.weights.clear();
  }

  free() {
    for (const { network } of this.engines.values()) network.free();
    this.engines.clear();
    this.machines.run?.promise.then((machines) => machines.free(), () => {});
    this.manifest.run?.promise.then(({ core }) => core.free(), () => {});
  }
}

/**
 * Fetches and checks a manifest.
 * @param {string} url
 * @param {() => Promise<Core>} core
 * @param {AbortSignal} signal
 * @param {RequestCache} cache
 */
async function openPack(url, core, signal, cache) {
  const [bytes, { glue, module }] = await Promise.all([
    download(new URL("manifest.json", url).href, { kind: "json", limit: MANIFEST_LIMIT, cache, signal }),
    core(),
  ]);
  const pack = glue.Pack.open(bytes);
  // The core has checked every field; only now is it safe to believe them.
  const parsed = JSON.parse(new TextDecoder().decode(bytes));
  /** @type {Record<string, { bytes: number }>} */
  const files = parsed.files;
  return { core: pack, info: described(parsed), files, manifest: bytes, module };
}

/**
 * What a page wants to know of a pack.
 * @param {any} manifest
 * @returns {Info}
 */
function described({ name, title, version, image, licence, prompts, text, networks, training, files }) {
  return {
    name,
    title,
    version,
    image,
    licence,
    prompts: (prompts ?? []).map((/** @type {any} */ { name, label }) => ({ name, label })),
    text: text && { words: text.words, count: text.count, styles: text.styles, languages: Object.keys(text.languages ?? {}), files: text.languages ?? {}, examples: text.examples ?? [], index: text.index },
    networks: Object.entries(networks ?? {}).map(([name, { title, file, guidance, config, locality }]) => ({
      name,
      title,
      file,
      bytes: files[file].bytes,
      guidance,
      config,
      machines: Object.keys(locality ?? {}),
      windows: locality ?? {},
    })),
    training: Object.fromEntries(
      Object.entries(training ?? {}).map(([prompt, { file, count }]) => [prompt, { file, count, bytes: files[file].bytes }]),
    ),
  };
}
