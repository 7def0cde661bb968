/** Pictures as files to take along, inside the worker; fetched when one is first asked for. */
import { second } from "./second.js";

/** @typedef {{ pixels: Float32Array, type: "png" | "ico" | "sheet", size: number, columns: number, cut: boolean }} Wish `pixels` are `[B, C, H, W]` in [−1, 1] */

/**
 * @param {Uint8Array} manifest of the pack, which says whom to name
 * @param {Wish} wish
 * @param {AbortSignal} signal
 */
export async function sticker(manifest, { pixels, type, size, columns, cut }, signal) {
  const { glue } = await second.get(signal);
  const core = glue.Pack.open(manifest);
  try {
    return core.sticker(pixels, type, size, columns, cut);
  } finally {
    core.free();
  }
}
