/**
 * Guidance taken apart: what it adds to the guess of a linear denoiser, as two pictures, step by step; and what is drawn with none of
 * both, with one, with both. The filter of all kinds needs pictures of all, which are fetched when the reader asks for them.
 */
import { button, choice, controls, el, picture, slider } from "../parts.js";
import { greyImage, noiseAt } from "../pixels.js";
import { WAYS, drawn, filterOf, filterOfAll } from "./guidance-parts.js";

/** @typedef {import("../figure.js").Host} Host */

const KINDS = /** @type {const} */ (["trouser", "sneaker", "shirt", "bag"]);
/** @typedef {typeof KINDS[number]} Kind */
const STEPS = 20;
/** How much brighter or darker than grey what is added is shown. */
const LOUD = 2;

/** How far a picture is from none, as the root of the mean square, of 255 shades. @param {Float32Array} part */
const shades = (part) => 127.5 * Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / part.length);

/** A picture with words below it, by their name. @param {Host} host @param {string} key */
function tile(host, key) {
  const one = picture({ label: host.t("waiting"), size: [112, 140] });
  return { one, key, element: el("div", { className: "captioned" }, one.canvas, el("p", {}, host.t(key))) };
}

/** Four of them. @param {Host} host @param {string} name @param {ReturnType<typeof tile>[]} tiles */
const row = (host, name, tiles) => el("div", { className: "four", role: "group", ariaLabel: host.t(name) }, ...tiles.map(({ element }) => element));

export default {
  name: "guidance",
  defaults: { kind: "trouser", strength: 2, step: 4, seed: 1 },
  fractions: ["strength"],
  /** @param {Host} host */
  mount(host) {
    new Guidance(host);
  },
};

/** The figure. */
class Guidance {
  /** @type {ReturnType<typeof filterOfAll> | undefined} */
  all;
  /** @type {Awaited<ReturnType<typeof drawn>>["moments"] | undefined} */
  moments;

  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    const { kind, strength, step } = host.state;
    this.kind = KINDS.find((one) => one === kind) ?? KINDS[0];
    this.strength = Math.min(3, Math.max(1, Number(strength)));
    this.step = Math.min(STEPS, Math.max(1, Math.round(Number(step))));
    this.ends = ["none", "byShift", "byContrast", "both"].map((key) => tile(host, key));
    this.now = ["guess", "shift", "contrast", "guided"].map((key) => tile(host, key));
    this.begin = button(host.t("begin"), () => void this.draw(), { act: "play" });
    this.another = button(host.t("another"), () => (host.remember({ seed: Number(host.state.seed) + 1 }), void this.draw()), { act: "another" });
    this.another.hidden = true;
    const [now, ends] = [row(host, "now", this.now), row(host, "ends", this.ends)];
    this.bench = el("div", { className: "lacking", hidden: true }, el("p", {}, host.t("now")), now, this.at(), el("p", {}, host.t("ends")), ends, this.strong());
    this.before = host.element.querySelector(".still")?.cloneNode();
    if (this.before instanceof HTMLElement) this.before.className = "";
    host.root.append(...(this.before ? [this.before] : []), this.bench, this.kinds(), controls(this.begin, this.another));
    host.say(host.t("asked"));
  }

  /** The slider of the steps. */
  at() {
    const { host } = this;
    return slider({
      label: host.t("step"),
      min: 1,
      max: STEPS,
      value: this.step,
      say: (n) => host.t("stepOf", { n, of: STEPS }),
      move: (n) => ((this.step = n), this.show()),
      settle: (n) => host.remember({ step: n }),
    }).element;
  }

  /** The slider of the guidance. */
  strong() {
    const { host } = this;
    return slider({
      label: host.t("strength"),
      min: 1,
      max: 3,
      step: 0.5,
      value: this.strength,
      say: (n) => (n === 1 ? host.t("noneAtAll") : host.number(n, 1)),
      settle: (n) => ((this.strength = n), host.remember({ strength: n }), void this.draw()),
    }).element;
  }

  /** The choice of the garment. */
  kinds() {
    const { host } = this;
    return choice({
      label: host.t("kind"),
      led: true,
      options: KINDS.map((name) => [name, host.t(`prediction.${name}`)]),
      value: this.kind,
      pick: (name) => ((this.kind = name), host.remember({ kind: name }), void this.draw()),
    }).element;
  }

  /** @param {ReturnType<typeof tile>} tile @param {Float32Array} pixels @param {number} n the step */
  put({ one, key }, pixels, n) {
    const { host } = this;
    one.put(greyImage(pixels), host.t("picture", { what: host.t(key), n }));
  }

  /** Shows what guidance adds at the step of the slider. */
  show() {
    const { host, moments, step, strength } = this;
    if (!moments) return;
    const { t, parts } = moments[step - 1];
    const { guess, shift, contrast } = parts;
    const louder = (/** @type {Float32Array} */ part) => part.map((value) => LOUD * value);
    const guided = guess.map((value, q) => value + (strength - 1) * (shift[q] + contrast[q]));
    [guess, louder(shift), louder(contrast), guided].forEach((pixels, k) => this.put(this.now[k], pixels, step));
    const [byShift, byContrast] = [shades(shift), shades(contrast)];
    const key = byShift > 1.5 * byContrast ? "early" : byContrast > 1.5 * byShift ? "late" : "middle";
    host.say(`${host.t("found", { n: step, percent: Math.round(100 * noiseAt(t)), shift: host.number(byShift, 1), contrast: host.number(byContrast, 1) })} ${host.t(key)}`);
  }

  /** The filter of all kinds, made when it is first asked for. @param {AbortSignal} signal */
  filters(signal) {
    if (this.all) return this.all;
    this.host.say(this.host.t("fetching"));
    this.all = filterOfAll(this.host, signal);
    // What failed, or was given up, is tried again.
    this.all.catch(() => (this.all = undefined));
    return this.all;
  }

  async draw() {
    const { host } = this;
    await host.run(async (signal) => {
      const own = await filterOf(host, this.kind, signal);
      const all = await this.filters(signal);
      const noise = await host.noise(Number(host.state.seed), signal);
      const step = async (/** @type {number} */ done) => host.say(host.t("drawing", { n: done, of: STEPS }));
      const { ends, moments } = await drawn(own, all, noise, { steps: STEPS, strength: this.strength, signal, step });
      this.moments = moments;
      this.before?.parentNode?.removeChild(this.before);
      this.bench.hidden = this.another.hidden = false;
      this.begin.hidden = true;
      WAYS.forEach((_, k) => this.put(this.ends[k], ends[k], STEPS));
      this.show();
    });
  }
}
