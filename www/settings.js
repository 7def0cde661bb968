/** The settings: fields on one side, the state on the other. */
import { SKETCH_STEPS } from "./pace.js";
import { t, told } from "./say.js";
import { LAST_SEED, SUGGESTED } from "./state.js";
import * as words from "./words.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./pkg/morphogen.js").Info} Info */

const find = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
/** @type {Record<"seed" | "steps" | "guidance", HTMLInputElement>} */
const inputs = { seed: find("seed"), steps: find("steps"), guidance: find("guidance") };
/** @type {Record<"count" | "solver" | "grid" | "device", HTMLSelectElement>} */
const selects = { count: find("count"), solver: find("solver"), grid: find("grid"), device: find("device") };
/** @type {Record<"crisp" | "plain", HTMLInputElement>} */
const switches = { crisp: find("crisp"), plain: find("plain") };

/** @type {import("./pkg/morphogen.js").Usual} what the fields show until a pack has said how its networks draw */
const UNKNOWN = { steps: Number(inputs.steps.value), grid: "uniform", solver: "ddim", guidance: 1 };

export class Settings {
  /**
   * @param {State} state changed in place
   * @param {() => void} changed told after every change that asks for a new picture
   * @param {(view: "smooth" | "crisp") => void} viewed told how pictures shall be enlarged
   */
  constructor(state, changed, viewed) {
    this.state = state;
    this.changed = changed;
    /** @type {Info | undefined} */
    this.info = undefined;
    inputs.seed.addEventListener("change", () => {
      const value = Number(inputs.seed.value);
      if (Number.isInteger(value) && value >= 0 && value <= LAST_SEED && inputs.seed.value !== "") this.set({ seed: value });
      else this.show();
    });
    find("dice").addEventListener("click", () => this.set({ seed: Math.floor(Math.random() * 1e6) }));
    for (const name of /** @type {const} */ (["steps", "guidance"])) {
      // The number follows the thumb; the drawing waits until it is let go.
      inputs[name].addEventListener("input", () => this.label(name, Number(inputs[name].value)));
      inputs[name].addEventListener("change", () => this.set({ [name]: Number(inputs[name].value) }));
    }
    selects.count.addEventListener("change", () => this.set({ count: Number(selects.count.value) }));
    for (const name of /** @type {const} */ (["solver", "grid", "device"])) {
      selects[name].addEventListener("change", () => this.set({ [name]: selects[name].value }));
    }
    switches.plain.addEventListener("change", () => this.set({ prior: !switches.plain.checked, caption: undefined }));
    switches.crisp.addEventListener("change", () => viewed(switches.crisp.checked ? "crisp" : "smooth"));
    this.show();
  }

  /** @param {Partial<Record<keyof State, unknown>>} change */
  set(change) {
    Object.assign(this.state, change);
    this.show();
    this.changed();
  }

  /** @param {Info} info */
  describe(info) {
    this.info = info;
    const legend = document.createElement("legend");
    legend.textContent = t("Network");
    const rows = info.networks.map((network) => {
      const row = document.createElement("label");
      const input = document.createElement("input");
      input.type = "radio";
      input.name = "network";
      input.value = network.name;
      input.addEventListener("change", () => this.set({ network: network.name, ...SUGGESTED }));
      const [title, size, text] = ["span", "span", "span"].map((tag) => document.createElement(tag));
      title.textContent = t(network.title);
      size.textContent = words.megabytes(network.bytes);
      size.className = "size";
      text.textContent = words.network(network);
      text.className = "quiet";
      row.append(input, title, size, text);
      return row;
    });
    find("networks").replaceChildren(legend, ...rows);
    // What this pack has no choice of is not offered.
    find("plain-field").hidden = !(/** @type {any} */ (info.text)?.captions);
    this.show();
  }

  /** What the makers of the network that draws now suggest. */
  get suggested() {
    const { steps, guidance, solver, grid } = this.network ?? this.info?.usual ?? UNKNOWN;
    return { steps, guidance, solver, grid };
  }

  /** How the next pictures are drawn: as the network's makers suggest, and otherwise where the reader wants it otherwise. */
  get plan() {
    const { suggested, state } = this;
    return {
      steps: state.steps ?? suggested.steps,
      guidance: state.guidance ?? suggested.guidance,
      solver: state.solver ?? suggested.solver,
      grid: state.grid ?? suggested.grid,
    };
  }

  /** How they are sketched: in a few steps, which lie where the network's makers suggest. */
  get sketch() {
    const { plan, suggested } = this;
    return { ...plan, steps: Math.min(SKETCH_STEPS, plan.steps), solver: suggested.solver, grid: suggested.grid };
  }

  /** The network that draws now. */
  get network() {
    const networks = this.info?.networks ?? [];
    return networks.find(({ name }) => name === this.state.network) ?? networks[0];
  }

  show() {
    const { state } = this;
    const { steps, guidance, solver, grid } = this.plan;
    inputs.seed.value = String(state.seed);
    inputs.steps.value = String(steps);
    inputs.guidance.value = String(guidance);
    this.label("steps", steps);
    this.label("guidance", guidance);
    switches.plain.checked = !state.prior;
    if (![...selects.count.options].some(({ value }) => value === String(state.count))) {
      selects.count.add(new Option(String(state.count), String(state.count)));
    }
    selects.count.value = String(state.count);
    selects.solver.value = solver;
    selects.grid.value = grid;
    selects.device.value = state.device;
    find("solver-hint").textContent = words.SOLVERS[solver];
    find("grid-hint").textContent = words.GRIDS[grid];
    for (const input of document.querySelectorAll("input[name=network]")) {
      const radio = /** @type {HTMLInputElement} */ (input);
      radio.checked = radio.value === this.network?.name;
    }
  }

  /**
   * @param {"steps" | "guidance"} name
   * @param {number} value
   */
  label(name, value) {
    // Until a pack has said how its networks draw, nothing is known of it.
    const known = this.info !== undefined || this.state[name] !== undefined;
    find(`${name}-value`).textContent = !known ? "" : name === "guidance" && value === 1 ? t("off") : String(value);
  }

  /** How pictures are enlarged now. */
  tellView(/** @type {"smooth" | "crisp"} */ view) {
    switches.crisp.checked = view === "crisp";
  }

  /**
   * @param {"webgpu" | "cpu"} device
   * @param {string} why
   */
  tellDevice(device, why) {
    find("device-hint").textContent = `${t("Now: {device}.", { device: words.device(device) })} ${told(why)}`;
  }
}
