/**
 * One model pack inside the worker: its manifest, words and machines, each fetched once and when it is needed, and networks, each
 * built once per device and let go, by last use, where the core's limit is passed.
 */
import { Shared, download } from "./download.js";
import { MorphogenError } from "./errors.js";
import { unpacked } from "./inflate.js";
import { told } from "./trial.js";

/** @typedef {import("./compile.js").Core} Core */
/** @typedef {import("./morphogen.js").Info} Info */
/** @typedef {"auto" | "webgpu" | "cpu"} Device */
/** @typedef {import("./generated/morphogen.js").NetworkPart} NetworkPart */
/** @typedef {{ network: import("./generated/morphogen.js").Network, own: NetworkPart | undefined, device: "webgpu" | "cpu", notice: string }} Engine `own` is what this worker does of a call that several share */

/** @typedef {{ things: Thing[], negative?: string, prior: boolean, seed: number, count: number }} Ask what is asked for, as the core takes it */
/** @typedef {{ prompt: string, caption?: number }} Thing */
/** @typedef {{ class?: number | null, words?: number[] | null }} Condition one prompt as the core takes it */
/** @typedef {{ meaning: import("./morphogen.js").Understood, captions: (import("./morphogen.js").Caption | null)[] | null, condition: Condition | Condition[] }} Part one thing, as it was understood */
/** @typedef {{ parts: Part[], against: Condition }} Asked */

const MANIFEST_LIMIT = 1 << 20;

/** One model pack. */
export class Pack {
  /**
   * @param {string} url of the folder, with a slash at its end
   * @param {() => Promise<Core>} core
   */
  constructor(url, core) {
    this.url = url;
    this.users = 0;
    /** Who helps, once several pictures were asked for. @type {typeof import("./crew.js").crew | undefined} */
    this.crew = undefined;
    /** Why the GPU is no longer tried; empty while it is. */
    this.lost = "";
    /** @type {RequestCache} */
    this.cache = "default";
    this.manifest = new Shared((signal) => openPack(url, core, signal, this.cache));
    /** The analytic machines; their code comes when they are first asked for. */
    this.machines = new Shared(async (signal) => {
      const [{ Machines }, opened] = await Promise.all([import("./theory.js"), this.captions.get(signal)]);
      return Machines.of(url, opened, this.cache, signal);
    });
    /** The pack once it knows its words, where it draws from free text. */
    this.words = new Shared(async (signal) => {
      const opened = await this.open(signal);
      const { core, info, files } = opened;
      /** @type {string[]} */
      let list = [];
      if (info.text) {
        const bytes = await this.json(info.text.words, files, signal);
        core.learn(bytes);
        list = JSON.parse(new TextDecoder().decode(bytes));
      }
      return { ...opened, list };
    });
    /** The pack once it knows what its training images show, too. */
    this.captions = new Shared(async (signal) => {
      const opened = await this.words.get(signal);
      const { core, info, files } = opened;
      const file = info.text?.captions;
      if (file) {
        const packed = await this.binary(file, files, signal);
        core.verify(file, packed);
        core.learnCaptions(await unpacked(file, packed, core.captionsLimit()));
      }
      return opened;
    });
    /** @type {Map<string, Shared<void>>} */
    this.languages = new Map();
    /** Those of the network that was made last, for another device and for helpers. @type {{ name: string, bytes: Uint8Array } | undefined} */
    this.weights = undefined;
    /** By network and device asked for; the one used last stands last. @type {Map<string, Engine>} */
    this.engines = new Map();
  }

  /** @param {AbortSignal} signal */
  open(signal) {
    return this.manifest.get(signal);
  }

  /**
   * A JSON file of the pack; the core checks that it is the right one.
   * @param {string} file
   * @param {Record<string, { bytes: number }>} files
   * @param {AbortSignal} signal
   */
  json(file, files, signal) {
    return download(new URL(file, this.url).href, { kind: "json", limit: files[file].bytes, cache: this.cache, signal });
  }

  /**
   * A file of the pack that is not JSON; the core checks that it is the right one.
   * @param {string} file
   * @param {Record<string, { bytes: number }>} files
   * @param {AbortSignal} signal
   */
  binary(file, files, signal) {
    return download(new URL(file, this.url).href, { kind: "binary", limit: files[file].bytes, cache: this.cache, signal });
  }

  /**
   * What is asked for, as it is understood.
   * @param {Ask} wish
   * @param {AbortSignal} signal
   * @returns {Promise<Asked>}
   */
  async ask({ things, negative, ...wish }, signal) {
    const ask = { ...wish, things: things.map((thing) => ({ ...thing, prompt: composed(thing.prompt) })), negative: negative && composed(negative) };
    const prompts = ask.things.map(({ prompt }) => prompt);
    const languages = await this.learned(ask.negative ? [ask.negative, ...prompts] : prompts, signal);
    const { core } = await (wish.prior ? this.captions : this.words).get(signal);
    return JSON.parse(core.ask(JSON.stringify(ask), ...languages));
  }

  /**
   * Where prompts hold words that are not known, the dictionaries of the languages that they may be in are fetched, one after
   * another, until they are. Gives the languages that the reader reads, and those that could not be had.
   * @param {string[]} prompts
   * @param {AbortSignal} signal
   * @returns {Promise<[reads: string, missing: string]>}
   */
  async learned(prompts, signal) {
    const { core } = await this.words.get(signal);
    const reads = navigator.languages.join();
    let missing = "";
    for (const text of prompts) {
      for (let language = core.wants(text, reads, missing); language; language = core.wants(text, reads, missing)) {
        try {
          await this.language(language, signal);
        } catch (thrown) {
          // Without a network the word stays unknown, and the answer says so; a wrong file is another matter.
          if (signal.aborted || /^(pack-|internal)/.test(Object(thrown).code ?? "internal")) throw thrown;
          missing += `${language},`;
        }
      }
    }
    return [reads, missing];
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
        core.learnLanguage(language, await this.json(info.text?.languages[language] ?? "", files, signal));
      });
    this.languages.set(language, shared);
    return shared.get(signal);
  }

  /**
   * Fetches what the machines need beside whatever is drawn, which else would wait for it. Words and captions are learned by what draws,
   * so they wait for their turn.
   * @param {string} prompt
   * @param {AbortSignal} signal
   */
  async fetchMachines(prompt, signal) {
    const { info } = await this.open(signal);
    if (info.text) await (await import("./second.js")).second.get(signal);
    else await (await this.machines.get(signal)).images(prompt, signal);
  }

  /**
   * The nearest training images, where those of the prompt are here.
   * @param {string} prompt
   * @param {Float32Array} pixels
   * @param {AbortSignal} signal
   */
  async nearest(prompt, pixels, signal) {
    // What is still being fetched is not waited for.
    if (!this.machines.run?.settled) return undefined;
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
   * A network that runs, on the device asked for; with "auto" on the faster one that works.
   * @param {string} name
   * @param {Device} device
   * @param {AbortSignal} signal
   * @param {import("./download.js").Progress} [onProgress]
   * @returns {Promise<Engine>}
   */
  async engine(name, device, signal, onProgress) {
    const { core } = await this.open(signal);
    const wanted = device === "auto" && this.lost ? "cpu" : device;
    const key = `${name} ${wanted}`;
    let engine = this.engines.get(key);
    if (!engine) {
      const bytes = await this.bytes(name, signal, onProgress);
      // Room is made before it is taken: wasm memory never shrinks.
      for (const old of [...this.engines.values()].reverse().slice(core.readyLimit() - 1)) this.drop(old);
      try {
        const network = await core.load(name, bytes, wanted);
        const used = /** @type {"webgpu" | "cpu"} */ (network.device);
        engine = { network, own: network.own(), device: used, notice: network.notice };
      } catch (thrown) {
        // A file that was refused is fetched again by the next try.
        if (String(Object(thrown).code).startsWith("pack-")) this.weights = undefined;
        throw told(thrown);
      }
    }
    // Whoever asked for the processor by name before was told nothing.
    if (wanted !== device) engine.notice ||= this.lost;
    this.engines.delete(key);
    this.engines.set(key, engine);
    return engine;
  }

  /**
   * Has helpers take part in the calls of a network on the processor: they are hired where several pictures are asked for, or one of
   * several things, and once they are there they help with the two calls of a guided picture, too.
   * @param {string} name
   * @param {Engine} engine
   * @param {{ count: number, mix?: object, terms?: object[] }} request
   * @param {AbortSignal} signal
   */
  async share(name, { network, own }, { count: pictures, mix, terms }, signal) {
    if (!own) return;
    const count = pictures * (mix ? 2 : (terms?.length ?? 1));
    if (count > 1) this.crew ??= (await import("./crew.js").catch(() => undefined))?.crew;
    const { crew } = this;
    if (!crew) return;
    await crew.take(this, name, network, own, count, signal);
  }

  /**
   * The weights of a network, inflated. Those of the last one are kept, so that a lost device can be done without off line; others
   * are in the browser's cache.
   * @param {string} name
   * @param {AbortSignal} signal
   * @param {import("./download.js").Progress} [onProgress]
   */
  async bytes(name, signal, onProgress) {
    if (this.weights?.name === name) return this.weights.bytes;
    const { core, info } = await this.open(signal);
    const { file, bytes: total } = /** @type {import("./morphogen.js").NetworkInfo} */ (info.networks.find((one) => one.name === name));
    const { href } = new URL(file, this.url);
    let bytes = await download(href, { kind: "binary", limit: total, total, cache: this.cache, signal, onProgress });
    const limit = core.weightsLimit(name);
    if (limit !== undefined) {
      core.verify(file, bytes);
      bytes = await unpacked(file, bytes, limit);
    }
    this.weights = { name, bytes };
    return bytes;
  }

  /**
   * Lets a network go.
   * @param {Engine} engine
   */
  drop(engine) {
    for (const [key, value] of this.engines) if (value === engine) this.engines.delete(key);
    engine.own?.free();
    engine.network.free();
  }

  /** Forgets all that was fetched; the next fetch goes past the browser's cache. */
  renew() {
    this.free();
    this.cache = "reload";
    this.manifest = new Shared(this.manifest.start);
    this.machines = new Shared(this.machines.start);
    this.words = new Shared(this.words.start);
    this.captions = new Shared(this.captions.start);
    this.languages.clear();
    this.weights = undefined;
  }

  free() {
    for (const engine of this.engines.values()) this.drop(engine);
    this.crew?.dismiss();
    this.machines.run?.promise.then((machines) => machines.free(), () => {});
    this.manifest.run?.promise.then(({ core }) => core.free(), () => {});
  }
}

/**
 * Some keyboards send letters and their marks one by one.
 * @param {string} typed
 */
function composed(typed) {
  return typed.normalize("NFC");
}

/**
 * Fetches and checks a manifest.
 * @param {string} url
 * @param {() => Promise<Core>} core
 * @param {AbortSignal} signal
 * @param {RequestCache} cache
 */
async function openPack(url, core, signal, cache) {
  const [file, { glue, module }] = await Promise.all([
    download(new URL("manifest.json", url).href, { kind: "json", limit: MANIFEST_LIMIT, cache, signal }),
    core(),
  ]);
  // Some editors put a mark before UTF-8.
  const bytes = file[0] === 0xef ? file.subarray(3) : file;
  const pack = glue.Pack.open(bytes);
  // The core has checked every field; only now is it safe to believe them.
  const parsed = JSON.parse(new TextDecoder().decode(bytes));
  /** @type {Record<string, { bytes: number }>} */
  const files = parsed.files;
  return { core: pack, glue, info: described(parsed, (network) => JSON.parse(pack.usual(network))), files, manifest: bytes, module };
}

/**
 * What a page wants to know of a pack.
 * @param {any} manifest
 * @param {(network: string) => import("./morphogen.js").Usual} usual how a network draws, by the core
 * @returns {Info}
 */
function described({ name, title, version, image, licence, prompts, text, networks, training, files }, usual) {
  return {
    name,
    title,
    version,
    image,
    licence,
    prompts: (prompts ?? []).map((/** @type {any} */ { name, label }) => ({ name, label })),
    text: text && { words: text.words, count: text.count, styles: text.styles, languages: text.languages ?? {}, examples: text.examples ?? [], captions: text.captions },
    networks: Object.entries(networks ?? {}).map(([name, { title, file, config, locality }]) => ({
      name,
      title,
      file,
      bytes: files[file].bytes,
      ...usual(name),
      config,
      machines: Object.keys(locality ?? {}),
      windows: locality ?? {},
    })),
    usual: usual(""),
    training: Object.fromEntries(
      Object.entries(training ?? {}).map(([prompt, { file, count }]) => [prompt, { file, count, bytes: files[file].bytes }]),
    ),
  };
}
