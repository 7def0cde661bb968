/** One picture, large, on the page's side. Fetched when {@link largeVariation} is first called. */
import { fitted, opened } from "./begin.js";
import { sharedClient } from "./client.js";
import { MorphogenError, abortable } from "./errors.js";
import { plain } from "./pictures.js";
import { readable, whole } from "./range.js";

/** @typedef {import("./morphogen.js").LargeOptions} LargeOptions */
/** @typedef {import("./patches.js").Piece} Piece */

/** Long side of what is drawn, unless it is said. */
const USUAL = 256;
/** Sides that can be drawn. */
const [LEAST, MOST] = [8, 512];

const range = (/** @type {string} */ sentence) => new MorphogenError("range", sentence);

/**
 * A new picture of the same stuff.
 * @param {ImageData | Blob} image
 * @param {LargeOptions} [options]
 * @returns {Promise<ImageData>}
 */
export async function largeVariation(image, options = {}) {
  const { width, height, tile = false, variety = 0.5, seed = 0, signal, onStep } = readable(options);
  if (!(image instanceof ImageData || image instanceof Blob)) throw range("Expected the picture to draw from as an ImageData or a Blob.");
  if ((width === undefined) !== (height === undefined)) throw range("Expected both width and height, or neither.");
  if (width !== undefined) whole("width", width, LEAST, MOST);
  if (height !== undefined) whole("height", height, LEAST, MOST);
  whole("seed", seed, 0, Number.MAX_SAFE_INTEGER);
  if (typeof variety !== "number") throw range(`Expected variety as a number from 0 to 1, found ${variety}.`);
  const client = sharedClient(options);
  await abortable(client.start(), signal);
  const found = image instanceof Blob ? await abortable(opened(image), signal) : image;
  const size = found instanceof ImageData ? [found.width, found.height] : [found.naturalWidth, found.naturalHeight];
  /** @type {number[]} */
  const [columns, rows, across, down] = await client.post("large", { measure: [...size, USUAL] }, { signal });
  const same = image instanceof ImageData && image.width === columns && image.height === rows;
  const source = plain(same ? image : await abortable(fitted(image, columns, rows), signal), 3);
  const wish = { source, columns, rows, width: width ?? across, height: height ?? down, tile: Boolean(tile), variety, seed, shown: onStep !== undefined };
  const on = (/** @type {string} */ _, /** @type {Piece} */ piece) => {
    const { step, steps, share } = piece;
    if (!signal?.aborted) onStep?.({ image: shown(piece), step, steps, share });
  };
  return shown(await client.post("large", { wish }, { signal, on }));
}

/**
 * @param {{ pixels: Uint8Array, width: number, height: number }} piece
 */
function shown({ pixels, width, height }) {
  const image = new ImageData(width, height);
  image.data.set(pixels);
  return image;
}
