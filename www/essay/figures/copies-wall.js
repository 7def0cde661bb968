/** The wall of `copies.js`: all training pictures beside each other, half their size, with some of them outlined. */
import { el } from "../parts.js";

/** @typedef {import("../../pkg/morphogen.js").TrainingImages} TrainingImages */

/** Side of a training picture on the wall: half its size, so that all of them find room. */
export const SMALL = 14;

/** A wall. */
export class Wall {
  canvas;
  marks = el("canvas", { className: "marks", ariaHidden: "true" });

  /** @param {string} label */
  constructor(label) {
    this.canvas = el("canvas", { className: "pixels", role: "img", ariaLabel: label });
    this.element = el("div", { className: "wall" }, this.canvas, this.marks);
  }

  /** The place of a training picture, in the wall's pixels. @param {number} image */
  place(image) {
    const columns = Math.floor(this.canvas.width / SMALL);
    return { x: (image % columns) * SMALL, y: Math.floor(image / columns) * SMALL };
  }

  /**
   * Hangs all training pictures, as many side by side as there is room for; whether they hang otherwise now.
   * @param {TrainingImages} images
   * @param {number} room in pixels
   */
  hang(images, room) {
    const { canvas, marks } = this;
    const columns = Math.max(1, Math.floor(room / SMALL));
    if (canvas.width === columns * SMALL) return false;
    canvas.width = marks.width = columns * SMALL;
    canvas.height = marks.height = Math.ceil(images.count / columns) * SMALL;
    const context = canvas.getContext("2d");
    const image = new ImageData(SMALL, SMALL);
    for (let n = 0; n < images.count; n += 1) {
      halve(images, n, image);
      const { x, y } = this.place(n);
      context?.putImageData(image, x, y);
    }
    return true;
  }

  /**
   * Outlines training pictures; one more strongly.
   * @param {{ image: number, strong: boolean }[]} marked
   */
  mark(marked) {
    const context = this.marks.getContext("2d");
    if (!context) return;
    context.clearRect(0, 0, this.marks.width, this.marks.height);
    context.strokeStyle = getComputedStyle(this.element).getPropertyValue("--mark");
    for (const { image, strong } of marked) {
      const { x, y } = this.place(image);
      context.lineWidth = strong ? 3 : 1;
      context.strokeRect(x + 0.5, y + 0.5, SMALL - 1, SMALL - 1);
    }
  }
}

/** A training picture at half its size. @param {TrainingImages} images @param {number} n @param {ImageData} to */
function halve(images, n, to) {
  const { width } = images.size;
  for (let q = 0; q < SMALL * SMALL; q += 1) {
    const corner = n * width * width + 2 * Math.floor(q / SMALL) * width + 2 * (q % SMALL);
    const sum = images.data[corner] + images.data[corner + 1] + images.data[corner + width] + images.data[corner + width + 1];
    to.data.fill(sum / 4, 4 * q, 4 * q + 3);
    to.data[4 * q + 3] = 255;
  }
}
