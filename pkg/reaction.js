/** Turing's cells on the page's side. Fetched when {@link reaction} is first called. */
import { sharedClient } from "./client.js";
import { MorphogenError, settle } from "./errors.js";
import { choice, readable, whole } from "./range.js";

/** @typedef {import("./morphogen.js").ReactionOptions} ReactionOptions */
/** @typedef {import("./morphogen.js").ReactionRule} ReactionRule */

/** Keys tell the worker reactions apart. */
let keys = 0;
/** Most steps of one call. */
const STEPS = 10_000;

/**
 * Makes a grid of cells and starts it.
 * @param {ReactionOptions} [options]
 */
export async function reaction(options = {}) {
  const { width = 128, height = 128, device = "auto", from = "noise", seed = 0 } = readable(options);
  choice("device", device, ["auto", "webgpu", "cpu"]);
  whole("width", width, 8, 1024);
  whole("height", height, 8, 1024);
  const made = new Reaction(sharedClient(options), { width, height }, options);
  await made.open(device, from, seed);
  return made;
}

/** Two substances that react and diffuse. Made by {@link reaction}. */
export class Reaction {
  #client;
  #generation = 0;
  #key = (keys += 1);
  #closed = false;
  /** @type {Required<Omit<ReactionRule, "system">> & { system: import("./morphogen.js").ReactionSystem }} */
  #rule = { system: "gray-scott", feed: 0.037, kill: 0.06, saturation: 0.2, scale: 1 };

  /**
   * @param {import("./client.js").WorkerClient} client
   * @param {{ width: number, height: number }} size
   * @param {ReactionRule} rule
   */
  constructor(client, { width, height }, rule) {
    this.#client = client;
    this.width = width;
    this.height = height;
    /** @type {"webgpu" | "cpu"} what took the last steps */
    this.device = "cpu";
    /** The substance that shows the pattern, `[H, W]`. */
    this.pattern = new Float32Array(width * height);
    /** How far apart its stripes or spots are, in cells; null where it is even or was not measured yet. @type {number | null} */
    this.wavelength = null;
    this.#take(rule);
  }

  /**
   * @param {"auto" | "webgpu" | "cpu"} device
   * @param {"spot" | "noise"} from
   * @param {number} seed
   */
  async open(device, from, seed) {
    await this.#client.start();
    this.#generation = this.#client.generation;
    const { width, height } = this;
    await this.#ask("open", { rule: { ...this.#flat(), width, height, device }, start: started(from, seed) });
  }

  /**
   * Begins again.
   * @param {"spot" | "noise"} from
   * @param {number} [seed]
   */
  start(from, seed = 0) {
    return this.#ask("start", { start: started(from, seed) });
  }

  /**
   * Goes on under another rule.
   * @param {ReactionRule} rule what is left out stays as it is
   */
  async change(rule) {
    const before = { ...this.#rule };
    this.#take(readable(rule));
    try {
      await this.#ask("change", { rule: this.#flat() });
    } catch (thrown) {
      this.#rule = before;
      throw thrown;
    }
  }

  /**
   * Paints a disc, in cells from the upper left corner.
   * @param {number} x
   * @param {number} y
   * @param {number} radius
   */
  paint(x, y, radius) {
    return this.#ask("paint", { disc: [x, y, radius] });
  }

  /**
   * Takes steps.
   * @param {number} steps
   * @param {{ measure?: boolean, signal?: AbortSignal }} [options]
   */
  async advance(steps, options = {}) {
    const { measure = false, signal } = readable(options);
    whole("steps", steps, 0, STEPS);
    await this.#ask("advance", { steps, measure }, signal);
  }

  /** Gives its memory back. */
  close() {
    if (this.#closed) return;
    if (this.#client.started && this.#client.generation === this.#generation) this.#client.post("cells", { key: this.#key, call: "close" }).catch(() => {});
    this.#closed = true;
  }

  /** @param {ReactionRule} rule */
  #take({ system, feed, kill, saturation, scale }) {
    if (system !== undefined) choice("system", system, ["gray-scott", "gierer-meinhardt"]);
    const given = Object.entries({ system, feed, kill, saturation, scale }).filter(([, value]) => value !== undefined);
    Object.assign(this.#rule, Object.fromEntries(given));
  }

  /** The rule as the core takes it. */
  #flat() {
    const { system, feed, kill, saturation, scale } = this.#rule;
    return system === "gray-scott" ? { system, first: feed, second: kill, scale } : { system, first: saturation, second: 0, scale };
  }

  /**
   * @param {string} call
   * @param {object} wish
   * @param {AbortSignal} [signal]
   */
  async #ask(call, wish, signal) {
    if (this.#closed) throw new MorphogenError("closed", "This reaction was closed; make another.");
    if (!this.#client.started || this.#client.generation !== this.#generation) {
      throw new MorphogenError("worker-lost", "The worker that kept this reaction has ended; make another.");
    }
    const { pattern, device, wavelength } = await this.#client.post("cells", { key: this.#key, call, ...wish }, { signal });
    this.pattern = pattern;
    this.device = device;
    if (wavelength !== undefined) this.wavelength = wavelength;
  }
}

settle(Reaction, "start", "change", "paint", "advance");

/**
 * @param {"spot" | "noise"} from
 * @param {number} seed
 */
function started(from, seed) {
  choice("from", from, ["spot", "noise"]);
  whole("seed", seed, 0, Number.MAX_SAFE_INTEGER);
  return { noise: from === "noise", seed };
}
