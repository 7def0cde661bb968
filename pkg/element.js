/**
 * `<morphogen-sampler model="models/fashion/" prompt="sneaker" seed="7" controls autoplay>`: the sampler as an element.
 * Attributes mirror properties; events `load`, `step`, `sample`, `error`; slots `poster` and `fallback`.
 */
import { MorphogenError, settle, typed } from "./errors.js";
import { loadModel } from "./model.js";
import { imageData } from "./sample.js";
import { dress, shadow } from "./element-parts.js";

/** @typedef {import("./model.js").Model} Model */
/** @typedef {import("./sample.js").Frame} Frame */
/** @typedef {import("./sample.js").Sample} Sample */

const TEXTS = ["model", "prompt", "prior", "negative", "and", "over", "into", "between", "region", "grid", "solver", "network", "machine", "device"];
const NUMBERS = ["seed", "steps", "count", "guidance", "caption", "window", "weight", "edge", "at", "share", "second"];
const SWITCHES = ["controls", "autoplay", "static"];

/**
 * The properties that mirror attributes; they are defined below.
 * @typedef {object} Mirrored
 * @property {string} model
 * @property {string} prompt
 * @property {string} prior
 * @property {string} negative
 * @property {string} and
 * @property {string} over
 * @property {string} into
 * @property {string} between
 * @property {Exclude<import("./morphogen.js").Region, "everywhere"> | ""} region
 * @property {import("./morphogen.js").Grid | ""} grid
 * @property {import("./morphogen.js").Solver | ""} solver
 * @property {string} network
 * @property {import("./morphogen.js").Machine} machine
 * @property {import("./morphogen.js").Device} device
 * @property {number} seed
 * @property {number | undefined} steps
 * @property {number} count
 * @property {number | undefined} guidance
 * @property {number | undefined} caption
 * @property {number | undefined} window
 * @property {number | undefined} weight
 * @property {number | undefined} edge
 * @property {number | undefined} at
 * @property {number | undefined} share
 * @property {number | undefined} second
 * @property {boolean} controls
 * @property {boolean} autoplay
 * @property {boolean} static
 */

/** What the element extends: nothing where there is no page, so that importing on a server does no harm. */
const Base = /** @type {new () => HTMLElement & Mirrored} */ (globalThis.HTMLElement ?? class {});

export class MorphogenSampler extends Base {
  /** For the browser. @internal */
  static observedAttributes = [...TEXTS, ...NUMBERS, ...SWITCHES];

  /** @type {import("./element-parts.js").Parts} */
  #parts;
  /** @type {Promise<Model> | undefined} */
  #model;
  /** @type {AbortController | undefined} */
  #running;
  /** @type {IntersectionObserver | undefined} */
  #watcher;
  /** @type {Sample | undefined} */
  #sample;
  #wanted = false;
  #queued = false;
  #inView = false;
  /** Whether to draw as soon as the reader can see it. */
  #waiting = false;
  /** The drawing that nobody asked for by `draw()`; it rests while nobody sees it. */
  #resting = /** @type {AbortController | undefined} */ (undefined);
  #look = () => this.#seen();
  /** @type {Document | undefined} where it is, or was last */
  #page;

  constructor() {
    super();
    this.#parts = shadow(this, {
      draw: () => (this.#running ? this.cancel() : this.#ask()),
      dice: () => ((this.seed = Math.floor(Math.random() * 1e6)), this.#ask()),
      // The caption that was kept belongs to the words before.
      prompt: (text) => ((this.caption = undefined), (this.prompt = text), this.#ask()),
    });
    this.#sync();
  }

  /** The last finished sample. */
  get sample() {
    return this.#sample;
  }

  /** For the browser, as are the next three. @internal */
  connectedCallback() {
    // What was set before there was such an element hides the property, and later changes would be heard by nobody.
    for (const name of MorphogenSampler.observedAttributes) {
      const { [name]: value } = /** @type {any} */ (this);
      if (Object.hasOwn(this, name) && delete (/** @type {any} */ (this)[name])) Object.assign(this, { [name]: value });
    }
    const { IntersectionObserver } = globalThis;
    this.#inView = !IntersectionObserver;
    this.#watcher = IntersectionObserver && new IntersectionObserver((entries) => {
      this.#inView = entries[entries.length - 1].isIntersecting;
      this.#seen();
    });
    this.#watcher?.observe(this);
    if (this.#inView) this.#seen();
    this.#page = this.ownerDocument;
    this.#page.addEventListener("visibilitychange", this.#look);
  }

  /** @internal */
  adoptedCallback() {
    dress(this);
  }

  /** @internal */
  disconnectedCallback() {
    this.#watcher?.disconnect();
    this.#page?.removeEventListener("visibilitychange", this.#look);
    this.#inView = false;
    this.#seen();
    this.cancel();
    this.#model?.then((model) => model.close(), () => {});
    this.#model = undefined;
  }

  /**
   * @param {string} name
   * @param {string | null} before
   * @param {string | null} now
   * @internal
   */
  attributeChangedCallback(name, before, now) {
    if (before === now) return;
    if (name === "model" || name === "device") {
      this.#model?.then((model) => model.close(), () => {});
      this.#model = undefined;
    }
    // Only then: what the reader is typing stays.
    if (name === "prompt") this.#parts.prompt.value = this.prompt;
    this.#sync();
    // Several attributes set together make one new picture; none is made before the first was asked for.
    if (SWITCHES.includes(name)) this.#seen();
    else if (this.#wanted && !this.#queued) {
      this.#queued = true;
      queueMicrotask(() => this.#queued && this.isConnected && this.#ask());
    }
  }

  /**
   * Draws with the attributes as they are. A drawing under way is cancelled.
   * @returns {Promise<Sample>}
   */
  async draw() {
    this.cancel();
    this.#queued = false;
    this.#wanted = true;
    const running = (this.#running = new AbortController());
    this.#sync();
    this.#waiting = false;
    this.#say("Preparing …");
    try {
      const model = await (this.#model ??= this.#load());
      const still = this.static || globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches;
      const sample = await model.sample({
        prompt: this.prompt || undefined,
        prior: this.prior !== "off",
        caption: this.caption,
        negative: this.negative || undefined,
        seed: this.seed,
        steps: this.steps,
        count: this.count,
        guidance: this.guidance,
        ...this.#mix(),
        window: this.window,
        grid: this.grid || undefined,
        solver: this.solver || undefined,
        network: this.network || undefined,
        machine: this.machine,
        signal: running.signal,
        onStep: this.static ? undefined : (frame) => this.#step(frame, still),
      });
      this.#sample = sample;
      this.#show(sample.pixels, sample);
      const what = sample.label || "Picture";
      this.#parts.canvas.ariaLabel = `${what}, drawn by a diffusion model from seed ${sample.seed}`;
      // Why this device draws is a mark, no alarm.
      this.#say(`${what} drawn${sample.notice && " ⓘ"}.`, sample.notice);
      this.#tell("sample", sample);
      return sample;
    } catch (thrown) {
      const error = typed(thrown);
      if (error.code !== "aborted") {
        if (!this.#sample) this.#parts.root.dataset.state = "error";
        this.#say(error.message);
        this.#tell("error", error);
      } else if (this.#running === running) this.#say(this.#waiting ? "" : "Cancelled.");
      throw error;
    } finally {
      if (this.#running === running) this.#running = undefined;
      this.#sync();
    }
  }

  /** What the prompt is mixed with, as the attributes say it. */
  #mix() {
    const { weight, edge, at, share, second: caption } = this;
    const region = this.region || undefined;
    const as = (/** @type {string} */ prompt) => (prompt ? { prompt, weight, region, edge, at, share, caption } : undefined);
    return { and: as(this.and), over: as(this.over), into: as(this.into), between: as(this.between) };
  }

  /** Stops a drawing under way. */
  cancel() {
    this.#running?.abort();
  }

  /**
   * Draws for the reader, as soon as the reader can see it. What goes wrong has been said in the status line and the
   * `error` event.
   */
  #ask() {
    this.#queued = false;
    if (!this.#visible) {
      this.#waiting = true;
      return this.cancel();
    }
    const drawing = this.draw();
    this.#resting = this.#running;
    drawing.catch(() => {});
  }

  async #load() {
    try {
      if (!this.model) throw new MorphogenError("range", "Set the attribute “model” to the folder of a model pack.");
      const model = await loadModel(this.model, { device: this.device });
      this.#tell("load", model);
      return model;
    } catch (thrown) {
      this.#model = undefined;
      throw thrown;
    }
  }

  /** Whether a reader can see it: in view, in a tab that is shown. */
  get #visible() {
    return this.#inView && !this.ownerDocument.hidden;
  }

  /** It came into view or went out of it: out of sight, nothing is drawn. */
  #seen() {
    if (this.#visible) {
      if (this.#waiting || ((this.autoplay || this.static) && !this.#wanted)) this.#ask();
    } else if (this.#running && this.#running === this.#resting) {
      this.#waiting = true;
      this.cancel();
    }
  }

  /**
   * @param {Frame} frame
   * @param {boolean} still whether the reader asked for no motion
   */
  #step(frame, still) {
    if (!still) this.#show(frame.x, frame.size);
    this.#parts.progress.value = frame.step / frame.steps;
    this.#tell("step", frame);
  }

  /**
   * Shows all pictures of a batch in rows.
   * @param {Float32Array} pixels
   * @param {{ width: number, height: number, channels: number }} size
   */
  #show(pixels, { width, height, channels }) {
    const count = pixels.length / (width * height * channels);
    const columns = Math.ceil(Math.sqrt(count));
    const { canvas, root } = this.#parts;
    canvas.width = width * columns;
    canvas.height = height * Math.ceil(count / columns);
    const context = canvas.getContext("2d");
    for (let n = 0; n < count; n += 1) {
      const image = imageData(pixels, { width, height, channels }, n, 1);
      context?.putImageData(image, (n % columns) * width, Math.floor(n / columns) * height);
    }
    root.dataset.state = "picture";
  }

  #sync() {
    const { root, controls, draw, progress } = this.#parts;
    root.toggleAttribute("data-static", this.static);
    controls.hidden = !this.controls || this.static;
    draw.textContent = this.#running ? "Stop" : "Draw";
    progress.hidden = !this.#running || this.static;
  }

  /** @param {string} text */
  #say(text, more = "") {
    Object.assign(this.#parts.status, { textContent: text, title: more });
  }

  /**
   * @param {string} type
   * @param {unknown} detail
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

settle(MorphogenSampler, "draw");

/** Property and attribute are one: `element.seed = 7` is `<… seed="7">`. */
const DEFAULTS = { machine: "network", device: "auto", seed: 0, count: 1 };
for (const name of MorphogenSampler.observedAttributes) {
  const fallback = /** @type {Record<string, unknown>} */ (DEFAULTS)[name] ?? (TEXTS.includes(name) ? "" : undefined);
  Object.defineProperty(MorphogenSampler.prototype, name, {
    configurable: true,
    enumerable: true,
    /** @this {MorphogenSampler} */
    get() {
      const value = this.getAttribute(name);
      if (SWITCHES.includes(name)) return value !== null;
      if (value === null || value === "") return fallback;
      return NUMBERS.includes(name) ? Number(value) : value;
    },
    /** @this {MorphogenSampler} @param {unknown} value */
    set(value) {
      if (SWITCHES.includes(name)) this.toggleAttribute(name, Boolean(value));
      else if (value === undefined || value === null) this.removeAttribute(name);
      else this.setAttribute(name, String(value));
    },
  });
}

/** Registers `<morphogen-sampler>` where there is a page and nobody has yet. */
export function define() {
  const registry = globalThis.customElements;
  if (registry && !registry.get("morphogen-sampler")) registry.define("morphogen-sampler", MorphogenSampler);
}
