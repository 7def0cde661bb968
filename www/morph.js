/**
 * From the picture that the reader has chosen to another word, and on to further ones, as a film that can be played, scrubbed
 * and saved. Fetched when the reader first opens it.
 */
import { SPEED, saves as buttons } from "./films.js";
import { failure, tell } from "./make.js";
import { put } from "./pictures.js";
import { t } from "./say.js";

/** @typedef {import("./panels.js").Page} Page */
/** @typedef {import("./pkg/morphogen.js").Film} Film */
/** @typedef {import("./pkg/morphogen.js").MorphogenError} MorphogenError */

const find = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const [panel, form, words, go, status, progress] = ["morph", "morph-form", "morph-words", "morph-go", "morph-status", "morph-progress"].map(find);
const [stage, canvas, play, slider, saves] = ["morph-film", "morph-canvas", "morph-play", "morph-frame", "morph-save"].map(find);

/** @param {Page} page */
export const open = (page) => new Morphing(page);

class Morphing {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    /** @type {Film | undefined} */
    this.film = undefined;
    /** What it goes between, for people. */
    this.title = "";
    /** @type {AbortController | undefined} */
    this.running = undefined;
    this.playing = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    form.addEventListener("submit", (/** @type {Event} */ event) => {
      event.preventDefault();
      if (this.running) this.running.abort();
      else void this.make();
    });
    play.addEventListener("click", () => this.turn(!this.playing));
    slider.addEventListener("input", () => {
      this.turn(false);
      this.show(Number(slider.value));
    });
    // Out of sight it rests, and goes on where it was.
    panel.addEventListener("toggle", () => this.tick());
    document.addEventListener("visibilitychange", () => this.tick());
    saves.append(...buttons(async () => this.film && { film: this.film, name: this.name }, (text, problem) => this.say(text, problem)));
  }

  /** A film stays until the reader asks for another. */
  drawn() {}

  /** What is to be drawn: the chosen picture first, so that the film begins with it. */
  wish() {
    const { prompt, caption, seed, negative, prior, steps, grid, solver, guidance, network } = this.page.wish();
    const { state } = this.page;
    const chosen = this.page.picture();
    const first = prompt ?? "";
    const others = words.value.split(",").map((/** @type {string} */ word) => word.trim()).filter(Boolean);
    // Where a style was chosen, all of them have it.
    const style = state.style && first === `${state.prompt}, ${state.style}` ? `, ${state.style}` : "";
    const same = chosen !== undefined && state.mix === undefined;
    return {
      ...{ negative, prior, steps, grid, solver, guidance, network },
      prompts: [first, ...others.map((/** @type {string} */ word) => word + style)],
      captions: [same ? (chosen.sample.captions[chosen.n]?.index ?? caption) : caption],
      seed: same ? chosen.sample.seed + chosen.n : seed,
    };
  }

  /** Draws a film. */
  async make() {
    const wish = this.wish();
    if (!wish.prompts[0].trim()) return this.say(t("Type a word above first: the film begins with it."));
    if (wish.prompts.length < 2) return this.say(t("Type what it shall become."));
    if (wish.prompts.length > 4) return this.say(t("A film goes between four things at most: type three words or fewer."), true);
    const { signal } = (this.running = new AbortController());
    words.setAttribute("aria-invalid", "false");
    go.textContent = t("Cancel");
    progress.hidden = false;
    progress.value = 0;
    this.say(t("Drawing the film …"));
    try {
      const model = await this.page.model();
      const film = await model.morph({ ...wish, signal, onProgress: (share) => (progress.value = share) });
      this.take(film);
    } catch (thrown) {
      if (signal.aborted) this.say(this.film ? t("Cancelled. Below is the film from before.") : t("Cancelled."));
      else this.failed(/** @type {MorphogenError} */ (thrown));
    } finally {
      this.running = undefined;
      go.textContent = t("Morph");
      progress.hidden = true;
    }
  }

  /** @param {Film} film */
  take(film) {
    this.film = film;
    this.title = film.parts.map(({ label, captions }) => captions?.[0]?.label ?? label).join(" → ");
    slider.max = String(film.frames - 1);
    canvas.ariaLabel = t("A film: {title}", { title: this.title });
    stage.hidden = false;
    this.say(t("{title}: {frames} frames from seed {seed}.", { title: this.title, frames: film.frames, seed: film.seed }));
    this.show(0);
    this.turn(!matchMedia("(prefers-reduced-motion: reduce)").matches);
  }

  /** @param {number} n */
  show(n) {
    if (!this.film) return;
    slider.value = String(n);
    slider.setAttribute("aria-valuetext", t("frame {n} of {frames}", { n: n + 1, frames: this.film.frames }));
    put(canvas, this.film.toImageData(n));
  }

  /** Plays or rests. @param {boolean} on */
  turn(on) {
    this.playing = on;
    play.textContent = on ? t("Pause") : t("Play");
    this.tick();
  }

  /** Shows the next frame in a while, as long as the film plays and can be seen. */
  tick() {
    clearTimeout(this.timer);
    const { film } = this;
    if (!film || !this.playing || !panel.open || document.hidden) return;
    this.timer = setTimeout(() => {
      this.show((Number(slider.value) + 1) % film.frames);
      this.tick();
    }, 1000 / SPEED);
  }

  /** What its file is called. */
  get name() {
    return this.title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-");
  }

  /** What is not known is said; the film from before stays. @param {MorphogenError} error */
  failed(error) {
    this.say(failure(error, words), true);
  }

  /**
   * @param {string} text
   * @param {boolean} [problem]
   */
  say(text, problem = false) {
    tell(status, text, problem);
  }
}
