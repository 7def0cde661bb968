/** Two sets of little pictures to begin with, drawn by code: sixteen faces and sixteen houses, 24 pixels a side. */

/** Side of the pictures. */
export const SIDE = 24;

/** A picture to draw into, rectangle by rectangle. @param {string} ground */
function sheet(ground) {
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const box = (/** @type {string} */ colour, /** @type {number} */ x, /** @type {number} */ y, w = 1, h = 1) => {
    context.fillStyle = colour;
    context.fillRect(x, y, w, h);
  };
  box(ground, 0, 0, SIDE, SIDE);
  return { box, image: () => context.getImageData(0, 0, SIDE, SIDE) };
}

/** Different ones of a list for each picture, each list with a stride of its own. @template T @param {T[]} list @param {number} n @param {number} stride */
const pick = (list, n, stride) => list[(n * stride + Math.floor(n / list.length)) % list.length];

const INK = "#2b2320";

/** @param {number} n */
function face(n) {
  const { box, image } = sheet(pick(["#cfe3e8", "#f3e3bf", "#dfe6cf", "#ead7e2"], n, 1));
  const skin = pick(["#f2cda4", "#c68d5c", "#8d5a3b", "#f6d9bd"], n, 3);
  const hair = pick(["#3a2a20", "#b5652b", "#e3b84a", "#1f1d2b", "#8a8f98"], n, 2);
  const shirt = pick(["#a8433f", "#3f6ea8", "#4c8c5a"], n, 1);
  box(shirt, 5, 21, 14, 3);
  box(skin, 10, 18, 4, 4);
  box(skin, 6, 6, 12, 13);
  box(skin, 7, 5, 10, 15);
  box(skin, 5, 11, 14, 3);
  const style = n % 5;
  if (style !== 3) box(hair, 6, 3, 12, 4);
  if (style === 0) (box(hair, 5, 5, 2, 5), box(hair, 17, 5, 2, 5));
  if (style === 1) (box(hair, 4, 4, 3, 14), box(hair, 17, 4, 3, 14));
  if (style === 2) [6, 9, 12, 15].forEach((x) => box(hair, x, 1, 2, 3));
  if (style === 3) (box(hair, 5, 8, 1, 4), box(hair, 18, 8, 1, 4));
  if (style === 4) (box(hair, 6, 6, 8, 2), box(hair, 5, 4, 2, 6));
  const eyes = (n * 3 + (n >> 2)) % 4;
  for (const x of [8, 14]) {
    if (eyes === 0) box(INK, x, 10, 2, 2);
    if (eyes === 1) (box("#fff", x - 1, 9, 4, 3), box(INK, x, 10, 2, 2));
    if (eyes === 2) (box(INK, x - 1, 10, 1, 1), box(INK, x, 9, 2, 1), box(INK, x + 2, 10, 1, 1));
    if (eyes === 3) (box(INK, x - 1, 8, 4, 1), box(INK, x - 1, 9, 1, 3), box(INK, x + 2, 9, 1, 3), box(INK, x - 1, 12, 4, 1), box(INK, x + 0.5, 10, 1, 1));
  }
  if (eyes === 3) box(INK, 11, 10, 2, 1);
  box("#00000028", 11, 12, 2, 3);
  const mouth = (n + (n >> 2)) % 4;
  if (mouth === 0) box(INK, 9, 16, 6, 1);
  if (mouth === 1) (box(INK, 8, 15, 1, 1), box(INK, 9, 16, 6, 1), box(INK, 15, 15, 1, 1));
  if (mouth === 2) (box("#7d2b2b", 9, 15, 6, 3), box("#fff", 9, 15, 6, 1));
  if (mouth === 3) (box(INK, 8, 17, 1, 1), box(INK, 9, 16, 6, 1), box(INK, 15, 17, 1, 1));
  if (n % 6 === 5) (box(hair, 7, 16, 1, 4), box(hair, 16, 16, 1, 4), box(hair, 8, 18, 8, 2));
  return image();
}

/** @param {number} n */
function house(n) {
  const { box, image } = sheet(pick(["#bcd9ea", "#f2d9b8", "#c9d3ea"], n, 1));
  box(pick(["#7fa35b", "#a9b35a"], n, 1), 0, 20, SIDE, 4);
  const wall = pick(["#e8dcc4", "#c96f4a", "#d9a441", "#8fa7b5"], n, 3);
  const roof = pick(["#8c3b2e", "#4b4a55", "#2f5d62"], n, 2);
  const wide = 10 + 2 * (n % 3);
  const high = 8 + 3 * ((n >> 1) % 3);
  const left = (n * 5) % (SIDE - wide);
  const top = 21 - high;
  box(wall, left, top, wide, high);
  for (let row = 0; row < 4; row += 1) box(roof, left - 1 + row, top - 1 - row, wide + 2 - 2 * row);
  if (n % 2) box(roof, left + wide - 4, top - 5, 2, 4);
  for (let y = top + 2; y < 17; y += 4) {
    for (let x = left + 2; x + 2 < left + wide; x += 4) (box("#f7f3dc", x, y, 2, 2), box(INK, x, y + 1, 2, 1));
  }
  box(INK, left + Math.floor(wide / 2) - 1, 18, 2, 3);
  const tree = (left + wide + 3) % SIDE;
  if (n % 3 && tree > 1 && tree < SIDE - 3 && (tree > left + wide || tree + 4 < left)) (box("#6b4a2f", tree + 1, 17, 1, 4), box("#3f7a4a", tree, 12, 3, 5));
  return image();
}

/** Sixteen pictures. @param {string} set */
export const starters = (set) => Array.from({ length: 16 }, (_, n) => (set === "houses" ? house(n) : face(n)));
