/** What a sticker's options mean, on the page's side; fetched when one is first asked for. */
import { MorphogenError } from "./errors.js";
import { choice, readable, whole } from "./range.js";

/** Sides of a sticker. */
const [LEAST, MOST] = [16, 512];

/**
 * The pixels that are wanted, and how.
 * @param {import("./sample.js").Sample} sample
 * @param {import("./morphogen.js").StickerOptions} [options]
 * @returns {{ wish: import("./sticker.js").Wish, mime: string }}
 */
export function asked(sample, options = {}) {
  const { pixels, count } = readable(sample);
  const { n = 0, size = 256, type = "png", columns = 4, cut = true } = readable(options);
  choice("type", type, ["png", "ico", "sheet"]);
  whole("size", size, LEAST, MOST);
  whole("columns", columns, 1, 256);
  if (!(Number.isInteger(n) && n >= 0 && n < count)) throw new MorphogenError("range", `There is no picture number ${n} here; there are ${count}.`);
  const length = pixels.length / count;
  const own = type === "sheet" ? pixels : pixels.slice(n * length, (n + 1) * length);
  return { wish: { pixels: own, type, size, columns, cut }, mime: type === "ico" ? "image/x-icon" : "image/png" };
}
