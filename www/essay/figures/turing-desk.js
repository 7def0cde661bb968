/** What the figure of Turing's cells is worked with, and where it shows them. */
import { button, choice, controls, el, picture, slider } from "../parts.js";
import { chart } from "./turing-chart.js";
import { map } from "./turing-map.js";

/** @typedef {import("../figure.js").Host} Host */
/** @typedef {{ feed: number, kill: number }} Place of the parameter map */
/**
 * What the reader can ask for.
 * @typedef {{ play: () => void, system: (system: string) => void, move: (to: Place) => void, saturation: (value: number) => void, scale: (scale: number) => void, grow: () => void, again: (from: string) => void }} Hands
 */

/** Diffusion scales of the slider, half an octave apart. */
export const SCALES = [0.5, 0.71, 1, 1.41, 2, 2.83, 4];

/**
 * Puts all of it into the figure.
 * @param {Host} host
 * @param {Hands} hands
 */
export function desk(host, hands) {
  const { state } = host;
  const canvas = picture({ label: host.t("canvas"), size: [256, 384], focusable: true });
  const ring = el("span", { className: "brush", hidden: true });
  const bar = el("span", { className: "bar" });
  const words = el("span", {}, host.t("measuring"));
  const spacing = el("p", { className: "spacing" }, bar, words);
  const play = button("", hands.play, { primary: true, act: "play" });
  const system = choice({
    label: host.t("system"),
    options: [
      ["gray-scott", host.t("grayScott")],
      ["gierer-meinhardt", host.t("activator")],
    ],
    value: String(state.system),
    pick: hands.system,
  });
  const place = map({ t: (key, values) => host.t(key, values), value: { feed: Number(state.feed), kill: Number(state.kill) }, move: hands.move });
  const saturation = slider({
    label: host.t("saturation"),
    min: 0,
    max: 0.5,
    step: 0.02,
    value: Number(state.saturation),
    say: (value) => host.t(value < 0.1 ? "spots" : value < 0.3 ? "stripes" : "net"),
    move: hands.saturation,
  });
  const scale = slider({
    label: host.t("scale"),
    min: 0,
    max: SCALES.length - 1,
    value: SCALES.indexOf(Number(state.scale)),
    say: (i) => host.t("times", { n: SCALES[i] === 1 ? 1 : 2, scale: host.number(SCALES[i]) }),
    move: (i) => hands.scale(SCALES[i]),
    // A pattern that has grown keeps its number of stripes for long, so it grows anew.
    settle: hands.grow,
  });
  const law = chart({ label: host.t("chart"), x: host.t("chartX"), y: host.t("chartY"), root: host.t("chartRoot"), number: (value) => host.number(value), scales: SCALES });
  const parameters = el("div", { className: "parameters" });
  const begins = controls(play, button(host.t("spot"), () => hands.again("spot")), button(host.t("noise"), () => hands.again("noise"), { act: "another" }));
  const cells = el("div", { className: "cells" }, el("div", { className: "dish" }, canvas.canvas, ring), spacing, begins);
  host.root.append(system.element, el("div", { className: "turing" }, cells, parameters), el("div", { className: "law" }, scale.element, law.element));

  /** Shows the parameters of the system at hand. */
  const shape = () => parameters.replaceChildren(state.system === "gray-scott" ? place.element : saturation.element);
  return { canvas, ring, bar, words, spacing, play, place, law, shape };
}
