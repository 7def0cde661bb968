/**
 * The prediction: for one seed after the other, a trained network and the machine with the two flaws draw from the same
 * noise. Each seed becomes a dot: upward the likeness of these two, to the right that of the network and the perfect copier. `r`
 * is what `morphogen evaluate` gives for the same seeds.
 */
import { correlation } from "../../agreement.js";
import { button, captioned, choice, controls, el, picture, shape } from "../parts.js";
import { greyImage } from "../pixels.js";
import { walk } from "../walk.js";

/** @typedef {import("../figure.js").Host} Host */
/** @typedef {"unet" | "attention" | "resnet"} Network */
/** @typedef {{ seed: number, drawn: Float32Array, foretold?: Float32Array, r?: number, copy: number }} Point `r` of the machine, `copy` of the copier */

const PROMPT = "pullover";
const STEPS = 20;
/** In `morphogen evaluate` the garments take turns, and the pullover is number 2: these are its seeds. */
const SEEDS = Array.from({ length: 10 }, (_, n) => 2 + 10 * n);
const NETWORKS = /** @type {Network[]} */ (["unet", "resnet", "attention"]);
/** The drawing: its side, its margins, and the least r that it shows. */
const [SIDE, LEFT, BELOW, LEAST] = [360, 44, 40, 0.6];
/** Radius of a dot. */
const DOT = 6;

export default {
  name: "prediction",
  defaults: { network: "unet", seed: 2 },
  /** @param {Host} host */
  mount(host) {
    let network = NETWORKS.find((one) => one === host.state.network) ?? "unet";
    /** @type {Map<Network, Point[]>} */
    const points = new Map(NETWORKS.map((one) => [one, []]));
    /** What the copier drew, by seed. @type {Map<number, Float32Array>} */
    const copies = new Map();
    let seeds = [...SEEDS];
    let chosen = Number(host.state.seed);
    if (!seeds.includes(chosen)) chosen = seeds[0];
    /** Whether the reader chose; until then the newest dot is shown. */
    let mine = host.query().has("seed");

    const [left, right] = [picture({ label: host.t("waiting"), size: [140, 168] }), picture({ label: host.t("waiting"), size: [140, 168] })];
    const number = el("p", { className: "large" });
    const plot = shape("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, class: "plot", role: "group", "aria-label": host.t("plot") });
    const networks = choice({
      label: host.t("network"),
      options: NETWORKS.map((one) => [one, host.t(one)]),
      value: network,
      pick: (one) => {
        network = one;
        host.remember({ network: one });
        paint();
        void draw();
      },
    });
    const worst = button(host.t("worst"), () => {
      const found = complete().sort((a, b) => Number(a.r) - Number(b.r))[0];
      if (found) choose(found.seed);
    });
    const more = button(host.t("more"), () => {
      const last = seeds[seeds.length - 1];
      seeds = [...seeds, ...SEEDS.map((seed) => seed + last + 8)];
      void draw();
    });
    host.root.append(
      networks.element,
      el("div", { className: "pair" }, plot, el("div", { className: "stack" }, captioned(left, host.t("drawn")), captioned(right, host.t("foretold")), number)),
      controls(worst, more),
    );

    const of = () => /** @type {Point[]} */ (points.get(network));
    const complete = () => of().filter(({ r }) => r !== undefined);
    const x = (/** @type {number} */ r) => LEFT + ((Math.max(r, LEAST) - LEAST) / (1 - LEAST)) * (SIDE - LEFT - DOT);
    const y = (/** @type {number} */ r) => SIDE - BELOW - ((Math.max(r, LEAST) - LEAST) / (1 - LEAST)) * (SIDE - BELOW - DOT);
    const three = (/** @type {number | undefined} */ r) => host.number(r ?? NaN, 3);

    function paint() {
      const ticks = [0.6, 0.7, 0.8, 0.9, 1];
      const text = (/** @type {Record<string, string | number>} */ attributes, /** @type {string} */ words) => shape("text", attributes, words);
      const lines = ticks.flatMap((r) => [
        shape("line", { class: "grid", x1: x(r), x2: x(r), y1: y(LEAST), y2: y(1) }),
        shape("line", { class: "grid", x1: x(LEAST), x2: x(1), y1: y(r), y2: y(r) }),
        text({ x: x(r), y: y(LEAST) + 16, "text-anchor": "middle" }, host.number(r, 1)),
        text({ x: LEFT - 8, y: y(r) + 4, "text-anchor": "end" }, host.number(r, 1)),
      ]);
      const dots = complete().map(({ seed, r = 0, copy }) => {
        const dot = shape("circle", {
          class: "dot",
          cx: x(copy),
          cy: y(r),
          r: DOT,
          role: "button",
          tabindex: seed === chosen ? 0 : -1,
          "aria-pressed": String(seed === chosen),
          "aria-label": host.t("dot", { seed: String(seed), r: three(r), copy: three(copy) }),
        });
        dot.dataset.seed = String(seed);
        return dot;
      });
      const focused = plot.contains(document.activeElement);
      plot.replaceChildren(
        ...lines,
        shape("line", { class: "diagonal", x1: x(LEAST), x2: x(1), y1: y(LEAST), y2: y(1) }),
        text({ x: (LEFT + SIDE) / 2, y: SIDE - 4, "text-anchor": "middle" }, host.t("across")),
        text({ transform: `translate(12 ${(SIDE - BELOW) / 2}) rotate(-90)`, "text-anchor": "middle" }, host.t("upward")),
        ...dots,
      );
      if (focused) /** @type {SVGElement | null} */ (plot.querySelector("[tabindex='0']"))?.focus();
      worst.disabled = dots.length < 2;
      const point = of().find(({ seed }) => seed === chosen);
      if (!point) return [left, right].forEach((one) => one.clear());
      left.put(greyImage(point.drawn), host.t("drawnBy", { network: host.t(network), seed: String(chosen) }));
      if (point.foretold) right.put(greyImage(point.foretold), host.t("foretoldFor", { seed: String(chosen) }));
      else right.clear();
      number.textContent = point.r === undefined ? "" : `r = ${three(point.r)}`;
    }

    /** Shows the pictures behind a dot. */
    function choose(/** @type {number} */ seed) {
      chosen = seed;
      mine = true;
      host.remember({ seed });
      paint();
      tell();
    }

    function tell() {
      const found = complete();
      const point = found.find(({ seed }) => seed === chosen);
      if (!point) return;
      const sorted = found.map(({ r = 0 }) => r).sort((a, b) => a - b);
      const middle = (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.floor(sorted.length / 2)]) / 2;
      const values = { seed: String(chosen), r: three(point.r), copy: three(point.copy), n: found.length, middle: three(middle) };
      host.say(`${host.t("chosen", values)} ${host.t("middle", values)}`);
    }

    plot.addEventListener("click", ({ target }) => {
      const { seed } = /** @type {SVGElement} */ (target).dataset;
      if (seed) choose(Number(seed));
    });
    plot.addEventListener("keydown", (event) => {
      const { key } = /** @type {KeyboardEvent} */ (event);
      const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[key];
      if (by === undefined && key !== "Enter" && key !== " ") return;
      event.preventDefault();
      const known = complete().map(({ seed }) => seed);
      const next = known[known.indexOf(chosen) + (by ?? 0)];
      if (next !== undefined) choose(next);
    });

    async function draw() {
      await host.run(async (signal) => {
        const model = await host.model();
        const { label } = await model.understand(PROMPT);
        await host.training(PROMPT, signal);
        const mineNow = of();
        const wish = { prompt: PROMPT, ...walk(STEPS), network, signal };
        host.say(host.t("drawing", { network: host.t(network), label }));
        // Machines of a kind go together: what each needs is made once.
        for (const seed of seeds) {
          await host.whenSeen(signal);
          if (mineNow.some((point) => point.seed === seed)) continue;
          const { pixels: drawn } = await model.sample({ ...wish, seed, guidance: 1 });
          const copy = copies.get(seed) ?? (await model.sample({ ...wish, seed, machine: "ideal" })).pixels;
          copies.set(seed, copy);
          mineNow.push({ seed, drawn, copy: correlation(drawn, copy) });
          if (seed === chosen) paint();
        }
        mineNow.sort((a, b) => Number(b.seed === chosen) - Number(a.seed === chosen) || a.seed - b.seed);
        for (const point of mineNow) {
          await host.whenSeen(signal);
          if (point.r !== undefined) continue;
          const { pixels } = await model.sample({ ...wish, seed: point.seed, machine: "bbels" });
          point.foretold = pixels;
          point.r = correlation(point.drawn, pixels);
          if (!mine) chosen = point.seed;
          paint();
          tell();
        }
        mineNow.sort((a, b) => a.seed - b.seed);
      });
    }
    paint();
    void draw();
  },
};
