/**
 * The pictures of a sample, side by side: each is a button that chooses it, and says under itself what the seed chose and
 * how near the nearest training picture is.
 */
import { t } from "./say.js";
import * as words from "./words.js";

/** @typedef {import("./pkg/morphogen.js").Frame} Frame */
/** @typedef {import("./pkg/morphogen.js").Nearest} Nearest */
/** @typedef {{ index: number, label: string, style?: string }} Caption what the seed chose for a picture */
/** @typedef {{ pick: HTMLButtonElement, canvas: HTMLCanvasElement, caption: HTMLButtonElement, near: HTMLElement }} Tile */

const group = /** @type {HTMLElement} */ (document.getElementById("pictures"));

/** Pictures this wide or wider look better smooth; smaller ones are drawn pixel by pixel. */
const SMOOTH_FROM = 48;

export class Pictures {
  /** @param {{ picked: () => void, kept: (caption: number | undefined) => void }} page told of the reader's choices */
  constructor(page) {
    this.page = page;
    /** @type {Tile[]} */
    this.tiles = [];
    /** The chosen one. */
    this.chosen = 0;
    /** Pixels across a picture. */
    this.width = 64;
    /** @type {"" | "smooth" | "crisp"} as the reader wants it */
    this.view = "";
    new ResizeObserver(() => this.fit()).observe(group);
  }

  /** Makes room for `count` pictures. */
  prepare(/** @type {number} */ count) {
    if (this.tiles.length === count) return;
    this.tiles = Array.from({ length: count }, (_, n) => this.tile(n));
    group.dataset.count = count > 4 ? "many" : String(count);
    group.replaceChildren(
      ...this.tiles.map(({ pick, caption, near }) => {
        const [figure, text] = [document.createElement("figure"), document.createElement("figcaption")];
        text.append(caption, near);
        figure.className = "tile";
        figure.append(pick, text);
        return figure;
      }),
    );
    this.pick(this.chosen < count ? this.chosen : 0);
    this.fit();
  }

  /**
   * @param {number} n
   * @returns {Tile}
   */
  tile(n) {
    const [pick, caption] = [document.createElement("button"), document.createElement("button")];
    const [canvas, near] = [document.createElement("canvas"), document.createElement("span")];
    pick.type = caption.type = "button";
    pick.className = "pick";
    pick.ariaLabel = t("Nothing drawn yet");
    canvas.width = canvas.height = this.width;
    canvas.ariaHidden = "true";
    pick.append(canvas);
    pick.addEventListener("click", () => {
      this.pick(n);
      this.page.picked();
    });
    caption.className = "caption";
    caption.hidden = true;
    caption.setAttribute("aria-describedby", "caption-hint");
    caption.addEventListener("click", () => this.page.kept(caption.ariaPressed === "true" ? undefined : Number(caption.value)));
    near.className = "near";
    return { pick, canvas, caption, near };
  }

  /** Keeps a line free under each picture for what the seed may choose. */
  expect(/** @type {boolean} */ captions) {
    group.toggleAttribute("data-captions", captions);
  }

  /** Chooses a picture. */
  pick(/** @type {number} */ n) {
    this.chosen = n;
    this.tiles.forEach(({ pick }, i) => (pick.ariaPressed = String(i === n)));
  }

  /**
   * Names the pictures, for those who do not see them, by their seeds.
   * @param {{ label: string, seed: number }} drawn
   * @param {string} state how far they are
   */
  name({ label, seed }, state) {
    this.tiles.forEach(({ pick }, n) => (pick.ariaLabel = `${label}, ${t("seed {seed}", { seed: seed + n })}, ${state}`));
  }

  /**
   * Shows a frame.
   * @param {Frame} frame
   * @param {"x" | "denoised"} [what]
   */
  put(frame, what = "x") {
    if (frame.size.width !== this.width) {
      this.width = frame.size.width;
      this.fit();
    }
    this.tiles.forEach(({ canvas }, n) => put(canvas, frame.toImageData(n, 1, what)));
  }

  /** Whether new pictures are under way, so that what stands under these no longer holds. */
  busy(/** @type {boolean} */ busy) {
    group.ariaBusy = String(busy);
  }

  /**
   * Says under each picture what the seed chose; nothing where there was nothing to choose.
   * @param {(Caption | null)[] | undefined} captions
   * @param {number | undefined} kept
   */
  tell(captions, kept) {
    this.tiles.forEach(({ caption }, n) => {
      const chosen = captions?.[n];
      caption.hidden = !chosen;
      caption.textContent = chosen ? words.caption(chosen) : "";
      if (!chosen) return;
      caption.title = caption.textContent;
      caption.value = String(chosen.index);
      caption.ariaPressed = String(chosen.index === kept);
    });
  }

  /**
   * Says of each picture how near its nearest training picture is, or which seed it comes from where that is not known.
   * @param {number} seed
   * @param {Nearest[] | undefined} nearest
   */
  judge(seed, nearest) {
    this.tiles.forEach(({ near }, n) => {
      const found = nearest?.[n];
      near.textContent = found ? words.near(found) : t("seed {seed}", { seed: seed + n });
      near.classList.toggle("copied", found?.copied ?? false);
      near.title = found ? words.NEAR : "";
    });
  }

  /** How pictures are enlarged now. */
  get shown() {
    return this.view || (this.width >= SMOOTH_FROM ? "smooth" : "crisp");
  }

  /** Enlarges the pictures as the reader wants it: to all the room there is, or to a whole number of device pixels a pixel. */
  fit() {
    const { shown, width } = this;
    document.documentElement.dataset.view = shown;
    document.documentElement.style.setProperty("--pixels", String(width));
    const ratio = window.devicePixelRatio || 1;
    for (const { pick, canvas } of this.tiles) {
      const scale = Math.max(1, Math.floor((pick.clientWidth * ratio) / width)) / ratio;
      canvas.style.width = shown === "smooth" ? "100%" : `${width * scale}px`;
    }
  }
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {ImageData} image
 */
export function put(canvas, image) {
  if (canvas.width !== image.width || canvas.height !== image.height) {
    canvas.width = image.width;
    canvas.height = image.height;
  }
  canvas.getContext("2d")?.putImageData(image, 0, 0);
}
