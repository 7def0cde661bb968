/**
 * Extra fingers: trousers of the trained networks with a leg too many, step by step, with the window of a pixel of the outermost
 * leg. Some were found beforehand, by the count in `pixels.js`, and are drawn again as thumbnails (`fingers-finds.js`); the reader can
 * search on.
 */
import { button, controls, el, picture, slider } from "../parts.js";
import { legs, trainingPixels } from "../pixels.js";
import { walk } from "../walk.js";
import { Finds, KNOWN, same } from "./fingers-finds.js";

/** @typedef {import("../figure.js").Host} Host */
/** @typedef {import("./fingers-finds.js").Find} Find */
/** @typedef {import("../../pkg/morphogen.js").Frame} Frame */

const STEPS = 20;
const SIDE = 28;
/** Pixels of the outlines' canvas per pixel of the picture. */
const FINE = 12;
/** Seeds that are looked at together while searching, and where the search begins. */
const [BATCH, FIRST] = [4, 1000];
/** Legs that a garment has, at most, if all is well. */
const USUAL = new Map([["trouser", 2]]);

export default {
  name: "fingers",
  defaults: { ...KNOWN[0], step: 20 },
  /** @param {Host} host */
  mount(host) {
    const fingers = new Fingers(host);
    void fingers.show(fingers.chosen);
  },
};

/** The figure. */
class Fingers {
  /** @type {Frame[]} */
  frames = [];
  /** The network's windows by time. @type {{ t: number, k: number }[]} */
  windows = [];
  /** The next seed to look at, how many were looked at, and how many more finds that gave. */
  next = FIRST;
  looked = 0;
  more = 0;
  searching = false;
  marks = el("canvas", { className: "marks", width: SIDE * FINE, height: SIDE * FINE, ariaHidden: "true" });
  words = el("p", { className: "beside" });

  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    this.finds = new Finds(host, (find) => {
      host.remember({ network: find.network, prompt: find.prompt, seed: find.seed });
      void this.show(find);
    });
    /** What the address asked for: a link may hold what somebody else has found. */
    this.asked = /** @type {Find} */ ({ ...host.state });
    const { list } = this.finds;
    const known = list.find((one) => same(one, this.asked));
    const { network, prompt, seed } = this.asked;
    const foreign = !known && USUAL.has(prompt) && KNOWN.some((one) => one.network === network);
    if (foreign) list.push({ network, prompt, seed });
    this.chosen = known ?? (foreign ? list[list.length - 1] : list[0]);
    this.step = Math.max(1, Math.min(STEPS, Math.round(Number(host.state.step))));
    this.large = picture({ label: host.t("waiting"), size: [280, 336] });
    this.search = button(host.t("search"), () => (this.searching ? host.stop() : void this.look()));
    this.build();
  }

  build() {
    const { host } = this;
    const move = (/** @type {number} */ n) => ((this.step = n), this.paint());
    const settle = (/** @type {number} */ n) => (host.remember({ step: n }), this.tell());
    const steps = slider({ label: host.t("step"), min: 1, max: STEPS, value: this.step, say: (n) => host.t("stepOf", { n, of: STEPS }), move, settle });
    const sight = el("div", { className: "sight" }, this.large.canvas, this.marks);
    host.root.append(
      el("div", { className: "pair" }, el("div", { className: "captioned" }, sight, el("p", {}, host.t("suspects"))), this.words),
      steps.element,
      this.finds.element,
      controls(this.search),
    );
  }

  /** The window of a pixel in the step that leads to the state shown. @param {number} n */
  windowAt(n) {
    const t = (STEPS - n + 1) / STEPS;
    return this.windows.reduce((best, one) => (Math.abs(one.t - t) < Math.abs(best.t - t) ? one : best), this.windows[0])?.k ?? SIDE;
  }

  paint() {
    const { host, marks } = this;
    const frame = this.frames[this.step];
    const context = marks.getContext("2d");
    if (!frame || !context) return;
    const parts = legs(this.frames[STEPS].x);
    this.large.put(frame.toImageData(0, 1, "denoised"), host.t("picture", { n: this.step, of: STEPS }));
    context.clearRect(0, 0, marks.width, marks.height);
    const k = this.windowAt(this.step);
    const reach = (k - 1) / 2;
    const [first = 0] = parts.centres;
    const style = getComputedStyle(host.root);
    for (const [colour, width] of [["#000", 7], [style.getPropertyValue("--mark"), 4]]) {
      context.strokeStyle = String(colour);
      context.lineWidth = Number(width);
      if (parts.count > 0) context.strokeRect((first - reach) * FINE, (parts.row - reach) * FINE, k * FINE, k * FINE);
      for (const centre of parts.centres) context.strokeRect((centre + 0.5) * FINE - 1, (parts.row + 0.5) * FINE - 1, 2, 2);
    }
  }

  /** Says when the outermost parts stopped seeing each other. */
  tell() {
    const { host, chosen, step } = this;
    if (this.frames.length === 0) return;
    const { count, centres } = legs(this.frames[STEPS].x);
    if (count <= (USUAL.get(chosen.prompt) ?? NaN)) return host.say(host.t("sound", { count }));
    const distance = centres[centres.length - 1] - centres[0];
    const parted = Array.from({ length: STEPS }, (_, n) => n + 1).find((n) => (this.windowAt(n) - 1) / 2 < distance) ?? STEPS;
    const [k, now] = [this.windowAt(parted), this.windowAt(step)];
    const values = { count, distance: host.number(distance, 0), step: parted, k, reach: (k - 1) / 2, now, seed: String(chosen.seed), network: host.t(chosen.network), what: host.t(chosen.prompt) };
    this.words.textContent = host.t("windowNow", { n: step, now });
    host.say(host.t(parted === 1 ? "never" : "parted", values));
  }

  /** Draws a find again, step by step, and then the thumbnails that are missing. @param {Find} find */
  async show(find) {
    const { host, finds } = this;
    this.chosen = find;
    finds.choose(find);
    await host.run(async (signal) => {
      const model = await host.model();
      this.windows = model.info.networks.find(({ name }) => name === find.network)?.windows.bbels ?? [];
      host.say(host.t("drawing"));
      const { frames } = await model.sample({ ...find, ...walk(STEPS), frames: true, signal });
      this.frames = frames;
      finds.put(find, frames[STEPS].x);
      this.paint();
      this.tell();
      for (const one of finds.missing) {
        await host.whenSeen(signal);
        finds.put(one, (await model.sample({ ...one, ...walk(STEPS), signal })).pixels);
      }
    });
  }

  /** Looks at more seeds until told to stop, or until one is found. */
  async look() {
    const { host } = this;
    const { network, prompt } = this.chosen;
    this.searching = true;
    this.search.textContent = host.t("stop");
    await host.run(async (signal) => {
      const model = await host.model();
      const images = await host.training(prompt, signal);
      const usual = USUAL.get(prompt) ?? NaN;
      const odd = Array.from({ length: images.count }, (_, n) => legs(trainingPixels(images, n)).count).filter((count) => count > usual).length;
      /** @type {Find[]} */
      let found = [];
      while (found.length === 0) {
        await host.whenSeen(signal);
        found = await this.lookOn(model, { network, prompt }, usual, signal);
        host.say(host.t("looked", { looked: this.looked, n: this.more, odd, of: images.count }));
      }
      [this.chosen] = found;
      this.finds.choose(this.chosen);
    });
    this.searching = false;
    this.search.textContent = host.t("search");
    if (!same(this.chosen, { ...this.asked, ...host.state })) {
      host.remember({ network, prompt, seed: this.chosen.seed });
      await this.show(this.chosen);
    }
  }

  /**
   * Looks at the next seeds, and keeps those with more legs than usual.
   * @param {import("../../pkg/morphogen.js").Model} model
   * @param {{ network: string, prompt: string }} of
   * @param {number} usual
   * @param {AbortSignal} signal
   */
  async lookOn(model, of, usual, signal) {
    const { pixels } = await model.sample({ ...of, seed: this.next, count: BATCH, ...walk(STEPS), signal });
    const size = SIDE * SIDE;
    const hits = Array.from({ length: BATCH }, (_, n) => n).filter((n) => legs(pixels.subarray(n * size, (n + 1) * size)).count > usual);
    const found = hits.map((n) => ({ ...of, seed: this.next + n }));
    this.next += BATCH;
    this.looked += BATCH;
    this.more += found.length;
    this.finds.list.push(...found);
    return found;
  }
}
