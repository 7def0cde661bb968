/** What the page draws, and its form in the address, so that a link holds a picture. */

import { MACHINES } from "./machines.js";
import { GRIDS, SIDES, SOLVERS } from "./pkg/names.js";

/**
 * @typedef {object} State
 * @property {string} prompt free words
 * @property {number} seed
 * @property {number} count
 * @property {number | undefined} steps undefined: as many as the network's makers suggest, as below
 * @property {number | undefined} guidance
 * @property {"ddim" | "ddpm" | "dpm-solver" | undefined} solver
 * @property {"uniform" | "early" | undefined} grid where the steps lie
 * @property {string} network empty: the pack's first
 * @property {"auto" | "webgpu" | "cpu"} device
 * @property {string} model name of a folder in models/
 * @property {string} style word for a style, where the model knows some; empty: any
 * @property {string} negative what not to draw
 * @property {boolean} prior whether the seed chooses a caption that goes with the words; false: just the words
 * @property {number | undefined} caption number of the one that the reader keeps; undefined: the seed chooses
 * @property {"" | "smooth" | "crisp"} view how pictures are enlarged; empty: as suits their size
 * @property {"" | keyof typeof MACHINES} machine that the picture is compared with; empty: none
 * @property {number} window pixels that each of its pixels sees; 0: as calibrated
 * @property {Mix | undefined} mix what the prompt is mixed with
 */

/**
 * A second thing in the picture, and how it comes there; what is undefined is as usual.
 * @typedef {object} Mix
 * @property {"and" | "over" | "into" | "between"} way
 * @property {string} prompt free words
 * @property {typeof SIDES[number] | undefined} region that the second takes
 * @property {number | undefined} edge where it ends
 * @property {number | undefined} at the time at which the second takes over
 * @property {number | undefined} share of the second in what lies between
 * @property {number | undefined} weight of both
 * @property {number | undefined} second number of its caption; undefined: the seed chooses
 */

const PACKS_HERE = [
  { name: "emoji", title: "Emoji" },
  { name: "fashion", title: "Garments" },
];

/** Whether this copy of the page has the training pictures of a pack. @param {string} pack */
export const hasTraining = (pack) => !document.documentElement.dataset.bare?.split(" ").includes(pack);

/** Which of them this copy of the page has, where it has not all: the page as one file names them. */
const held = document.documentElement.dataset.packs?.split(" ");

/** The packs that the page offers: folders in models/, with what they draw. The first one greets. */
export const PACKS = PACKS_HERE.filter(({ name }) => held?.includes(name) ?? true);

/** What a network's makers suggest, until the reader wants it otherwise. */
export const SUGGESTED = { steps: undefined, guidance: undefined, solver: undefined, grid: undefined };

/** @type {State} */
export const DEFAULTS = {
  prompt: "",
  seed: 7,
  count: 4,
  ...SUGGESTED,
  network: "",
  device: "auto",
  model: PACKS[0].name,
  style: "",
  negative: "",
  prior: true,
  caption: undefined,
  view: "",
  machine: "",
  window: 0,
  mix: undefined,
};

/** Most pictures at once, and the last seed: the pictures are those of the seeds behind it, each a number of its own. */
const MOST = 16;
export const LAST_SEED = Number.MAX_SAFE_INTEGER - MOST + 1;

export const WAYS = /** @type {const} */ (["and", "over", "into", "between"]);
/** The numbers of a mix, with the most that each may be. */
const NUMBERS = /** @type {const} */ ({ edge: 1, at: 1, share: 1, weight: 10 });

/** What addresses left unsaid when garments greeted: they had prompt and seed always, and no model unless it was another. */
const EARLIER = /** @type {const} */ ({ model: "fashion", steps: 20, solver: "ddim", grid: "uniform" });

/** A window that sees the whole of any picture. */
export const WHOLE = 127;
const OFFERED = /** @type {(keyof typeof MACHINES)[]} */ (Object.keys(MACHINES));

/**
 * Reads an address; what does not make sense in it is left at its default.
 * @param {string} search
 * @returns {State}
 */
export function read(search) {
  const query = new URLSearchParams(search);
  const earlier = query.has("prompt") && query.has("seed") && !query.has("model");
  /** @type {State} */
  const usual = earlier ? { ...DEFAULTS, ...EARLIER } : DEFAULTS;
  /** @type {<T extends number | undefined>(name: string, most: number, fallback: T, least?: number) => number | T} */
  const whole = (name, most, fallback, least = 1) => {
    const text = query.get(name) ?? "";
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    return value >= least && value <= most ? value : fallback;
  };
  /** @type {<T extends string, U extends string | undefined>(name: string, known: readonly T[], fallback: U) => T | U} */
  const one = (name, known, fallback) => known.find((value) => value === query.get(name)) ?? fallback;
  const guidance = query.has("guidance") ? Number(query.get("guidance")) : NaN;
  const word = (/** @type {"model" | "network" | "style"} */ name) => {
    const text = query.get(name) ?? "";
    return /^[a-z0-9][a-z0-9._-]*$/.test(text) ? text : usual[name];
  };
  return {
    prompt: (query.get("prompt") ?? "").slice(0, 200),
    seed: whole("seed", LAST_SEED, usual.seed, 0),
    count: whole("count", MOST, usual.count),
    steps: whole("steps", 60, usual.steps),
    guidance: guidance >= 1 && guidance <= 6 ? guidance : undefined,
    solver: one("solver", SOLVERS, usual.solver),
    grid: one("grid", GRIDS, usual.grid),
    network: word("network"),
    device: one("device", ["auto", "webgpu", "cpu"], "auto"),
    model: word("model"),
    style: word("style"),
    negative: (query.get("negative") ?? "").slice(0, 200),
    prior: query.get("prior") !== "off",
    caption: whole("caption", 0xffff_ffff, undefined, 0),
    view: one("view", ["smooth", "crisp"], /** @type {const} */ ("")),
    machine: one("machine", OFFERED, /** @type {const} */ ("")),
    window: query.get("window") === "whole" ? WHOLE : odd(query.get("window")),
    mix: mixed(query),
  };
}

/**
 * What an address mixes, if anything.
 * @param {URLSearchParams} query
 * @returns {Mix | undefined}
 */
function mixed(query) {
  const way = WAYS.find((way) => query.get(way)?.trim());
  if (!way) return undefined;
  const number = (/** @type {keyof typeof NUMBERS} */ name) => {
    const text = query.get(name) ?? "";
    return /^\d*\.?\d+$/.test(text) && Number(text) <= NUMBERS[name] ? Number(text) : undefined;
  };
  const region = SIDES.find((region) => region === query.get("region"));
  const second = /^\d{1,9}$/.test(query.get("second") ?? "") ? Number(query.get("second")) : undefined;
  return { way, prompt: (query.get(way) ?? "").slice(0, 200), region, edge: number("edge"), at: number("at"), share: number("share"), weight: number("weight"), second };
}

/**
 * A mix as an address or the attributes of the element say it.
 * @param {Mix | undefined} mix
 * @returns {Record<string, string>}
 */
export function told(mix) {
  if (!mix) return {};
  const { way, prompt, ...rest } = mix;
  const said = Object.entries(rest).filter(([, value]) => value !== undefined);
  return { [way]: prompt, ...Object.fromEntries(said.map(([name, value]) => [name, String(value)])) };
}

/** The seed after those of so many pictures. @param {{ seed: number, count: number }} state */
export function another({ seed, count }) {
  return seed + count <= Number.MAX_SAFE_INTEGER - count ? seed + count : 0;
}

/**
 * The options of a sample that draw a mix.
 * @param {Mix | undefined} mix
 */
export function options(mix) {
  if (!mix) return {};
  const { way, prompt, weight, second } = mix;
  // Each way has numbers of its own.
  const { region, edge } = way === "over" ? mix : { region: undefined, edge: undefined };
  return { [way]: { prompt, weight, region, edge, at: way === "into" ? mix.at : undefined, share: way === "between" ? mix.share : undefined, caption: second } };
}

/** @param {string | null} text */
const odd = (text) => (/^\d*[13579]$/.test(text ?? "") && Number(text) >= 3 && Number(text) <= WHOLE ? Number(text) : 0);

/** What an address says only where it differs from the default. */
const RARE = /** @type {const} */ (["count", "steps", "guidance", "solver", "grid", "network", "device", "style", "negative", "caption", "view", "machine"]);

/**
 * The address of a state: model, prompt and seed always, the rest where it differs from the default.
 * @param {State} state
 */
export function write(state) {
  const query = new URLSearchParams({ prompt: state.prompt, seed: String(state.seed), model: state.model });
  for (const name of RARE) {
    const value = state[name];
    if (value !== undefined && value !== DEFAULTS[name]) query.set(name, String(value));
  }
  if (!state.prior) query.set("prior", "off");
  // In the one file that holds all pages, which of them this is.
  const { page } = document.documentElement.dataset;
  if (page) query.set("page", page);
  for (const [name, value] of Object.entries(told(state.mix))) query.set(name, value);
  if (state.machine && state.window) query.set("window", state.window === WHOLE ? "whole" : String(state.window));
  return `?${query}`;
}
