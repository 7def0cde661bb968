/** A small chart of spacing against diffusion: a dot for each diffusion, hollow until the pattern's spacing stands, and the root that they lie on. */
import { el, shape } from "../parts.js";

const WIDE = 300;
const HIGH = 150;
const LEFT = 34;
const FOOT = 26;
/** Largest spacing of the chart, in cells. */
const TALL = 30;

/**
 * @param {{ label: string, x: string, y: string, root: string, number: (value: number) => string, scales: number[] }} options
 */
export function chart({ label, x, y, root, number, scales }) {
  const most = scales[scales.length - 1];
  const across = (/** @type {number} */ scale) => LEFT + (scale / most) * (WIDE - LEFT - 10);
  const up = (/** @type {number} */ spacing) => HIGH - FOOT - (Math.min(spacing, TALL) / TALL) * (HIGH - FOOT - 12);
  const dots = shape("g", { class: "dots" });
  const line = shape("path", { class: "root", d: "" });
  const word = shape("text", { class: "soft", x: across(most), y: 0, "text-anchor": "end", visibility: "hidden" }, root);
  const words = (/** @type {Record<string, string | number>} */ at, /** @type {string} */ text) => shape("text", { class: "soft", ...at }, text);
  const drawing = shape(
    "svg",
    { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", "aria-label": label, class: "chart" },
    shape("path", { class: "axes", d: `M${LEFT} 8V${HIGH - FOOT}H${WIDE - 6}` }),
    ...[10, 20, 30].map((cells) => words({ x: LEFT - 6, y: up(cells) + 4, "text-anchor": "end" }, number(cells))),
    ...[0.5, 1, 2, 4].map((scale) => words({ x: across(scale), y: HIGH - FOOT + 14, "text-anchor": "middle" }, `${number(scale)}×`)),
    line,
    word,
    dots,
  );
  const element = el("div", { className: "charted" }, el("p", { className: "axis" }, y), drawing, el("p", { className: "axis end" }, x));
  /** By scale. @type {Map<number, { spacing: number, steady: boolean }>} */
  const found = new Map();
  let kept = "";

  function draw() {
    const circle = (/** @type {[number, { spacing: number, steady: boolean }]} */ [scale, { spacing, steady }]) => shape("circle", { class: steady ? "steady" : "", cx: across(scale), cy: up(spacing), r: 4.5 }, shape("title", {}, `${number(scale)}×: ${number(spacing)}`));
    dots.replaceChildren(...[...found].map(circle));
    const list = [...found].filter(([, { steady }]) => steady).map(([scale, { spacing }]) => /** @type {[number, number]} */ ([scale, spacing]));
    // The root through all dots, in the least squares' sense.
    const factor = list.reduce((sum, [scale, spacing]) => sum + Math.sqrt(scale) * spacing, 0) / list.reduce((sum, [scale]) => sum + scale, 0);
    const points = Array.from({ length: 41 }, (_, i) => (i / 40) * most);
    line.setAttribute("d", list.length > 0 ? `M${points.map((scale) => `${across(scale).toFixed(1)} ${up(factor * Math.sqrt(scale)).toFixed(1)}`).join("L")}` : "");
    word.setAttribute("visibility", list.length > 0 ? "visible" : "hidden");
    if (list.length > 0) word.setAttribute("y", (up(factor * Math.sqrt(most)) - 8).toFixed(1));
    drawing.setAttribute("aria-label", `${label} ${list.map(([scale, spacing]) => `${number(scale)}×: ${number(spacing)}`).join("; ")}`);
  }

  return {
    element,
    /** Shows the spacing at a diffusion scale. */
    put: (/** @type {number} */ scale, /** @type {number} */ spacing, /** @type {boolean} */ steady) => {
      found.set(scale, { spacing, steady });
      draw();
    },
    /** Begins anew where the reaction is another one. */
    forget: (/** @type {string} */ reaction) => {
      if (reaction === kept) return;
      kept = reaction;
      found.clear();
      draw();
    },
  };
}
