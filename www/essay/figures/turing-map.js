/**
 * The parameter map of Gray and Scott's system: what grows at each feed and kill rate, as `examples/parameter_map.rs` has
 * drawn it, and the places that have a name. Chosen by pointer, by arrow keys, or by name.
 */
import { ARROWS, el } from "../parts.js";

/** What the map shows: kill rates from left to right, feed rates from top to bottom; a tile each. */
const TILES = 12;
const KILL = { from: 0.045, step: 0.002 };
const FEED = { from: 0.065, step: -0.005 };

/** Places with a name, after Pearson's classes. */
export const PLACES = [
  { name: "mazes", feed: 0.037, kill: 0.06 },
  { name: "dividing", feed: 0.026, kill: 0.061 },
  { name: "worms", feed: 0.046, kill: 0.065 },
  { name: "holes", feed: 0.039, kill: 0.058 },
  { name: "mortal", feed: 0.018, kill: 0.055 },
  { name: "unrest", feed: 0.026, kill: 0.051 },
];
/** How near a place must be to lend its name, in tiles. */
const NEAR = 1.6;

/** @typedef {{ feed: number, kill: number }} Point */

/**
 * @param {{ t: (key: string, values?: Record<string, string | number>) => string, value: Point, move: (to: Point) => void }} options
 */
export function map({ t, value, move }) {
  let at = value;
  const dot = el("span", { className: "dot" });
  const field = el("div", { className: "map", tabIndex: 0, role: "slider", ariaLabel: t("map"), "aria-valuemin": "0", "aria-valuemax": "0.12" }, dot);
  const names = PLACES.map((place) => {
    const press = el("button", { type: "button", textContent: t(place.name) });
    press.addEventListener("click", () => go(place));
    return press;
  });
  const element = el(
    "div",
    { className: "places" },
    el("p", { className: "axis" }, t("mapWords")),
    el("div", { className: "framed" }, el("span", { className: "feed" }, t("feed")), field, el("span", { className: "kill" }, t("kill"))),
    el("div", { className: "names", role: "group", ariaLabel: t("places") }, ...names),
  );

  /** In tiles from the upper left. @param {Point} point */
  const tiles = ({ feed, kill }) => [(kill - KILL.from) / KILL.step + 0.5, (feed - FEED.from) / FEED.step + 0.5];

  function show() {
    const [x, y] = tiles(at);
    dot.style.left = `${(100 * Math.max(0, Math.min(TILES, x))) / TILES}%`;
    dot.style.top = `${(100 * Math.max(0, Math.min(TILES, y))) / TILES}%`;
    field.setAttribute("aria-valuenow", String(at.feed));
    field.setAttribute("aria-valuetext", t("point", { place: name(), feed: at.feed, kill: at.kill }));
    PLACES.forEach((place, i) => names[i].setAttribute("aria-pressed", String(place.feed === at.feed && place.kill === at.kill)));
  }

  /** The nearest place with a name. */
  function name() {
    const [x, y] = tiles(at);
    const far = PLACES.map((place) => Math.hypot(tiles(place)[0] - x, tiles(place)[1] - y));
    const best = far.indexOf(Math.min(...far));
    return t(far[best] < NEAR ? PLACES[best].name : "nameless");
  }

  function go(/** @type {Point} */ to) {
    const round = (/** @type {number} */ value) => Math.round(value * 1e4) / 1e4;
    const last = TILES - 1;
    at = {
      feed: round(Math.min(FEED.from, Math.max(FEED.from + last * FEED.step, to.feed))),
      kill: round(Math.max(KILL.from, Math.min(KILL.from + last * KILL.step, to.kill))),
    };
    show();
    move(at);
  }

  let dragging = false;
  const point = (/** @type {PointerEvent} */ event) => {
    const { left, top, width, height } = field.getBoundingClientRect();
    const x = ((event.clientX - left) / width) * TILES - 0.5;
    const y = ((event.clientY - top) / height) * TILES - 0.5;
    go({ kill: KILL.from + x * KILL.step, feed: FEED.from + y * FEED.step });
  };
  field.addEventListener("pointerdown", (event) => {
    dragging = true;
    field.setPointerCapture(event.pointerId);
    point(event);
  });
  field.addEventListener("pointermove", (event) => dragging && point(event));
  for (const type of ["pointerup", "pointercancel"]) field.addEventListener(type, () => (dragging = false));
  field.addEventListener("keydown", (event) => {
    const by = ARROWS.get(event.key);
    if (!by) return;
    const [row, column] = by;
    event.preventDefault();
    go({ kill: at.kill + (column * KILL.step) / 2, feed: at.feed + (row * FEED.step) / 2 });
  });
  show();
  return { element, name };
}
