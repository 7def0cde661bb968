/** Reactions inside the worker, each a grid of cells in the core. Fetched when one is first asked for. */
import { breathe } from "./breathe.js";
import { MorphogenError, aborted } from "./errors.js";
import { second } from "./second.js";
import { tried } from "./trial.js";

/** @typedef {import("./engine.js").Context} Context */
/** @typedef {{ system: string, first: number, second: number, scale: number }} Rule */
/** @typedef {{ pattern: Float32Array, device: "webgpu" | "cpu", wavelength: number | null | undefined }} Answer */
/** @typedef {import("./generated/theory.js").Cells} Cells */
/** @typedef {{ cells: Cells, device: "webgpu" | "cpu", lane: Promise<unknown> }} Open */

/**
 * @typedef {object} Wish
 * @property {number} key which reaction
 * @property {"open" | "change" | "start" | "paint" | "advance" | "close"} call
 * @property {Rule & { width: number, height: number, device: import("./engine.js").Device }} rule
 * @property {{ noise: boolean, seed: number }} start
 * @property {[x: number, y: number, radius: number]} disc
 * @property {number} steps
 * @property {boolean} measure whether the wavelength is asked for
 */

/** Steps between two looks at the mailbox. */
const STRETCH = 64;

/** @type {Map<number, Open>} */
const reactions = new Map();

/**
 * Does one thing with a reaction, after all that was asked of it before.
 * @param {Wish} wish
 * @param {Context} context
 * @returns {Promise<Answer | undefined>}
 */
export async function cells(wish, context) {
  if (wish.call === "open") {
    const { glue } = await second.get(context.signal);
    const { rule } = wish;
    const cells = new glue.Cells(rule.system, rule.first, rule.second, rule.width, rule.height, rule.scale);
    reactions.set(wish.key, { cells, device: "cpu", lane: Promise.resolve() });
  }
  const open = reactions.get(wish.key);
  if (!open) throw new MorphogenError("closed", "This reaction was closed; make another.");
  const turn = open.lane.then(() => work(open, wish, context));
  open.lane = turn.catch(() => {});
  return turn;
}

/**
 * @param {Open} open
 * @param {Wish} wish
 * @param {Context} context
 */
async function work(open, { key, call, rule, start, disc, steps, measure }, { signal }) {
  const { cells } = open;
  if (call === "close") {
    reactions.delete(key);
    cells.free();
    return undefined;
  }
  if (call === "open" && (await tried(rule.device)).device !== "cpu") {
    try {
      await cells.onGpu(rule.device === "webgpu");
      open.device = "webgpu";
    } catch (thrown) {
      // After a trap nothing of the core may be touched.
      if (rule.device === "webgpu" || typeof Object(thrown).code !== "string") throw thrown;
    }
  }
  if (call === "change") cells.change(rule.system, rule.first, rule.second, rule.scale);
  if (start) cells.start(start.noise, start.seed);
  if (disc) cells.paint(...disc);
  for (let left = steps; left > 0; left -= STRETCH) {
    if (signal.aborted) throw aborted();
    open.device = (await cells.advance(Math.min(left, STRETCH))) ? "webgpu" : "cpu";
    if (left > STRETCH) await breathe();
  }
  const wavelength = measure ? (cells.wavelength() ?? null) : undefined;
  return { pattern: cells.pattern(), device: open.device, wavelength };
}
