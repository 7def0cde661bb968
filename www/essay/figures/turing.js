/**
 * Bottom up: Turing's cells, live. The reader starts them from a spot or from noise, paints into them (`turing-brush.js`), walks
 * over the parameter map (`turing-map.js`), and finds that the spacing of the pattern follows the root of the diffusion, which a
 * small chart keeps (`turing-chart.js`).
 */
import { brush } from "./turing-brush.js";
import { SCALES, desk } from "./turing-desk.js";
import { ramp } from "./turing-ramp.js";

/** @typedef {import("../figure.js").Host} Host */
/** @typedef {import("../../pkg/morphogen.js").Reaction} Reaction */
/** @typedef {"gray-scott" | "gierer-meinhardt"} System */

/** Cells of a side. */
const SIDE = 128;
/** Milliseconds of work a frame should take, and most steps of a frame. */
const BUDGET = 14;
const MOST = 96;
/** Frames between two measurements. */
const MEASURED = 20;
/** The spacing stands when so many measurements in a row differ by less than this share. */
const STEADY = { measurements: 6, share: 0.02 };
/** A pattern that changes less than this a cell, of a full one, between two measurements has settled. */
const SETTLED = 1.5e-4;
/** Steps between two pictures, and at most, where the reader asked for less motion. */
const STRIDE = 1000;
const PATIENCE = 10_000;
/** Radius of the brush, in cells; it grows with the root of the diffusion, as all lengths do, or its spots would die. */
const BRUSH = 4;

export default {
  name: "turing",
  defaults: { system: "gray-scott", from: "noise", feed: 0.037, kill: 0.06, saturation: 0.2, scale: 1, seed: 1 },
  fractions: ["feed", "kill", "saturation", "scale"],
  /** @param {Host} host */
  async mount(host) {
    const { state } = host;
    for (const [name, most] of /** @type {const} */ ([["feed", 0.12], ["kill", 0.08], ["saturation", 0.5]])) state[name] = Math.min(Number(state[name]), most);
    if (state.system !== "gierer-meinhardt") state.system = "gray-scott";
    if (state.from !== "spot") state.from = "noise";
    if (!SCALES.includes(Number(state.scale))) state.scale = 1;
    const dish = new Dish(host);
    await host.whenSeen();
    void dish.live();
  },
};

/** The figure. */
class Dish {
  /** @type {Reaction | undefined} */
  cells;
  playing = true;
  steps = 0;
  /** Steps of a frame. */
  pace = 8;
  /** The last measurements. @type {number[]} */
  lengths = [];
  /** What waits for the next frame. @type {(() => Promise<unknown>)[]} */
  wishes = [];
  wake = () => {};

  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    this.desk = desk(host, {
      play: () => this.turn(!this.playing),
      system: (system) => {
        host.remember({ system });
        this.desk.shape();
        this.again(String(host.state.from));
      },
      move: (to) => {
        host.remember(to);
        this.changed();
        host.say(host.t("moved", { place: this.desk.place.name(), feed: host.number(to.feed, 3), kill: host.number(to.kill, 3) }));
      },
      saturation: (saturation) => (host.remember({ saturation }), this.changed()),
      scale: (scale) => (host.remember({ scale }), this.changed()),
      grow: () => this.grow(),
      again: (from) => this.again(from),
    });
    const radius = () => BRUSH * Math.sqrt(Math.max(1, this.rule.scale));
    const paint = (/** @type {number} */ x, /** @type {number} */ y) => this.wish(async () => (await this.cells?.paint(x, y, radius()), this.show()));
    brush(this.desk.canvas.canvas, this.desk.ring, { side: SIDE, radius, paint });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.show());
    this.desk.shape();
    this.turn(this.playing);
    this.begins();
  }

  /** The rule that the cells follow. */
  get rule() {
    const { system, feed, kill, saturation, scale } = this.host.state;
    return { system: /** @type {System} */ (system), feed: Number(feed), kill: Number(kill), saturation: Number(saturation), scale: Number(scale) };
  }

  // What the reader does

  /** @param {boolean} on */
  turn(on) {
    const { play } = this.desk;
    this.playing = on;
    play.textContent = this.host.t(on ? "pause" : "play");
    play.dataset.playing = String(on);
    if (on) this.wake();
    else this.tell();
  }

  /** Does something with the cells before their next steps. @param {() => Promise<unknown>} work */
  wish(work) {
    this.wishes.push(work);
    this.wake();
  }

  /** Goes on under another rule. */
  changed() {
    const { system, feed, kill, saturation } = this.host.state;
    this.desk.law.forget(system === "gray-scott" ? `${feed} ${kill}` : `${saturation}`);
    this.wish(async () => this.cells?.change(this.rule));
    if (!this.playing) this.turn(true);
  }

  /** @param {string} from */
  again(from) {
    const { state } = this.host;
    this.host.remember({ from, seed: state.from === from ? Number(state.seed) + 1 : 1 });
    this.grow();
  }

  /** Begins again as the state says. */
  grow() {
    const { from } = this.host.state;
    this.wish(async () => {
      await this.cells?.change(this.rule);
      await this.cells?.start(from === "spot" ? "spot" : "noise", Number(this.host.state.seed));
      this.steps = 0;
    });
    this.begins();
    if (!this.playing) this.turn(true);
  }

  // What is seen and said

  /** Says from what they begin. */
  begins() {
    this.host.say(this.host.t(this.host.state.from === "spot" ? "fromSpot" : "fromNoise"));
  }

  show() {
    const { cells, host } = this;
    if (cells) this.desk.canvas.put(ramp(cells.pattern, SIDE, this.rule.system, host.root), host.t("canvas"));
  }

  /** The spacing in figures, as it is now. */
  measured() {
    const { host } = this;
    const { canvas, bar, words, spacing, law } = this.desk;
    const length = this.cells?.wavelength;
    const shown = canvas.canvas.getBoundingClientRect().width;
    bar.style.width = length ? `${(length / SIDE) * shown}px` : "0";
    words.textContent = length ? host.t("apart", { cells: host.number(length, 1) }) : host.t("even");
    this.lengths = length ? [...this.lengths, length].slice(-STEADY.measurements) : [];
    const { lengths } = this;
    const steady = lengths.length === STEADY.measurements && Math.max(...lengths) < Math.min(...lengths) * (1 + STEADY.share);
    if (length) law.put(this.rule.scale, length, steady);
    spacing.dataset.wavelength = length ? length.toFixed(2) : "";
    spacing.dataset.steady = steady ? String(host.state.scale) : "";
  }

  /** Says what there is to see, for those who do not follow it with their eyes. */
  tell(settled = false) {
    const { host, steps } = this;
    const length = this.cells?.wavelength;
    const values = { cells: host.number(length ?? 0, 1), steps: host.number(Math.round(steps / 100) * 100) };
    host.say(host.t(!length ? "nothing" : settled ? "settled" : "paused", values));
  }

  // What the cells do

  /** Takes steps for as long as somebody watches and something changes. */
  async live() {
    const { host } = this;
    try {
      const from = /** @type {"spot" | "noise"} */ (host.state.from);
      const cells = (this.cells = await host.package.reaction({ ...this.rule, width: SIDE, height: SIDE, from, seed: Number(host.state.seed), device: host.world.device }));
      this.steps = 0;
      this.show();
      let frame = 0;
      let before = cells.pattern;
      for (;;) {
        await host.whenSeen();
        if (this.wishes.length > 0) {
          for (const work of this.wishes.splice(0)) await work();
          this.show();
          // What was just changed has not settled, however slowly it begins.
          frame = 1;
          this.lengths = [];
          before = cells.pattern;
        }
        // What was wished while others were waited for woke nobody.
        if (this.wishes.length > 0) continue;
        if (!this.playing) await new Promise((resolve) => (this.wake = () => resolve(undefined)));
        else if (host.still) await this.settle(cells);
        else if (await this.advance(cells, (frame += 1) % MEASURED === 0)) {
          const moved = change(before, cells.pattern);
          before = cells.pattern;
          if (moved < SETTLED && this.wishes.length === 0) this.finish();
        }
      }
    } catch (thrown) {
      this.cells = undefined;
      this.turn(false);
      // Whoever presses something tries it again.
      this.wake = () => ((this.wake = () => {}), void this.live());
      host.say(await host.told(thrown));
    }
  }

  /**
   * Takes the steps of one frame, as many as there is time for; whether they were measured.
   * @param {Reaction} cells
   * @param {boolean} measure
   */
  async advance(cells, measure) {
    const { pace } = this;
    const start = performance.now();
    await cells.advance(pace, { measure });
    this.steps += pace;
    const took = performance.now() - start;
    this.pace = Math.max(2, Math.min(MOST, Math.round((pace * BUDGET) / Math.max(took, 1)), pace * 2));
    this.show();
    if (measure) this.measured();
    await new Promise((resolve) => requestAnimationFrame(resolve));
    return measure;
  }

  /** Nothing moves any more. */
  finish() {
    this.turn(false);
    this.tell(true);
  }

  /** Runs to the end without showing the way there. @param {Reaction} cells */
  async settle(cells) {
    for (let done = 0; done < PATIENCE; done += STRIDE) {
      const before = cells.pattern;
      await this.host.whenSeen();
      await cells.advance(STRIDE, { measure: true });
      this.steps += STRIDE;
      this.measured();
      if (this.wishes.length > 0) return this.show();
      if (change(before, cells.pattern) < SETTLED) break;
    }
    this.show();
    this.finish();
  }
}

/**
 * How much a pattern changed, a cell, relative to its largest value.
 * @param {Float32Array} before
 * @param {Float32Array} after
 */
function change(before, after) {
  let sum = 0;
  let most = 1e-6;
  for (let i = 0; i < after.length; i += 1) {
    sum += Math.abs(after[i] - before[i]);
    most = Math.max(most, after[i]);
  }
  return sum / after.length / most;
}

