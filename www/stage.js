/**
 * The way of the pictures out of the noise: frames by step, one slider for all pictures, a strip of film, the network's
 * guess. It shows frames at a pace that the eye can follow, however fast they arrive. What is drawn while the reader types
 * takes the place of what stands there without going back to noise.
 */
import { put } from "./pictures.js";
import { t } from "./say.js";

/** @typedef {import("./pkg/morphogen.js").Frame} Frame */
/** @typedef {import("./pictures.js").Pictures} Pictures */
/** @typedef {import("./pictures.js").Caption} Caption */

/**
 * What is drawn.
 * @typedef {object} Drawn
 * @property {string} label for people
 * @property {string} prompt as it was asked for, with its style
 * @property {import("./state.js").State} state as it was then
 * @property {number} seed of the first picture
 * @property {number} count
 * @property {(Caption | null)[]} [captions] what the seed chose for each picture, once drawn
 * @property {import("./pkg/morphogen.js").Part[]} [parts] of a mix, likewise
 */

/** Milliseconds that each frame stands at least, and all of them together. */
const PACE = 55;
const WAY = 900;
const GAP = 2;

const find = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
/** @type {HTMLCanvasElement} */
const guess = find("guess");
/** @type {HTMLCanvasElement} */
const film = find("film");
/** @type {HTMLInputElement} */
const slider = find("step");
/** @type {HTMLButtonElement} */
const play = find("play");

export class Stage {
  /**
   * @param {Pictures} pictures
   * @param {(frame: Frame) => void} onShow told of every frame shown
   */
  constructor(pictures, onShow) {
    this.pictures = pictures;
    this.onShow = onShow;
    /** @type {Drawn | undefined} what the frames are of */
    this.drawn = undefined;
    /** @type {Frame[]} */
    this.frames = [];
    /** @type {{ drawn: Drawn, guesses: boolean, frames: Frame[] } | undefined} what is to take their place */
    this.coming = undefined;
    /** Index of the frame shown; −1 for none yet. */
    this.at = -1;
    /** Whether no more frames will come. */
    this.complete = false;
    this.playing = false;
    this.timer = 0;
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    slider.addEventListener("input", () => this.scrub(Number(slider.value)));
    play.addEventListener("click", () => (this.playing ? this.pause() : this.replay()));
    film.addEventListener("pointerdown", (event) => {
      if (this.frames.length === 0) return;
      const share = event.offsetX / film.clientWidth;
      this.scrub(Math.round(share * (this.frames.length - 1)));
    });
    new ResizeObserver(() => this.paintFilm()).observe(film);
  }

  /**
   * Prepares for a new sample.
   * @param {Drawn} drawn
   * @param {"play" | "guesses" | "end"} how from noise on, step by step; or in the place of what stands there, by the
   *   guesses at it or only when it is finished
   */
  begin(drawn, how) {
    this.pause();
    this.pictures.busy(true);
    if (how !== "play" && this.drawn?.count === drawn.count) {
      this.coming = { drawn, guesses: how === "guesses" && !this.still.matches, frames: [] };
      return;
    }
    this.coming = undefined;
    this.take(drawn, []);
    this.complete = false;
    this.playing = !this.still.matches;
    this.pictures.prepare(drawn.count);
    this.pictures.name(drawn, t("being drawn"));
  }

  /**
   * @param {Drawn} drawn
   * @param {Frame[]} frames
   */
  take(drawn, frames) {
    this.drawn = drawn;
    this.frames = frames;
    this.at = -1;
    slider.disabled = play.disabled = true;
  }

  /** Takes the next frame of the sample under way. */
  add(/** @type {Frame} */ frame) {
    const { coming } = this;
    if (coming) {
      coming.frames.push(frame);
      if (coming.guesses && frame.step > 0 && frame.step < frame.steps) this.pictures.put(frame, "denoised");
      return;
    }
    this.frames.push(frame);
    slider.max = String(frame.steps);
    if (this.playing && !this.timer) this.tick();
  }

  /** The sample is complete. */
  finish(/** @type {(Caption | null)[] | undefined} */ captions, /** @type {Drawn["parts"]} */ parts) {
    if (this.coming) this.take(this.coming.drawn, this.coming.frames);
    this.coming = undefined;
    if (this.drawn) Object.assign(this.drawn, { captions, parts });
    this.complete = false;
    this.end();
  }

  /** As complete as it gets: nothing more comes. What was to take the place of other frames leaves them standing. */
  end() {
    if (this.complete && !this.coming) return;
    this.coming = undefined;
    this.complete = true;
    this.pictures.busy(false);
    const any = this.frames.length > 0;
    slider.max = String(Math.max(0, this.frames.length - 1));
    slider.disabled = play.disabled = !any;
    if (!this.playing) this.show(this.frames.length - 1);
    else if (!this.timer) this.pause();
    this.paintFilm();
  }

  /** Shows a step, and stops playing. */
  scrub(/** @type {number} */ at) {
    this.pause();
    this.show(at);
  }

  replay() {
    this.at = -1;
    this.playing = true;
    this.tick();
  }

  pause() {
    this.playing = false;
    window.clearTimeout(this.timer);
    this.timer = 0;
    this.label();
  }

  /** Shows the next frame, where it has come, and waits for the one after. */
  tick() {
    this.timer = 0;
    if (!this.playing) return;
    if (this.at + 1 < this.frames.length) {
      this.show(this.at + 1);
      const stand = Math.max(PACE, WAY / this.frames[this.at].steps);
      this.timer = window.setTimeout(() => this.tick(), this.at === 0 ? Math.max(PACE * 3, stand) : stand);
    } else if (this.complete) {
      this.pause();
    }
    this.label();
  }

  show(/** @type {number} */ at) {
    const frame = this.frames[Math.max(0, Math.min(at, this.frames.length - 1))];
    if (!frame) return;
    this.at = this.frames.indexOf(frame);
    this.pictures.put(frame);
    slider.value = String(this.at);
    const noise = Math.round(frame.noise * 100);
    slider.setAttribute("aria-valuetext", `${t("Step {step} of {steps}", frame)}, ${t("{share} % noise", { share: noise })}`);
    if (!this.playing || frame.step === frame.steps) this.name(frame);
    this.detail(frame);
  }

  /** What is shown of the chosen picture alone. */
  detail(/** @type {Frame | undefined} */ frame = this.frames[this.at]) {
    if (!frame) return;
    put(guess, frame.toImageData(this.pictures.chosen, 1, "denoised"));
    guess.ariaLabel = frame.step === 0 ? t("No guess yet") : t("What the network suspects behind the noise at step {step}", frame);
    this.paintFilm();
    this.onShow(frame);
  }

  name(/** @type {Frame} */ { step, steps }) {
    if (this.drawn) this.pictures.name(this.drawn, step === steps ? t("finished") : t("step {step} of {steps}", { step, steps }));
  }

  label() {
    play.textContent = this.playing ? t("Pause") : t("Replay");
  }

  /** As many frames of the chosen picture as fit side by side, from noise to picture. */
  paintFilm() {
    const { frames } = this;
    const room = film.clientWidth;
    const { width, height } = frames[0]?.size ?? { width: this.pictures.width, height: this.pictures.width };
    const fit = Math.max(2, Math.floor((room + GAP) / (width + GAP)));
    const count = Math.min(fit, frames.length);
    const ratio = Math.max(1, Math.round(window.devicePixelRatio || 1));
    film.width = room * ratio;
    film.height = height * ratio;
    const context = film.getContext("2d");
    if (!context || count === 0) return;
    // Few frames stand side by side, many share the room evenly.
    const stride = frames.length < fit ? width + GAP : (room - width) / Math.max(1, count - 1);
    for (let i = 0; i < count; i += 1) {
      const frame = frames[Math.round((i * (frames.length - 1)) / Math.max(1, count - 1))];
      context.putImageData(frame.toImageData(this.pictures.chosen, ratio), Math.round(i * stride * ratio), 0);
    }
  }
}
