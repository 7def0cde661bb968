/**
 * What is drawn over the pictures of `origins.js`: the window of a pixel, and the outline of the pixels that go together with it.
 */

/** Pixels of a side of the pictures, and of the marks' canvas per pixel of a picture. */
export const SIDE = 28;
const FINE = 12;
/** Outlines are dark below, so that they show on everything: of the network's window, and of the pictures'. */
const LINES = /** @type {const} */ ({ network: [["#000", 8], ["#ffb000", 4]], pictures: [["#000", 7], ["#4cc9f0", 3]] });

/** The size of a canvas for marks. */
export const MARKS = { className: "marks", width: SIDE * FINE, height: SIDE * FINE, ariaHidden: "true" };

/**
 * Outlines a window and the pixel in its middle.
 * @param {HTMLCanvasElement} canvas
 * @param {{ row: number, column: number }} at
 * @param {number} window its side
 */
export function outline(canvas, { row, column }, window) {
  const context = canvas.getContext("2d");
  if (!context) return;
  context.clearRect(0, 0, canvas.width, canvas.height);
  for (const [colour, width] of LINES.network) {
    context.strokeStyle = colour;
    for (const reach of [(window - 1) / 2, 0]) {
      context.lineWidth = reach ? width : width / 2;
      context.strokeRect((column - reach) * FINE, (row - reach) * FINE, (2 * reach + 1) * FINE, (2 * reach + 1) * FINE);
    }
  }
}

/**
 * Outlines pixels, over what is there.
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} pixels 1 where one belongs to them, `[H, W]`
 */
export function surround(canvas, pixels) {
  const context = canvas.getContext("2d");
  if (!context) return;
  const has = (/** @type {number} */ row, /** @type {number} */ column) => row >= 0 && row < SIDE && column >= 0 && column < SIDE && pixels[row * SIDE + column] === 1;
  context.beginPath();
  for (let row = 0; row <= SIDE; row += 1) {
    for (let column = 0; column <= SIDE; column += 1) {
      const [x, y] = [column * FINE, row * FINE];
      if (has(row, column) !== has(row - 1, column)) (context.moveTo(x, y), context.lineTo(x + FINE, y));
      if (has(row, column) !== has(row, column - 1)) (context.moveTo(x, y), context.lineTo(x, y + FINE));
    }
  }
  context.lineCap = "square";
  for (const [colour, width] of LINES.pictures) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }
}
