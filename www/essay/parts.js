/**
 * The pieces that figures are put together from: elements, crisp pictures, sliders, choices. Nothing here knows what a
 * figure shows; words come in from outside.
 */

import { make as el } from "../make.js";

export { el };

/** Where figures have the room for large pictures. */
const roomy = matchMedia("(min-width: 44rem)");

/** What fits each picture to the window, for as long as its canvas is somewhere. @type {Set<WeakRef<HTMLCanvasElement>>} */
const fitted = new Set();
/** @type {WeakMap<HTMLCanvasElement, () => void>} */
const fits = new WeakMap();
const fitAll = () => {
  for (const reference of fitted) {
    const canvas = reference.deref();
    if (canvas) fits.get(canvas)?.();
    else fitted.delete(reference);
  }
};
// One listener for all: pictures come and go, and one of its own would keep each alive.
roomy.addEventListener("change", fitAll);
addEventListener("resize", fitAll);

/**
 * A picture whose pixels stay sharp: it stands at a whole number of device pixels per pixel.
 * @param {{ label: string, size: number | [narrow: number, roomy: number], focusable?: boolean }} options `size` in CSS pixels,
 *     at most; `label` says in words what is seen
 */
export function picture({ label, size, focusable = false }) {
  const canvas = el("canvas", { className: "pixels blank", width: 28, height: 28, role: "img", ariaLabel: label });
  if (focusable) canvas.tabIndex = 0;
  const [narrow, wide] = typeof size === "number" ? [size, size] : size;
  const fit = () => {
    const ratio = window.devicePixelRatio || 1;
    const scale = Math.max(1, Math.floor(((roomy.matches ? wide : narrow) * ratio) / canvas.width)) / ratio;
    canvas.style.width = `${canvas.width * scale}px`;
    canvas.style.height = `${canvas.height * scale}px`;
  };
  fit();
  fits.set(canvas, fit);
  fitted.add(new WeakRef(canvas));
  return {
    canvas,
    /** Shows an image; with words for those who do not see it. */
    put: (/** @type {ImageData} */ image, /** @type {string} */ words = canvas.ariaLabel ?? "") => {
      canvas.ariaLabel = words;
      canvas.classList.remove("blank");
      if (canvas.width !== image.width || canvas.height !== image.height) {
        canvas.width = image.width;
        canvas.height = image.height;
        fit();
      }
      canvas.getContext("2d")?.putImageData(image, 0, 0);
    },
    clear: () => {
      canvas.classList.add("blank");
      // A new size, there and back: of a canvas that keeps its own, Chromium may leave the ground as it was painted before.
      canvas.width += 1;
      canvas.width -= 1;
    },
  };
}

/** @typedef {ReturnType<typeof picture>} Picture */

/**
 * A picture with a word below it.
 * @param {Picture} picture
 * @param {Node | string} words
 */
export const captioned = ({ canvas }, words) => el("div", { className: "captioned" }, canvas, el("p", {}, words));

/**
 * @param {string} label
 * @param {() => void} press
 * @param {{ primary?: boolean, act?: "play" | "another" }} [options] `act`: what it is for whoever leads the figure (`drive.js`)
 */
export function button(label, press, { primary = false, act } = {}) {
  const made = el("button", { type: "button", textContent: label, className: primary ? "primary" : "" });
  if (act) made.dataset.act = act;
  made.addEventListener("click", press);
  return made;
}

/**
 * A slider with its name before it and its value behind it.
 * @param {{ label: string, min: number, max: number, step?: number, value: number, say?: (value: number) => string, move?: (value: number) => void, settle?: (value: number) => void }} options
 *     `say` puts the value into words; `move` hears of every move, `settle` where it comes to rest
 */
export function slider({ label, min, max, step = 1, value, say = String, move, settle }) {
  const input = el("input", { type: "range", min: String(min), max: String(max), step: String(step), value: String(value) });
  // Not an output, which would speak at every move: the slider says its value itself.
  const shown = el("span", { className: "value", ariaHidden: "true" });
  const tell = () => {
    shown.textContent = say(Number(input.value));
    input.setAttribute("aria-valuetext", shown.textContent);
  };
  input.addEventListener("input", () => (tell(), move?.(Number(input.value))));
  input.addEventListener("change", () => settle?.(Number(input.value)));
  tell();
  return {
    element: el("label", { className: "slider" }, el("span", {}, label), input, shown),
    input,
    set: (/** @type {number} */ to) => {
      input.value = String(to);
      tell();
    },
  };
}

/** Radio groups need names that nobody else has. */
let groups = 0;

/**
 * One of a few, side by side.
 * @template {string} Value
 * @param {{ label: string, options: [value: Value, text: string][], value: Value, pick: (value: Value) => void, led?: boolean }} options `led`: whether
 *     it is what the key for the machine changes
 */
export function choice({ label, options, value, pick, led = false }) {
  const name = `choice-${(groups += 1)}`;
  const inputs = options.map(([one, text]) => {
    const input = el("input", { type: "radio", name, value: one, checked: one === value });
    input.addEventListener("change", () => pick(one));
    return { input, label: el("label", {}, input, el("span", {}, text)) };
  });
  const element = el("fieldset", { className: "choice" }, el("legend", {}, label), ...inputs.map(({ label }) => label));
  if (led) element.dataset.act = "machine";
  return {
    element,
    set: (/** @type {Value} */ to) => inputs.forEach(({ input }) => (input.checked = input.value === to)),
  };
}

/**
 * @param {{ label: string, value: boolean, turn: (on: boolean) => void, led?: boolean }} options `led` as in a choice
 */
export function toggle({ label, value, turn, led = false }) {
  const input = el("input", { type: "checkbox", role: "switch", checked: value });
  if (led) input.dataset.act = "machine";
  input.addEventListener("change", () => turn(input.checked));
  return { element: el("label", { className: "switch" }, input, el("span", {}, label)), input };
}

/** Buttons, sliders and the like in a row. */
export const controls = (/** @type {(Node | string)[]} */ ...children) => el("div", { className: "controls" }, ...children);

/** How far each arrow key goes, in rows and columns. */
export const ARROWS = /** @type {Map<string, [row: number, column: number]>} */ (
  new Map([
    ["ArrowUp", [-1, 0]],
    ["ArrowDown", [1, 0]],
    ["ArrowLeft", [0, -1]],
    ["ArrowRight", [0, 1]],
  ])
);

const SVG = "http://www.w3.org/2000/svg";

/**
 * A shape of a drawing.
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {(Node | string)[]} children
 */
export function shape(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}
