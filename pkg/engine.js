/**
 * What the worker does with packs ({@link Pack}): samples run one after another, a pack that was replaced under way is opened
 * anew, and where a GPU fails the processor takes over and says so.
 */
import { breathe } from "./breathe.js";
import { handed } from "./download.js";
import { MorphogenError, aborted } from "./errors.js";
import { Pack } from "./pack.js";
import { after, tried } from "./trial.js";

/** @typedef {import("./compile.js").Core} Core */
/** @typedef {import("./pack.js").Device} Device */
/** @typedef {import("./service.js").Context} Context */
/** @typedef {{ url: string, network?: string, device: Device }} Target */
/** @typedef {Record<string, Uint8Array>} Files the files of a pack by name, where the page has them */

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
    // While the files are on their way, and before it is this model's turn: a device that does not answer holds up nobody else.
    const trial = tried(device);
    trial.catch(() => {});
    try {
      return await this.current(pack, signal, async () => {
        const { info, glue } = await pack.open(signal);
        const name = pack.named(info, network);
        if (!name) return { info, network: "", device: "cpu", notice: "" };
        // Words and captions travel beside the weights.
        if (info.text) pack.captions.get(signal).catch(() => {});
        const able = await trial;
        const { device: used, notice } = await this.alone(signal, () =>
          pack.engine(name, able.device, signal, (loaded, total) => event("progress", { phase: "weights", loaded, total })),
        );
        return { info, network: name, device: used, notice: notice || able.why(glue) };
      });
    } catch (thrown) {
      pack.users -= 1;
      throw thrown;
    }
  }

  /**
   * @param {{ url: string, wish: Parameters<Pack["ask"]>[0] }} message
   * @param {Context} context
   */
  async ask({ url, wish }, { signal }) {
    const pack = this.pack(url);
    return this.current(pack, signal, () => pack.ask(wish, signal));
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
   * @param {Target & { request: { steps: number, count: number, mix?: object, terms?: object[] }, start?: Float32Array, frames: boolean, progress?: boolean, machine: string, prompt: string, members?: import("./theory.js").Member[], window?: number, provenance: boolean }} message
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
  async drawFrom(pack, { network, device, request, start, frames, progress, machine, prompt, members, window, provenance }, context) {
    const { info, glue } = await pack.open(context.signal);
    const name = pack.named(info, network);
    const able = await tried(device);
    const notice = able.why(glue);
    return this.alone(context.signal, async () => {
      if (machine !== "network") {
        const machines = await pack.machines.get(context.signal);
        const wanted = able.device === "auto" && pack.lost ? "cpu" : able.device;
        const wish = { machine, network: name, prompt, window };
        const drawn = await machines.draw(wish, members, { steps: request.steps, every: provenance }, wanted, context.signal, (network, provenance) =>
          draw(network, { ...request, frames }, start, context, { step: -1 }, provenance),
        );
        return { ...drawn, notice: drawn.notice || notice };
      }
      if (!name) throw new MorphogenError("machine-unavailable", "This pack has training images and no network: set “machine” to one of the theory's, such as bbels.");
      // Frames that a lost device had sent already are not sent twice: the same seed gives them again.
      const sent = { step: -1, progress };
      for (let again = false; ; again = true) {
        const engine = await pack.engine(name, able.device, context.signal);
        try {
          await pack.share(name, engine, request, context.signal);
          const pixels = await draw(engine.network, { ...request, frames }, start, context, sent);
          const influence = engine.network.takeInfluence();
          const nearest = await pack.nearest(prompt, pixels, context.signal);
          return { pixels, device: engine.device, notice: engine.notice || notice, network: name, nearest, influence };
        } catch (thrown) {
          if (engine.device === "cpu" || context.signal.aborted) throw thrown;
          pack.lost = after(glue, thrown, device === "webgpu", again, () => pack.drop(engine)) ?? pack.lost;
        }
      }
    });
  }

  /**
   * The nearest training images of pictures, which pixels go together at a time, or without either all training images of a prompt.
   * @param {{ url: string, prompt: string, pixels?: Float32Array, t?: number }} message
   * @param {Context} context
   */
  async training({ url, prompt, pixels, t }, { signal }) {
    const pack = this.pack(url);
    const work = async () => {
      const machines = await pack.machines.get(signal);
      if (t !== undefined) return machines.windows(prompt, t, signal);
      return pixels ? machines.nearest(prompt, pixels, signal) : machines.training(prompt, signal);
    };
    return this.current(pack, signal, async () => {
      await pack.fetchMachines(prompt, signal);
      return this.alone(signal, work);
    });
  }

  /**
   * A picture as a file to take along.
   * @param {{ url: string, wish: import("./sticker.js").Wish }} message
   * @param {Context} context
   */
  async sticker({ url, wish }, { signal }) {
    const pack = this.pack(url);
    return this.current(pack, signal, async () => {
      const [{ sticker }, { manifest }] = await Promise.all([import("./sticker.js"), pack.open(signal)]);
      return sticker(manifest, wish, signal);
    });
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
 * Walks one sample to its end.
 * @param {Pick<import("./generated/morphogen.js").Network, "sample">} network
 * @param {{ frames: boolean }} request
 * @param {Float32Array | undefined} start pictures to begin from, in the place of noise
 * @param {Context} context
 * @param {{ step: number, progress?: boolean }} sent whether steps are told without their pictures
 * @param {() => unknown} [provenance] of the last step
 */
function draw(network, request, start, { signal, event }, sent, provenance = () => undefined) {
  const { frames } = request;
  /** @type {(step: number, steps: number, t: number, noise: number, x?: Float32Array, denoised?: Float32Array) => boolean} */
  const onStep = (step, steps, t, noise, x, denoised) => {
    if (signal.aborted) return false;
    if (frames && x && denoised && step > sent.step) {
      event("step", { step, steps, t, noise, x, denoised, provenance: provenance() }, [x.buffer, denoised.buffer]);
      sent.step = step;
    }
    if (sent.progress && step > sent.step) event("progress", { phase: "steps", loaded: (sent.step = step), total: steps });
    return true;
  };
  return network.sample(JSON.stringify(request), onStep, breathe, start);
}
