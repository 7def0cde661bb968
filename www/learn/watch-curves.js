/** What the curves of the figure on learning show: loss, copies, what the theory or the other half makes of it. */
import { thinned } from "./curves.js";
import { SAMPLES } from "./learner.js";
import { SIDE } from "./sets.js";

/** @typedef {import("../essay/figure.js").Host} Host */
/** @typedef {import("./learner.js").Learner} Learner */
/** @typedef {import("./theory.js").Fit} Fit */

/** From this r on a machine says something about a network. */
const ALIKE = 0.5;

/**
 * The panels for {@link import("./curves.js").paint}.
 * @param {Host} host
 * @param {Learner[]} learners
 * @param {{ at: number | undefined, between: { x: number, y: number }[] | undefined }} shown the step that one went back to; r of two halves
 */
export function drawing(host, learners, { at, between }) {
  const fits = (/** @type {(fit: Fit) => number} */ what, least = 0) =>
    learners.map((learner) => ({
      look: learner.look,
      points: learner.looks.flatMap((look) => {
        const fit = learner.fit(look);
        return fit && fit.r >= least ? [{ x: look.step, y: what(fit) }] : [];
      }),
    }));
  const numbers = (/** @type {number[]} */ values) => values.map((value) => /** @type {[number, string]} */ ([value, host.number(value)]));
  const losses = learners.map(({ losses, look }) => ({ look, points: thinned(losses) }));
  const greatest = Math.max(1, ...losses.flatMap(({ points }) => points.map(({ y }) => y)));
  const copies = learners.map(({ looks, look }) => ({ look, points: looks.map(({ step, copies }) => ({ x: step, y: copies })) }));
  const likeness = between ? [{ look: "both", points: between }] : fits(({ r }) => r);
  return {
    panels: [
      { title: host.t("loss"), lines: losses, low: 0.02, high: Math.max(greatest, 2), ticks: numbers([0.1, 1]), log: true },
      { title: host.t("share"), lines: copies, low: 0, high: SAMPLES, ticks: numbers([0, SAMPLES]) },
      { title: host.t(between ? "between" : "withTheory"), lines: likeness, low: 0, high: 1, ticks: numbers([0, 1]) },
      ...(between ? [] : [{ title: host.t("window"), lines: fits(({ window }) => window, ALIKE), low: 3, high: SIDE, ticks: numbers([3, 13]) }]),
    ],
    marks: learners.flatMap(({ begun, look }) => (begun ? [{ x: begun.step, text: host.t("copyingBegins"), look }] : [])),
    most: Number(host.state.steps),
    at,
    across: host.t("across"),
    number: (/** @type {number} */ value) => host.number(value),
  };
}
