/**
 * One network at school: it learns from its pictures in a worker of its own, and stands on the page as twelve samples from noise that
 * never changes, drawn again as it learns, above what the machine of the theory makes of the same noise and above the picture of
 * the set that is nearest to each. Every look at it is kept, so that one can go back to any step.
 */
import { button, el, picture } from "../essay/parts.js";
import { image } from "../essay/pixels.js";
import { nearest, one } from "./likeness.js";
import { SIDE, pixelsOf } from "./sets.js";

/** @typedef {import("../essay/figure.js").Host} Host */
/** @typedef {import("./likeness.js").Near} Near */
/** @typedef {{ step: number, pixels: Float32Array, near: Near[], copies: number, fit?: import("./theory.js").Fit }} Look at a network after so many steps */
/** @typedef {"short-sighted" | "unet"} Network */
/** @typedef {{ images: ImageData[], channels: 1 | 3 }} School */
/** @typedef {{ changed: () => void, chosen: (n: number) => void, save: (learner: Learner) => void }} Hears */

/** Samples that are watched, the seed of their noise, and the steps in which they are drawn. */
export const [SAMPLES, NOISE, WALK] = [12, 100, 20];
/** From how many copies on the copying has begun. */
export const BEGUN = 3;
/** Each look comes so much later than the last; of less motion there is a look at each doubling. */
const [LATER, CALM, SOON] = [1.1, 2, 10];
/** Milliseconds between two words on the pace: nobody reads faster. */
const TELL = 250;
/** How many pixels a side a pixel of each network sees. */
const SEES = { "short-sighted": 13, unet: SIDE };

export class Learner {
  /** @type {import("../pkg/learn.js").Learning | undefined} */
  run;
  /** @type {Look[]} */
  looks = [];
  /** Loss by step, as it was reported. @type {{ x: number, y: number }[]} */
  losses = [];
  /** @type {import("./theory.js").Theory | undefined} */
  theory;
  /** @type {Error | undefined} */
  problem;
  /** @type {Float32Array[]} */
  set = [];
  /** @type {School | undefined} */
  school;
  #drawing = false;
  /** Whether its first look is taken, and whether it is to stay where it is. */
  #started = false;
  #held = false;
  /** What stands on the page: only what differs is drawn. Nothing where pictures of an earlier run may still stand there. @type {{ look?: Look, fit?: import("./theory.js").Fit } | undefined} */
  #shown;
  /** When the pace was told last. */
  #told = 0;

  /**
   * @param {Host} host
   * @param {{ network: Network, look: string, title: string, about: string }} what
   * @param {Hears} hears
   */
  constructor(host, { network, look, title, about }, hears) {
    this.host = host;
    this.network = network;
    this.look = look;
    this.title = title;
    this.hears = hears;
    const tile = (/** @type {string} */ label, /** @type {[number, number]} */ size) => {
      const made = picture({ label, size });
      // As large as it will be, from the beginning.
      made.put(new ImageData(SIDE, SIDE));
      return made;
    };
    const tiles = (/** @type {string} */ name, /** @type {[number, number]} */ size) => Array.from({ length: SAMPLES }, (_, n) => tile(host.t(name, { n: n + 1 }), size));
    this.samples = tiles("sampleWaiting", [36, 84]);
    this.machine = tiles("machineWaiting", [20, 48]);
    this.near = tiles("nearWaiting", [20, 48]);
    this.presses = this.samples.map(({ canvas }, n) => {
      const press = el("button", { type: "button", ariaLabel: host.t("sampleWaiting", { n: n + 1 }) }, canvas);
      press.addEventListener("click", () => hears.chosen(n));
      return press;
    });
    this.says = { copies: el("p", { className: "finding" }), r: el("p", { className: "axis" }), pace: el("p", { className: "axis pace" }) };
    this.saving = button(host.t("save"), () => hears.save(this));
    this.saving.ariaLabel = host.t("saveOf", { title });
    const strip = (/** @type {import("../essay/parts.js").Picture[]} */ tiles) => el("div", { className: "six" }, ...tiles.map(({ canvas }) => canvas));
    this.element = el(
      "section",
      { className: `learner ${look}`, ariaLabel: title },
      el("h3", {}, el("span", { className: "swatch", ariaHidden: "true" }), title),
      el("p", { className: "axis about" }, about),
      el("div", { className: "twelve", role: "group", ariaLabel: host.t("samples", { title }) }, ...this.presses),
      this.says.copies,
      el("p", { className: "axis" }, host.t("machineOf")),
      strip(this.machine),
      this.says.r,
      el("p", { className: "axis" }, host.t("nearOf")),
      strip(this.near),
      this.says.pace,
      el("div", { className: "controls" }, this.saving),
    );
    this.clear();
  }

  /** Forgets what it learned, and gives its worker back. */
  clear() {
    this.run?.close();
    this.run = undefined;
    [this.looks, this.losses, this.theory, this.problem] = [[], [], undefined, undefined];
    this.#shown = undefined;
    this.#drawing = this.#started = this.#held = false;
    this.saving.disabled = true;
    this.says.copies.textContent = this.host.t("nothingYet");
    this.says.r.textContent = this.says.pace.textContent = " ";
  }

  /** The first look at which the copying had begun. */
  get begun() {
    return this.looks.find(({ copies }) => copies >= Math.min(BEGUN, SAMPLES));
  }

  /** The last look. */
  get last() {
    return this.looks.at(-1);
  }

  /**
   * Learns until all steps are taken; what goes wrong is kept in `problem`, with what was learned before.
   * @param {School} school
   * @param {{ steps: number, seed: number, workers: number, signal: AbortSignal }} how
   * @param {import("./theory.js").Theory} theory of the same pictures
   */
  async learn(school, how, theory) {
    const { network } = this;
    const { signal, steps } = how;
    [this.school, this.theory] = [school, theory];
    this.set = school.images.map((image) => pixelsOf(image, school.channels));
    try {
      const { learn } = await import("../pkg/learn.js");
      const run = await learn({ ...school, ...how, network, size: SIDE, paused: true });
      if (signal.aborted) run.close();
      signal.throwIfAborted();
      this.run = run;
      await this.#look(run, 0);
      signal.throwIfAborted();
      this.#started = true;
      this.hold(this.#held);
      this.saving.disabled = false;
      await this.#watch(run, signal);
      signal.throwIfAborted();
      await this.#look(run, steps);
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      this.problem = /** @type {Error} */ (thrown);
    }
    this.hears.changed();
  }

  /** Stays where it is, or goes on; before it has begun, that is how it will begin. @param {boolean} held */
  hold(held) {
    this.#held = held;
    if (!this.#started) return;
    if (held) this.run?.pause();
    else this.run?.resume();
  }

  /**
   * @param {import("../pkg/learn.js").Learning} run
   * @param {AbortSignal} signal
   */
  async #watch(run, signal) {
    let next = SOON;
    for await (const { step, losses, picturesPerSecond, secondsLeft } of run) {
      signal.throwIfAborted();
      const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
      this.losses.push({ x: step, y: mean });
      if (performance.now() - this.#told > TELL) {
        this.#told = performance.now();
        const pace = this.host.t("pace", { step, rate: Math.round(picturesPerSecond), seconds: Math.ceil(secondsLeft) });
        const notice = run.notice && (await this.host.told(run.notice));
        this.says.pace.textContent = [pace, run.device === "webgpu" && `· ${this.host.t("onGraphics")}`, notice].filter(Boolean).join(" ");
      }
      if (step >= next && !this.#drawing && step < run.steps) {
        next = Math.max(step + SOON, step * (this.host.still ? CALM : LATER));
        // Meanwhile it goes on learning; what goes wrong will be met again.
        this.#look(run, step).catch(() => {});
      }
    }
    if (run === this.run) this.says.pace.textContent = this.host.t("step", { step: run.step });
  }

  /**
   * Draws the samples as they are now.
   * @param {import("../pkg/learn.js").Learning} run
   * @param {number} step
   */
  async #look(run, step) {
    this.#drawing = true;
    try {
      const { pixels } = await run.sample({ count: SAMPLES, seed: NOISE, steps: WALK });
      if (run !== this.run) return;
      const near = nearest(pixels, this.set);
      // On WebGPU many steps are taken at a time: it is drawn behind those that were under way.
      this.looks.push({ step: run.device === "webgpu" ? run.step : step, pixels, near, copies: near.filter(({ copied }) => copied).length });
      this.hears.changed();
    } finally {
      if (run === this.run) this.#drawing = false;
    }
  }

  /** The machine that foretells a look best, as far as is known by now. @param {Look} look */
  fit(look) {
    const { theory, set, network } = this;
    if (theory && look.fit?.among !== theory.machines.length) look.fit = theory.fit(look.pixels, set[0].length, SEES[network]);
    return look.fit;
  }

  /** Marks a sample, and what is shown of it. @param {number} chosen */
  choose(chosen) {
    this.presses.forEach((press, n) => press.setAttribute("aria-pressed", String(n === chosen)));
    for (const tiles of [this.machine, this.near]) tiles.forEach(({ canvas }, n) => canvas.classList.toggle("chosen", n === chosen));
  }

  /** Shows it as it was at a look. @param {Look | undefined} look */
  show(look) {
    const { school } = this;
    const before = this.#shown ?? this.#blank();
    if (!look || !school) return;
    const fit = this.fit(look);
    this.#shown = { look, fit };
    if (look !== before.look) this.#showSamples(look, school, before.look);
    if (fit && fit !== before.fit) this.#showFit(fit, before.fit);
  }

  /** Takes all pictures down. @returns {{ look?: Look, fit?: import("./theory.js").Fit }} */
  #blank() {
    for (const tile of [...this.samples, ...this.machine, ...this.near]) tile.clear();
    this.presses.forEach((press, n) => {
      press.classList.remove("copy");
      press.ariaLabel = this.host.t("sampleWaiting", { n: n + 1 });
    });
    return (this.#shown = {});
  }

  /** @param {Look} look @param {School} school @param {Look} [before] */
  #showSamples(look, school, before) {
    const { host, set } = this;
    look.near.forEach(({ image: number, copied }, n) => {
      const words = host.t(copied ? "sampleCopy" : "sample", { n: n + 1, number: number + 1 });
      this.samples[n].put(image(one(look.pixels, set[0].length, n), SIDE), words);
      this.presses[n].classList.toggle("copy", copied);
      this.presses[n].ariaLabel = words;
      if (number !== before?.near[n].image) this.near[n].put(school.images[number], host.t("nearPicture", { n: n + 1, number: number + 1 }));
    });
    this.says.copies.textContent = host.t(look.copies === 0 ? "noCopies" : look.copies === SAMPLES ? "allCopies" : "copies", { copies: look.copies, of: SAMPLES });
  }

  /** @param {import("./theory.js").Fit} fit @param {import("./theory.js").Fit} [before] */
  #showFit(fit, before) {
    const { host, set } = this;
    // What a machine drew stays as it is: another one, other pictures.
    if (fit.pixels !== before?.pixels) this.machine.forEach((tile, n) => tile.put(image(one(fit.pixels, set[0].length, n), SIDE), host.t("machinePicture", { n: n + 1 })));
    const values = { r: host.number(fit.r, 2), floor: host.number(fit.floor, 2), k: fit.window };
    this.says.r.textContent = host.t(fit.window === SIDE ? "likenessAll" : "likeness", values);
  }

  /** What a sample is nearest to, in words. @param {Look | undefined} look @param {number} n */
  verdict(look, n) {
    const found = look?.near[n];
    if (!found) return "";
    const percent = Math.round((100 * found.distance) / Math.sqrt(this.set[0].length) / 2);
    return this.host.t(found.copied ? "verdictCopy" : "verdict", { title: this.title, number: found.image + 1, percent });
  }
}
