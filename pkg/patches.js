/** One picture, large, inside the worker: drawn by the core in pieces, with a breath between them. Fetched when it is first asked for. */
import { breathe } from "./breathe.js";
import { aborted } from "./errors.js";
import { second } from "./second.js";

/** @typedef {{ source: ArrayLike<number>, columns: number, rows: number, width: number, height: number, tile: boolean, variety: number, seed: number, shown: boolean }} Wish */
/** @typedef {{ pixels: Uint8Array, width: number, height: number, step: number, steps: number, share: number }} Piece */

/** Milliseconds between two looks at the mailbox. */
const STRETCH = 40;

/**
 * The sizes that a source is brought to and drawn at, or a picture.
 * @param {{ measure: [width: number, height: number, long: number] } | { wish: Wish }} message
 * @param {import("./service.js").Context} context
 * @returns {Promise<number[] | Piece>}
 */
export async function large(message, { signal, event }) {
  const { glue } = await second.get(signal);
  if ("measure" in message) return [...glue.largeSizes(...message.measure)];
  const { source, columns, rows, width, height, tile, variety, seed, shown } = message.wish;
  const drawing = new glue.Large(Uint8Array.from(source), columns, rows, width, height, tile, variety, seed);
  try {
    for (let [left, told] = [true, 0]; left; ) {
      if (signal.aborted) throw aborted();
      for (const until = performance.now() + STRETCH; left && performance.now() < until; ) left = drawing.advance();
      const [step] = drawing.progress();
      if (shown && left && step > told) {
        told = step;
        const now = piece(drawing);
        event("step", now, [now.pixels.buffer]);
      }
      await breathe();
    }
    return piece(drawing);
  } finally {
    drawing.free();
  }
}

/**
 * The picture as it is now.
 * @param {import("./generated/theory.js").Large} drawing
 * @returns {Piece}
 */
function piece(drawing) {
  const [step, steps, share] = drawing.progress();
  const [width, height] = drawing.size();
  return { pixels: drawing.picture(), width, height, step, steps, share };
}
