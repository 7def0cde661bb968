/**
 * When the page draws by itself. Where a sketch takes no longer than the eye waits, the page sketches what is typed at
 * every pause of the typing, and draws it with all steps once the typing rests. Where it takes longer, it draws when it
 * is told to. How long a sketch takes is measured with the pictures that are drawn anyway.
 */

/** @typedef {import("./pkg/morphogen.js").Frame} Frame */

/** Steps of a sketch. */
export const SKETCH_STEPS = 4;
/** Milliseconds that one picture's sketch may take. */
const ENOUGH = 500;
/** Milliseconds without a key after which what was typed is sketched. */
const PAUSE = 250;
/** And after which it is drawn with all steps. */
const REST = 2000;

export class Pace {
  /** @param {(how: "sketch" | "rest") => void} draw */
  constructor(draw) {
    this.draw = draw;
    /** @type {Map<string, number>} milliseconds of a step of one picture, by what draws it */
    this.steps = new Map();
    this.pause = 0;
    this.rest = 0;
  }

  /**
   * Times a drawing by the frames that come of it. Its first step is left out where it can be: it makes things ready.
   * @param {string} drawer what draws
   * @param {number} count pictures
   * @returns {(frame: Frame) => void} to be called with every frame
   */
  time(drawer, count) {
    let begun = 0;
    let from = 0;
    return ({ step, steps }) => {
      const now = performance.now();
      if (step <= (steps > 1 ? 1 : 0)) [begun, from] = [now, step];
      else if (step === steps) this.steps.set(drawer, (now - begun) / ((step - from) * count));
    };
  }

  /**
   * Whether this drawer sketches fast enough to follow the typing.
   * @param {string} drawer
   */
  follows(drawer) {
    return (this.steps.get(drawer) ?? Infinity) * SKETCH_STEPS < ENOUGH;
  }

  /**
   * A key was pressed.
   * @param {string} drawer
   */
  typed(drawer) {
    this.cancel();
    if (!this.follows(drawer)) return;
    this.pause = window.setTimeout(() => this.draw("sketch"), PAUSE);
    this.rest = window.setTimeout(() => this.draw("rest"), REST);
  }

  /** Nothing more is drawn for what was typed so far. */
  cancel() {
    window.clearTimeout(this.pause);
    window.clearTimeout(this.rest);
  }
}
