/**
 * The evidence at a glance, under the pictures: the chosen one, the nearest training picture, and where the theory holds its
 * guess from the same noise and the mosaic that the guess is made of.
 */
import { put } from "./pictures.js";
import { t } from "./say.js";
import * as words from "./verdicts.js";
import { NEAR } from "./words.js";

/** @typedef {import("./pkg/morphogen.js").Model} Model */
/** @typedef {import("./pkg/morphogen.js").Sample} Sample */
/** @typedef {import("./pkg/morphogen.js").Nearest} Nearest */
/** @typedef {import("./pkg/morphogen.js").TrainingImages} TrainingImages */

const find = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const [section, look, says, theory] = ["evidence", "novelty", "evidence-says", "evidence-theory"].map(find);
const [drawn, nearest, guess, mosaic] = ["evidence-drawn", "evidence-nearest", "evidence-guess", "evidence-mosaic"].map(find);

/** The share of the way at which the mosaic is shown: later its pieces are as small as pixels, earlier it is a blur. */
const TELLING = 0.4;

export class Evidence {
  /** @param {() => void} asked told when the reader wants to know */
  constructor(asked) {
    look.addEventListener("click", asked);
    /** What is known of the nearest training picture. */
    this.found = "";
  }

  /** Something else is being drawn. */
  wait() {
    look.disabled = true;
    section.ariaBusy = "true";
    // What is said of the pictures before does not hold for those that come.
    says.textContent = "";
  }

  /**
   * A picture is finished.
   * @param {Model} model
   * @param {{ shelf: { count: number } | undefined, possible: boolean }} training its pictures: a shelf of one kind, or those that captions name
   */
  use(model, { shelf, possible }) {
    section.hidden = !possible;
    section.ariaBusy = "false";
    delete section.dataset.mixed;
    look.hidden = false;
    look.disabled = !possible;
    for (const canvas of [nearest, guess, mosaic]) clear(canvas, model.info.image);
    // Where each thing has a handful of pictures the theory has too little to go by.
    theory.hidden = shelf === undefined;
    says.textContent = words.expect(shelf);
  }

  /** @param {string} text */
  say(text) {
    says.textContent = text;
  }

  /** It could not be looked up. @param {string} why */
  failed(why) {
    says.textContent = why;
    look.hidden = false;
  }

  /**
   * What the nearest training picture of picture `n` is, as far as known.
   * @param {Sample | undefined} sample
   * @param {number} n
   * @param {Nearest | undefined} found
   * @param {TrainingImages | undefined} images
   */
  near(sample, n, found, images) {
    if (!sample) return;
    put(drawn, sample.toImageData(n));
    for (const canvas of [guess, mosaic]) clear(canvas, sample);
    if (!found || !images) return;
    look.hidden = true;
    put(nearest, images.toImageData(found.image));
    nearest.ariaLabel = t("Training picture {number}", { number: found.image + 1 });
    this.found = words.copy(t("This picture"), found);
    says.textContent = theory.hidden ? `${this.found} ${NEAR}` : this.found;
  }

  /**
   * What a machine made of the same noise.
   * @param {import("./columns.js").Column} column
   * @param {number} r of both, when finished
   * @param {number} floor r that any picture of the kind would have
   */
  foretold({ frames, machine }, r, floor) {
    const last = frames.at(-1);
    const telling = frames[Math.max(1, Math.round(TELLING * (frames.length - 1)))];
    if (!last || theory.hidden) return;
    put(guess, last.toImageData());
    guess.ariaLabel = t("What the theory foretold");
    const tiles = telling?.provenance;
    mosaic.closest("figure").hidden = !tiles;
    if (tiles) put(mosaic, tiles.toImageData(0, 1, telling.denoised));
    says.textContent = `${this.found} ${words.foretold(machine, r, floor)}`;
  }
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{ width: number, height: number }} size
 */
function clear(canvas, { width, height }) {
  Object.assign(canvas, { width, height });
  canvas.ariaLabel = t("Not looked up yet");
}
