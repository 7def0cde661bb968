/**
 * While it learns: what two networks drew from noise that stays the same, at twelve moments of their learning, as it was recorded
 * by `tools/learning.mjs`. One is short-sighted, the other sees all; both were shown the same eight boots.
 */
import { button, controls, el, picture, slider } from "../parts.js";
import { image } from "../pixels.js";
import { RECORDED } from "./learning-recorded.js";

/** @typedef {import("../figure.js").Host} Host */

const SIDE = 16;
/** Milliseconds for which each moment stands while it plays. */
const PACE = 900;
const MOMENTS = RECORDED.near.length;

/** The pictures that are packed in a text. @param {string} text */
function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const area = SIDE * SIDE;
  return Array.from({ length: bytes.length / area }, (_, n) => image(Float32Array.from(bytes.subarray(n * area, (n + 1) * area), (value) => value / 127.5 - 1), SIDE));
}

export default {
  name: "learning",
  defaults: { moment: MOMENTS },
  /** @param {Host} host */
  mount(host) {
    let at = Math.min(MOMENTS, Math.max(1, Math.round(Number(host.state.moment)))) - 1;
    const step = (/** @type {number} */ moment) => host.t("step", { step: RECORDED.far[moment].step });

    const columns = /** @type {const} */ (["near", "far"]).map((who) => {
      const tiles = unpacked(RECORDED[who][0].pixels).map((_, n) => picture({ label: host.t("sample", { n: n + 1, who: host.t(who) }), size: [32, 64] }));
      const words = el("p", { className: "axis" });
      const element = el("div", { className: "pupil" }, el("p", {}, host.t(who)), el("div", { className: "drawn" }, ...tiles.map(({ canvas }) => canvas)), words);
      return { who, tiles, words, element };
    });
    const set = unpacked(RECORDED.set).map((picked, n) => {
      const tile = picture({ label: host.t("picture", { number: n + 1 }), size: 32 });
      tile.put(picked);
      return tile.canvas;
    });
    const control = slider({ label: host.t("moment"), min: 0, max: MOMENTS - 1, value: at, say: step, move: (moment) => (host.stop(), show(moment)), settle: () => host.remember({ moment: at + 1 }) });
    control.input.dataset.act = "step";
    const play = button(host.t("play"), () => void run(), { primary: true, act: "play" });
    host.root.append(
      el("div", { className: "captioned" }, el("div", { className: "samples", role: "group", ariaLabel: host.t("set") }, ...set), el("p", {}, host.t("set"))),
      el("div", { className: "pupils" }, ...columns.map(({ element }) => element)),
      control.element,
      controls(play),
    );

    /** @param {number} moment */
    function show(moment) {
      at = moment;
      control.set(moment);
      for (const { who, tiles, words } of columns) {
        const { pixels, copies, loss } = RECORDED[who][moment];
        unpacked(pixels).forEach((drawn, n) => tiles[n].put(drawn));
        words.textContent = host.t(moment === 0 ? "untaught" : "found", { copies, of: tiles.length, loss: host.number(loss, 2) });
      }
      const [near, far] = columns.map(({ who }) => RECORDED[who][moment].copies);
      const of = columns[0].tiles.length;
      const key = moment === 0 ? "beginning" : near + far === 0 ? "none" : near === 0 ? "someAlone" : "some";
      host.say(host.t(key, { step: RECORDED.far[moment].step, near, far, of }));
    }

    /** From the first moment to the last. */
    async function run() {
      await host.run(async (signal) => {
        for (let moment = 0; moment < MOMENTS; moment += 1) {
          show(moment);
          if (moment < MOMENTS - 1) await host.pace(host.still ? 2 * PACE : PACE, signal);
        }
      });
    }

    show(at);
  },
};
