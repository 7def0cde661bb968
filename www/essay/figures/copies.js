/**
 * The paradox: the wall of all that the ideal machine knows (`copies-wall.js`); once the reader has guessed what it will draw, twenty
 * samples of it. Each sample flies to the training picture that it is.
 */
import { guess } from "../guess.js";
import { button, captioned, controls, el, picture } from "../parts.js";
import { furthest, trainingPixels } from "../pixels.js";
import { walk } from "../walk.js";
import { SMALL, Wall } from "./copies-wall.js";

/** @typedef {import("../figure.js").Host} Host */
/** @typedef {import("../../pkg/morphogen.js").Sample} Sample */
/** @typedef {import("../../pkg/morphogen.js").TrainingImages} TrainingImages */

const PROMPT = "sneaker";
const COUNT = 20;
const STEPS = 20;
/** Between two departures, and for a flight, in milliseconds. */
const BETWEEN = 130;
const FLIGHT = 800;

export default {
  name: "copies",
  defaults: { seed: 1, sample: 1 },
  /** @param {Host} host */
  mount(host) {
    void new Copies(host).begin();
  },
};

/** The figure. */
class Copies {
  /** @type {Sample | undefined} */
  drawn;
  /** @type {TrainingImages | undefined} */
  images;
  /** Samples that have arrived. @type {Set<number>} */
  arrived = new Set();
  words = el("p", {});

  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    this.wall = new Wall(host.t("wall"));
    this.tiles = Array.from({ length: COUNT }, (_, n) => this.tile(n));
    this.left = picture({ label: host.t("waiting"), size: 112 });
    this.right = picture({ label: host.t("waiting"), size: 112 });
    this.question = guess(host, ["new", "average", "copies"]);
    const anew = () => (host.remember({ seed: Number(host.state.seed) + COUNT, sample: 1 }), void this.draw());
    const tray = el("div", { className: "tray", "data-act": "step", role: "group", ariaLabel: host.t("samples") }, ...this.tiles.map(({ press }) => press));
    const pair = el("div", { className: "pair" }, captioned(this.left, host.t("drawn")), captioned(this.right, host.t("training")), this.words);
    /** What waits for the reader's guess. */
    this.drawing = [tray, pair, controls(button(host.t("again"), anew, { primary: true, act: "another" }))];
    for (const part of this.drawing) part.hidden = this.question.open;
    host.root.append(this.question.element, tray, this.wall.element, ...this.drawing.slice(1));
    new ResizeObserver(() => this.hang()).observe(host.root);
  }

  /** The place of a sample in the tray. @param {number} n */
  tile(n) {
    const label = this.host.t("sample", { n: String(n + 1) });
    const tile = picture({ label, size: [28, 56] });
    const press = el("button", { type: "button", ariaLabel: label }, tile.canvas);
    press.addEventListener("click", () => this.choose(n));
    return { tile, press };
  }

  /** Hangs the training pictures, where they are there. */
  hang() {
    if (this.images && this.wall.hang(this.images, this.host.root.clientWidth)) this.mark();
  }

  /** The training picture that a sample is nearest to. @param {number} n */
  nearest(n) {
    return this.drawn?.nearest?.[n].image ?? 0;
  }

  /** Outlines what the samples are copies of; the one at hand more strongly. */
  mark() {
    const chosen = Number(this.host.state.sample) - 1;
    this.wall.mark([...this.arrived].map((n) => ({ image: this.nearest(n), strong: n === chosen })));
  }

  /** Shows a sample beside the training picture that is nearest to it. @param {number} n */
  choose(n) {
    const { host, drawn, images } = this;
    if (n !== Number(host.state.sample) - 1) host.remember({ sample: n + 1 });
    this.tiles.forEach(({ press }, i) => press.setAttribute("aria-pressed", String(i === n)));
    this.mark();
    const found = drawn?.nearest?.[n];
    if (!drawn || !images || !found) return;
    this.left.put(drawn.toImageData(n), host.t("sample", { n: String(n + 1) }));
    this.right.put(images.toImageData(found.image), host.t("picture", { number: String(found.image + 1) }));
    this.words.textContent = host.t("difference", { n: String(n + 1), number: String(found.image + 1), levels: host.number(this.off(n) * 127.5, 1) });
  }

  /** How far a sample is from the training picture nearest to it, in the pixel where they differ most. @param {number} n */
  off(n) {
    const { drawn, images } = this;
    const found = drawn?.nearest?.[n];
    if (!drawn || !images || !found) return Infinity;
    const size = drawn.width * drawn.height;
    return furthest(drawn.pixels.subarray(n * size, (n + 1) * size), trainingPixels(images, found.image));
  }

  /** Sends a sample to its place on the wall. @param {number} n */
  async fly(n) {
    const { root } = this.host;
    const tile = this.tiles[n].tile.canvas;
    const traveller = el("canvas", { className: "pixels traveller", width: tile.width, height: tile.height, ariaHidden: "true" });
    traveller.getContext("2d")?.drawImage(tile, 0, 0);
    const [from, to, home] = [tile, this.wall.canvas, root].map((element) => element.getBoundingClientRect());
    const { x, y } = this.wall.place(this.nearest(n));
    Object.assign(traveller.style, { left: `${from.left - home.left}px`, top: `${from.top - home.top}px`, width: `${from.width}px` });
    root.append(traveller);
    const way = { duration: FLIGHT, easing: "cubic-bezier(0.6, 0, 0.3, 1)" };
    const goal = `translate(${to.left + x - from.left}px, ${to.top + y - from.top}px) scale(${SMALL / from.width})`;
    await traveller.animate([{ transform: "none" }, { transform: goal }], way).finished.catch(() => {});
    traveller.remove();
  }

  /** Sends all samples to their places, one after the other. @param {AbortSignal} signal */
  async depart(signal) {
    const land = (/** @type {number} */ n) => {
      if (signal.aborted) return;
      this.arrived.add(n);
      this.mark();
    };
    /** @type {Promise<void>[]} */
    const flights = [];
    for (let n = 0; n < COUNT; n += 1) {
      if (this.host.still) {
        land(n);
        continue;
      }
      await this.host.pace(BETWEEN, signal);
      flights.push(this.fly(n).then(() => land(n)));
    }
    await Promise.all(flights);
  }

  /** Draws the samples, and shows whose copies they are. */
  async draw() {
    const { host, tiles } = this;
    this.arrived = new Set();
    await host.run(async (signal) => {
      const model = await host.model();
      this.images = await host.training(PROMPT, signal);
      this.hang();
      this.mark();
      host.say(host.t("drawing"));
      const onStep = host.still ? undefined : (/** @type {import("../../pkg/morphogen.js").Frame} */ frame) => tiles.forEach(({ tile }, n) => tile.put(frame.toImageData(n)));
      const sample = await model.sample({ prompt: PROMPT, machine: "ideal", count: COUNT, seed: Number(host.state.seed), ...walk(STEPS), signal, onStep });
      this.drawn = sample;
      tiles.forEach(({ tile }, n) => tile.put(sample.toImageData(n)));
      this.choose(Math.min(COUNT, Math.max(1, Number(host.state.sample))) - 1);
      await this.depart(signal);
      const off = tiles.map((_, n) => this.off(n) * 127.5);
      host.say(host.t("copies", { copies: off.filter((levels) => levels < 1).length, of: COUNT, levels: host.number(Math.max(...off), 1) }));
      this.question.answer(host.t("answer"));
    });
  }

  /** Hangs the wall, and draws once the reader has guessed. */
  async begin() {
    const { host } = this;
    await host.run(async (signal) => {
      this.images = await host.training(PROMPT, signal);
      this.hang();
      if (this.question.open) host.say(host.t("wallFirst", { n: this.images.count }));
    });
    await this.question.made;
    for (const part of this.drawing) part.hidden = false;
    await this.draw();
  }
}
