/** The chart of the way there and back: how many pictures kept their kind, and their family, by where they turned round. */
import { el, shape } from "../parts.js";

/** @typedef {import("../figure.js").Host} Host */
/** @typedef {import("./uturn-recorded.js").Recorded} Recorded */

const [WIDE, HIGH, LEFT, FOOT, TOP] = [340, 190, 46, 26, 10];
const across = (/** @type {number} */ t) => LEFT + t * (WIDE - LEFT - 12);
const up = (/** @type {number} */ share) => HIGH - FOOT - share * (HIGH - FOOT - TOP);

/**
 * @param {Host} host
 * @param {Recorded} recorded
 */
export function chart(host, { turns }) {
  const path = (/** @type {(turn: Recorded["turns"][number]) => number} */ share) => `M${[[0, 1], ...turns.map((turn) => [turn.t, share(turn)])].map(([t, y]) => `${across(t).toFixed(1)} ${up(y).toFixed(1)}`).join("L")}`;
  const words = (/** @type {Record<string, string | number>} */ place, /** @type {string} */ text) => shape("text", { class: "soft", ...place }, text);
  const own = shape("path", { class: "own", d: "" });
  const here = shape("line", { class: "here", y1: up(0), y2: up(1) });
  const dot = shape("circle", { class: "steady", r: 4.5 });
  const name = (/** @type {string} */ line, /** @type {string} */ text) => el("li", {}, el("span", { className: `swatch ${line}` }), text);
  const legend = el("ul", { className: "legend" });
  const drawing = shape(
    "svg",
    { viewBox: `0 0 ${WIDE} ${HIGH}`, role: "img", class: "chart kept", "aria-label": host.t("chart") },
    shape("path", { class: "axes", d: `M${LEFT} ${TOP}V${up(0)}H${WIDE - 6}` }),
    ...[0, 0.5, 1].map((share) => words({ x: LEFT - 6, y: up(share) + 4, "text-anchor": "end" }, `${host.number(100 * share)} %`)),
    ...[0, 0.25, 0.5, 0.75, 1].map((t) => words({ x: across(t), y: HIGH - FOOT + 16, "text-anchor": "middle" }, host.number(t))),
    shape("path", { class: "family", d: path(({ families }) => families) }),
    shape("path", { class: "all", d: path(({ all }) => all) }),
    own,
    here,
    dot,
  );
  return {
    element: el("div", { className: "charted" }, el("p", { className: "axis" }, host.t("chartY")), drawing, el("p", { className: "axis end" }, host.t("chartX")), legend),
    /**
     * Marks a turn, and the line of a kind.
     * @param {Recorded["turns"][number]} turn
     * @param {string} kind
     * @param {string} called
     */
    point: ({ t, kept }, kind, called) => {
      own.setAttribute("d", path((turn) => turn.kept[kind]));
      for (const end of ["x1", "x2"]) here.setAttribute(end, across(t).toFixed(1));
      dot.setAttribute("cx", across(t).toFixed(1));
      dot.setAttribute("cy", up(kept[kind]).toFixed(1));
      legend.replaceChildren(name("own", called), name("all", host.t("all")), name("family", host.t("family")));
    },
  };
}
