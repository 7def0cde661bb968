/**
 * What the theory foretells of a mix: the network's picture, and beside it what a machine made of theory alone makes of the same
 * noise and the same sum, each word from its own training pictures. Fetched when the reader first asks for it.
 */
import { correlation } from "./agreement.js";
import { put } from "./pictures.js";
import { t } from "./say.js";
import { Shown } from "./shown.js";
import { another } from "./state.js";
import { foretold } from "./verdicts.js";

/** @typedef {import("./pkg/morphogen.js").SampleOptions} SampleOptions */

/** The machine that foretells best. */
const MACHINE = "blend";
/** Pictures of the same mix from other noise, to know what any of them would reach. */
const OTHERS = 8;

/** @param {string} caption */
function figure(caption) {
  const [figure, text] = [document.createElement("figure"), document.createElement("figcaption")];
  const canvas = Object.assign(document.createElement("canvas"), { width: 28, height: 28, role: "img", ariaLabel: caption });
  text.textContent = caption;
  figure.append(canvas, text);
  return { figure, canvas };
}

export class Foretold extends Shown {
  /**
   * @param {HTMLElement} root where it stands
   * @param {() => Promise<import("./pkg/morphogen.js").Model>} model
   */
  constructor(root, model) {
    super(model, t("The machine draws …"));
    const [ours, theirs] = [figure(t("the network")), figure(t("the machine"))];
    this.ours = ours.canvas;
    this.theirs = theirs.canvas;
    this.progress = Object.assign(document.createElement("progress"), { max: 1, value: 0, hidden: true, ariaLabel: t("Progress of the machine") });
    const [both, words] = [Object.assign(document.createElement("div"), { className: "did-both" }), document.createElement("div")];
    both.append(ours.figure, theirs.figure);
    words.append(this.progress, this.note);
    root.append(both, words);
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
  }

  /** @param {SampleOptions & { signal: AbortSignal }} wish */
  async draw(wish) {
    const model = await this.model();
    const ours = await model.sample({ ...wish, count: 1 });
    const others = await model.sample({ ...wish, count: OTHERS, seed: another({ seed: wish.seed ?? 0, count: OTHERS }) });
    if (wish.signal.aborted) return;
    put(this.ours, ours.toImageData());
    const { guidance, negative, caption, ...rest } = wish;
    this.progress.hidden = false;
    const theirs = await model.sample({
      ...{ ...rest, count: 1, machine: MACHINE },
      onStep: (frame) => {
        if (wish.signal.aborted) return;
        this.progress.value = frame.step / frame.steps;
        if (!this.still.matches) put(this.theirs, frame.toImageData());
      },
    });
    if (wish.signal.aborted) return;
    put(this.theirs, theirs.toImageData());
    const size = ours.pixels.length;
    const each = Array.from({ length: OTHERS }, (_, n) => correlation(ours.pixels, others.pixels.subarray(n * size, (n + 1) * size)));
    const floor = each.reduce((sum, r) => sum + r, 0) / OTHERS;
    this.note.textContent = foretold(MACHINE, correlation(ours.pixels, theirs.pixels), floor);
  }

  rest() {
    this.progress.hidden = true;
  }
}
