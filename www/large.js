/**
 * A large new picture from one of the reader's own: its patches, laid beside each other anew by the theory, and shown coarse to
 * fine as they come. Fetched when the reader first opens it.
 */
import { button, make, slider, tell } from "./make.js";
import { put } from "./pictures.js";
import { largeVariation } from "./pkg/late.js";
import { number, t, told } from "./say.js";
import { hand } from "./share.js";

/** Pixels from which on a picture looks better smooth; coarser ones are shown as what they are. */
const SMOOTH = 128;
/** Seeds of first pictures. */
const SEEDS = 1e6;

const find = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const [panel, status] = ["large", "large-status"].map(find);

export const open = () => new Large();

class Large {
  constructor() {
    /** The reader's picture. @type {File | undefined} */
    this.source = undefined;
    this.seed = 0;
    /** What was drawn last, in full. @type {{ image: ImageData, tile: boolean, name: string } | undefined} */
    this.drew = undefined;
    /** @type {AbortController | undefined} */
    this.running = undefined;
    this.canvas = make("canvas", { width: 256, height: 256, role: "img", ariaLabel: t("The new picture"), hidden: true });
    this.bar = make("progress", { max: 1, value: 0, "aria-label": t("Progress of the large picture"), hidden: true });
    this.shown = make("img", { alt: t("Your picture"), hidden: true });
    this.file = make("input", { type: "file", accept: "image/*", hidden: true });
    this.dial = slider("large-variety", t("How different"), { min: 0, max: 1, step: 0.05, value: 0.5 }, (value) => number(value, 2));
    this.tile = make("input", { type: "checkbox", id: "large-tile" });
    this.again = button(t("Another one"), () => void this.draw(this.seed + 1), { disabled: true });
    this.stop = button(t("Stop"), () => this.running?.abort(), { hidden: true });
    this.saving = button(t("Save PNG"), () => this.save(), { disabled: true });
    this.build();
  }

  build() {
    const drop = make("p", { className: "drop" }, button(t("Choose a picture"), () => this.file.click()), t(" or drop one here. It stays on this device."));
    this.file.addEventListener("change", () => void this.opened(this.file.files?.[0]));
    panel.addEventListener("dragover", (/** @type {DragEvent} */ event) => event.preventDefault());
    panel.addEventListener("drop", (/** @type {DragEvent} */ event) => {
      event.preventDefault();
      void this.opened(event.dataTransfer?.files[0]);
    });
    this.dial.input.addEventListener("change", () => void this.draw(this.seed));
    this.tile.addEventListener("change", () => void this.draw(this.seed));
    const tile = make("label", { className: "tick", htmlFor: "large-tile" }, this.tile, t("Let it tile: its edges fit each other"));
    const beside = make("div", { className: "beside" }, this.file, this.shown, this.dial.field, tile, make("div", { className: "actions" }, this.again, this.stop, this.saving), status);
    panel.querySelector("summary")?.after(make("div", { className: "large-bench" }, make("div", { className: "large-picture" }, this.canvas, this.bar, drop), beside));
    tell(status, t("Stone gives other stone, a face other faces: new pictures of what is in yours, made of its patches alone."), false);
  }

  /** Nothing here is the page's picture. */
  drawn() {}

  /** @param {File | undefined} file */
  async opened(file) {
    this.file.value = "";
    if (!file) return;
    this.source = file;
    URL.revokeObjectURL(this.shown.src);
    this.shown.src = URL.createObjectURL(file);
    this.shown.hidden = false;
    await this.draw(Math.floor(Math.random() * SEEDS));
  }

  /** @param {number} seed */
  async draw(seed) {
    const { source } = this;
    if (!source) return;
    this.running?.abort();
    const running = (this.running = new AbortController());
    const { signal } = running;
    const [variety, tile] = [Number(this.dial.input.value), this.tile.checked];
    this.seed = seed;
    this.bar.removeAttribute("value");
    this.busy(true);
    tell(status, t("Drawing, coarse to fine …"), false);
    try {
      const onStep = (/** @type {import("./pkg/morphogen.js").LargeStep} */ { image, share }) => {
        this.bar.value = share;
        this.put(image, tile);
      };
      const began = performance.now();
      const image = await largeVariation(source, { variety, tile, seed, signal, onStep });
      this.drew = { image, tile, name: `morphogen-${source.name.replace(/\.\w+$/, "") || "picture"}-${seed}` };
      this.put(image, tile);
      const seconds = number((performance.now() - began) / 1000, 1);
      tell(status, t("{width} × {height} pixels in {seconds} s.", { width: image.width, height: image.height, seconds }), false);
    } catch (thrown) {
      if (this.running !== running) return;
      // What was there before is there again.
      this.canvas.hidden = !this.drew;
      if (this.drew) this.put(this.drew.image, this.drew.tile);
      tell(status, signal.aborted ? t("Stopped.") : told(thrown), !signal.aborted);
    } finally {
      if (this.running === running) this.busy(false);
    }
  }

  /** @param {boolean} busy */
  busy(busy) {
    if (!busy) this.running = undefined;
    this.bar.hidden = !busy;
    this.stop.hidden = !busy;
    this.again.disabled = busy || !this.source;
    this.saving.disabled = busy || !this.drew;
  }

  /**
   * Shows a picture, or four of a tile.
   * @param {ImageData} image
   * @param {boolean} tile
   */
  put(image, tile) {
    const { canvas } = this;
    canvas.hidden = false;
    canvas.classList.toggle("smooth", image.width >= SMOOTH);
    put(canvas, image);
    if (!tile) return;
    const { width, height } = image;
    Object.assign(canvas, { width: 2 * width, height: 2 * height });
    const context = canvas.getContext("2d");
    for (const [x, y] of [[0, 0], [1, 0], [0, 1], [1, 1]]) context?.putImageData(image, x * width, y * height);
  }

  save() {
    const { drew } = this;
    if (!drew) return;
    const { width, height } = drew.image;
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    put(canvas, drew.image);
    canvas.toBlob((blob) => {
      if (blob) hand(blob, `${drew.name}.png`);
      else tell(status, t("The picture could not be saved."), true);
    });
  }
}
