/** Arithmetic on pictures, `[C, H, W]` in [−1, 1], that several figures share. */

/** Angle of the cosine schedule at `t = 1` is a little short of a right one, so that a trace of the picture is left. */
const angle = (/** @type {number} */ t) => ((t / 1.008) * Math.PI) / 2;

/** How much noise a picture holds at time `t` in [0, 1]: its standard deviation s_t. */
export const noiseAt = (/** @type {number} */ t) => Math.sin(angle(t));

/** How much of the clean picture is left at time `t`: a_t. */
export const pictureAt = (/** @type {number} */ t) => Math.cos(angle(t));

/**
 * Training image `n` as pixels in [−1, 1].
 * @param {import("../pkg/morphogen.js").TrainingImages} images
 * @param {number} n
 */
export function trainingPixels({ data, count }, n) {
  const length = data.length / count;
  return Float32Array.from(data.subarray(n * length, (n + 1) * length), (value) => value / 127.5 - 1);
}

/**
 * Pixels as an image: grey, or in colour where there are three times as many as places.
 * @param {Float32Array} pixels
 * @param {number} side
 */
export function image(pixels, side) {
  const made = new ImageData(side, side);
  const area = side * side;
  for (let q = 0; q < area; q += 1) {
    for (let c = 0; c < 3; c += 1) made.data[4 * q + c] = (pixels[pixels.length > area ? c * area + q : q] + 1) * 127.5;
    made.data[4 * q + 3] = 255;
  }
  return made;
}

/** Grey pixels of a garment as an image. */
export const greyImage = (/** @type {Float32Array} */ pixels) => image(pixels, 28);

/**
 * So many standard normal numbers, the same for the same seed.
 * @param {number} seed
 * @param {number} length
 */
export function gaussian(seed, length) {
  let state = (seed * 2654435761) >>> 0;
  /** Uniform in (0, 1): a linear congruence of 32 bits (Numerical Recipes), its high bits stirred. */
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state ^ (state >>> 15)) >>> 0) / 2 ** 32 + 2 ** -33;
  };
  return Float32Array.from({ length }, () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()));
}

/**
 * The largest difference of two pictures in any pixel.
 * @param {Float32Array} a
 * @param {Float32Array} b
 */
export const furthest = (a, b) => a.reduce((worst, value, q) => Math.max(worst, Math.abs(value - b[q])), 0);

/**
 * The mean difference of two pictures.
 * @param {Float32Array} a
 * @param {Float32Array} b
 */
export const apart = (a, b) => a.reduce((sum, value, q) => sum + Math.abs(value - b[q]), 0) / a.length;

/**
 * A picture pushed to the right; what leaves it comes in again on the left.
 * @param {Float32Array} pixels
 * @param {number} by whole pixels
 * @param {number} [width]
 */
export const shifted = (pixels, by, width = 28) => pixels.map((_, q) => pixels[q - (q % width) + ((((q % width) - by) % width) + width) % width]);

/** What is lighter than this belongs to a garment; where two parts of it are divided, the ground between them is darker than that. */
const [LIGHT, DARK] = [-0.55, -0.7];
/** Narrower or fainter parts are no legs. Legs are counted at the hem: in the lowest rows, and over so many of them. */
const [NARROW, FAINT, HEM, ROWS] = [2, 0, 8, 4];

/**
 * The parts of a row of grey pixels that are divided by dark ground: the middle of each, and how light it is.
 * @param {Float32Array} row
 */
function parts(row) {
  /** @type {{ centre: number, light: number }[]} */
  const found = [];
  let [from, divided] = [-1, true];
  for (let column = 0; column <= row.length; column += 1) {
    const value = column < row.length ? row[column] : -1;
    if (value > LIGHT) from = from < 0 ? column : from;
    else if (from >= 0) {
      if (column - from >= NARROW && divided) {
        const light = row.subarray(from, column).reduce((sum, one) => sum + one, 0) / (column - from);
        found.push({ centre: (from + column - 1) / 2, light });
        divided = false;
      }
      from = -1;
    }
    divided ||= value < DARK;
  }
  return found;
}

/**
 * The legs of a trouser in a grey picture: parts that stand side by side at the hem, over several rows.
 * @param {Float32Array} pixels
 * @param {number} [width]
 * @returns {{ count: number, row: number, centres: number[], rows: number, faintest: number }} a row in which they stand and the columns of
 *     their middles there; in how many rows of the hem so many stand, and how light the faintest is: the more, the clearer
 */
export function legs(pixels, width = 28) {
  const height = pixels.length / width;
  const rows = Array.from({ length: height }, (_, row) => parts(pixels.subarray(row * width, (row + 1) * width)));
  let best = { count: 0, row: height - ROWS, centres: /** @type {number[]} */ ([]), rows: 0, faintest: 0 };
  for (let row = height - HEM; row + ROWS <= height; row += 1) {
    const here = rows.slice(row, row + ROWS);
    const count = Math.min(...here.map((found) => found.length));
    const lights = Array.from({ length: count }, (_, n) => here.reduce((sum, found) => sum + found[n].light, 0) / ROWS);
    if (count <= best.count || Math.min(...lights) <= FAINT) continue;
    const middle = row + ROWS / 2;
    const enough = rows.slice(height - HEM).filter((found) => found.length >= count).length;
    best = { count, row: middle, centres: rows[middle].map(({ centre }) => centre), rows: enough, faintest: Math.min(...lights) };
  }
  return best;
}

/**
 * The pixels of a picture in a PNG file, `[3, H, W]` in [−1, 1].
 * @param {string} png its address
 */
export async function pixelsOf(png) {
  const picture = new Image();
  picture.src = png;
  await picture.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: picture.width, height: picture.height });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.drawImage(picture, 0, 0);
  const { data } = context.getImageData(0, 0, picture.width, picture.height);
  const area = picture.width * picture.height;
  return Float32Array.from({ length: 3 * area }, (_, i) => data[4 * (i % area) + Math.floor(i / area)] / 127.5 - 1);
}
