/**
 * The sampler for notebooks and books: an AFM module (anywidget's contract), so one file for Jupyter, Colab, VS Code, marimo
 * and MyST. `tools/bundle.mjs` puts worker and wasm into it; models come from the kernel as bytes, or from an address.
 */
import { typed } from "../../pkg/errors.js";
import { View, complain } from "./view.js";

/** @typedef {import("./afm.js").Cell} Cell */

export default {
  /** Nothing is done before there is a view: a widget that nobody sees need not draw. */
  initialize() {},

  /**
   * @param {Cell} cell
   * @returns {(() => void) | undefined} called when the cell is gone
   */
  render({ model, el }) {
    try {
      const view = new View(model, el);
      return () => view.close();
    } catch (thrown) {
      complain(el, typed(thrown).message);
      return undefined;
    }
  },
};
