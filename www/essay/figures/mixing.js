/**
 * Two words in one picture: the upper or the left part is told one thing, the rest another, and a map shows which word moved
 * which pixel. It draws emoji, whose network is larger than that of the garments: it is fetched when the reader asks for it.
 */
import { button, choice, controls, el, picture, slider } from "../parts.js";

/** @typedef {import("../figure.js").Host} Host */
/** @typedef {import("../../pkg/morphogen.js").Sample} Sample */

/** What can be mixed: words of the pack and what they are called here, the side of the second, and where the edge usually lies. */
const PAIRS = /** @type {const} */ ({
  hat: { prompts: ["noto cat", "top hat"], names: ["cat", "top-hat"], region: "above", edge: 0.4 },
  wheels: { prompts: ["bicycle", "car"], names: ["bicycle", "car"], region: "right", edge: 0.5 },
  faces: { prompts: ["noto cat", "noto owl"], names: ["cat", "owl"], region: "right", edge: 0.5 },
});
/** @typedef {keyof typeof PAIRS} Pair */

export default {
  name: "mixing",
  defaults: { pair: "hat", seed: 4, edge: 0 },
  fractions: ["edge"],
  /** @param {Host} host */
  mount(host) {
    let pair = /** @type {Pair} */ (Object.hasOwn(PAIRS, String(host.state.pair)) ? host.state.pair : "hat");
    // An edge of 0 is the usual one.
    const edge = () => Math.min(1, Number(host.state.edge)) || PAIRS[pair].edge;

    const [drawn, map] = [host.t("waiting"), host.t("waiting")].map((label) => picture({ label, size: [128, 256] }));
    const legend = el("ul", { className: "mixing-legend" });
    const place = slider({ label: host.t("edge"), min: 10, max: 90, step: 5, value: Math.round(100 * edge()), say: (n) => `${n} %`, settle: (n) => (host.remember({ edge: n / 100 }), void draw()) });
    const pairs = choice({
      label: host.t("pair"),
      led: true,
      options: /** @type {Pair[]} */ (Object.keys(PAIRS)).map((name) => [name, host.t(name)]),
      value: pair,
      pick: (name) => {
        pair = name;
        host.remember({ pair, edge: 0 });
        place.set(Math.round(100 * edge()));
        void draw();
      },
    });
    const begin = button(host.t("begin"), () => void draw(), { act: "play" });
    const another = button(host.t("another"), () => (host.remember({ seed: Number(host.state.seed) + 1 }), void draw()), { act: "another" });
    const bench = el("div", { hidden: true }, el("div", { className: "pair" }, drawn.canvas, el("div", { className: "captioned" }, map.canvas, legend)), place.element);
    const before = host.element.querySelector(".still")?.cloneNode();
    if (before instanceof HTMLElement) before.className = "";
    host.root.append(...(before ? [before] : []), bench, pairs.element, controls(begin, another));
    another.hidden = true;
    host.say(host.t("asked"));

    /** Names both words in the colours of the map. @param {Sample} sample */
    function name({ influence }) {
      if (!influence) return;
      legend.replaceChildren(
        ...PAIRS[pair].names.map((word, k) => {
          const swatch = el("span", { className: "swatch" });
          swatch.style.backgroundColor = `rgb(${influence.colour(k).join(" ")})`;
          return el("li", {}, swatch, host.t(word));
        }),
      );
    }

    /** What share of the pixels on either side of the edge its own word moved most. @param {Sample} sample */
    function shares({ influence }) {
      const won = { own: 0, there: 0, other: 0, here: 0 };
      if (!influence) return won;
      const { width, height } = influence;
      for (let row = 0; row < height; row += 1) {
        for (let column = 0; column < width; column += 1) {
          const { term } = influence.at(row, column);
          const second = PAIRS[pair].region === "above" ? row < edge() * height : column >= edge() * width;
          won[second ? "there" : "here"] += 1;
          if (second && term === 1) won.own += 1;
          if (!second && term === 0) won.other += 1;
        }
      }
      return won;
    }

    async function draw() {
      await host.run(async (signal) => {
        const { prompts, names, region } = PAIRS[pair];
        const words = { first: host.t(names[0]), second: host.t(names[1]) };
        const drawer = await host.model("emoji");
        host.say(host.t("drawing"));
        const sample = await drawer.sample({ prompt: prompts[0], over: { prompt: prompts[1], region, edge: edge() }, seed: Number(host.state.seed), influence: true, signal });
        if (!sample.influence) return;
        before?.parentNode?.removeChild(before);
        bench.hidden = another.hidden = false;
        begin.hidden = true;
        drawn.put(sample.toImageData(), host.t("picture", words));
        map.put(sample.influence.toImageData(), host.t("map", words));
        name(sample);
        const { own, there, other, here } = shares(sample);
        const told = { ...words, there: Math.round((100 * own) / Math.max(1, there)), here: Math.round((100 * other) / Math.max(1, here)) };
        host.say(`${host.t("moved", told)} ${host.t(`${pair}Says`)}`);
      });
    }
  },
};
