/** The settings: fields on one side, the state on the other. */
import * as words from "./words.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./pkg/morphogen.js").Info} Info */

const find = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
/** @type {Record<"seed" | "steps" | "guidance", HTMLInputElement>} */
const inputs = { seed: find("seed"), steps: find("steps"), guidance: find("guidance") };
/** @type {Record<"count" | "grid" | "solver" | "device", HTMLSelectElement>} */
const selects = { count: find("count"), grid: find("grid"), solver: find("solver"), device: find("device") };

export class Settings {
  /**
   * @param {State} state changed in place
   * @param {() => void} changed told after every change that asks for a new picture
   */
  constructor(state, changed) {
    this.state = state;
    this.changed = changed;
    /** @type {Info | undefined} */
    this.info = undefined;
    find("settings").open = matchMedia("(min-width: 60rem)").matches;
    inputs.seed.addEventListener("change", () => {
      const value = Number(inputs.seed.value);
      if (Number.isSafeInteger(value) && value >= 0 && inputs.seed.value !== "") this.set({ seed: value });
      else this.show();
    });
    find("dice").addEventListener("click", () => this.set({ seed: Math.floor(Math.random() * 1e6) }));
    for (const name of /** @type {const} */ (["steps", "guidance"])) {
      // The number follows the thumb; the drawing waits until it is let go.
      inputs[name].addEventListener("input", () => this.label(name, Number(inputs[name].value)));
      inputs[name].addEventListener("change", () => this.set({ [name]: Number(inputs[name].value) }));
    }
    selects.count.addEventListener("change", () => this.set({ count: Number(selects.count.value) }));
    for (const name of /** @type {const} */ (["grid", "solver", "device"])) {
      selects[name].addEventListener("change", () => this.set({ [name]: selects[name].value }));
    }
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
    legend.textContent = "Network";
    const rows = info.networks.map((network) => {
      const row = document.createElement("label");
      const input = document.createElement("input");
      input.type = "radio";
      input.name = "network";
      input.value = network.name;
      input.addEventListener("change", () => this.set({ network: network.name, guidance: undefined }));
      const [title, size, text] = ["span", "span", "span"].map((tag) => document.createElement(tag));
      title.textContent = network.title;
      size.textContent = words.megabytes(network.bytes);
      size.className = "size";
      text.textContent = words.network(network);
      text.className = "quiet";
      row.append(input, title, size, text);
      return row;
    });
    find("networks").replaceChildren(legend, ...rows);
    this.show();
  }

  /** The network that draws now. */
  get network() {
    const networks = this.info?.networks ?? [];
    return networks.find(({ name }) => name === this.state.network) ?? networks[0];
  }

  /** How is drawn: as the reader chose, else as the network's makers suggest, which is not known before they are here. */
  get used() {
    const { steps, grid, solver, guidance } = this.state;
    /** @type {Partial<import("./pkg/morphogen.js").Usual>} */
    const usual = this.network ?? this.info?.usual ?? {};
    return { steps: steps ?? usual.steps, grid: grid ?? usual.grid, solver: solver ?? usual.solver, guidance: guidance ?? usual.guidance };
  }

  show() {
    const { state } = this;
    const { steps, grid, solver, guidance } = this.used;
    inputs.seed.value = String(state.seed);
    if (steps !== undefined) inputs.steps.value = String(steps);
    if (guidance !== undefined) inputs.guidance.value = String(guidance);
    this.label("steps", steps);
    this.label("guidance", guidance);
    if (![...selects.count.options].some(({ value }) => value === String(state.count))) {
      selects.count.add(new Option(String(state.count), String(state.count)));
    }
    selects.count.value = String(state.count);
    selects.grid.value = grid ?? "";
    selects.solver.value = solver ?? "";
    selects.device.value = state.device;
    find("solver-hint").textContent = solver ? words.SOLVERS[solver] : "";
    find("grid-hint").textContent = grid ? words.GRIDS[grid] : "";
    for (const input of document.querySelectorAll("input[name=network]")) {
      const radio = /** @type {HTMLInputElement} */ (input);
      radio.checked = radio.value === this.network?.name;
    }
  }

  /**
   * @param {"steps" | "guidance"} name
   * @param {number | undefined} value
   */
  label(name, value) {
    find(`${name}-value`).textContent = name === "guidance" && value === 1 ? "off" : String(value ?? "");
  }

  /** @param {"webgpu" | "cpu"} device */
  tellDevice(device) {
    find("device-hint").textContent = `Now: ${words.device(device)}.`;
  }
}
