/** The drawing of the prediction: a dot for each seed, those that are known in grey, those of the same garment darker, those drawn here in colour. */
import { shape } from "../parts.js";

/** @typedef {import("../figure.js").Host} Host */
/** @typedef {{ seed: number, r: number, copy: number }} Dot */

/** The drawing: its side, its margins, and the least r that it shows. */
const [SIDE, LEFT, BELOW, LEAST] = [360, 44, 40, 0];
/** Radius of a dot that is known, and of one drawn here. */
const [SMALL, LARGE] = [4, 6];

const at = (/** @type {number} */ r) => (Math.max(r, LEAST) - LEAST) / (1 - LEAST);
const x = (/** @type {number} */ r) => LEFT + at(r) * (SIDE - LEFT - LARGE);
const y = (/** @type {number} */ r) => SIDE - BELOW - at(r) * (SIDE - BELOW - LARGE);

export class Plot {
  /**
   * @param {Host} host
   * @param {(seed: number) => string} kind the garment of a seed
   * @param {(seed: number) => void} choose
   */
  constructor(host, kind, choose) {
    this.kind = kind;
    this.host = host;
    this.element = /** @type {SVGElement} */ (shape("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, class: "plot", "data-act": "step", role: "group", "aria-label": host.t("plot") }));
    /** @type {number[]} */
    this.seeds = [];
    this.chosen = 0;
    this.element.addEventListener("click", ({ target }) => {
      const { seed } = /** @type {SVGElement} */ (target).dataset;
      if (seed) choose(Number(seed));
    });
    this.element.addEventListener("keydown", (event) => {
      const { key } = /** @type {KeyboardEvent} */ (event);
      const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[key];
      if (by === undefined) return;
      event.preventDefault();
      const next = this.seeds[this.seeds.indexOf(this.chosen) + by];
      if (next !== undefined) choose(next);
    });
  }

  /**
   * @param {{ known: Dot[], own: Dot[], chosen: number, floor: number }} all `floor` of the garment that is chosen
   */
  paint({ known, own, chosen, floor }) {
    const { host, kind } = this;
    const text = (/** @type {Record<string, string | number>} */ attributes, /** @type {string} */ words) => shape("text", attributes, words);
    const three = (/** @type {number} */ r) => host.number(r, 3);
    const lines = [0, 0.2, 0.4, 0.6, 0.8, 1].flatMap((r) => [
      shape("line", { class: "grid", x1: x(r), x2: x(r), y1: y(LEAST), y2: y(1) }),
      shape("line", { class: "grid", x1: x(LEAST), x2: x(1), y1: y(r), y2: y(r) }),
      text({ x: x(r), y: y(LEAST) + 16, "text-anchor": "middle" }, host.number(r, 1)),
      text({ x: LEFT - 8, y: y(r) + 4, "text-anchor": "end" }, host.number(r, 1)),
    ]);
    const mine = new Set(own.map(({ seed }) => seed));
    const dots = [...known.filter(({ seed }) => !mine.has(seed)), ...own].sort((a, b) => a.seed - b.seed);
    this.seeds = dots.map(({ seed }) => seed);
    this.chosen = chosen;
    const reached = this.seeds.includes(chosen) ? chosen : this.seeds[0];
    const drawn = dots.map(({ seed, r, copy }) => {
      const key = mine.has(seed) ? "dot" : "knownDot";
      const dot = shape("circle", {
        class: `dot${mine.has(seed) ? "" : " known"}${kind(seed) === kind(chosen) ? " kin" : ""}`,
        cx: x(copy),
        cy: y(r),
        r: mine.has(seed) || seed === chosen ? LARGE : SMALL,
        role: "button",
        tabindex: seed === reached ? 0 : -1,
        "aria-pressed": String(seed === chosen),
        "aria-label": host.t(key, { seed: String(seed), r: three(r), copy: three(copy) }),
      });
      dot.dataset.seed = String(seed);
      return dot;
    });
    // What is drawn here lies above what is known.
    drawn.sort((a, b) => Number(a.classList.contains("known")) * -1 + Number(b.classList.contains("known")));
    const focused = this.element.contains(document.activeElement);
    this.element.replaceChildren(
      ...lines,
      shape("line", { class: "diagonal", x1: x(LEAST), x2: x(1), y1: y(LEAST), y2: y(1) }),
      shape("path", { class: "floor", d: `M ${x(floor)} ${y(LEAST)} V ${y(floor)} H ${x(LEAST)}` }),
      text({ x: x(floor) - 6, y: y(LEAST) - 8, "text-anchor": "end" }, host.t("floorLine", { what: host.t(kind(chosen)) })),
      text({ x: (LEFT + SIDE) / 2, y: SIDE - 4, "text-anchor": "middle" }, host.t("across")),
      text({ transform: `translate(12 ${(SIDE - BELOW) / 2}) rotate(-90)`, "text-anchor": "middle" }, host.t("upward")),
      ...drawn,
    );
    if (focused) /** @type {SVGElement | null} */ (this.element.querySelector("[tabindex='0']"))?.focus();
  }
}
