/** A network that was saved: the pack goes to a file, and is loaded and drawn with as any pack is, from noise that nobody has seen yet. */
import { button, controls, el, picture } from "../essay/parts.js";

/** @typedef {import("../essay/figure.js").Host} Host */
/** @typedef {import("../pkg/morphogen.js").Model} Model */

/** Pictures that are drawn at once, and the seed of the first. */
const [PICTURES, FIRST] = [8, 1000];
const FILE = "learned.zip";

export class Taken {
  /** @type {Model | undefined} */
  model;
  seed = FIRST;

  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    this.tiles = Array.from({ length: PICTURES }, (_, n) => picture({ label: host.t("takenPicture", { n: n + 1 }), size: [36, 64] }));
    const again = button(host.t("takenAgain"), () => {
      const { model } = this;
      this.seed += PICTURES;
      if (model) void host.run((signal) => this.draw(model, signal));
    }, { act: "another" });
    this.element = el("section", { className: "taken", hidden: true, ariaLabel: host.t("taken") }, el("p", { className: "axis" }, host.t("taken")), el("div", { className: "eight" }, ...this.tiles.map(({ canvas }) => canvas)), controls(again));
  }

  /**
   * Hands the pack over as a file, and gives its name.
   * @param {Blob} pack
   */
  download(pack) {
    const address = URL.createObjectURL(pack);
    el("a", { href: address, download: FILE }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    return FILE;
  }

  /**
   * Draws with a pack that was loaded, which is kept for more.
   * @param {Model} model
   * @param {AbortSignal} signal
   */
  async draw(model, signal) {
    if (this.model !== model) this.model?.close();
    this.model = model;
    const { prompts } = model.info;
    const sample = await model.sample({ prompt: prompts[0]?.name, seed: this.seed, count: PICTURES, guidance: 1, signal });
    this.element.hidden = false;
    this.tiles.forEach((tile, n) => tile.put(sample.toImageData(n), this.host.t("takenPicture", { n: n + 1 })));
  }

  clear() {
    this.model?.close();
    this.model = undefined;
    this.seed = FIRST;
    this.element.hidden = true;
  }
}
