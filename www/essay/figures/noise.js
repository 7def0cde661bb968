/**
 * From noise: a training picture, a slider that puts noise into it, a brush that scribbles noise on it, and the network
 * that takes it out again. It begins in colour, with an emoji that lies in the code: the network of emoji is fetched when it is first
 * asked to do something. A pixel that holds less noise than the others waits until they have come down to it: until then it stands
 * as the picture knows it (sampling under a known part, Song et al. 2021, section 5).
 */
import { ARROWS, button, captioned, choice, controls, el, picture, slider } from "../parts.js";
import { apart, gaussian, image, noiseAt, pictureAt, pixelsOf, trainingPixels } from "../pixels.js";
import { walk } from "../walk.js";
import { EMOJI } from "./noise-emoji.js";

/** @typedef {import("../figure.js").Host} Host */
/** @typedef {import("../../pkg/morphogen.js").Frame} Frame */

/** What can be spoiled, and the side of its pictures. */
const SIDES = { emoji: 64, pullover: 28 };
/** @typedef {keyof typeof SIDES} Subject */
const STEPS = 20;
/** A picture that is off by less, in shades and on average, is found again, and one by less than the second nearly so; much of an emoji is its white ground. */
const OFF = { emoji: [6, 16], pullover: [12, 25] };
/** How far the brush reaches, of the side. */
const BRUSH = 1 / 14;
/** Between two steps, for eyes to follow, in milliseconds. */
const PACE = 70;

export default {
  name: "noise",
  defaults: { subject: "pullover", image: 29, noise: 10, seed: 1 },
  /** @param {Host} host */
  mount(host) {
    // Links from before the emoji name no subject: they are garments.
    if (!host.asked) Object.assign(host.state, { subject: "emoji", image: 1 });
    let subject = /** @type {Subject} */ (host.state.subject === "emoji" ? "emoji" : "pullover");
    let side = SIDES[subject];
    /** The picture as it was, as it is without its noise, and the noise that there is to add. */
    let [original, clean, noise] = /** @type {Float32Array[]} */ ([new Float32Array(side * side), new Float32Array(side * side), new Float32Array(side * side)]);
    /** Scribbled pixels. */
    let scribbled = new Uint8Array(side * side);
    let level = Math.min(STEPS, Number(host.state.noise));
    let at = { row: side / 2 - 1, column: side / 2 - 1 };
    let keyed = false;

    const subjects = choice({
      label: host.t("subject"),
      led: true,
      options: /** @type {Subject[]} */ (["emoji", "pullover"]).map((one) => [one, host.t(one)]),
      value: subject,
      pick: (one) => {
        subject = one;
        host.remember({ subject, image: one === "emoji" ? 1 : 29 });
        void fetch();
      },
    });
    const large = picture({ label: host.t("waiting"), size: [280, 392], focusable: true });
    const guess = picture({ label: host.t("waiting"), size: 128 });
    const before = picture({ label: host.t("original"), size: 128 });
    const percent = (/** @type {number} */ of) => host.number(100 * noiseAt(of / STEPS), 0);
    const control = slider({ label: host.t("noise"), min: 0, max: STEPS, value: level, say: (value) => `${percent(value)} %`, move: (value) => set(value), settle: (value) => host.remember({ noise: value }) });
    const heal = button(host.t("heal"), () => void denoise(), { primary: true, act: "play" });
    large.canvas.classList.add("scribble");
    large.canvas.setAttribute("aria-description", host.t("keys"));
    host.root.append(
      subjects.element,
      el("div", { className: "pair" }, captioned(large, host.t("brush")), el("div", { className: "stack" }, captioned(guess, host.t("guess")), captioned(before, host.t("original")))),
      control.element,
      controls(
        heal,
        button(host.t("restore"), () => restore()),
        button(host.t("another"), () => (host.remember({ image: Number(host.state.image) + 1, seed: Number(host.state.seed) + 1 }), void fetch()), { act: "another" }),
      ),
    );
    /** The picture's number, from 0 on, of so many. */
    const which = (/** @type {number} */ of) => (Math.max(1, Number(host.state.image)) - 1) % of;
    /** What the network is told that it is looking at. */
    const prompt = () => (subject === "emoji" ? EMOJI[which(EMOJI.length)].prompt : "pullover");

    /** Steps that each pixel has to go: all that the slider says, or all there are where it was scribbled on. */
    const depth = (/** @type {number} */ q) => (scribbled[q % scribbled.length] ? STEPS : level);
    /** The picture with noise as at `step`. */
    const noisy = (/** @type {number} */ q, /** @type {number} */ step) => pictureAt(step / STEPS) * clean[q] + noiseAt(step / STEPS) * noise[q];

    function paint(/** @type {Float32Array} */ pixels = clean.map((_, q) => noisy(q, depth(q)))) {
      const shown = image(pixels, side);
      if (keyed) shown.data.set([217, 119, 6], 4 * (at.row * side + at.column));
      large.put(shown, host.t("picture", { percent: percent(level) }));
    }

    /** Sets the noise of the whole picture. */
    function set(/** @type {number} */ to) {
      host.stop();
      level = to;
      paint();
      host.say(host.t(level === 0 ? "clean" : level >= 19 ? "nothing" : "noisy", { percent: percent(level) }));
    }

    /** Puts pure noise around a place. */
    function scribble(/** @type {number} */ row, /** @type {number} */ column) {
      host.stop();
      for (let q = 0; q < scribbled.length; q += 1) {
        if (Math.hypot(Math.floor(q / side) - row, (q % side) - column) < BRUSH * side) scribbled[q] = 1;
      }
      paint();
      host.say(host.t("scribbled", { n: scribbled.filter(Boolean).length }));
    }

    function restore() {
      host.stop();
      clean = original;
      scribbled.fill(0);
      guess.clear();
      control.set(Math.min(STEPS, Number(host.state.noise)));
      set(Number(control.input.value));
    }

    const point = (/** @type {PointerEvent} */ event) => {
      const { left, top, width } = large.canvas.getBoundingClientRect();
      keyed = false;
      scribble(((event.clientY - top) / width) * side - 0.5, ((event.clientX - left) / width) * side - 0.5);
    };
    large.canvas.addEventListener("pointerdown", (event) => {
      large.canvas.setPointerCapture(event.pointerId);
      point(event);
    });
    large.canvas.addEventListener("pointermove", (event) => event.buttons && point(event));
    large.canvas.addEventListener("keydown", (event) => {
      const way = ARROWS.get(event.key);
      if (way) {
        const within = (/** @type {number} */ value) => Math.max(0, Math.min(side - 1, value));
        at = { row: within(at.row + way[0]), column: within(at.column + way[1]) };
      } else if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      keyed = true;
      if (way) paint();
      else scribble(at.row, at.column);
    });
    large.canvas.addEventListener("blur", () => {
      keyed = false;
      if (!host.running) paint();
    });

    /** Lets the network take the noise away. */
    async function denoise() {
      const depths = clean.map((_, q) => depth(q));
      const start = Math.max(...depths);
      if (start === 0) return host.say(host.t("nothingToDo"));
      const known = clean;
      const knownAt = (/** @type {number} */ q, /** @type {number} */ step) => pictureAt(step / STEPS) * known[q] + noiseAt(step / STEPS) * noise[q];
      await host.run(async (signal) => {
        const model = await host.model(subject === "emoji" ? "emoji" : "fashion");
        /** @type {Float32Array} */
        let x = known.map((_, q) => knownAt(q, depths[q]));
        for (let step = start; step > 0; step -= 1) {
          // What is less noisy than this step waits for its turn.
          x = x.map((value, q) => (depths[q] < step ? knownAt(q, step) : value));
          const frame = await stepped(model, { prompt: prompt(), start: { pixels: x, t: step / STEPS }, signal }, step);
          x = frame.x;
          if (host.still && step > 1) continue;
          paint(x);
          guess.put(frame.toImageData(0, 1, "denoised"), host.t("guess"));
          control.set(step - 1);
          await host.pace(host.still ? 0 : PACE, signal);
        }
        clean = x;
        level = 0;
        scribbled.fill(0);
        paint();
        const off = apart(known, clean) * 127.5;
        host.say(host.t(off < OFF[subject][0] ? "found" : off < OFF[subject][1] ? "nearly" : "invented", { levels: host.number(off, 0) }));
      });
    }

    async function fetch() {
      heal.disabled = true;
      await host.run(async (signal) => {
        if (subject === "emoji") {
          original = await pixelsOf(EMOJI[which(EMOJI.length)].png);
          noise = gaussian(Number(host.state.seed), original.length);
        } else {
          const images = await host.training("pullover", signal);
          original = trainingPixels(images, which(images.count));
          noise = await host.noise(Number(host.state.seed), signal);
        }
        if (signal.aborted) return;
        side = SIDES[subject];
        scribbled = new Uint8Array(side * side);
        at = { row: side / 2 - 1, column: side / 2 - 1 };
        before.put(image(original, side), host.t("original"));
        heal.disabled = false;
        restore();
      });
    }
    void fetch();
  },
};

/**
 * One step of the sampler, of the `left` that are left.
 * @param {import("../../pkg/morphogen.js").Model} model
 * @param {import("../../pkg/morphogen.js").SampleOptions} wish
 * @param {number} left
 * @returns {Promise<Frame>}
 */
async function stepped(model, wish, left) {
  for await (const frame of model.steps({ ...wish, ...walk(left) })) if (frame.step === 1) return frame;
  throw new Error("a sample has at least one step");
}
