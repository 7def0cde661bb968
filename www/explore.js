/**
 * Where a pixel comes from: pointing at the machine's picture, tapping it, or walking over it with the arrow keys shows
 * the training patch that the pixel owes most to, in the training picture around it.
 */
import { t } from "./say.js";
import * as words from "./verdicts.js";

/** @typedef {import("./pkg/morphogen.js").Frame} Frame */
/** @typedef {import("./pkg/morphogen.js").TrainingImages} TrainingImages */

const find = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const [theirs, marks, source, sourceMarks, name] = ["theirs", "marks", "source", "source-marks", "source-name"].map(find);
const [seen, fitting, magnified, vote, spoken] = ["seen", "fitting", "magnified", "vote", "spoken"].map(find);

/** How far each key goes, in rows and columns. */
const KEYS = new Map([
  ["ArrowUp", [-1, 0]],
  ["ArrowDown", [1, 0]],
  ["ArrowLeft", [0, -1]],
  ["ArrowRight", [0, 1]],
  ["PageUp", [-5, 0]],
  ["PageDown", [5, 0]],
  ["Home", [0, -Infinity]],
  ["End", [0, Infinity]],
]);

/** Half the breadth of an outline, in pixels of the canvas that it is drawn on. */
const LINE = 3;

export class Explorer {
  constructor() {
    /** @type {Frame | undefined} the machine's, as shown */
    this.frame = undefined;
    /** @type {Frame | undefined} the one before it, which the machine looked at */
    this.before = undefined;
    /** @type {TrainingImages | undefined} */
    this.images = undefined;
    /** @type {{ row: number, column: number } | undefined} */
    this.at = undefined;
    const point = (/** @type {PointerEvent} */ event) => {
      const { left, top, width, height } = theirs.getBoundingClientRect();
      const row = Math.floor(((event.clientY - top) / height) * theirs.height);
      this.go(row, Math.floor(((event.clientX - left) / width) * theirs.width));
    };
    theirs.addEventListener("pointermove", point);
    theirs.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
      point(event);
      this.speak();
    });
    theirs.addEventListener("focus", () => {
      if (!this.at) this.go(theirs.height / 2, theirs.width / 2);
    });
    theirs.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      const way = KEYS.get(event.key);
      if (!way || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const { row, column } = this.at ?? { row: theirs.height / 2, column: theirs.width / 2 };
      this.go(row + way[0], column + way[1]);
      this.speak();
    });
    this.forget();
  }

  /** Takes what the machine drew; the pixel pointed at stays, so that one sees where it came from at every step. */
  show(/** @type {Frame} */ frame, /** @type {Frame | undefined} */ before) {
    this.frame = frame;
    this.before = before;
    this.draw();
  }

  /** The training pictures have come. */
  use(/** @type {TrainingImages} */ images) {
    this.images = images;
    this.draw();
  }

  /** Points at a pixel, or the nearest that there is. */
  go(/** @type {number} */ row, /** @type {number} */ column) {
    if (!this.frame) return;
    const within = (/** @type {number} */ at, /** @type {number} */ size) => Math.max(0, Math.min(size - 1, at));
    this.at = { row: within(row, theirs.height), column: within(column, theirs.width) };
    this.draw();
  }

  draw() {
    const { frame, before, images, at } = this;
    const provenance = frame?.provenance;
    wipe(marks);
    wipe(sourceMarks);
    magnified.hidden = !(provenance && before && images && at);
    if (!provenance || !before || !images || !at) return this.blank(frame);
    const { window } = provenance;
    const found = provenance.at(at.row, at.column);
    const image = images.toImageData(found.image);
    put(source, image);
    outline(marks, at, window, image);
    outline(sourceMarks, found, window, image);
    magnify(seen, before.toImageData(), at, window);
    magnify(fitting, image, found, window);
    name.textContent = t("training picture {number}", { number: found.image + 1 });
    source.ariaLabel = t("Training picture {number}, the patch around row {row}, column {column} outlined", { number: found.image + 1, row: found.row + 1, column: found.column + 1 });
    vote.textContent = words.vote(at, found, window, image.width);
  }

  /** @param {Frame | undefined} frame */
  blank(frame) {
    source.getContext("2d").clearRect(0, 0, source.width, source.height);
    source.ariaLabel = t("No pixel chosen");
    name.textContent = t("a training picture");
    vote.textContent = words.noVote(frame);
  }

  /** Lets a screen reader say what is shown; for steps that the reader took, not for every pixel a mouse passes. */
  speak() {
    spoken.textContent = this.at ? vote.textContent : "";
  }

  forget() {
    this.frame = this.before = this.images = this.at = undefined;
    spoken.textContent = "";
    this.draw();
  }
}

/** @param {HTMLCanvasElement} canvas */
function wipe(canvas) {
  canvas.getContext("2d")?.clearRect(0, 0, canvas.width, canvas.height);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {ImageData} image
 */
function put(canvas, image) {
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext("2d")?.putImageData(image, 0, 0);
}

/**
 * The window around a pixel, as large as the canvas; what lies outside the picture stays empty. A window as wide as the
 * picture shows the picture.
 * @param {HTMLCanvasElement} canvas
 * @param {ImageData} image
 * @param {{ row: number, column: number }} pixel
 * @param {number} window
 */
function magnify(canvas, image, { row, column }, window) {
  if (window >= image.width) return put(canvas, image);
  const half = (window - 1) / 2;
  canvas.width = canvas.height = 2 * half + 1;
  canvas.getContext("2d")?.putImageData(image, half - column, half - row);
}

/**
 * Outlines a pixel and the window around it, bright on dark, so that it is seen on any picture.
 * @param {HTMLCanvasElement} canvas that lies over the picture
 * @param {{ row: number, column: number }} pixel
 * @param {number} window
 * @param {{ width: number, height: number }} size of the picture
 */
function outline(canvas, { row, column }, window, size) {
  const context = canvas.getContext("2d");
  if (!context) return;
  const scale = canvas.width / size.width;
  const half = (window - 1) / 2;
  // Lines run around what they name, and stay inside the canvas where that ends at the picture's edge.
  const edges = (/** @type {number} */ at, /** @type {number} */ reach, /** @type {number} */ most) => [
    Math.max(LINE, (at - reach) * scale - LINE),
    Math.min(most - LINE, (at + reach + 1) * scale + LINE),
  ];
  for (const [colour, width] of /** @type {const} */ ([["#000", 3 * LINE], ["#ffb000", 1.5 * LINE]])) {
    context.strokeStyle = colour;
    for (const reach of window > 1 ? [half, 0] : [0]) {
      const [left, right] = edges(column, reach, canvas.width);
      const [top, bottom] = edges(row, reach, canvas.height);
      context.lineWidth = reach === 0 ? width / 2 : width;
      context.strokeRect(left, top, right - left, bottom - top);
    }
  }
}
