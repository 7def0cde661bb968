/**
 * Memory takes its time: the share of copies over the steps for three numbers of pictures, as it was recorded, or measured again on the
 * reader's device. Divided by the number of pictures, the three curves lie on each other.
 */
import { button, controls, el, shape, toggle } from "../essay/parts.js";
import { paint } from "./curves.js";
import { COUNTS, STEPS, measure } from "./measure.js";
import { COMMAND, RECORDED } from "./recorded.js";
import { KINDS, garments } from "./sets.js";

/** @typedef {import("../essay/figure.js").Host} Host */
/** @typedef {import("./measure.js").Found} Found */

export default {
  name: "memory",
  defaults: { each: false },
  /** @param {Host} host */
  mount(host) {
    /** By the number of pictures. @type {Map<number, Found[]>} */
    let curves = new Map(RECORDED);
    const svg = /** @type {SVGElement} */ (shape("svg", { class: "curves", role: "img" }));
    const each = toggle({
      label: host.t("each"),
      value: Boolean(host.state.each),
      turn: (on) => {
        host.remember({ each: on });
        show();
      },
    });
    const measured = button(host.t("measure"), () => void here());
    const stop = button(host.t("stop"), () => {
      host.stop();
      recorded();
    });
    stop.hidden = true;
    const legend = el("ul", { className: "legend" }, ...COUNTS.map((count, n) => el("li", { className: `count${n}` }, el("span", { className: "swatch", ariaHidden: "true" }), host.t("pictures", { n: count }))));
    const source = el("p", { className: "axis" });
    host.root.append(legend, svg, controls(each.element, measured, stop), source);

    function recorded() {
      curves = new Map(RECORDED);
      stop.hidden = true;
      measured.disabled = false;
      source.replaceChildren(...[host.t("recorded"), " ", el("code", {}, COMMAND)]);
      show();
      host.say(said());
    }

    /** The step at which half of the samples were copies. @param {Found[]} found */
    const half = (found) => found.find(([, share]) => share >= 0.5)?.[0];

    /** What the curves say. */
    function said() {
      const known = COUNTS.flatMap((count) => {
        const step = half(curves.get(count) ?? []);
        return step === undefined ? [] : [{ count, step }];
      });
      if (known.length === 0) return host.t("noneYet");
      const list = known.map(({ count, step }) => host.t("halfAt", { n: count, step })).join(" ");
      return `${host.t("half")} ${list}`;
    }

    function show() {
      const byPicture = Boolean(host.state.each);
      const lines = COUNTS.map((count, n) => ({ look: `count${n}`, points: (curves.get(count) ?? []).map(([step, share]) => ({ x: byPicture ? step / count : step, y: share })) }));
      const most = Math.max(...lines.flatMap(({ points }) => points.map(({ x }) => x)), byPicture ? 50 : 500);
      const share = (/** @type {number} */ value) => `${host.number(100 * value)} %`;
      paint(svg, {
        panels: [{ title: host.t("share"), lines, low: 0, high: 1, ticks: [0, 0.5, 1].map((value) => [value, share(value)]), tall: true }],
        marks: [],
        most,
        across: host.t(byPicture ? "acrossEach" : "across"),
        number: (value) => host.number(value),
      });
      svg.setAttribute("aria-label", `${host.t("curves")} ${said()}`);
    }

    async function here() {
      await host.run(async (signal) => {
        measured.disabled = true;
        stop.hidden = false;
        curves = new Map();
        source.textContent = host.t("measuredHere");
        const all = await garments(host, KINDS[0], signal);
        for (const count of COUNTS) {
          host.say(host.t("measuring", { n: count }));
          const told = (/** @type {Found[]} */ found, /** @type {number} */ rate) => {
            curves.set(count, [...found]);
            source.textContent = host.t("measuringAt", { n: count, step: found.at(-1)?.[0] ?? 0, of: STEPS, rate: Math.round(rate) });
            show();
          };
          await measure(all.slice(0, count), { signal, told });
          signal.throwIfAborted();
        }
        source.textContent = host.t("measuredHere");
        host.say(said());
      });
      if (host.running) return;
      measured.disabled = false;
      stop.hidden = true;
    }

    new ResizeObserver(() => show()).observe(host.root);
    addEventListener("pagehide", () => host.stop());
    recorded();
  },
};
