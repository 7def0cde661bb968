/** What the figure on learning is worked with, and where it shows what comes of it. */
import { button, choice, controls, el, shape, slider } from "../essay/parts.js";
import { KINDS } from "./sets.js";
import { Taken } from "./taken.js";

/** @typedef {import("../essay/figure.js").Host} Host */
/** @typedef {"both" | "near" | "far" | "halves"} View */
/** @typedef {{ kind: (kind: string) => void, files: (files: File[]) => void, count: (count: number) => void, view: (view: string) => void, go: () => void, over: () => void, step: (n: number) => string, back: (n: number) => void }} Hands what the reader can ask for */

/** How many pictures there may be. */
export const COUNTS = [1, 8, 64, 600];
/** Which networks learn: how each looks on the page, and what it is called. @type {Record<View, [network: import("./learner.js").Network, look: string, name: string][]>} */
export const VIEWS = {
  both: [["short-sighted", "near", "shortSighted"], ["unet", "far", "seesAll"]],
  near: [["short-sighted", "near", "shortSighted"]],
  far: [["unet", "far", "seesAll"]],
  halves: [["unet", "near", "firstHalf"], ["unet", "far", "secondHalf"]],
};

/**
 * Puts all of it into the figure.
 * @param {Host} host
 * @param {Hands} hands
 */
export function desk(host, hands) {
  const { state } = host;
  const kinds = el("select", { ariaLabel: host.t("kind") }, ...KINDS.map((kind) => el("option", { value: kind }, host.t(kind))), el("option", { value: "own", hidden: true }, host.t("own")));
  kinds.value = String(state.kind);
  kinds.addEventListener("change", () => hands.kind(kinds.value));
  const input = el("input", { type: "file", multiple: true, accept: "image/*,.zip", hidden: true });
  input.addEventListener("change", () => {
    hands.files([...(input.files ?? [])]);
    input.value = "";
  });
  const counts = choice({ label: host.t("count"), options: COUNTS.map((count) => [String(count), String(count)]), value: String(state.count), pick: (value) => hands.count(Number(value)) });
  const views = choice({ label: host.t("views"), options: Object.keys(VIEWS).map((view) => [view, host.t(view)]), value: String(state.view), pick: hands.view });
  views.element.classList.add("views");
  const wall = el("div", { className: "hung" });
  const about = el("p", { className: "axis" });
  const drop = el("div", { className: "drop" }, wall, about);

  const go = button(host.t("learn"), hands.go, { primary: true, act: "play" });
  const over = button(host.t("over"), hands.over);
  const columns = el("div", { className: "learners" });
  const verdicts = el("div", { className: "verdicts" });
  const back = slider({ label: host.t("back"), min: 0, max: 0, value: 0, say: hands.step, move: hands.back });
  const svg = /** @type {SVGElement} */ (shape("svg", { class: "curves", role: "img" }));
  const taken = new Taken(host);

  // What is said stands where the eyes are.
  const status = /** @type {HTMLElement} */ (host.element.querySelector("[role=status]"));
  host.root.append(
    controls(kinds, button(host.t("open"), () => input.click()), counts.element, input),
    drop,
    views.element,
    controls(go, over),
    status,
    columns,
    verdicts,
    back.element,
    svg,
    taken.element,
  );
  return { kinds, wall, about, drop, go, over, columns, verdicts, back, svg, taken };
}
