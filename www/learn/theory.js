/**
 * What the theory foretells: machines made of the same pictures, with nothing trained, draw from the same noise. There is one for each
 * window, and the one that fits a network best says how far its pixels look by now.
 */
import { walk } from "../essay/walk.js";
import { SIDE } from "./sets.js";
import { alike, floor } from "./likeness.js";

/** @typedef {import("../essay/figure.js").Host} Host */
/** @typedef {{ window: number, pixels: Float32Array }} Foretold by the machine whose pixels see so many a side */
/** @typedef {Foretold & { r: number, floor: number, among: number }} Fit the machine that is most alike, what r comes to where only the kind is shared, and among how many it was found */

/** What sees everything knows where it is, and copies; it and wide windows are quick, so they come first. */
const WINDOWS = [SIDE, 13, 11, 9, 7, 5, 3];

export class Theory {
  /** What is known so far. @type {Foretold[]} */
  machines = [];
  /** @type {unknown} */
  problem;

  /**
   * Draws with each machine; what goes wrong is kept.
   * @param {Host} host
   * @param {import("./learner.js").School} school
   * @param {{ seed: number, count: number, steps: number, signal: AbortSignal, told: () => void }} how
   */
  async foretell(host, school, { seed, count, steps, signal, told }) {
    /** @type {import("../pkg/morphogen.js").Model | undefined} */
    let model;
    try {
      model = await host.package.picturesModel(school, { device: "cpu", signal });
      for (const window of WINDOWS) {
        const machine = window === SIDE ? /** @type {const} */ ({ machine: "ideal" }) : /** @type {const} */ ({ machine: "bbels", window });
        const { pixels } = await model.sample({ ...machine, seed, count, ...walk(steps), signal });
        this.machines.push({ window, pixels });
        told();
      }
    } catch (thrown) {
      this.problem = thrown;
      if (!signal.aborted) told();
    } finally {
      model?.close();
    }
  }

  /**
   * The machine that foretells pictures best, of those that see no further than the network can.
   * @param {Float32Array} pixels
   * @param {number} length of a picture
   * @param {number} sees
   * @returns {Fit | undefined}
   */
  fit(pixels, length, sees) {
    const able = this.machines.filter(({ window }) => window <= sees);
    const found = able.map((machine) => ({ ...machine, r: alike(pixels, machine.pixels, length) })).sort((a, b) => b.r - a.r)[0];
    return found && { ...found, floor: floor(pixels, found.pixels, length), among: this.machines.length };
  }
}
