/**
 * From noise: a training picture, a slider that puts noise into it, a brush that scribbles noise on it, and the network
 * that takes it out again. A pixel that holds less noise than the others waits until they have come down to it: until then it stands
 * as the picture knows it (sampling under a known part, Song et al. 2021, section 5).
 */
import { ARROWS, button, captioned, controls, el, picture, slider } from "../parts.js";
import { apart, greyImage, noiseAt, pictureAt, trainingPixels } from "../pixels.js";
import { walk } from "../walk.js";

/** @typedef {import("../figure.js").Host} Host */
/** @typedef {import("../../pkg/morphogen.js").Frame} Frame */

const PROMPT = "pullover";
const STEPS = 20;
const SIDE = 28;
/** Between two steps, for eyes to follow, in milliseconds. */
const PACE = 70;

export default {
  name: "noise",
  defaults: { image: 29, noise: 10, seed: 1 },
  /** @param {Host} host */
  mount(host) {
    /** The picture as it was, and as it is without its noise. */
    let [original, clean] = /** @type {Float32Array[]} */ ([new Float32Array(SIDE * SIDE), new Float32Array(SIDE * SIDE)]);
    /** @type {Float32Array} what noise there is to add */
    let noise = new Float32Array(SIDE * SIDE);
    /** Scribbled pixels. */
    const scribbled = new Uint8Array(SIDE * SIDE);
    let level = Math.min(STEPS, Number(host.state.noise));
    let at = { row: 13, column: 13 };
    let keyed = false;

    const large = picture({ label: host.t("waiting"), size: [280, 392], focusable: true });
    const guess = picture({ label: host.t("waiting"), size: 112 });
    const before = picture({ label: host.t("original"), size: 112 });
    const percent = (/** @type {number} */ of) => host.number(100 * noiseAt(of / STEPS), 0);
    const control = slider({ label: host.t("noise"), min: 0, max: STEPS, value: level, say: (value) => `${percent(value)} %`, move: (value) => set(value), settle: (value) => host.remember({ noise: value }) });
    const heal = button(host.t("heal"), () => void denoise(), { primary: true });
    large.canvas.classList.add("scribble");
    large.canvas.setAttribute("aria-description", host.t("keys"));
    host.root.append(
      el("div", { className: "pair" }, captioned(large, host.t("brush")), el("div", { className: "stack" }, captioned(guess, host.t("guess")), captioned(before, host.t("original")))),
      control.element,
      controls(
        heal,
        button(host.t("restore"), () => restore()),
        button(host.t("another"), () => (host.remember({ image: (Number(host.state.image) % 600) + 1, seed: Number(host.state.seed) + 1 }), void fetch())),
      ),
    );

    /** Steps that each pixel has to go: all that the slider says, or all there are where it was scribbled on. */
    const depth = (/** @type {number} */ q) => (scribbled[q] ? STEPS : level);
    /** The picture with noise as at `step`. */
    const noisy = (/** @type {number} */ q, /** @type {number} */ step) => pictureAt(step / STEPS) * clean[q] + noiseAt(step / STEPS) * noise[q];

    function paint(/** @type {Float32Array} */ pixels = clean.map((_, q) => noisy(q, depth(q)))) {
      const image = greyImage(pixels);
      if (keyed) image.data.set([217, 119, 6], 4 * (at.row * SIDE + at.column));
      large.put(image, host.t("picture", { percent: percent(level) }));
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
        if (Math.hypot(Math.floor(q / SIDE) - row, (q % SIDE) - column) < 2) scribbled[q] = 1;
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
      scribble(((event.clientY - top) / width) * SIDE - 0.5, ((event.clientX - left) / width) * SIDE - 0.5);
    };
    large.canvas.addEventListener("pointerdown", (event) => {
      large.canvas.setPointerCapture(event.pointerId);
      point(event);
    });
    large.canvas.addEventListener("pointermove", (event) => event.buttons && point(event));
    large.canvas.addEventListener("keydown", (event) => {
      const way = ARROWS.get(event.key);
      if (way) {
        const within = (/** @type {number} */ value) => Math.max(0, Math.min(SIDE - 1, value));
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
        const model = await host.model();
        /** @type {Float32Array} */
        let x = known.map((_, q) => knownAt(q, depths[q]));
        for (let step = start; step > 0; step -= 1) {
          // What is less noisy than this step waits for its turn.
          x = x.map((value, q) => (depths[q] < step ? knownAt(q, step) : value));
          const frame = await stepped(model, { pixels: x, t: step / STEPS }, step, signal);
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
        host.say(host.t(off < 12 ? "found" : off < 25 ? "nearly" : "invented", { levels: host.number(off, 0) }));
      });
    }

    async function fetch() {
      await host.run(async (signal) => {
        const images = await host.training(PROMPT, signal);
        original = trainingPixels(images, (Math.max(1, Number(host.state.image)) - 1) % images.count);
        noise = await host.noise(Number(host.state.seed), signal);
        before.put(greyImage(original), host.t("original"));
        heal.disabled = false;
        restore();
      });
    }
    heal.disabled = true;
    void fetch();
  },
};

/**
 * One step of the sampler, of the `left` that are left.
 * @param {import("../../pkg/morphogen.js").Model} model
 * @param {{ pixels: Float32Array, t: number }} start
 * @param {number} left
 * @param {AbortSignal} signal
 * @returns {Promise<Frame>}
 */
async function stepped(model, start, left, signal) {
  for await (const frame of model.steps({ prompt: PROMPT, start, ...walk(left), signal })) if (frame.step === 1) return frame;
  throw new Error("a sample has at least one step");
}
