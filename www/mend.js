/**
 * Paint and mend: the reader marks a place on the chosen picture and says what shall be there, and the network draws it anew
 * there and nowhere else. Every picture so made can be taken back. Fetched when the reader first opens it.
 */
import { button, choice, failure, make, slider, tell } from "./make.js";
import { Pad, brushed } from "./pad.js";
import { put } from "./pictures.js";
import { t } from "./say.js";
import { download, named } from "./share.js";

/** @typedef {import("./panels.js").Page} Page */
/** @typedef {import("./pad.js").Place} Place */
/** @typedef {import("./pkg/morphogen.js").Sample} Sample */
/** @typedef {{ sample: Sample, n: number, label: string }} Picture */

/** Pixels that the edge of a mark is soft: seams are seen least then (docs/results.md). */
const SOFT = 1.5;
/** What is marked, over the picture: red, green, blue and how opaque. */
const MARK = [214, 51, 108, 140];
/** From where an erased place is drawn over: late, so that nothing new appears there. */
const ERASED = 0.5;

const find = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const [panel, status] = ["mend", "mend-status"].map(find);

/** @param {Page} page */
export const open = (page) => new Mending(page);

class Mending {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    /** The pictures, from the one that was taken over to the one that stands. @type {Picture[]} */
    this.history = [];
    /** 1 for each pixel that is marked. */
    this.free = new Uint8Array(0);
    /** Whether the marks have done their work: the next stroke begins new ones. */
    this.done = false;
    /** Where a rectangle began. @type {Place | undefined} */
    this.corner = undefined;
    /** What was marked before it. @type {Uint8Array | undefined} */
    this.first = undefined;
    this.tool = "brush";
    /** What was asked for last; nothing for an empty place. @type {string | undefined} */
    this.words = undefined;
    /** Noise for every try. */
    this.tries = 0;
    /** @type {AbortController | undefined} */
    this.running = undefined;
    this.pad = new Pad(t("The picture to mend"), {
      begin: (at) => this.begin(at),
      move: (from, to) => this.stroke(from, to),
      end: (at) => this.end(at),
      tell: () => (this.free[this.pad.at.y * this.pad.picture.width + this.pad.at.x] ? t("marked") : t("not marked")),
    });
    this.brush = slider("mend-brush", t("Brush"), { min: 3, max: 25, step: 1, value: 11 }, (value) => t("{n} pixels", { n: value }));
    this.brush.input.addEventListener("input", () => (this.pad.side = Number(this.brush.input.value)));
    this.pad.side = Number(this.brush.input.value);
    this.word = make("input", { id: "mend-word", type: "text", enterKeyHint: "go", spellcheck: false, autocapitalize: "none", maxLength: 200, placeholder: t("a top hat"), "aria-describedby": "mend-status" });
    this.undo = button(t("Undo"), () => this.back());
    this.another = button(t("Another"), () => void this.again());
    this.take = button(t("Take the chosen picture"), () => this.took(), { hidden: true });
    this.saving = button(t("Save PNG"), () => this.save());
    this.build();
  }

  build() {
    const form = make(
      "form",
      { className: "mix-form", autocomplete: "off" },
      make("label", { className: "hidden-label", htmlFor: "mend-word", textContent: t("What shall be there?") }),
      this.word,
      make("button", { type: "submit", textContent: t("Mend") }),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.mend(this.word.value.trim());
    });
    const tools = choice("mend-tool", t("Mark with"), { brush: t("Brush"), rectangle: t("Rectangle") }, (tool) => {
      this.tool = tool;
      this.corner = this.first = undefined;
      this.brush.field.hidden = tool !== "brush";
      this.pad.side = tool === "brush" ? Number(this.brush.input.value) : 1;
    });
    const clear = button(t("Clear marks"), () => this.clear());
    const erase = button(t("Erase"), () => void this.mend(undefined));
    panel.querySelector("summary")?.after(
      make(
        "div",
        { className: "bench-of-one" },
        this.pad.element,
        make("div", { className: "beside" }, tools, this.brush.field, form, make("div", { className: "actions" }, erase, clear, this.undo, this.another, this.saving, this.take), status),
      ),
    );
    this.tell();
  }

  /** The picture that stands. */
  get shown() {
    return this.history.at(-1);
  }

  /** The page has drawn: what nobody has worked at gives way, and the rest can be left for it. */
  drawn() {
    if (!panel.open) return;
    const chosen = this.page.picture();
    if (!chosen) return;
    const { sample, n } = this.history[0] ?? {};
    if (sample === chosen.sample && n === chosen.n) return void (this.take.hidden = this.history.length < 2);
    const other = sample && (sample.width !== chosen.sample.width || sample.height !== chosen.sample.height);
    if (!sample || other || (this.history.length === 1 && !this.free.includes(1) && !this.running)) return this.took();
    this.take.hidden = false;
  }

  /** Takes the page's picture over; what was made before can be had back. */
  took() {
    const chosen = this.page.picture();
    if (!chosen) return;
    this.running?.abort();
    const { width, height } = chosen.sample;
    const kept = this.history.filter(({ sample }) => sample.width === width && sample.height === height);
    this.history = kept.length > 1 ? [...kept, chosen] : [chosen];
    this.pad.size(width, height);
    this.take.hidden = true;
    this.clear();
    this.tell();
    this.say(t("Mark what shall change, and say what shall be there."));
  }

  /** Shows the picture that stands, and what can be done with it. */
  tell() {
    const { shown } = this;
    if (shown) put(this.pad.picture, shown.sample.toImageData(shown.n));
    this.undo.disabled = this.history.length < 2;
    this.another.disabled = !this.done || !this.free.includes(1);
    this.saving.disabled = !shown;
  }

  /** @param {Place} at */
  begin(at) {
    if (this.done) this.clear();
    // Marks of their own from here on: what is being drawn knows only those before.
    else this.free = this.free.slice();
    if (this.tool === "brush") return this.stroke(at, at);
    // By keys there is no way between the corners: the space bar sets one, and then the other.
    this.corner ??= at;
    this.first ??= this.free.slice();
  }

  /** @param {Place} from @param {Place} to */
  stroke(from, to) {
    if (this.tool === "brush") {
      brushed(from, to, Number(this.brush.input.value), this.pad.picture, (index) => (this.free[index] = 1));
    } else if (this.corner && this.first) {
      this.free.set(this.first);
      this.fill(this.corner, to);
    }
    this.mark();
  }

  /** @param {Place} at */
  end(at) {
    const { corner } = this;
    if (this.tool === "brush" || !corner) return;
    if (corner.x === at.x && corner.y === at.y) return this.say(t("That is one corner; now the other."));
    this.stroke(corner, at);
    this.corner = this.first = undefined;
    this.say(t("Marked."));
  }

  /**
   * Marks a rectangle.
   * @param {Place} a
   * @param {Place} b
   */
  fill(a, b) {
    const { width, height } = this.pad.picture;
    const [left, right] = [Math.max(0, Math.min(a.x, b.x)), Math.min(width - 1, Math.max(a.x, b.x))];
    const [top, bottom] = [Math.max(0, Math.min(a.y, b.y)), Math.min(height - 1, Math.max(a.y, b.y))];
    for (let y = top; y <= bottom; y += 1) this.free.fill(1, y * width + left, y * width + right + 1);
  }

  /** Shows the marks; not those that have done their work. */
  mark() {
    const { width, height } = this.pad.marks;
    const image = new ImageData(width, height);
    if (!this.done) this.free.forEach((free, index) => free && image.data.set(MARK, 4 * index));
    put(this.pad.marks, image);
  }

  clear() {
    const { width, height } = this.pad.picture;
    this.free = new Uint8Array(width * height);
    this.done = false;
    this.corner = this.first = undefined;
    this.mark();
    this.another.disabled = true;
  }

  /**
   * Draws the marked place anew.
   * @param {string | undefined} words nothing for an empty place
   * @param {number} [place] of the new picture among all; it is drawn from the one before, and what stands there gives way to it
   */
  async mend(words, place = this.history.length) {
    const base = this.history[place - 1];
    if (!base) return this.say(t("There is no picture yet; draw one above first."), true);
    if (!this.free.includes(1)) return this.say(t("Nothing is marked: paint over what shall change first."), true);
    if (words === "") return this.say(t("Say what shall be there, or press Erase."), true);
    this.running?.abort();
    const running = (this.running = new AbortController());
    const { signal } = running;
    this.word.setAttribute("aria-invalid", "false");
    try {
      this.say(words === undefined ? t("Erasing …") : t("Mending …"));
      const model = await this.page.model();
      const { free } = this;
      const finished = await model.sample({ ...this.wish(words, base), signal, onStep: (frame) => signal.aborted || put(this.pad.picture, frame.toImageData(0, 1, "denoised")) });
      if (signal.aborted) return;
      this.history.splice(place, 1, { sample: finished, n: 0, label: words === undefined ? base.label : t("{first} with {second}", { first: base.label, second: finished.label }) });
      this.words = words;
      // What was marked meanwhile has its work before it.
      this.done = this.free === free;
      this.mark();
      this.tell();
      this.take.hidden = false;
      this.say(words === undefined ? t("Erased.") : t("Mended with {label}. Mark another place, or try other noise with Another.", { label: finished.label }));
    } catch (thrown) {
      if (!signal.aborted) this.failed(/** @type {import("./pkg/morphogen.js").MorphogenError} */ (thrown));
    } finally {
      if (this.running === running) {
        this.running = undefined;
        this.tell();
      }
    }
  }

  /**
   * What is asked for.
   * @param {string | undefined} words
   * @param {Picture} shown
   * @returns {import("./pkg/morphogen.js").SampleOptions}
   */
  wish(words, { sample, n }) {
    const { seed = 0, ...usual } = this.page.wish();
    const how = { ...usual, negative: undefined, caption: undefined, count: 1, seed: seed + (this.tries += 1), keep: Float32Array.from(this.free, (free) => 1 - free), soft: SOFT };
    if (words !== undefined) return { ...how, prompt: words, from: { image: sample, index: n, t: 1 } };
    return { ...how, prompt: undefined, prior: false, from: { image: emptied(sample, n, this.free), t: ERASED } };
  }

  /** The same once more, from other noise; what stands gives way only once that is drawn. */
  async again() {
    if (this.history.length > 1 && this.done) await this.mend(this.words, this.history.length - 1);
  }

  /** Takes back what is being drawn, or else the last picture. */
  back() {
    if (this.history.length < 2) return;
    if (this.running) this.running.abort();
    else this.history.pop();
    this.running = undefined;
    this.done = false;
    this.mark();
    this.tell();
    this.say(t("Taken back; what was marked is still marked."));
  }

  save() {
    const { shown } = this;
    if (shown) download(shown.sample, shown.n, named(`${shown.label} mended`, this.history.length), document.documentElement.dataset.view === "crisp", (text) => this.say(text, true));
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

/**
 * A picture whose marked pixels have the colour of most of its border.
 * @param {Sample} sample
 * @param {number} n
 * @param {Uint8Array} free
 */
function emptied({ pixels, width, height, channels }, n, free) {
  const plane = width * height;
  const picture = pixels.slice(n * channels * plane, (n + 1) * channels * plane);
  const border = [...free.keys()].filter((q) => q < width || q >= plane - width || q % width === 0 || q % width === width - 1);
  for (let c = 0; c < channels; c += 1) {
    const values = border.map((q) => picture[c * plane + q]).sort((a, b) => a - b);
    const ground = values[values.length >> 1];
    free.forEach((free, q) => free && (picture[c * plane + q] = ground));
  }
  return picture;
}
