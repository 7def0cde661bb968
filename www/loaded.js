/**
 * The model that the page draws with: loaded on first use, once for all who wait for it (a drawing, an open panel), and again when
 * another pack or another device is wanted.
 */
import { loadModel } from "./pkg/morphogen.js";
import { opened } from "./open.js";
import { t } from "./say.js";
import * as words from "./words.js";

/** @typedef {import("./pkg/morphogen.js").Model} Model */

const progress = /** @type {HTMLProgressElement} */ (document.getElementById("progress"));
const status = /** @type {HTMLElement} */ (document.getElementById("status"));

export class Loaded {
  /** @type {Model | undefined} */
  #model;
  /** The pack and the device that it was loaded for. */
  #for = "";
  /** What is being loaded. @type {{ wanted: string, controller: AbortController, coming: Promise<Model> } | undefined} */
  #loading;

  /**
   * @param {import("./state.js").State} state what is wanted; what is astray in it is put right
   * @param {{ say: (text: string) => void, drawing: () => boolean, opened: (model: Model) => Promise<void> }} page `drawing`: whether a drawing will
   *     clear up after what is said here; `opened` is waited for before anybody has the model
   */
  constructor(state, page) {
    this.state = state;
    this.page = page;
  }

  /**
   * The model that is wanted now.
   * @param {AbortSignal} signal ends the loading for everybody: who waits for the same hears of it
   * @returns {Promise<Model>}
   */
  async get(signal) {
    const wanted = `${this.state.model} ${this.state.device}`;
    if (this.#model && this.#for === wanted) return this.#model;
    if (this.#loading?.wanted !== wanted || this.#loading.controller.signal.aborted) {
      this.#loading?.controller.abort();
      const controller = new AbortController();
      this.#loading = { wanted, controller, coming: this.#load(controller.signal) };
    }
    const { controller, coming } = this.#loading;
    progress.hidden = false;
    signal.addEventListener("abort", () => controller.abort(), { once: true });
    try {
      const model = await coming;
      // It may have been closed for another while the page was told of it.
      return model === this.#model ? model : this.get(signal);
    } catch (thrown) {
      // What loads in its place is waited for instead.
      if (this.#loading && !signal.aborted) return this.get(signal);
      throw thrown;
    }
  }

  /** @param {AbortSignal} signal */
  async #load(signal) {
    const { state, page } = this;
    this.#model?.close();
    this.#model = undefined;
    page.say(t("Fetching the model …"));
    progress.removeAttribute("value");
    /** @type {import("./pkg/morphogen.js").LoadOptions["onProgress"]} */
    const onProgress = ({ phase, loaded, total }) => {
      // The bar shows how far it is; a line that changes all the time would never let a screen reader rest.
      const text = phase === "code" ? t("Fetching the engine …") : total ? t("Fetching the network ({size}) …", { size: words.megabytes(total) }) : t("Fetching the network …");
      if (status.textContent !== text) page.say(text);
      if (total) progress.value = Math.min(1, loaded / total);
    };
    const open = (/** @type {import("./state.js").State} */ { model, device, network }) => loadModel(new URL(`models/${model}/`, import.meta.url), { device, network: network || undefined, signal, onProgress });
    try {
      const model = (this.#model = await opened(state, open));
      this.#for = `${state.model} ${state.device}`;
      await page.opened(model);
      return model;
    } finally {
      if (this.#loading?.controller.signal === signal) this.#loading = undefined;
      // Where a panel wanted it, no drawing clears up after it.
      if (!page.drawing() && !this.#loading) {
        progress.hidden = true;
        page.say("");
      }
    }
  }
}
