/** The finds of `fingers.js`: those that were made beforehand and by the reader, as pictures to press. */
import { el, picture } from "../parts.js";
import { greyImage } from "../pixels.js";
import { FOUND } from "./fingers-found.js";

/** @typedef {import("../figure.js").Host} Host */
/** @typedef {{ network: string, prompt: string, seed: number }} Find */

/** So many of the known finds are shown, the clearest first. */
const SHOWN = 8;

/** @type {Find[]} */
export const KNOWN = Object.entries(FOUND.seeds).flatMap(([network, seeds]) => seeds.map((seed) => ({ network, prompt: "trouser", seed })));

/** @param {Find} a @param {Find} b */
export function same(a, b) {
  return a.network === b.network && a.prompt === b.prompt && a.seed === b.seed;
}

/** The gallery of finds. */
export class Finds {
  list = KNOWN.slice(0, SHOWN);
  /** @type {Map<Find, { tile: import("../parts.js").Picture, press: HTMLElement, drawn: boolean }>} */
  #shown = new Map();

  /** @param {Host} host @param {(find: Find) => void} pick */
  constructor(host, pick) {
    this.host = host;
    this.pick = pick;
    this.element = el("div", { className: "gallery", "data-act": "another", role: "group", ariaLabel: host.t("finds") });
  }

  /** Hangs what is not there yet, and marks one. @param {Find} chosen */
  choose(chosen) {
    for (const find of this.list) if (!this.#shown.has(find)) this.#hang(find);
    for (const [find, { press }] of this.#shown) press.setAttribute("aria-pressed", String(find === chosen));
  }

  /** @param {Find} find */
  #hang(find) {
    const { host } = this;
    const label = host.t("find", { network: host.t(find.network), what: host.t(find.prompt), seed: String(find.seed) });
    const tile = picture({ label, size: 56 });
    const press = el("button", { type: "button", ariaLabel: label }, tile.canvas, el("span", {}, String(find.seed)));
    press.addEventListener("click", () => this.pick(find));
    this.#shown.set(find, { tile, press, drawn: false });
    this.element.append(press);
  }

  /** Shows what a find looks like. @param {Find} find @param {Float32Array} pixels */
  put(find, pixels) {
    const shown = this.#shown.get(find);
    shown?.tile.put(greyImage(pixels));
    if (shown) shown.drawn = true;
  }

  /** Finds that nobody has drawn yet. */
  get missing() {
    return this.list.filter((find) => this.#shown.get(find)?.drawn === false);
  }
}
