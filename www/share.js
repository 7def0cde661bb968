/** What the reader takes along of the chosen picture: its link, its file, the lines that embed it. */
import { t } from "./say.js";
import { hosted } from "./address.js";
import * as snippet from "./snippet.js";
import { write } from "./state.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./stage.js").Stage} Stage */

const find = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const [link, save] = ["link", "save"].map(find);

/** Pixels that a saved picture is at least wide. */
const SAVED = 448;

/**
 * The state that draws one picture of a sample alone, the same picture. Where the seed chose captions, the first of
 * several chooses as a single one does; what the others chose is named.
 * @param {import("./stage.js").Drawn} drawn
 * @param {number} n which picture
 * @returns {State}
 */
function single({ state, seed, captions, parts }, n) {
  const alone = { ...state, seed: seed + n, count: 1 };
  const caption = captions?.[n];
  if (n > 0 && caption === null) alone.prior = false;
  if (n > 0 && caption) alone.caption = caption.index;
  const second = parts?.[1]?.captions?.[n];
  if (n > 0 && second && alone.mix) alone.mix = { ...alone.mix, second: second.index };
  return alone;
}

export class Share {
  /**
   * @param {State} state
   * @param {Stage} stage
   * @param {(text: string, problem?: boolean) => void} say
   */
  constructor(state, stage, say) {
    this.state = state;
    this.stage = stage;
    this.say = say;
    link.addEventListener("click", () => void this.copy());
    save.addEventListener("click", () => this.save());
  }

  /** There is a picture to take along, or another one. */
  ready() {
    const { drawn } = this.stage;
    if (!drawn) return;
    link.disabled = save.disabled = false;
    // In the frame the style stands among the words.
    snippet.show({ ...this.alone(drawn), prompt: drawn.prompt }, drawn.label);
  }

  /** @param {import("./stage.js").Drawn} drawn */
  alone(drawn) {
    const { machine, window, view } = this.state;
    return { ...single(drawn, this.stage.pictures.chosen), machine, window, view };
  }

  async copy() {
    const { drawn } = this.stage;
    if (!drawn) return;
    if (!hosted) return this.say(t("This copy has no address of its own, so there is no link to give. Save the picture instead."));
    const there = new URL(write(this.alone(drawn)), hosted);
    // Which page of a file this is says nothing where each has an address.
    there.searchParams.delete("page");
    const address = there.href;
    try {
      await navigator.clipboard.writeText(address);
      this.say(t("Link copied. It draws this very picture, on any machine."));
    } catch {
      this.say(t("Copy this link: {address}", { address }));
    }
  }

  save() {
    const { drawn, frames, at, pictures } = this.stage;
    const frame = frames[at];
    if (!frame || !drawn) return;
    download(frame, pictures.chosen, named(drawn.label, drawn.seed + pictures.chosen), pictures.shown === "crisp", (text) => this.say(text, true));
  }
}

/**
 * What a picture's file is called, without its ending.
 * @param {string} label
 * @param {number} seed
 */
export const named = (label, seed) => `morphogen-${label.toLowerCase().replace(/[^a-z0-9]+/g, "-")}-${seed}`;

/**
 * Hands the reader a file.
 * @param {Blob} blob
 * @param {string} name
 */
export function hand(blob, name) {
  const anchor = document.createElement("a");
  anchor.href = URL.createObjectURL(blob);
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 10_000);
}

/**
 * Gives the reader a picture as a PNG file.
 * @param {{ toImageData: (n: number, scale: number) => ImageData }} source
 * @param {number} n which of its pictures
 * @param {string} name without its ending
 * @param {boolean} crisp pixel by pixel, or smooth
 * @param {(text: string) => void} failed
 */
export function download(source, n, name, crisp, failed) {
  const small = source.toImageData(n, 1);
  const scale = Math.min(64, Math.ceil(SAVED / small.width));
  const image = crisp ? source.toImageData(n, scale) : small;
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  const saved = crisp ? canvas : enlarged(canvas, small.width * scale, small.height * scale);
  saved.toBlob((blob) => {
    if (!blob) return failed(t("The picture could not be saved."));
    hand(blob, `${name}.png`);
  });
}

/**
 * A picture enlarged smoothly.
 * @param {HTMLCanvasElement} small
 * @param {number} width
 * @param {number} height
 */
function enlarged(small, width, height) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d");
  if (context) context.imageSmoothingQuality = "high";
  context?.drawImage(small, 0, 0, width, height);
  return canvas;
}
