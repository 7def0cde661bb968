/**
 * The prediction: a trained network and the machine with the two flaws draw from the same noise. Each dot is a seed: upward the
 * likeness of these two, to the right that of the network and the perfect copier. A hundred seeds are known beforehand and stand
 * there in grey; what is drawn here is drawn in colour, and the reader first guesses which of the two pictures is the network's. The machine may be
 * blended with the Wiener filter, which foretells best. `r` is
 * what `morphogen evaluate` gives for the same seeds; the lines show what two pictures come to that have nothing in common but the garment.
 */
import { correlation } from "../../agreement.js";
import { guess } from "../guess.js";
import { button, choice, controls, el, picture } from "../parts.js";
import { greyImage } from "../pixels.js";
import { walk } from "../walk.js";
import { GARMENTS, KNOWN } from "./prediction-known.js";
import { Plot } from "./prediction-plot.js";

/** @typedef {import("../figure.js").Host} Host */
/** @typedef {keyof typeof KNOWN} Network */
/** @typedef {"bbels" | "blend"} Machine */
/** @typedef {{ seed: number, drawn: Float32Array, foretold: Float32Array, r: number, copy: number }} Point `r` of the machine, `copy` of the copier */

const STEPS = 20;
const NETWORKS = /** @type {Network[]} */ (["unet", "resnet", "attention"]);
/** The machines that foretell, and what is known of each. */
const MACHINES = /** @type {Machine[]} */ (["bbels", "blend"]);
const KEYS = /** @type {const} */ ({ bbels: "machine", blend: "blend" });
/** Garments take turns. */
const garment = (/** @type {number} */ seed) => GARMENTS[seed % GARMENTS.length];
/** Which of the two pictures stands on the left while the reader guesses: by the seed, so that it is the same again. */
const swapped = (/** @type {number} */ seed) => seed % 4 < 2;

export default {
  name: "prediction",
  defaults: { network: "unet", machine: "bbels", seed: 2 },
  /** @param {Host} host */
  mount(host) {
    let network = NETWORKS.find((one) => one === host.state.network) ?? "unet";
    let machine = MACHINES.find((one) => one === host.state.machine) ?? "bbels";
    /** What was drawn here, by network and machine. @type {Map<string, Point[]>} */
    const points = new Map(NETWORKS.flatMap((one) => MACHINES.map((other) => [`${one} ${other}`, []])));
    let chosen = Number(host.state.seed);
    /** The next seed that nobody has tried here. */
    let next = KNOWN[network].machine.length;

    const pictures = [picture({ label: host.t("waiting"), size: [140, 168] }), picture({ label: host.t("waiting"), size: [140, 168] })];
    const names = [el("p", {}), el("p", {})];
    const number = el("p", { className: "large" });
    const question = guess(host, ["a", "b"]);
    const plot = new Plot(host, garment, (seed) => choose(seed));
    const networks = choice({
      label: host.t("network"),
      led: true,
      options: NETWORKS.map((one) => [one, host.t(one)]),
      value: network,
      pick: (one) => {
        network = one;
        host.remember({ network: one });
        void draw();
      },
    });
    const machines = choice({
      label: host.t("machine"),
      options: MACHINES.map((one) => [one, host.t(`by-${one}`)]),
      value: machine,
      pick: (one) => {
        machine = one;
        host.remember({ machine: one });
        void draw();
      },
    });
    const before = () => KNOWN[network][KEYS[machine]];
    const worst = button(host.t("worst"), () => choose(before().indexOf(Math.min(...before()))));
    const more = button(host.t("more"), () => choose(next++), { act: "another" });
    const places = pictures.map(({ canvas }, n) => el("div", { className: "captioned" }, canvas, names[n]));
    host.root.append(networks.element, machines.element, question.element, el("div", { className: "pair" }, plot.element, el("div", { className: "stack" }, ...places, number)), controls(worst, more));

    const of = () => /** @type {Point[]} */ (points.get(`${network} ${machine}`));
    const three = (/** @type {number} */ r) => host.number(r, 3);
    const here = () => of().find(({ seed }) => seed === chosen);
    const known = () => before().map((r, seed) => ({ seed, r, copy: KNOWN[network].copier[seed] }));
    const floor = () => KNOWN[network].floor[chosen % GARMENTS.length];

    function paint() {
      const point = here();
      const open = question.open;
      plot.paint({ known: known(), own: of(), chosen, floor: floor() });
      const order = open && swapped(chosen) ? [1, 0] : [0, 1];
      [point?.drawn, point?.foretold].forEach((pixels, what) => {
        const at = order[what];
        const words = host.t(what === 0 ? "drawnBy" : "foretoldFor", { network: host.t(network), seed: String(chosen) });
        if (pixels) pictures[at].put(greyImage(pixels), open ? host.t(at === 0 ? "guess-a" : "guess-b") : words);
        else pictures[at].clear();
        names[at].textContent = open ? host.t(at === 0 ? "guess-a" : "guess-b") : host.t(what === 0 ? "drawn" : "foretold");
      });
      number.textContent = point && !open ? `r = ${three(point.r)}` : "";
    }

    /** Shows the pictures behind a dot, drawn here if they are not yet. */
    function choose(/** @type {number} */ seed) {
      chosen = seed;
      host.remember({ seed });
      void draw();
    }

    function tell() {
      const point = here();
      if (!point) return;
      if (question.open) return host.say(host.t("twins", { what: host.t(garment(chosen)) }));
      const values = { seed: String(chosen), what: host.t(garment(chosen)), r: three(point.r), copy: three(point.copy), floor: three(floor()) };
      const then = before()[chosen];
      const same = then === undefined ? "" : ` ${host.t("again", { known: three(then) })}`;
      host.say(`${host.t("chosen", values)}${same} ${host.t("floor", values)}`);
    }

    async function draw() {
      paint();
      tell();
      if (here()) return host.stop();
      await host.run(async (signal) => {
        const [asked, by, seed] = [network, machine, chosen];
        const prompt = garment(seed);
        const model = await host.model();
        await host.training(prompt, signal);
        const wish = { prompt, seed, ...walk(STEPS), network: asked, signal };
        host.say(host.t("drawing", { network: host.t(asked), what: host.t(prompt) }));
        const { pixels: drawn } = await model.sample({ ...wish, guidance: 1 });
        const { pixels: copy } = await model.sample({ ...wish, machine: "ideal" });
        await host.whenSeen(signal);
        const { pixels: foretold } = await model.sample({ ...wish, machine: by });
        points.get(`${asked} ${by}`)?.push({ seed, drawn, foretold, r: correlation(drawn, foretold), copy: correlation(drawn, copy) });
        paint();
        tell();
      });
    }
    paint();
    void draw();
    void question.made.then((name) => {
      if (name) question.answer(host.t((name === "a") === swapped(chosen) ? "wrong" : "right"));
      paint();
      tell();
    });
  },
};
