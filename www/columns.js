/**
 * The machines beside the network: which ones the reader chose and what they see, and the column in which each one's
 * pictures stand.
 */
import { MACHINES } from "./machines.js";
import { t } from "./say.js";
import { WHOLE } from "./state.js";
import * as words from "./verdicts.js";

/** @typedef {import("./pkg/morphogen.js").Frame} Frame */
/** @typedef {import("./pkg/morphogen.js").Model} Model */
/** @typedef {import("./state.js").State} State */
/** @typedef {keyof typeof MACHINES} Machine */

const find = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const [select, second, slider, blind] = ["machine", "second-machine", "window", "blind"].map(find);
const figures = [find("theirs").closest("figure"), find("second-column")];

/** The window where none was calibrated. */
const USUAL = 7;

/** What one machine drew. */
export class Column {
  /** @param {Machine} machine */
  constructor(machine) {
    this.machine = machine;
    /** @type {Frame[]} by step */
    this.frames = [];
    /** @type {import("./pkg/morphogen.js").Nearest | undefined} to its finished picture */
    this.nearest = undefined;
  }
}

export class Machines {
  /**
   * @param {State} state
   * @param {() => void} changed told when the reader wants it otherwise
   */
  constructor(state, changed) {
    /** @type {HTMLCanvasElement[]} by column */
    this.canvases = [find("theirs"), find("theirs-second")];
    /** @type {Machine} what the switch goes back to */
    this.lost = "bbels";
    /** @type {readonly string[]} calibrated against the network that drew */
    this.measured = [];
    for (const [name, { title }] of Object.entries(MACHINES)) {
      select.add(new Option(t(title), name));
      second.add(new Option(t(title), name));
    }
    this.read(state);
    const set = () => (this.label(), changed());
    select.addEventListener("change", set);
    second.addEventListener("change", set);
    slider.addEventListener("input", () => this.label());
    slider.addEventListener("change", changed);
    blind.addEventListener("change", () => {
      select.value = blind.checked ? this.lost : "local";
      set();
    });
  }

  /** Takes what an address says. @param {State} state */
  read({ machine, window }) {
    if (machine) select.value = machine;
    slider.value = String(window === WHOLE ? slider.max : Math.max(0, (window - 1) / 2));
    this.label();
  }

  /** What was calibrated against this network. @param {Model} model @param {string} network */
  of(model, network) {
    this.measured = model.info.networks.find(({ name }) => name === network)?.machines ?? [];
    this.label();
  }

  /** @returns {Machine} */
  get first() {
    return select.value;
  }

  /** Those that the reader wants to see, from left to right. @returns {Machine[]} */
  get wanted() {
    return second.value && second.value !== select.value ? [select.value, second.value] : [select.value];
  }

  /** The window on the slider; 0 for what was calibrated. */
  get chosen() {
    if (slider.value === slider.max) return WHOLE;
    return slider.value === "0" ? 0 : 2 * Number(slider.value) + 1;
  }

  /** The window of the first one, as chosen; undefined where it has none. */
  get window() {
    return MACHINES[this.first].window ? this.chosen : undefined;
  }

  /** The window to ask for; undefined for what was calibrated, and where there is none. @param {Machine} machine */
  windowOf(machine) {
    if (!MACHINES[machine].window) return undefined;
    return this.chosen || (this.measured.includes(MACHINES[machine].as) ? undefined : USUAL);
  }

  label() {
    const machine = this.first;
    const { window: local, anywhere, says } = MACHINES[machine];
    slider.disabled = blind.disabled = !local;
    blind.checked = local && anywhere;
    if (blind.checked) this.lost = machine;
    find("machine-hint").textContent = t(says);
    find("window-hint").textContent = local ? words.window(machine) : "";
    const window = this.windowOf(machine);
    const value = !local || window === WHOLE ? t("everything") : window === undefined ? t("as calibrated") : `${window} × ${window}`;
    find("window-value").textContent = value;
    slider.setAttribute("aria-valuetext", value);
    figures[1].hidden = this.wanted.length < 2;
    this.wanted.forEach((machine, i) => (figures[i].querySelector(".who").textContent = this.wanted.length > 1 ? t(MACHINES[machine].title) : t("the machine")));
  }

  /**
   * Shows a picture of the column's machine.
   * @param {number} column
   * @param {Frame | undefined} frame
   * @param {boolean} mosaic in the pixels of its training pictures
   */
  paint(column, frame, mosaic) {
    const canvas = this.canvases[column];
    if (!frame) return;
    const tiles = mosaic ? frame.provenance : undefined;
    const image = tiles ? tiles.toImageData(0, 1, frame.denoised) : frame.toImageData();
    canvas.getContext("2d")?.putImageData(image, 0, 0);
    canvas.dataset.step = String(frame.step);
    canvas.ariaLabel = `${tiles ? t("The machine's mosaic") : t("The machine's picture")}, ${t("step {step} of {steps}", frame)}`;
  }

  /** Nothing is drawn. */
  clear() {
    for (const canvas of this.canvases) {
      delete canvas.dataset.step;
      canvas.ariaLabel = t("Not compared yet");
      canvas.getContext("2d")?.clearRect(0, 0, canvas.width, canvas.height);
    }
  }
}
