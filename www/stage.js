/**
 * The picture and its way out of the noise: a large canvas, a scrubber over the steps, a strip of film, the network's
 * guess, and the variations. It shows frames at a pace that the eye can follow, however fast they arrive.
 */

/** @typedef {import("./pkg/morphogen.js").Frame} Frame */

/** Milliseconds that each frame stands at least. */
const PACE = 55;
const GAP = 2;

const find = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
/** @type {HTMLCanvasElement} */
const picture = find("picture");
/** @type {HTMLCanvasElement} */
const guess = find("guess");
/** @type {HTMLCanvasElement} */
const film = find("film");
/** @type {HTMLInputElement} */
const slider = find("step");
/** @type {HTMLButtonElement} */
const play = find("play");
/** @type {HTMLElement} */
const variations = find("variations");

export class Stage {
  /** @param {(frame: Frame | undefined, picture: number) => void} onShow told of every frame shown */
  constructor(onShow) {
    this.onShow = onShow;
    /** @type {Frame[]} */
    this.frames = [];
    /** Index of the frame shown; −1 for none yet. */
    this.at = -1;
    /** Whether no more frames will come. */
    this.complete = false;
    /** Which picture of the batch. */
    this.picture = 0;
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
    new ResizeObserver(() => this.resize()).observe(/** @type {Element} */ (picture.parentElement));
  }

  /** Empties the stage for a new sample of `count` pictures. */
  begin(/** @type {number} */ count) {
    this.pause();
    this.frames = [];
    this.at = -1;
    this.complete = false;
    if (this.picture >= count) this.picture = 0;
    this.prepareVariations(count);
    slider.disabled = play.disabled = true;
    this.playing = !this.still.matches;
  }

  /** Takes the next frame of the sample under way. */
  add(/** @type {Frame} */ frame) {
    this.frames.push(frame);
    slider.max = String(frame.steps);
    if (this.playing && !this.timer) this.tick();
  }

  /** The sample is complete, or as complete as it gets. */
  end() {
    this.complete = true;
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
      this.timer = window.setTimeout(() => this.tick(), this.at === 0 ? PACE * 3 : PACE);
    } else if (this.complete) {
      this.pause();
    }
    this.label();
  }

  show(/** @type {number} */ at) {
    const frame = this.frames[Math.max(0, Math.min(at, this.frames.length - 1))];
    if (!frame) return;
    this.at = this.frames.indexOf(frame);
    this.current = frame;
    put(picture, frame.toImageData(this.picture));
    put(guess, frame.toImageData(this.picture, 1, "denoised"));
    [...variations.querySelectorAll("canvas")].forEach((canvas, n) => put(canvas, frame.toImageData(n)));
    slider.value = String(this.at);
    const noise = Math.round(frame.noise * 100);
    slider.setAttribute("aria-valuetext", `Step ${frame.step} of ${frame.steps}, ${noise} % noise`);
    this.paintFilm();
    this.onShow(frame, this.picture);
  }

  /** Picks a picture of the batch. */
  pick(/** @type {number} */ n) {
    this.picture = n;
    [...variations.children].forEach((button, i) => button.setAttribute("aria-pressed", String(i === n)));
    if (this.at >= 0) this.show(this.at);
  }

  label() {
    play.textContent = this.playing ? "Pause" : "Replay";
  }

  prepareVariations(/** @type {number} */ count) {
    if (count === 1) return variations.replaceChildren();
    if (variations.children.length !== count) {
      variations.replaceChildren(
        ...Array.from({ length: count }, (_, n) => {
          const button = document.createElement("button");
          button.type = "button";
          const canvas = document.createElement("canvas");
          canvas.width = canvas.height = 28;
          button.append(canvas);
          button.addEventListener("click", () => this.pick(n));
          return button;
        }),
      );
    }
    this.pick(this.picture);
  }

  /** Names the variations by their seeds. */
  nameVariations(/** @type {string} */ what, /** @type {number} */ seed) {
    [...variations.children].forEach((button, n) => button.setAttribute("aria-label", `${what}, seed ${seed + n}`));
  }

  /** Keeps the picture at a whole number of device pixels per pixel, so that it stays crisp. */
  resize() {
    const room = picture.parentElement?.clientWidth ?? 0;
    const ratio = window.devicePixelRatio || 1;
    const scale = Math.max(1, Math.floor((room * ratio) / picture.width)) / ratio;
    picture.style.width = `${picture.width * scale}px`;
    picture.style.height = `${picture.height * scale}px`;
    this.paintFilm();
  }

  /** As many frames as fit side by side, from noise to picture. */
  paintFilm() {
    const room = film.clientWidth;
    const { width, height } = picture;
    const fit = Math.max(2, Math.floor((room + GAP) / (width + GAP)));
    const count = Math.min(fit, this.frames.length);
    const ratio = Math.max(1, Math.round(window.devicePixelRatio || 1));
    film.width = room * ratio;
    film.height = height * ratio;
    const context = film.getContext("2d");
    if (!context || count === 0) return;
    const stride = (room - width) / Math.max(1, count - 1);
    for (let i = 0; i < count; i += 1) {
      const frame = this.frames[Math.round((i * (this.frames.length - 1)) / Math.max(1, count - 1))];
      context.globalAlpha = 1;
      context.putImageData(frame.toImageData(this.picture, ratio), Math.round(i * stride * ratio), 0);
    }
  }
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {ImageData} image
 */
function put(canvas, image) {
  if (canvas.width !== image.width || canvas.height !== image.height) {
    canvas.width = image.width;
    canvas.height = image.height;
  }
  canvas.getContext("2d")?.putImageData(image, 0, 0);
}
