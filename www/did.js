/**
 * What the words did: the picture of the way that is picked, and beside it a map in which each pixel has the colour of the
 * word that moved it more. Fetched when the reader first asks for it.
 */
import { put } from "./pictures.js";
import { t } from "./say.js";
import { Shown } from "./shown.js";

/** @typedef {import("./pkg/morphogen.js").SampleOptions} SampleOptions */

const canvas = (/** @type {string} */ label) => Object.assign(document.createElement("canvas"), { width: 64, height: 64, role: "img", ariaLabel: label });

export class Did extends Shown {
  /**
   * @param {HTMLElement} root where it stands
   * @param {() => Promise<import("./pkg/morphogen.js").Model>} model
   */
  constructor(root, model) {
    super(model, t("Adding up what each word does …"));
    this.picture = canvas(t("The picture"));
    this.map = canvas(t("Which word moved which pixel"));
    this.legend = document.createElement("ul");
    const both = Object.assign(document.createElement("div"), { className: "did-both" });
    both.append(this.picture, this.map);
    root.append(both, this.legend, this.note);
  }

  /** @param {SampleOptions & { signal: AbortSignal }} wish */
  async draw(wish) {
    const model = await this.model();
    const sample = await model.sample({ ...wish, count: 1, influence: true });
    if (wish.signal.aborted || !sample.influence) return;
    put(this.picture, sample.toImageData());
    put(this.map, sample.influence.toImageData());
    this.tell(sample);
  }

  /** Names both words in their colours. @param {import("./pkg/morphogen.js").Sample} sample */
  tell({ influence, parts = [] }) {
    if (!influence) return;
    const items = parts.map(({ label }, k) => {
      const [item, swatch] = ["li", "span"].map((tag) => document.createElement(tag));
      swatch.className = "swatch";
      swatch.style.backgroundColor = `rgb(${influence.colour(k).join(" ")})`;
      item.append(swatch, label);
      return item;
    });
    this.legend.replaceChildren(...items);
    const names = parts.map(({ label }) => `“${label}”`).join(t(" or "));
    this.map.ariaLabel = t("A map of the picture: each pixel has the colour of {names}, whichever moved it more", { names });
    this.note.textContent = t("Each pixel has the colour of the word that moved it more on its way out of the noise; the paler, the less.");
  }
}
