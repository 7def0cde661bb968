/** What is drawn of a mix beside it, when the reader asks for it: once for what is wished, and anew where that changes. */
import { told } from "./say.js";

/** @typedef {import("./pkg/morphogen.js").SampleOptions} SampleOptions */
/** @typedef {import("./pkg/morphogen.js").Model} Model */

export class Shown {
  /** What it shows, or is about to. */
  shown = "";
  /** @type {AbortController | undefined} */
  running;
  /** What is said of it. */
  note = Object.assign(document.createElement("p"), { className: "quiet", role: "status" });

  /**
   * @param {() => Promise<Model>} model
   * @param {string} waiting what is said meanwhile
   */
  constructor(model, waiting) {
    this.model = model;
    this.waiting = waiting;
  }

  /**
   * Draws it; what is there already stays.
   * @param {SampleOptions} wish
   */
  async show(wish) {
    const key = JSON.stringify(wish);
    if (key === this.shown) return;
    this.stop();
    const running = (this.running = new AbortController());
    this.shown = key;
    this.note.textContent = this.waiting;
    try {
      await this.draw({ ...wish, signal: running.signal });
    } catch (thrown) {
      if (running.signal.aborted) return;
      this.shown = "";
      this.note.textContent = told(thrown);
    }
    if (this.running !== running) return;
    this.running = undefined;
    this.rest();
  }

  /** Draws what is wished. @param {SampleOptions & { signal: AbortSignal }} _wish @returns {Promise<void>} */
  async draw(_wish) {}

  /** Nothing is under way any more. */
  rest() {}

  /** Drops what is under way, so that it is drawn when it is wished again. */
  stop() {
    if (!this.running) return;
    this.running.abort();
    this.running = undefined;
    this.shown = "";
    this.rest();
  }
}
