/**
 * Where did this pixel come from? The machine with the two flaws draws, keeps who won the vote of each pixel at each step, and
 * the reader pulls the winners out: by pointing, by tapping, or with the arrow keys. Beside the window that was measured on the
 * network stands, if wished, the one that the training pictures suggest: the pixels that vary together (`origins-marks.js`).
 */
import { ARROWS, button, controls, el, picture, slider, toggle } from "../parts.js";
import { walk } from "../walk.js";
import { MARKS, SIDE, outline, surround } from "./origins-marks.js";

/** @typedef {import("../figure.js").Host} Host */
/** @typedef {import("../../pkg/morphogen.js").Frame} Frame */
/** @typedef {import("../../pkg/morphogen.js").TrainingImages} TrainingImages */

const PROMPT = "pullover";
const STEPS = 20;
/** How many of the sources are shown, those with the most pixels first. */
const SHOWN = 8;

/** @param {number} value @param {number} least @param {number} most */
const within = (value, least, most) => Math.max(least, Math.min(most, Math.round(value)));

export default {
  name: "origins",
  defaults: { seed: 32, step: 8, row: 12, column: 8, mosaic: true, together: false },
  /** @param {Host} host */
  mount(host) {
    void new Origins(host).draw();
  },
};

/** The figure. */
class Origins {
  /** @type {Frame[]} */
  frames = [];
  /** The step that is shown: on the way there, one before the wished one. */
  step;
  /** @type {TrainingImages | undefined} */
  images;
  /** Which pixels go together, by step. @type {Map<number, import("../../pkg/morphogen.js").Windows>} */
  seen = new Map();
  drawn;
  source;
  /** What stands over both. */
  here = el("canvas", MARKS);
  there = el("canvas", MARKS);
  name = el("p", {});
  gallery;

  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    const { state } = host;
    /** The step that the reader set. */
    this.wished = within(Number(state.step), 1, STEPS);
    this.step = this.wished;
    this.at = { row: within(Number(state.row), 0, SIDE - 1), column: within(Number(state.column), 0, SIDE - 1) };
    this.drawn = picture({ label: host.t("waiting"), size: [280, 336], focusable: true });
    this.source = picture({ label: host.t("waiting"), size: [140, 336] });
    this.gallery = el("div", { className: "gallery", role: "group", ariaLabel: host.t("sources") });
    this.mosaic = toggle({ led: true, label: host.t("mosaic"), value: state.mosaic === true, turn: (on) => (host.remember({ mosaic: on }), this.paint()) });
    this.together = toggle({ label: host.t("together"), value: state.together === true, turn: (on) => (host.remember({ together: on }), void this.look()) });
    this.build();
    this.listen();
  }

  /** Puts everything in its place. */
  build() {
    const { host, drawn, source } = this;
    const move = (/** @type {number} */ n) => ((this.wished = this.step = n), this.paint(), this.tell());
    const settle = (/** @type {number} */ n) => (host.remember({ step: n }), void this.look());
    const steps = slider({ label: host.t("step"), min: 1, max: STEPS, value: this.wished, say: (n) => host.t("stepOf", { n, of: STEPS }), move, settle });
    steps.input.addEventListener("change", () => this.tell());
    const another = () => (host.remember({ seed: Number(host.state.seed) + 1 }), void this.draw());
    const sight = (/** @type {HTMLElement} */ shown, /** @type {HTMLElement} */ marks) => el("div", { className: "sight" }, shown, marks);
    host.root.append(
      el(
        "div",
        { className: "pair" },
        el("div", { className: "captioned" }, sight(drawn.canvas, this.here), this.mosaic.element, this.together.element),
        el("div", { className: "captioned" }, sight(source.canvas, this.there), this.name),
      ),
      steps.element,
      this.gallery,
      controls(button(host.t("another"), another, { act: "another" })),
    );
  }

  /** Lets the reader point at pixels. */
  listen() {
    const { canvas } = this.drawn;
    canvas.classList.add("pointed");
    canvas.setAttribute("aria-description", this.host.t("keys"));
    const point = (/** @type {PointerEvent} */ event, /** @type {boolean} */ settled) => {
      const { left, top, width } = canvas.getBoundingClientRect();
      this.go(Math.floor(((event.clientY - top) / width) * SIDE), Math.floor(((event.clientX - left) / width) * SIDE), settled);
    };
    canvas.addEventListener("pointermove", (event) => point(event, false));
    canvas.addEventListener("click", (event) => point(/** @type {PointerEvent} */ (event), true));
    canvas.addEventListener("keydown", (event) => {
      const way = ARROWS.get(event.key);
      if (!way) return;
      event.preventDefault();
      this.go(this.at.row + way[0], this.at.column + way[1]);
    });
  }

  /** The pixels that go together with the one at hand, where that is wished and known. */
  get joined() {
    return this.together.input.checked ? this.seen.get(this.step)?.of(this.at.row, this.at.column) : undefined;
  }

  /** Training images with the number of pixels that each has won, the most first. */
  get sources() {
    /** @type {Map<number, number>} */
    const won = new Map();
    this.frames[this.step]?.provenance?.image.forEach((image) => won.set(image, (won.get(image) ?? 0) + 1));
    return [...won].sort((a, b) => b[1] - a[1]);
  }

  /** Points at a pixel. */
  go(/** @type {number} */ row, /** @type {number} */ column, settled = true) {
    this.at = { row: within(row, 0, SIDE - 1), column: within(column, 0, SIDE - 1) };
    this.paint();
    if (!settled) return;
    this.host.remember({ row: this.at.row, column: this.at.column });
    this.tell();
  }

  /** Finds out which pixels go together at this step, if that is wished; a picture on its way is not held up, and asks in the end. */
  async look() {
    const { host, step, seen, frames } = this;
    const before = frames[step - 1];
    if (this.together.input.checked && frames.length > STEPS && !seen.has(step)) {
      await host.run(async (signal) => {
        host.say(host.t("looking"));
        seen.set(step, await (await host.model()).windows(PROMPT, before.t, signal));
      });
    }
    this.paint();
    this.tell();
  }

  paint() {
    const { host, step, at, images } = this;
    const frame = this.frames[step];
    const provenance = frame?.provenance;
    if (!frame || !provenance || !images) return;
    this.drawn.put(this.mosaic.input.checked ? provenance.toImageData(0, 1, frame.denoised) : frame.toImageData(0, 1, "denoised"), host.t("picture", { n: step, of: STEPS }));
    const found = provenance.at(at.row, at.column);
    const name = host.t("training", { number: String(found.image + 1) });
    this.source.put(images.toImageData(found.image), name);
    this.name.textContent = name;
    outline(this.here, at, provenance.window);
    if (this.joined) surround(this.here, this.joined);
    outline(this.there, found, provenance.window);
  }

  /** The sources that won most, as buttons that lead to one of their pixels. */
  list() {
    const { host, images } = this;
    const provenance = this.frames[this.step]?.provenance;
    if (!provenance || !images) return;
    const tile = (/** @type {[number, number]} */ [image, pixels]) => {
      const label = host.t("won", { number: String(image + 1), n: pixels });
      const shown = picture({ label, size: [56, 56] });
      shown.put(images.toImageData(image));
      const press = el("button", { type: "button", ariaLabel: label }, shown.canvas, el("span", {}, String(pixels)));
      press.addEventListener("click", () => {
        const q = provenance.image.indexOf(image);
        this.go(Math.floor(q / SIDE), q % SIDE);
      });
      return press;
    };
    this.gallery.replaceChildren(...this.sources.slice(0, SHOWN).map(tile));
  }

  /** Says what is shown. */
  tell() {
    const { host, at, step } = this;
    const provenance = this.frames[step]?.provenance;
    if (!provenance) return;
    this.list();
    const found = provenance.at(at.row, at.column);
    const share = host.number(100 * found.weight, found.weight < 0.01 ? 1 : 0);
    const values = { row: at.row + 1, column: at.column + 1, number: String(found.image + 1), share, k: provenance.window, n: this.sources.length, step };
    const joined = this.joined?.reduce((sum, one) => sum + one, 0);
    host.say([host.t("pixel", values), joined ? host.t("joined", { n: joined }) : "", host.t("distinct", values)].filter(Boolean).join(" "));
  }

  /** Draws the seed's picture, and keeps all steps. */
  async draw() {
    const { host } = this;
    this.frames = [];
    const drawn = await host.run(async (signal) => {
      const model = await host.model();
      this.images = await host.training(PROMPT, signal);
      host.say(host.t("drawing"));
      /** @type {Frame[]} */
      const frames = (this.frames = []);
      const onStep = (/** @type {Frame} */ frame) => {
        frames.push(frame);
        if (host.still || frame.step === 0 || frame.step > this.wished) return;
        this.step = frame.step;
        this.paint();
      };
      await model.sample({ prompt: PROMPT, machine: "bbels", seed: Number(host.state.seed), ...walk(STEPS), provenance: true, signal, onStep });
      this.step = this.wished;
      this.paint();
      this.tell();
      return true;
    });
    if (drawn) await this.look();
  }
}
