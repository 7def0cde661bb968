/**
 * A picture that one paints on: with mouse, pen or finger, or with the arrow keys, which move a square, and the space bar, which
 * paints. What painting means is told by who has the pad; places are pixels of the picture.
 */
import { make } from "./make.js";
import { t } from "./say.js";

/** @typedef {{ x: number, y: number }} Place */
/**
 * @typedef {object} Hand what painting does
 * @property {(at: Place) => void} begin
 * @property {(from: Place, to: Place) => void} move
 * @property {(at: Place) => void} end
 * @property {() => string} [tell] what is at the square now, for those who do not see it
 */

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/** Pixels that an arrow moves the square, alone and with Shift. */
const [NEAR, FAR] = [2, 8];
const KEYS = t("Arrow keys move a square, with Shift further; the space bar paints.");

export class Pad {
  /**
   * @param {string} label
   * @param {Hand} hand
   */
  constructor(label, hand) {
    this.hand = hand;
    this.picture = make("canvas", { tabIndex: 0, role: "application", "aria-label": label, "aria-description": KEYS, width: 64, height: 64 });
    this.marks = make("canvas", { width: 64, height: 64, ariaHidden: "true" });
    this.square = make("span", { className: "square", hidden: true });
    this.spoken = make("span", { className: "hidden-label", "aria-live": "polite" });
    this.element = make("div", { className: "pad" }, this.picture, this.marks, this.square, this.spoken);
    /** @type {Place} */
    this.at = { x: 32, y: 32 };
    /** Where the pointer was last, while it is down. @type {Place | undefined} */
    this.last = undefined;
    /** Pixels across the square. */
    this.side = 1;
    this.listen();
  }

  listen() {
    const { picture } = this;
    picture.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      picture.setPointerCapture(event.pointerId);
      this.square.hidden = true;
      this.last = this.place(event);
      this.hand.begin(this.last);
    });
    picture.addEventListener("pointermove", (event) => {
      if (!this.last) return;
      const to = this.place(event);
      this.hand.move(this.last, to);
      this.last = to;
    });
    for (const name of /** @type {const} */ (["pointerup", "pointercancel"])) {
      picture.addEventListener(name, (event) => {
        if (this.last) this.hand.end(this.place(event));
        this.last = undefined;
      });
    }
    picture.addEventListener("keydown", (event) => this.key(event));
    picture.addEventListener("blur", () => (this.square.hidden = true));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const arrow = ARROWS[event.key];
    if (!arrow && event.key !== " ") return;
    event.preventDefault();
    const { width, height } = this.picture;
    if (arrow) {
      const step = event.shiftKey ? FAR : NEAR;
      const within = (/** @type {number} */ value, /** @type {number} */ size) => Math.max(0, Math.min(size - 1, value));
      this.at = { x: within(this.at.x + arrow[0] * step, width), y: within(this.at.y + arrow[1] * step, height) };
    } else {
      this.hand.begin(this.at);
      this.hand.end(this.at);
    }
    this.show();
    this.spoken.textContent = `${t("Column {column}, row {row}", { column: this.at.x + 1, row: this.at.y + 1 })}${this.hand.tell ? `, ${this.hand.tell()}` : ""}`;
  }

  /** Shows the square where the keys have moved it. */
  show() {
    const { width, height } = this.picture;
    const percent = (/** @type {number} */ value, /** @type {number} */ size) => `${(100 * value) / size}%`;
    this.square.hidden = false;
    Object.assign(this.square.style, {
      left: percent(this.at.x + 0.5 - this.side / 2, width),
      top: percent(this.at.y + 0.5 - this.side / 2, height),
      width: percent(this.side, width),
      height: percent(this.side, height),
    });
  }

  /**
   * @param {PointerEvent} event
   * @returns {Place}
   */
  place({ clientX, clientY }) {
    const { left, top, width, height } = this.picture.getBoundingClientRect();
    return { x: Math.floor(((clientX - left) / width) * this.picture.width), y: Math.floor(((clientY - top) / height) * this.picture.height) };
  }

  /**
   * Pictures of another size, from here on.
   * @param {number} width
   * @param {number} height
   */
  size(width, height) {
    for (const canvas of [this.picture, this.marks]) {
      if (canvas.width === width && canvas.height === height) continue;
      canvas.width = width;
      canvas.height = height;
      this.at = { x: width >> 1, y: height >> 1 };
    }
  }
}

/**
 * The pixels under a round brush that goes from one place to another.
 * @param {Place} from
 * @param {Place} to
 * @param {number} across its diameter
 * @param {{ width: number, height: number }} size of the picture
 * @param {(index: number) => void} each
 */
export function brushed(from, to, across, { width, height }, each) {
  const radius = across / 2;
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const long = dx * dx + dy * dy;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const along = long === 0 ? 0 : Math.max(0, Math.min(1, ((x - from.x) * dx + (y - from.y) * dy) / long));
      if (Math.hypot(x - from.x - along * dx, y - from.y - along * dy) <= radius) each(y * width + x);
    }
  }
}
