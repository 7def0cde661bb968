/**
 * One view of a widget in a cell: the element, led by the traits and leading them. What is asked for last is drawn; a drawing
 * under way is cancelled for it. Where the notebook has kept the picture of just this request, it is shown and not drawn anew.
 */
import { MorphogenError, typed } from "../../pkg/errors.js";
import { engine } from "./engine.js";
import { kernel } from "./kernel.js";
import * as report from "./report.js";
import { paint, poster } from "./still.js";
import { tolerant } from "./tolerant.js";

/** @typedef {import("./afm.js").Host} Host */
/** @typedef {import("../../pkg/morphogen.js").Frame} Frame */
/** @typedef {import("../../pkg/morphogen.js").Model} Model */
/** @typedef {import("../../pkg/morphogen.js").Sample} Sample */

/** Traits that are attributes of the element by the same name. */
export const TRAITS = ["prompt", "prior", "negative", "seed", "count", "caption", "steps", "grid", "guidance", "solver", "network", "machine", "window", "device", "controls"];
/** Where a pack lies: an address, or one below which the kernel has its files. */
const PLACE = ["model", "address"];
/** What is told besides the picture when it is asked for, as it takes time or room. */
const MORE = /** @type {const} */ (["frames", "r", "nearest"]);

/** Of each widget, by its number, the view that draws unasked. @type {Map<unknown, View[]>} */
const views = new Map();

export class View {
  /** @type {Model | undefined} */
  #model;
  /** @type {Frame[]} */
  #frames = [];
  /** @type {AbortController | undefined} of what is told besides the picture */
  #telling;
  /** The request whose picture is being told. */
  #told = "";
  /** @type {[string, (...all: any[]) => void][]} */
  #heard = [];
  /** @type {() => void} */
  #unserve = () => {};
  #kernel;

  /**
   * @param {Host} model
   * @param {HTMLElement} el
   */
  constructor(model, el) {
    const host = (this.host = tolerant(model));
    this.el = el;
    this.element = engine.element();
    this.poster = poster();
    this.key = host.get("key") || this;
    this.#kernel = kernel(host, () => this.#again());
    this.element.append(this.poster);
    this.#listen();
    this.#place();
    for (const name of TRAITS) this.#apply(name);
    this.#size();
    const kept = paint(host, this.poster) && host.get("drawn") === this.request();
    const mine = views.get(this.key) ?? [];
    views.set(this.key, [...mine, this]);
    this.element.autoplay = mine.length === 0 && !kept;
    el.append(this.element);
  }

  /** All that fixes the picture, as text. */
  request() {
    return JSON.stringify([...PLACE, ...TRAITS, "tell"].filter((name) => name !== "controls").map((name) => this.host.get(name) ?? null));
  }

  #listen() {
    for (const name of TRAITS) this.#on(`change:${name}`, () => (this.#apply(name), this.#wanted()));
    for (const name of PLACE) this.#on(`change:${name}`, () => (this.#place(), this.#wanted()));
    this.#on("change:tell", () => void (this.#leads && this.element.sample && this.#drawn(this.element.sample)));
    this.#on("change:size", () => this.#size());
    this.#on("change:image", () => void (this.element.sample || paint(this.host, this.poster)));
    this.#on("msg:custom", (content) => content?.type === "draw" && this.#leads && this.#draw());
    const heard = (/** @type {string} */ type, /** @type {(detail: any) => unknown} */ listener) =>
      this.element.addEventListener(type, (event) => this.#guarded(() => listener(/** @type {CustomEvent} */ (event).detail)));
    heard("load", (model) => (this.#model = model));
    heard("step", (frame) => this.#step(frame));
    heard("sample", (sample) => this.#drawn(sample));
    heard("error", ({ message, code }) => this.#tell({ status: "error", error: message, code }));
  }

  /** @param {string} event @param {(...all: any[]) => unknown} listener */
  #on(event, listener) {
    const guarded = (/** @type {any[]} */ ...all) => this.#guarded(() => listener(...all));
    this.#heard.push([event, guarded]);
    this.host.on(event, guarded);
  }

  /** Hosts swallow what a listener throws; here it is said in the cell. @param {() => unknown} work */
  async #guarded(work) {
    try {
      await work();
    } catch (thrown) {
      const { code, message } = typed(thrown);
      if (code === "aborted") return;
      complain(this.el, message);
      this.#tell({ status: "error", error: message, code });
    }
  }

  /** @param {string} name */
  #apply(name) {
    const value = this.host.get(name);
    if (name === "prior") return void (this.element.prior = value === false ? "off" : "");
    if (name === "controls") return void (this.element.controls = value !== false);
    if (value === undefined || value === null || value === "") return this.element.removeAttribute(name);
    // The same, and the element says what it expects of it.
    if (this.element.getAttribute(name) !== String(value)) this.element.setAttribute(name, String(value));
  }

  #place() {
    const address = this.host.get("address") || "";
    this.#unserve();
    this.#unserve = address ? engine.serve(address, this.#kernel.ask) : () => {};
    this.element.model = address || this.host.get("model") || "";
  }

  #size() {
    const size = this.host.get("size");
    if (size) this.element.style.setProperty("--morphogen-size", `${size}px`);
  }

  /** Whether this view draws what nobody asked it for. */
  get #leads() {
    return views.get(this.key)?.[0] === this;
  }

  /** Something else is asked for. */
  #wanted() {
    if (this.request() === this.#told) return;
    this.#telling?.abort();
    if (this.#leads && this.host.get("drawn") !== this.request()) this.element.autoplay = true;
  }

  #draw() {
    // What goes wrong comes as an event.
    this.element.draw().catch(() => {});
  }

  /** The kernel answered after all. */
  #again() {
    if (this.host.get("status") === "error" && this.#leads) this.#draw();
  }

  /** @param {Frame} frame */
  #step(frame) {
    if (frame.step === 0) {
      this.#frames = [];
      this.#tell({ status: "drawing", error: "", code: "" });
    }
    if (this.#asked("frames")) this.#frames.push(frame);
  }

  /** @param {typeof MORE[number]} what */
  #asked(what) {
    return (this.host.get("tell") ?? []).includes(what);
  }

  /** @param {Sample} sample */
  async #drawn(sample) {
    const { element } = this;
    const [frames, model] = [this.#frames, this.#model];
    // What the reader typed and threw in the cell.
    const typed = { prompt: element.prompt, seed: element.seed, caption: element.caption ?? null };
    for (const [name, value] of Object.entries(typed)) if ((this.host.get(name) || null) !== (value || null)) this.host.set(name, value);
    this.#telling?.abort();
    const { signal } = (this.#telling = new AbortController());
    this.#told = this.request();
    const more = this.#asked("frames") && frames.length > 0 ? report.way(frames) : {};
    this.#tell({ ...report.picture(sample), r: [], nearest: sample.nearest ?? [], ...more });
    if (!model) throw new MorphogenError("internal", "A picture came without its model.");
    if (this.#asked("nearest") && !sample.nearest) this.host.set("nearest", await model.nearest(sample, signal));
    if (this.#asked("r")) this.host.set("r", await report.agreement(model, element, sample, signal));
    if (signal.aborted) return;
    this.#tell({ status: "drawn", error: "", code: "", drawn: this.request() });
  }

  /** @param {Record<string, unknown>} values */
  #tell(values) {
    for (const [name, value] of Object.entries(values)) this.host.set(name, value);
    this.host.save_changes();
  }

  /** The cell is gone. */
  close() {
    const left = (views.get(this.key) ?? []).filter((view) => view !== this);
    if (left.length > 0) views.set(this.key, left);
    else views.delete(this.key);
    this.#telling?.abort();
    for (const [event, listener] of this.#heard) this.host.off(event, listener);
    this.#kernel.close();
    this.#unserve();
    this.element.remove();
    if (left.length > 0) left[0].#wanted();
  }
}

/**
 * @param {HTMLElement} el
 * @param {string} message
 */
export function complain(el, message) {
  const words = el.querySelector("[data-morphogen=error]") ?? document.createElement("p");
  words.setAttribute("data-morphogen", "error");
  words.role = "alert";
  words.textContent = message;
  el.append(words);
}
