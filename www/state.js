/** What the page draws, and its form in the address, so that a link holds a picture. */

/**
 * @typedef {object} State
 * @property {string} prompt free words
 * @property {number} seed
 * @property {number} count
 * @property {number | undefined} steps undefined: what the network's makers suggest, and so the next three
 * @property {"uniform" | "early" | undefined} grid
 * @property {"ddim" | "ddpm" | "dpm-solver" | undefined} solver
 * @property {number | undefined} guidance
 * @property {string} network empty: the pack's first
 * @property {"auto" | "webgpu" | "cpu"} device
 * @property {string} model name of a folder in models/
 * @property {string} style word for a style, where the model knows some; empty: any
 * @property {string} negative what not to draw
 * @property {"" | "bbels" | "els" | "local" | "ideal" | "wiener"} machine that the picture is compared with; empty: none
 * @property {number} window pixels that each of its pixels sees; 0: as calibrated
 */

/** @type {State} */
export const DEFAULTS = {
  prompt: "",
  seed: 7,
  count: 4,
  steps: undefined,
  grid: undefined,
  solver: undefined,
  guidance: undefined,
  network: "",
  device: "auto",
  model: "fashion",
  style: "",
  negative: "",
  machine: "",
  window: 0,
};

/** The packs that the page offers: folders in models/, with what they draw. */
export const PACKS = [
  { name: "fashion", title: "Garments" },
  { name: "emoji", title: "Emoji" },
];

/** A window that sees the whole of any picture. */
export const WHOLE = 127;

/**
 * Reads an address; what does not make sense in it is left at its default.
 * @param {string} search
 * @returns {State}
 */
export function read(search) {
  const query = new URLSearchParams(search);
  /** @type {<T>(name: string, most: number, usual: T, least?: number) => number | T} */
  const whole = (name, most, usual, least = 1) => {
    const text = query.get(name) ?? "";
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    return value >= least && value <= most ? value : usual;
  };
  /** @type {<T extends string>(name: string, known: T[]) => T | undefined} */
  const some = (name, known) => known.find((value) => value === query.get(name));
  /** @type {<T extends string>(name: string, known: T[]) => T} */
  const one = (name, known) => some(name, known) ?? known[0];
  const guidance = query.has("guidance") ? Number(query.get("guidance")) : NaN;
  const word = (/** @type {"model" | "network" | "style"} */ name) => {
    const text = query.get(name) ?? "";
    return /^[a-z0-9][a-z0-9._-]*$/.test(text) ? text : DEFAULTS[name];
  };
  return {
    prompt: (query.get("prompt") ?? "").slice(0, 200),
    seed: whole("seed", Number.MAX_SAFE_INTEGER, DEFAULTS.seed, 0),
    count: whole("count", 16, DEFAULTS.count),
    steps: whole("steps", 60, undefined),
    grid: some("grid", ["uniform", "early"]),
    solver: some("solver", ["ddim", "ddpm", "dpm-solver"]),
    guidance: guidance >= 1 && guidance <= 6 ? guidance : undefined,
    network: word("network"),
    device: one("device", ["auto", "webgpu", "cpu"]),
    model: word("model"),
    style: word("style"),
    negative: (query.get("negative") ?? "").slice(0, 200),
    machine: one("machine", ["", "bbels", "els", "local", "ideal", "wiener"]),
    window: query.get("window") === "whole" ? WHOLE : odd(query.get("window")),
  };
}

/** @param {string | null} text */
const odd = (text) => (/^\d*[13579]$/.test(text ?? "") && Number(text) >= 3 && Number(text) <= WHOLE ? Number(text) : 0);

/**
 * The address of a state: prompt and seed always, the rest where it differs from the default.
 * @param {State} state
 */
export function write(state) {
  const query = new URLSearchParams({ prompt: state.prompt, seed: String(state.seed) });
  for (const name of /** @type {const} */ (["count", "steps", "grid", "solver", "guidance", "network", "device", "model", "style", "negative", "machine"])) {
    const value = state[name];
    if (value !== undefined && value !== DEFAULTS[name]) query.set(name, String(value));
  }
  if (state.machine && state.window) query.set("window", state.window === WHOLE ? "whole" : String(state.window));
  return `?${query}`;
}
