/** What the figure of the reader's own pictures is worked with, and where it shows what comes of it. */
import { button, captioned, choice, controls, el, picture, slider, toggle } from "../parts.js";
import { editor } from "./pictures-editor.js";

/** @typedef {import("../figure.js").Host} Host */
/**
 * What the reader can ask for.
 * @typedef {{ set: (name: string) => void, files: (files: Promise<File[]>) => void, drawn: (image: ImageData) => void, side: (side: number) => void, colour: (on: boolean) => void, window: (i: number) => void, sees: (i: number) => string, from: (machine: string) => void, look: (n: number) => void, another: () => void, save: () => void, embed: () => void }} Hands
 */

const SIDES = [16, 24, 32, 48, 64];

/** A side that can be chosen. @param {unknown} side */
export const offered = (side) => SIDES.includes(Number(side));

/**
 * The set: starters, files, a drawing, and how large it is.
 * @param {Host} host
 * @param {Hands} hands
 */
function chooser(host, hands) {
  const { state } = host;
  const set = choice({
    label: host.t("set"),
    options: [
      ["faces", host.t("faces")],
      ["houses", host.t("houses")],
    ],
    value: String(state.set),
    pick: hands.set,
  });
  const wall = el("div", { className: "hung", role: "group", ariaLabel: host.t("wall") });
  const size = el("p", { className: "axis" });
  const input = el("input", { type: "file", multiple: true, accept: "image/*,.zip", hidden: true });
  const folder = el("input", { type: "file", webkitdirectory: true, hidden: true });
  for (const one of [input, folder]) {
    one.addEventListener("change", () => {
      hands.files(Promise.resolve([...(one.files ?? [])]));
      one.value = "";
    });
  }
  const draw = editor({ t: (key, values) => host.t(key, values), side: () => Number(state.side), add: hands.drawn });
  const sizes = choice({ label: host.t("side"), options: SIDES.map((side) => [String(side), String(side)]), value: String(state.side), pick: (value) => hands.side(Number(value)) });
  const colour = toggle({ label: host.t("inColour"), value: Boolean(state.colour), turn: hands.colour });
  const drawing = button(host.t("draw"), () => {
    draw.element.hidden = !draw.element.hidden;
    drawing.setAttribute("aria-expanded", String(!draw.element.hidden));
  });
  drawing.setAttribute("aria-expanded", "false");
  const drop = el("div", { className: "drop" }, wall, size);
  const opens = controls(button(host.t("open"), () => input.click()), button(host.t("folder"), () => folder.click()), drawing, input, folder);
  return { set, wall, size, draw, sizes, colour, drop, elements: [set.element, drop, opens, draw.element, controls(sizes.element, colour.element)] };
}

/**
 * What is drawn from the set: the machine, its pictures, and one of them from near by.
 * @param {Host} host
 * @param {Hands} hands
 * @param {{ windows: number, window: number, samples: number }} how many windows there are, which is chosen, and how many pictures are drawn
 */
function board(host, hands, { windows, window, samples }) {
  const control = slider({ label: host.t("window"), min: 0, max: windows - 1, value: window, say: hands.sees, settle: hands.window });
  const from = choice({
    led: true,
    label: host.t("from"),
    options: [
      ["local", host.t("samePlace")],
      ["bbels", host.t("anywhere")],
    ],
    value: String(host.state.machine),
    pick: hands.from,
  });
  const tiles = Array.from({ length: samples }, (_, n) => {
    const tile = picture({ label: host.t("waiting"), size: [72, 78] });
    const press = el("button", { type: "button", ariaLabel: host.t("sample", { n: n + 1 }) }, tile.canvas);
    press.addEventListener("click", () => hands.look(n));
    return { tile, press };
  });
  const near = () => picture({ label: host.t("waiting"), size: [144, 216] });
  const [large, mosaic, close] = [near(), near(), near()];
  const closeWords = el("span", {}, host.t("nearest"));
  const row = el("div", { className: "samples", role: "group", ariaLabel: host.t("samples") }, ...tiles.map(({ press }) => press));
  const pair = el("div", { className: "pair near" }, captioned(large, host.t("drawn")), captioned(mosaic, host.t("mosaic")), captioned(close, closeWords));
  return { control, from, tiles, large, mosaic, close, closeWords, elements: [control.element, from.element, row, pair] };
}

/**
 * Puts all of it into the figure.
 * @param {Host} host
 * @param {Hands} hands
 * @param {Parameters<typeof board>[2]} how
 */
export function desk(host, hands, how) {
  const [chosen, drawn] = [chooser(host, hands), board(host, hands, how)];
  const another = button(host.t("another"), hands.another, { primary: true, act: "another" });
  const code = el("textarea", { className: "shared", readOnly: true, rows: 3, hidden: true, spellcheck: false });
  code.setAttribute("aria-label", host.t("code"));
  const taking = [button(host.t("save"), hands.save), button(host.t("embed"), hands.embed)];
  // A frame on another site can neither save files nor say where its packs lie.
  host.root.append(...chosen.elements, ...drawn.elements, controls(another, ...(host.world.addresses ? taking : [])), code);
  return { ...chosen, ...drawn, code };
}
