/**
 * Small drawings of what changes while networks learn: panels below one another over the same steps, a line for each network, and a mark
 * where the copying begins. Nothing here knows what the numbers mean.
 */
import { shape } from "../essay/parts.js";

/** @typedef {{ x: number, y: number }} Point */
/** @typedef {{ points: Point[], look: string }} Line `look`: its class */
/** @typedef {{ title: string, lines: Line[], low: number, high: number, ticks: [value: number, text: string][], log?: boolean, tall?: boolean }} Panel */
/** @typedef {{ x: number, text: string, look: string }} Mark */

const [LEFT, RIGHT, HEIGHT, TALL, GAP, TOP, BELOW] = [48, 8, 64, 180, 36, 52, 42];
/** Its width before it stands on the page. */
const USUAL = 360;

/**
 * @param {SVGElement} svg
 * @param {{ panels: Panel[], marks: Mark[], most: number, at?: number, across: string, number: (value: number) => string }} what `most` is the last step, `at` the one that is looked at
 */
export function paint(svg, { panels, marks, most, at, across, number }) {
  // As wide as its place, so that its words are as large as all others.
  const width = svg.clientWidth || USUAL;
  const x = (/** @type {number} */ value) => LEFT + (Math.min(value, most) / most) * (width - LEFT - RIGHT);
  const heights = panels.map(({ tall }) => (tall ? TALL : HEIGHT));
  const tops = heights.map((_, n) => heights.slice(0, n).reduce((sum, height) => sum + height + GAP, TOP));
  const bottom = tops[tops.length - 1] + heights[heights.length - 1];
  const text = (/** @type {Record<string, string | number>} */ attributes, /** @type {string} */ words) => shape("text", attributes, words);
  const drawn = panels.flatMap((panel, n) => draw(panel, { top: tops[n], height: heights[n], right: width - RIGHT }, x));
  const ticks = steps(most).flatMap((step) => [
    shape("line", { class: "grid", x1: x(step), x2: x(step), y1: bottom, y2: bottom + 4 }),
    text({ x: x(step), y: bottom + 18, "text-anchor": x(step) > width - 30 ? "end" : "middle" }, number(step)),
  ]);
  // Marks that would stand in each other's way stand on two lines.
  const marked = marks.flatMap(({ x: place, text: words, look }, n) => [
    shape("line", { class: `mark ${look}`, x1: x(place), x2: x(place), y1: 16 + 14 * (n % 2), y2: bottom }),
    text({ class: look, x: Math.min(Math.max(x(place), LEFT + 40), width - 60), y: 12 + 14 * (n % 2), "text-anchor": "middle" }, words),
  ]);
  const here = at === undefined ? [] : [shape("line", { class: "here", x1: x(at), x2: x(at), y1: TOP - 4, y2: bottom })];
  svg.setAttribute("viewBox", `0 0 ${width} ${bottom + BELOW}`);
  svg.replaceChildren(...ticks, text({ x: (LEFT + width) / 2, y: bottom + 36, "text-anchor": "middle" }, across), ...here, ...marked, ...drawn);
}

/**
 * @param {Panel} panel
 * @param {{ top: number, height: number, right: number }} place
 * @param {(value: number) => number} x
 */
function draw({ title, lines, low, high, ticks, log = false }, { top, height, right }, x) {
  const scale = (/** @type {number} */ value) => (log ? Math.log(Math.max(value, low) / low) / Math.log(high / low) : (value - low) / (high - low));
  const y = (/** @type {number} */ value) => top + height * (1 - Math.min(1, Math.max(0, scale(value))));
  const grid = ticks.flatMap(([value, words]) => [
    shape("line", { class: "grid", x1: LEFT, x2: right, y1: y(value), y2: y(value) }),
    shape("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, words),
  ]);
  const paths = lines.map(({ points, look }) => {
    const d = points.map((point, n) => `${n ? "L" : "M"}${x(point.x).toFixed(1)} ${y(point.y).toFixed(1)}`).join("");
    return shape("path", { class: `line ${look}`, d });
  });
  return [...grid, shape("text", { class: "panel", x: LEFT, y: top - 8 }, title), ...paths];
}

/** Round numbers from 0 up, four to eight of them. @param {number} most */
function steps(most) {
  const rough = most / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, n) => n * step);
}

/**
 * A line thinned to what can be seen: means of neighbours.
 * @param {Point[]} points
 * @param {number} [most]
 */
export function thinned(points, most = 120) {
  const each = Math.ceil(points.length / most);
  if (each <= 1) return points;
  return Array.from({ length: Math.ceil(points.length / each) }, (_, n) => {
    const some = points.slice(n * each, (n + 1) * each);
    return { x: some[some.length >> 1].x, y: some.reduce((sum, { y }) => sum + y, 0) / some.length };
  });
}
