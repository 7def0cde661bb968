/**
 * From noise: a training picture, a slider that puts noise into it, a brush that scribbles noise on it (`noise-spoiled.js`), and the network
 * that takes it out again. It begins in colour, with an emoji that lies in the code: the network of emoji is fetched when it is first
 * asked to do something. A pixel that holds less noise than the others waits until they have come down to it: until then it stands
 * as the picture knows it (sampling under a known part, Song et al. 2021, section 5).
 */
import { ARROWS, button, captioned, choice, controls, el, picture, slider } from "../parts.js";
import { apart, gaussian, image, noiseAt, pixelsOf, trainingPixels } from "../pixels.js";
import { walk } from "../walk.js";
import { EMOJI } from "./noise-emoji.js";
import { STEPS, Spoiled, spoiled } from "./noise-spoiled.js";

/** @typedef {import("../figure.js").Host} Host */
/** @typedef {import("../../pkg/morphogen.js").Frame} Frame */

/** What can be spoiled, and the side of its pictures. */
const SIDES = { emoji: 64, pullover: 28 };
/** @typedef {keyof typeof SIDES} Subject */
/** A picture that is off by less, in shades and on average, is found again, and one by less than the second nearly so; much of an emoji is its white ground. */
const OFF = { emoji: [6, 16], pullover: [12, 25] };
/** Between two steps, for eyes to follow, in milliseconds. */
const PACE = 70;

export default {
  name: "noise",
  defaults: { subject: "pullover", image: 29, noise: 10, seed: 1 },
  /** @param {Host} host */
  mount(host) {
    // Links from before the emoji name no subject: they are garments.
    if (!host.asked) Object.assign(host.state, { subject: "emoji", image: 1 });
    void new Noise(host).fetch();
  },
};

/** The figure. */
class Noise {
  /** The pixel that the keys point at, while they do. */
  at = { row: 0, column: 0 };
  keyed = false;

  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    this.subject = /** @type {Subject} */ (host.state.subject === "emoji" ? "emoji" : "pullover");
    this.spoiled = this.nothing();
    this.spoiled.level = Math.min(STEPS, Number(host.state.noise));
    this.large = picture({ label: host.t("waiting"), size: [280, 392], focusable: true });
    this.guess = picture({ label: host.t("waiting"), size: 128 });
    this.before = picture({ label: host.t("original"), size: 128 });
    const say = (/** @type {number} */ value) => `${this.percent(value)} %`;
    this.control = slider({ label: host.t("noise"), min: 0, max: STEPS, value: this.spoiled.level, say, move: (value) => this.set(value), settle: (value) => host.remember({ noise: value }) });
    this.heal = button(host.t("heal"), () => void this.denoise(), { primary: true, act: "play" });
    this.build();
    this.listen();
  }

  /** A picture before any is there. */
  nothing() {
    const side = SIDES[this.subject];
    this.at = { row: side / 2 - 1, column: side / 2 - 1 };
    return new Spoiled(side, new Float32Array(side * side), new Float32Array(side * side));
  }

  build() {
    const { host } = this;
    const pick = (/** @type {Subject} */ subject) => {
      this.subject = subject;
      host.remember({ subject, image: subject === "emoji" ? 1 : 29 });
      void this.fetch();
    };
    const options = /** @type {Subject[]} */ (["emoji", "pullover"]).map((one) => /** @type {[Subject, string]} */ ([one, host.t(one)]));
    const another = () => (host.remember({ image: Number(host.state.image) + 1, seed: Number(host.state.seed) + 1 }), void this.fetch());
    host.root.append(
      choice({ label: host.t("subject"), led: true, options, value: this.subject, pick }).element,
      el(
        "div",
        { className: "pair" },
        captioned(this.large, host.t("brush")),
        el("div", { className: "stack" }, captioned(this.guess, host.t("guess")), captioned(this.before, host.t("original"))),
      ),
      this.control.element,
      controls(this.heal, button(host.t("restore"), () => this.restore()), button(host.t("another"), another, { act: "another" })),
    );
  }

  /** Lets the reader scribble, with a pointer or with keys. */
  listen() {
    const { canvas } = this.large;
    canvas.classList.add("scribble");
    canvas.setAttribute("aria-description", this.host.t("keys"));
    const point = (/** @type {PointerEvent} */ event) => {
      const { left, top, width } = canvas.getBoundingClientRect();
      const { side } = this.spoiled;
      this.keyed = false;
      this.scribble(((event.clientY - top) / width) * side - 0.5, ((event.clientX - left) / width) * side - 0.5);
    };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      point(event);
    });
    canvas.addEventListener("pointermove", (event) => event.buttons && point(event));
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("blur", () => {
      this.keyed = false;
      if (!this.host.running) this.paint();
    });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const way = ARROWS.get(event.key);
    if (!way && event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    this.keyed = true;
    if (!way) return this.scribble(this.at.row, this.at.column);
    const within = (/** @type {number} */ value) => Math.max(0, Math.min(this.spoiled.side - 1, value));
    this.at = { row: within(this.at.row + way[0]), column: within(this.at.column + way[1]) };
    this.paint();
  }

  /** The picture's number, from 0 on, of so many. @param {number} of */
  which(of) {
    return (Math.max(1, Number(this.host.state.image)) - 1) % of;
  }

  /** Noise of a step in per cent. @param {number} step */
  percent(step) {
    return this.host.number(100 * noiseAt(step / STEPS), 0);
  }

  paint(/** @type {Float32Array} */ pixels = this.spoiled.noisy) {
    const { side, level } = this.spoiled;
    const shown = image(pixels, side);
    if (this.keyed) shown.data.set([217, 119, 6], 4 * (this.at.row * side + this.at.column));
    this.large.put(shown, this.host.t("picture", { percent: this.percent(level) }));
  }

  /** Gives up healing; a picture that is being fetched comes all the same. */
  stop() {
    if (!this.heal.disabled) this.host.stop();
  }

  /** Sets the noise of the whole picture. @param {number} level */
  set(level) {
    const { host } = this;
    this.stop();
    this.spoiled.level = level;
    this.paint();
    host.say(host.t(level === 0 ? "clean" : level >= 19 ? "nothing" : "noisy", { percent: this.percent(level) }));
  }

  /** Puts pure noise around a place. @param {number} row @param {number} column */
  scribble(row, column) {
    this.stop();
    const n = this.spoiled.scribble(row, column);
    this.paint();
    this.host.say(this.host.t("scribbled", { n }));
  }

  /** The picture as it was, with the noise that the address has. */
  restore() {
    this.stop();
    this.spoiled.settle(this.spoiled.original);
    this.guess.clear();
    this.control.set(Math.min(STEPS, Number(this.host.state.noise)));
    this.set(Number(this.control.input.value));
  }

  /** Lets the network take the noise away. */
  async denoise() {
    const { host, spoiled: now, subject } = this;
    const { clean: known, noise } = now;
    const depths = known.map((_, q) => now.depth(q));
    const start = Math.max(...depths);
    if (start === 0) return host.say(host.t("nothingToDo"));
    // What the network is told that it is looking at.
    const prompt = subject === "emoji" ? EMOJI[this.which(EMOJI.length)].prompt : "pullover";
    const healed = await host.run(async (signal) => {
      const model = await host.model(subject === "emoji" ? "emoji" : "fashion");
      /** @type {Float32Array} */
      let x = now.noisy;
      for (let step = start; step > 0; step -= 1) {
        // What is less noisy than this step waits for its turn.
        x = x.map((value, q) => (depths[q] < step ? spoiled(known, noise, q, step) : value));
        const frame = await stepped(model, { prompt, start: { pixels: x, t: step / STEPS }, signal }, step);
        x = frame.x;
        if (host.still && step > 1) continue;
        this.paint(x);
        this.guess.put(frame.toImageData(0, 1, "denoised"), host.t("guess"));
        this.control.set(step - 1);
        await host.pace(host.still ? 0 : PACE, signal);
      }
      now.settle(x);
      this.paint();
      const off = apart(known, x) * 127.5;
      host.say(host.t(off < OFF[subject][0] ? "found" : off < OFF[subject][1] ? "nearly" : "invented", { levels: host.number(off, 0) }));
      return true;
    });
    if (healed) return;
    // On their way down slider and canvas have left what is still in the picture.
    this.control.set(this.spoiled.level);
    this.paint();
  }

  /** Fetches the picture and its noise. */
  async fetch() {
    const { host, subject } = this;
    this.heal.disabled = true;
    await host.run(async (signal) => {
      const [original, noise] = subject === "emoji" ? await this.emoji() : await this.garment(signal);
      if (signal.aborted) return;
      const side = SIDES[subject];
      this.spoiled = new Spoiled(side, original, noise);
      this.at = { row: side / 2 - 1, column: side / 2 - 1 };
      this.before.put(image(original, side), host.t("original"));
      this.heal.disabled = false;
      this.restore();
    });
  }

  /** @returns {Promise<[Float32Array, Float32Array]>} */
  async emoji() {
    const original = await pixelsOf(EMOJI[this.which(EMOJI.length)].png);
    return [original, gaussian(Number(this.host.state.seed), original.length)];
  }

  /** @param {AbortSignal} signal @returns {Promise<[Float32Array, Float32Array]>} */
  async garment(signal) {
    const images = await this.host.training("pullover", signal);
    return [trainingPixels(images, this.which(images.count)), await this.host.noise(Number(this.host.state.seed), signal)];
  }
}

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
