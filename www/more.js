/**
 * More like this, and from one's own: eight pictures that begin with the chosen picture, a doodle or a photograph, under as much noise
 * as the reader likes. A press makes one of them the new beginning. Fetched when the reader first opens it.
 */
import { button, choice, failure, make, slider, tell } from "./make.js";
import { Pad, brushed } from "./pad.js";
import { put } from "./pictures.js";
import { fitted } from "./pkg/begin.js";
import { number, t, told } from "./say.js";
import { download, named } from "./share.js";
import { options } from "./state.js";

/** @typedef {import("./panels.js").Page} Page */
/** @typedef {import("./pkg/morphogen.js").Sample} Sample */
/** @typedef {import("./pkg/morphogen.js").SampleOptions} SampleOptions */
/** @typedef {"picture" | "doodle" | "photo"} Source */
/** @typedef {{ image: Sample | ImageData, n: number, caption: number | undefined, label: string }} Origin */

const COUNT = 8;
/** Strokes of a doodle that can be taken back. */
const STROKES = 100;
/** What one doodles with; the last is the paper. */
const COLOURS = { black: "#1c1b19", red: "#d83a34", orange: "#f28c28", yellow: "#f7c948", green: "#3f9b4f", blue: "#2f6fd0", brown: "#8a5a3a", white: "#ffffff" };
/** Pixels across the brush. */
const BRUSH = { min: 1, max: 21, step: 2, value: 7 };
/** How much of a picture is given up: of one of the network's own little but noise changes it, of a doodle much is to become new. */
const USUAL = /** @type {Record<Source, number>} */ ({ picture: 0.9, doodle: 0.85, photo: 0.85 });

const find = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
/** What can be done with each source. @type {Record<Source, string>} */
const HINTS = {
  picture: t("Eight more like it, from other noise."),
  doodle: t("Doodle what you want, and say what it is."),
  photo: t("Its middle becomes as small as the model's own pictures."),
};
const [panel, status] = ["more", "more-status"].map(find);

/** @param {Page} page */
export const open = (page) => new More(page);

class More {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    /** @type {Source} */
    this.source = "picture";
    /** What each source begins with; those before the last can be had back. @type {Record<Source, Origin[]>} */
    this.origins = { picture: [], doodle: [], photo: [] };
    /** The photograph that was chosen last. @type {File | undefined} */
    this.opening = undefined;
    /** The page's picture that was taken over. @type {{ sample: Sample, n: number } | undefined} */
    this.chosen = undefined;
    this.colour = COLOURS.black;
    this.rounds = 0;
    /** @type {AbortController | undefined} */
    this.running = undefined;
    this.tools = make("div", { className: "tools", hidden: true });
    this.drop = make("p", { className: "drop", hidden: true });
    /** What stands in the grid. @type {Sample | undefined} */
    this.drew = undefined;
    const stroke = (/** @type {import("./pad.js").Place} */ from, /** @type {import("./pad.js").Place} */ to) => this.stroke(from, to);
    this.pad = new Pad(t("What it begins with"), { begin: (at) => this.begin(at), move: stroke, end: () => {} });
    this.dial = slider("more-t", t("How different"), { min: 0.5, max: 1, step: 0.01, value: USUAL.picture }, (value) => number(value, 2));
    this.brush = slider("more-brush", t("Brush"), BRUSH, (value) => t("{n} pixels", { n: value }));
    this.brush.input.addEventListener("input", () => (this.pad.side = Number(this.brush.input.value)));
    this.pad.side = BRUSH.value;
    this.word = make("input", { id: "more-word", type: "text", enterKeyHint: "go", spellcheck: false, autocapitalize: "none", maxLength: 200, "aria-describedby": "more-status" });
    this.file = make("input", { type: "file", accept: "image/*", hidden: true });
    this.back = button(t("Back"), () => this.undo());
    this.saving = button(t("Save PNG"), () => this.save());
    this.tiles = Array.from({ length: COUNT }, (_, n) => this.tile(n));
    this.grid = make("div", { className: "eight", role: "group", "aria-label": t("Press one to go on from it"), hidden: true }, ...this.tiles.map(({ press }) => press));
    this.build();
  }

  build() {
    const sources = choice("more-source", t("Begin with"), { picture: t("the picture"), doodle: t("a doodle"), photo: t("a photo") }, (source) => this.turn(/** @type {Source} */ (source)));
    const colours = Object.entries(COLOURS).map(([name, colour]) => {
      const swatch = button("", () => {
        this.colour = colour;
        colours.forEach((other) => (other.ariaPressed = String(other === swatch)));
      }, { ariaLabel: t(name), title: t(name), ariaPressed: String(colour === this.colour) });
      swatch.style.background = colour;
      return swatch;
    });
    this.tools.append(make("div", { className: "colours", role: "group", "aria-label": t("Colour") }, ...colours), this.brush.field, make("p", { className: "actions" }, button(t("Clear"), () => this.wipe())));
    this.drop.append(button(t("Choose a photo"), () => this.file.click()), t(" or drop one here. It stays on this device."));
    this.file.addEventListener("change", () => void this.opened(this.file.files?.[0]));
    panel.addEventListener("dragover", (/** @type {DragEvent} */ event) => event.preventDefault());
    panel.addEventListener("drop", (/** @type {DragEvent} */ event) => {
      event.preventDefault();
      this.turn("photo");
      void this.opened(event.dataTransfer?.files[0]);
    });
    const form = make("form", { className: "mix-form", autocomplete: "off" }, make("label", { className: "hidden-label", htmlFor: "more-word", textContent: t("What shall it show?") }), this.word, make("button", { type: "submit", textContent: t("Draw eight") }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.draw();
    });
    const beside = make("div", { className: "beside" }, sources, this.tools, this.drop, this.file, this.dial.field, form, make("div", { className: "actions" }, this.back, this.saving), status);
    panel.querySelector("summary")?.after(make("div", { className: "bench-of-one" }, this.pad.element, beside), this.grid);
    this.tell();
    this.say(HINTS.picture);
  }

  /** @param {number} n */
  tile(n) {
    const canvas = make("canvas", { width: 64, height: 64, ariaHidden: "true" });
    const press = button("", () => this.pick(n), { ariaLabel: `${t("Picture {n}", { n: n + 1 })}, ${t("not drawn yet")}`, disabled: true });
    press.append(canvas);
    return { press, canvas };
  }

  /** What is begun with now. */
  get origin() {
    return this.origins[this.source].at(-1);
  }

  /** The page has drawn, or another picture is chosen: that is the one to begin with. */
  drawn() {
    const chosen = this.page.picture();
    if (!panel.open || !chosen) return;
    const { sample, n, label } = chosen;
    this.word.placeholder = this.page.wish().prompt ?? t("a cat");
    if (this.chosen?.sample === sample && this.chosen.n === n) return;
    const other = this.pad.picture.width !== sample.width || this.pad.picture.height !== sample.height;
    this.pad.size(sample.width, sample.height);
    if (other) this.forget();
    this.chosen = { sample, n };
    this.origins.picture.push({ image: sample, n, caption: sample.captions[n]?.index, label });
    this.tell();
  }

  /** Pictures of another size are of another pack: nothing from before goes with them. */
  forget() {
    this.origins = { picture: [], doodle: [], photo: [] };
    this.drew = undefined;
    this.stop();
  }

  /** @param {Source} source */
  turn(source) {
    this.source = source;
    /** @type {any} */ (panel.querySelector(`[name=more-source][value=${source}]`)).checked = true;
    this.dial.input.value = String(USUAL[source]);
    this.dial.input.dispatchEvent(new Event("input"));
    this.tools.hidden = source !== "doodle";
    this.drop.hidden = source !== "photo";
    if (source === "doodle" && !this.origin) this.wipe();
    this.tell();
    this.say(HINTS[source]);
  }

  /** Shows what is begun with. */
  tell() {
    const { origin, source } = this;
    const { width, height } = this.pad.picture;
    if (origin) put(this.pad.picture, imageOf(origin));
    else this.pad.picture.getContext("2d")?.clearRect(0, 0, width, height);
    this.pad.element.classList.toggle("still", source !== "doodle");
    this.back.disabled = this.origins[source].length < 2;
    this.saving.disabled = !origin;
  }

  /** @param {ImageData} image */
  own(image, label = "") {
    this.origins[this.source].push({ image, n: 0, caption: undefined, label });
    this.tell();
  }

  /** A clean sheet for a doodle; the one before can be had back. */
  wipe() {
    const { width, height } = this.pad.picture;
    const image = new ImageData(width, height);
    image.data.fill(255);
    this.own(image, "doodle");
  }

  /**
   * A stroke begins, which Back takes away again; what was drawn from a doodle can be doodled on.
   * @param {import("./pad.js").Place} at
   */
  begin(at) {
    const { origin } = this;
    if (this.source !== "doodle" || !origin) return;
    const image = imageOf(origin);
    this.own(new ImageData(new Uint8ClampedArray(image.data), image.width, image.height), "doodle");
    this.origins.doodle.splice(0, this.origins.doodle.length - STROKES);
    this.stroke(at, at);
  }

  /**
   * @param {import("./pad.js").Place} from
   * @param {import("./pad.js").Place} to
   */
  stroke(from, to) {
    const image = this.origin?.image;
    if (this.source !== "doodle" || !(image instanceof ImageData)) return;
    const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(this.colour.slice(at, at + 2), 16));
    brushed(from, to, Number(this.brush.input.value), image, (index) => image.data.set([red, green, blue], 4 * index));
    put(this.pad.picture, image);
  }

  /** @param {File | undefined} file */
  async opened(file) {
    if (!file) return;
    const { width, height } = this.pad.picture;
    this.file.value = "";
    this.opening = file;
    this.say(t("Opening …"));
    const said = await fitted(file, width, height).then(
      (image) => {
        // One that was chosen later, and came sooner, stays; so does what is done elsewhere meanwhile.
        if (this.opening === file && this.pad.picture.width === width) this.origins.photo.push({ image, n: 0, caption: undefined, label: file.name.replace(/\.\w+$/, "") });
        return t("This is how it begins. Say what it shall show.");
      },
      (thrown) => /** @type {Error} */ (thrown),
    );
    if (this.opening !== file || this.source !== "photo") return;
    this.tell();
    this.say(typeof said === "string" ? said : told(said), typeof said !== "string");
  }

  /** Draws eight pictures from what stands there. */
  async draw() {
    const { origin } = this;
    if (!origin) return this.say(this.source === "photo" ? t("Choose a photo first.") : t("There is no picture yet; draw one above first."), true);
    if (this.source === "doodle" && origin.image instanceof ImageData && origin.image.data.every((value) => value === 255)) return this.say(t("The sheet is empty: doodle something first."), true);
    this.running?.abort();
    const running = (this.running = new AbortController());
    const { signal } = running;
    this.word.setAttribute("aria-invalid", "false");
    try {
      this.say(t("Drawing eight …"));
      this.grid.hidden = false;
      // What is drawn over them is none of those that a press would take.
      this.tiles.forEach(({ press }) => (press.ariaDisabled = "true"));
      const model = await this.page.model();
      // Another pack has come, and none of its pictures yet: what stands here would be cut wrongly.
      if (!signal.aborted && model.info.image.width !== this.pad.picture.width) return this.say(t("There is no picture yet; draw one above first."), true);
      const show = (/** @type {import("./pkg/morphogen.js").Frame} */ frame) => signal.aborted || this.tiles.forEach(({ canvas }, n) => put(canvas, frame.toImageData(n, 1, frame.step > 0 ? "denoised" : "x")));
      const finished = await model.sample({ ...this.wish(origin), signal, onStep: show });
      if (signal.aborted) return;
      this.drew = finished;
      this.hint();
    } catch (thrown) {
      if (!signal.aborted) this.failed(/** @type {import("./pkg/morphogen.js").MorphogenError} */ (thrown));
    } finally {
      if (this.running === running) {
        this.running = undefined;
        this.show();
      }
    }
  }

  /** Drops what is being drawn: the eight from before stand again. */
  stop() {
    this.running?.abort();
    this.running = undefined;
    this.show();
    this.hint();
  }

  /** Says what can be done with what stands there. */
  hint() {
    this.say(this.drew ? t("Press one to go on from it; draw again for eight others.") : HINTS[this.source]);
  }

  /** Shows the eight that were drawn last and can be pressed, if any. */
  show() {
    const { drew } = this;
    this.grid.hidden = !drew;
    this.tiles.forEach(({ canvas, press }, n) => {
      if (drew) put(canvas, drew.toImageData(n));
      press.disabled = !drew;
      press.ariaDisabled = String(!drew);
      press.ariaLabel = `${t("Picture {n}", { n: n + 1 })}, ${drew?.label ?? t("not drawn yet")}`;
    });
  }

  /**
   * What is asked for: the page's words, unless others are said.
   * @param {Origin} origin
   * @returns {SampleOptions}
   */
  wish({ image, n, caption }) {
    const words = this.word.value.trim();
    const { seed = 0, ...usual } = this.page.wish();
    const asked = words ? { prompt: words, caption: undefined } : { ...options(this.page.state.mix), caption: usual.caption ?? caption };
    // Noise that no picture of the page has had, and other noise each time.
    const next = seed + 1000 + COUNT * (this.rounds += 1);
    return { ...usual, ...asked, count: COUNT, seed: next, from: { image, index: image instanceof ImageData ? undefined : n, t: Number(this.dial.input.value) } };
  }

  /** Goes on from one of the eight. */
  pick(/** @type {number} */ n) {
    const { drew } = this;
    if (!drew || this.running) return;
    this.origins[this.source].push({ image: drew, n, caption: drew.captions[n]?.index, label: drew.label });
    this.tell();
    void this.draw();
  }

  /** Goes back to what was begun with before. */
  undo() {
    if (this.origins[this.source].length < 2) return;
    if (this.running) this.stop();
    this.origins[this.source].pop();
    this.tell();
  }

  save() {
    const { origin } = this;
    if (!origin) return;
    const { image, n, label } = origin;
    const source = image instanceof ImageData ? { toImageData: (/** @type {number} */ _, /** @type {number} */ scale) => enlarged(image, scale) } : image;
    download(source, n, named(`${label || "picture"} more`, this.rounds), document.documentElement.dataset.view === "crisp", (text) => this.say(text, true));
  }

  /** @param {import("./pkg/morphogen.js").MorphogenError} error */
  failed(error) {
    this.say(failure(error, this.word), true);
  }

  /**
   * @param {string} text
   * @param {boolean} [problem]
   */
  say(text, problem = false) {
    tell(status, text, problem);
  }
}

/** @param {Origin} origin */
const imageOf = ({ image, n }) => (image instanceof ImageData ? image : image.toImageData(n));

/**
 * @param {ImageData} image
 * @param {number} scale
 */
function enlarged(image, scale) {
  if (scale === 1) return image;
  const large = new ImageData(image.width * scale, image.height * scale);
  const [from, to] = [image, large].map(({ data }) => new Uint32Array(data.buffer));
  to.forEach((_, q) => (to[q] = from[Math.floor(q / large.width / scale) * image.width + Math.floor((q % large.width) / scale)]));
  return large;
}
