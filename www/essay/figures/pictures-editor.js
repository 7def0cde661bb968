/** A tiny editor, pixel by pixel: by pointer, or with a cursor that the arrow keys move. */
import { ARROWS, button, controls, el, picture, toggle } from "../parts.js";

const COLOURS = ["#1c1b19", "#ffffff", "#c0392b", "#e0a030", "#3f8f4f", "#2f6db0", "#8a5a3a", "#f2cda4"];

/**
 * @param {{ t: (key: string, values?: Record<string, string | number>) => string, side: () => number, add: (image: ImageData) => void }} options
 */
export function editor({ t, side, add }) {
  let colour = COLOURS[0];
  let at = [0, 0];
  const grid = picture({ label: t("editor"), size: [240, 288], focusable: true });
  const { canvas } = grid;
  const context = () => /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const ring = el("span", { className: "cursor", hidden: true });
  const mirror = toggle({ label: t("mirror"), value: false, turn: () => {} });
  const swatches = COLOURS.map((one, n) => {
    const swatch = el("canvas", { width: 1, height: 1 });
    const brush = /** @type {CanvasRenderingContext2D} */ (swatch.getContext("2d"));
    brush.fillStyle = one;
    brush.fillRect(0, 0, 1, 1);
    const press = el("button", { type: "button", ariaLabel: t(`colour${n}`), "aria-pressed": String(n === 0) }, swatch);
    press.addEventListener("click", () => {
      colour = one;
      swatches.forEach((other) => other.setAttribute("aria-pressed", String(other === press)));
    });
    return press;
  });

  function clear() {
    const empty = new ImageData(side(), side());
    empty.data.fill(255);
    grid.put(empty);
    at = [Math.floor(side() / 2), Math.floor(side() / 2)];
  }

  function paint(/** @type {number} */ x, /** @type {number} */ y) {
    context().fillStyle = colour;
    context().fillRect(x, y, 1, 1);
    if (mirror.input.checked) context().fillRect(canvas.width - 1 - x, y, 1, 1);
  }

  /** The pixel below the pointer, and those on the way from the last one. @type {number[] | undefined} */
  let last;
  const put = (/** @type {PointerEvent} */ event) => {
    const { left, top, width } = canvas.getBoundingClientRect();
    const to = [event.clientX - left, event.clientY - top].map((place) => Math.floor((place / width) * canvas.width));
    const from = last ?? to;
    const steps = Math.max(1, Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]));
    for (let step = 0; step <= steps; step += 1) paint(...whole(from, to, step / steps));
    last = to;
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    last = undefined;
    put(event);
  });
  canvas.addEventListener("pointermove", (event) => event.buttons && last && put(event));
  for (const type of ["pointerup", "pointercancel"]) canvas.addEventListener(type, () => (last = undefined));
  canvas.addEventListener("keydown", (event) => {
    const by = ARROWS.get(event.key);
    if (!by && event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    if (by) at = at.map((place, i) => Math.max(0, Math.min(canvas.width - 1, place + by[1 - i])));
    else paint(at[0], at[1]);
    const cell = canvas.getBoundingClientRect().width / canvas.width;
    ring.hidden = false;
    ring.style.width = `${cell}px`;
    ring.style.left = `${at[0] * cell}px`;
    ring.style.top = `${at[1] * cell}px`;
  });
  canvas.addEventListener("blur", () => (ring.hidden = true));

  const done = button(t("add"), () => add(context().getImageData(0, 0, canvas.width, canvas.height)), { primary: true });
  const element = el(
    "div",
    { className: "editor", hidden: true },
    el("div", { className: "dish" }, canvas, ring),
    el("div", { className: "tools" }, el("div", { className: "swatches", role: "group", ariaLabel: t("colours") }, ...swatches), mirror.element, controls(done, button(t("wipe"), clear))),
  );
  return { element, clear };
}

/**
 * A point on the way, in whole pixels.
 * @param {number[]} from
 * @param {number[]} to
 * @param {number} share
 * @returns {[number, number]}
 */
function whole(from, to, share) {
  const [x, y] = [0, 1].map((i) => Math.round(from[i] + (to[i] - from[i]) * share));
  return [x, y];
}
