/**
 * What can be done with a picture once it is there: each thing is a `<details>` of the page and a module that is fetched when
 * the reader first opens it. A new one is a `<details>` in the page, a module, and a line here.
 */
import { t } from "./say.js";

/** @typedef {import("./state.js").State} State */
/**
 * What a panel needs of the page.
 * @typedef {object} Page
 * @property {State} state changed in place
 * @property {() => Promise<import("./pkg/morphogen.js").Model>} model
 * @property {() => import("./pkg/morphogen.js").SampleOptions} wish as the page draws one picture now
 * @property {() => import("./pkg/morphogen.js").SampleOptions} sketch how it is drawn in a few steps
 * @property {() => { sample: import("./pkg/morphogen.js").Sample, n: number, label: string } | undefined} picture the one that
 * the reader has chosen, once it is complete, and what it shows
 * @property {() => import("./pkg/morphogen.js").Frame[]} frames of the pictures, from noise on
 * @property {(why: "asked" | "rest") => void} changed told when the pictures are to be drawn again
 * @property {(search: string) => void} go draws what an address says
 */
/**
 * A panel whose code is there.
 * @typedef {object} Panel
 * @property {() => void} drawn told when the page has drawn, when another of its pictures was chosen, and when it is opened
 */

/** The panels by the id of their `<details>`; what the module exports as `open` makes one. @type {Record<string, () => Promise<{ open: (page: Page) => Panel }>>} */
const PANELS = {
  mix: () => import("./mix.js"),
  morph: () => import("./morph.js"),
  mend: () => import("./mend.js"),
  more: () => import("./more.js"),
  large: () => import("./large.js"),
  sticker: () => import("./sticker.js"),
  past: () => import("./past.js"),
  settings: () => import("./keep-all.js"),
};
/** Those that take note of all that is drawn, opened or not. */
const NOTING = ["past"];

export class Panels {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    /** @type {Map<string, Promise<Panel>>} */
    this.panels = new Map();
    /** Those whose code has come, and hears for itself what is pressed. @type {Set<string>} */
    this.made = new Set();
    for (const id of Object.keys(PANELS)) {
      const details = this.details(id);
      details.addEventListener("toggle", () => details.open && void this.ready(id));
      // Pressed before its code is there: then it is heard when it is.
      for (const form of details.querySelectorAll("form")) {
        form.addEventListener("submit", (event) => {
          event.preventDefault();
          if (!this.made.has(id)) void this.ready(id).then(() => this.made.has(id) && form.requestSubmit());
        });
      }
    }
    if (page.state.mix) this.details("mix").open = true;
  }

  /** @param {string} id */
  details(id) {
    return /** @type {HTMLDetailsElement} */ (document.getElementById(id));
  }

  /**
   * Has the code of a panel ready; where it could not be fetched, the panel says so and tries again when it is next opened.
   * @param {string} id
   */
  async ready(id) {
    const panel = this.panels.get(id) ?? PANELS[id]().then(({ open }) => open(this.page));
    this.panels.set(id, panel);
    try {
      (await panel).drawn();
      this.made.add(id);
    } catch {
      this.panels.delete(id);
      const status = this.details(id).querySelector("[role=status]");
      if (status) status.textContent = t("This part could not be fetched. Check the network, then close it and open it again.");
    }
  }

  /** The page has drawn, or the reader has chosen another picture. */
  drawn() {
    for (const id of NOTING) if (!this.panels.has(id)) void this.ready(id);
    for (const panel of this.panels.values()) panel.then((panel) => panel.drawn(), () => {});
  }
}
