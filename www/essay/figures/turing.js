/**
 * Bottom up: Turing's cells, live. The reader starts them from a spot or from noise, paints into them, walks over the
 * parameter map (`turing-map.js`), and finds that the spacing of the pattern follows the root of the diffusion, which a small
 * chart keeps (`turing-chart.js`).
 */
import { ARROWS, button, choice, controls, el, picture, slider } from "../parts.js";
import { chart } from "./turing-chart.js";
import { map } from "./turing-map.js";
import { ramp } from "./turing-ramp.js";

/** @typedef {import("../figure.js").Host} Host */
/** @typedef {import("../../pkg/morphogen.js").Reaction} Reaction */
/** @typedef {"gray-scott" | "gierer-meinhardt"} System */

/** Cells of a side. */
const SIDE = 128;
/** Diffusion scales of the slider, half an octave apart. */
const SCALES = [0.5, 0.71, 1, 1.41, 2, 2.83, 4];
/** Milliseconds of work a frame should take, and most steps of a frame. */
const BUDGET = 14;
const MOST = 96;
/** Frames between two measurements. */
const MEASURED = 20;
/** The spacing stands when so many measurements in a row differ by less than this share. */
const STEADY = { measurements: 6, share: 0.02 };
/** A pattern that changes less than this a cell, of a full one, between two measurements has settled. */
const SETTLED = 1.5e-4;
/** Steps between two pictures, and at most, where the reader asked for less motion. */
const STRIDE = 1000;
const PATIENCE = 10_000;
/** Radius of the brush, in cells; it grows with the root of the diffusion, as all lengths do, or its spots would die. */
const BRUSH = 4;

export default {
  name: "turing",
  defaults: { system: "gray-scott", from: "noise", feed: 0.037, kill: 0.06, saturation: 0.2, scale: 1, seed: 1 },
  /** @param {Host} host */
  async mount(host) {
    const { state } = host;
    const within = (/** @type {string} */ name, /** @type {number} */ most) => (state[name] = Math.min(Number(state[name]), most));
    within("feed", 0.12);
    within("kill", 0.08);
    within("saturation", 0.5);
    if (state.system !== "gierer-meinhardt") state.system = "gray-scott";
    if (state.from !== "spot") state.from = "noise";
    if (!SCALES.includes(Number(state.scale))) state.scale = 1;
    const rule = () => ({
      system: /** @type {System} */ (state.system),
      feed: Number(state.feed),
      kill: Number(state.kill),
      saturation: Number(state.saturation),
      scale: Number(state.scale),
    });

    /** @type {Reaction | undefined} */
    let cells;
    let playing = true;
    let steps = 0;
    let perFrame = 8;
    /** The last measurements. @type {number[]} */
    let lengths = [];
    /** Where the keyboard's brush is; nowhere until it is used. @type {[number, number] | undefined} */
    let cursor;
    /** What waits for the next frame. @type {(() => Promise<void>)[]} */
    const wishes = [];
    let wake = () => {};

    const canvas = picture({ label: host.t("canvas"), size: [256, 384], focusable: true });
    const ring = el("span", { className: "brush", hidden: true });
    const bar = el("span", { className: "bar" });
    const spacing = el("p", { className: "spacing" }, bar, el("span", {}, host.t("measuring")));
    const play = button("", () => turn(!playing), { primary: true, act: "play" });
    const system = choice({
      label: host.t("system"),
      options: [
        ["gray-scott", host.t("grayScott")],
        ["gierer-meinhardt", host.t("activator")],
      ],
      value: String(state.system),
      pick: (value) => {
        host.remember({ system: value });
        shape();
        again(String(state.from));
      },
    });
    const place = map({
      t: (key, values) => host.t(key, values),
      value: { feed: rule().feed, kill: rule().kill },
      move: (to) => {
        host.remember(to);
        changed();
        host.say(host.t("moved", { place: place.name(), feed: host.number(to.feed, 3), kill: host.number(to.kill, 3) }));
      },
    });
    const saturation = slider({
      label: host.t("saturation"),
      min: 0,
      max: 0.5,
      step: 0.02,
      value: rule().saturation,
      say: (value) => host.t(value < 0.1 ? "spots" : value < 0.3 ? "stripes" : "net"),
      move: (value) => (host.remember({ saturation: value }), changed()),
    });
    const scale = slider({
      label: host.t("scale"),
      min: 0,
      max: SCALES.length - 1,
      value: SCALES.indexOf(rule().scale),
      say: (i) => host.t("times", { n: SCALES[i] === 1 ? 1 : 2, scale: host.number(SCALES[i]) }),
      move: (i) => (host.remember({ scale: SCALES[i] }), changed()),
      // A pattern that has grown keeps its number of stripes for long, so it grows anew.
      settle: () => grow(),
    });
    const law = chart({ label: host.t("chart"), x: host.t("chartX"), y: host.t("chartY"), root: host.t("chartRoot"), number: (value) => host.number(value), scales: SCALES });
    const parameters = el("div", { className: "parameters" });
    host.root.append(
      system.element,
      el(
        "div",
        { className: "turing" },
        el(
          "div",
          { className: "cells" },
          el("div", { className: "dish" }, canvas.canvas, ring),
          spacing,
          controls(play, button(host.t("spot"), () => again("spot")), button(host.t("noise"), () => again("noise"), { act: "another" })),
        ),
        parameters,
      ),
      el("div", { className: "law" }, scale.element, law.element),
    );

    /** The parameters of the system at hand. */
    function shape() {
      parameters.replaceChildren(state.system === "gray-scott" ? place.element : saturation.element);
    }

    function turn(/** @type {boolean} */ on) {
      playing = on;
      play.textContent = host.t(on ? "pause" : "play");
      play.dataset.playing = String(on);
      if (on) wake();
      else tell();
    }

    /** Does something with the cells before their next steps. */
    function wish(/** @type {() => Promise<void>} */ work) {
      wishes.push(work);
      wake();
    }

    function changed() {
      law.forget(state.system === "gray-scott" ? `${state.feed} ${state.kill}` : `${state.saturation}`);
      wish(async () => cells?.change(rule()));
      if (!playing) turn(true);
    }

    function again(/** @type {string} */ from) {
      host.remember({ from, seed: state.from === from ? Number(state.seed) + 1 : 1 });
      grow();
    }

    /** Begins again as the state says. */
    function grow() {
      const { from } = state;
      wish(async () => {
        await cells?.change(rule());
        await cells?.start(from === "spot" ? "spot" : "noise", Number(state.seed));
        steps = 0;
      });
      host.say(host.t(from === "spot" ? "fromSpot" : "fromNoise"));
      if (!playing) turn(true);
    }

    const radius = () => BRUSH * Math.sqrt(Math.max(1, rule().scale));
    const paint = (/** @type {number} */ x, /** @type {number} */ y) => wish(async () => (await cells?.paint(x, y, radius()), show()));

    function show() {
      if (cells) canvas.put(ramp(cells.pattern, SIDE, rule().system, host.root), host.t("canvas"));
    }

    /** The spacing in figures, as it is now. */
    function measured() {
      const length = cells?.wavelength;
      const words = /** @type {HTMLElement} */ (spacing.lastElementChild);
      const shown = canvas.canvas.getBoundingClientRect().width;
      bar.style.width = length ? `${(length / SIDE) * shown}px` : "0";
      words.textContent = length ? host.t("apart", { cells: host.number(length, 1) }) : host.t("even");
      lengths = length ? [...lengths, length].slice(-STEADY.measurements) : [];
      const steady = lengths.length === STEADY.measurements && Math.max(...lengths) < Math.min(...lengths) * (1 + STEADY.share);
      if (length) law.put(rule().scale, length, steady);
      spacing.dataset.wavelength = length ? length.toFixed(2) : "";
      spacing.dataset.steady = steady ? String(state.scale) : "";
    }

    /** Says what there is to see, for those who do not follow it with their eyes. */
    function tell(settled = false) {
      const length = cells?.wavelength;
      const values = { cells: host.number(length ?? 0, 1), steps: host.number(Math.round(steps / 100) * 100) };
      host.say(host.t(!length ? "nothing" : settled ? "settled" : "paused", values));
    }

    // Painting, by finger, mouse or pen.
    let painting = false;
    const put = (/** @type {PointerEvent} */ event) => {
      const { left, top, width } = canvas.canvas.getBoundingClientRect();
      paint(((event.clientX - left) / width) * SIDE, ((event.clientY - top) / width) * SIDE);
    };
    canvas.canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      painting = true;
      canvas.canvas.setPointerCapture(event.pointerId);
      put(event);
    });
    canvas.canvas.addEventListener("pointermove", (event) => painting && put(event));
    for (const type of ["pointerup", "pointercancel"]) canvas.canvas.addEventListener(type, () => (painting = false));
    // And by keyboard.
    canvas.canvas.addEventListener("keydown", (event) => {
      const [x, y] = cursor ?? [SIDE / 2, SIDE / 2];
      const move = ARROWS.get(event.key);
      if (!move && event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      const round = (/** @type {number} */ at) => (at + SIDE) % SIDE;
      cursor = move ? [round(x + 4 * move[1]), round(y + 4 * move[0])] : [x, y];
      if (!move) paint(...cursor);
      const { width } = canvas.canvas.getBoundingClientRect();
      ring.hidden = false;
      ring.style.width = `${(2 * radius() * width) / SIDE}px`;
      ring.style.left = `${(cursor[0] / SIDE) * width}px`;
      ring.style.top = `${(cursor[1] / SIDE) * width}px`;
    });
    canvas.canvas.addEventListener("blur", () => (ring.hidden = true));

    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
    shape();
    turn(playing);
    host.say(host.t(state.from === "spot" ? "fromSpot" : "fromNoise"));
    await host.whenSeen();
    const options = { ...rule(), width: SIDE, height: SIDE, from: /** @type {"spot" | "noise"} */ (state.from), seed: Number(state.seed), device: host.world.device };
    void live();

    /** Takes steps for as long as somebody watches and something changes. */
    async function live() {
      try {
        cells = await host.package.reaction(options);
        show();
        let frame = 0;
        let before = cells.pattern;
        for (;;) {
          await host.whenSeen();
          if (wishes.length > 0) {
            for (const work of wishes.splice(0)) await work();
            show();
            // What was just changed has not settled, however slowly it begins.
            frame = 1;
            lengths = [];
            before = cells.pattern;
          }
          if (!playing) {
            await new Promise((resolve) => (wake = () => resolve(undefined)));
            continue;
          }
          if (host.still) {
            await settle();
            continue;
          }
          const start = performance.now();
          const measure = (frame += 1) % MEASURED === 0;
          await cells.advance(perFrame, { measure });
          steps += perFrame;
          const took = performance.now() - start;
          perFrame = Math.max(2, Math.min(MOST, Math.round((perFrame * BUDGET) / Math.max(took, 1)), perFrame * 2));
          show();
          if (measure) {
            measured();
            const moved = change(before, cells.pattern);
            before = cells.pattern;
            if (moved < SETTLED && wishes.length === 0) finish();
          }
          await new Promise((resolve) => requestAnimationFrame(resolve));
        }
      } catch (thrown) {
        host.say(/** @type {Error} */ (thrown).message);
      }
    }

    /** Nothing moves any more. */
    function finish() {
      turn(false);
      tell(true);
    }

    /** Runs to the end without showing the way there. */
    async function settle() {
      for (let done = 0; cells && done < PATIENCE; done += STRIDE) {
        const before = cells.pattern;
        await host.whenSeen();
        await cells.advance(STRIDE, { measure: true });
        steps += STRIDE;
        measured();
        if (wishes.length > 0) return show();
        if (change(before, cells.pattern) < SETTLED) break;
      }
      show();
      finish();
    }
  },
};

/**
 * How much a pattern changed, a cell, relative to its largest value.
 * @param {Float32Array} before
 * @param {Float32Array} after
 */
function change(before, after) {
  let sum = 0;
  let most = 1e-6;
  for (let i = 0; i < after.length; i += 1) {
    sum += Math.abs(after[i] - before[i]);
    most = Math.max(most, after[i]);
  }
  return sum / after.length / most;
}

