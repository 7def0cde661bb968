/**
 * Network and theory side by side: an analytic machine draws from the noise of the picture on the stage, and both follow
 * the same scrubber, with their agreement at every step, the origin of every pixel, and the nearest training pictures.
 */
import { correlation, plot } from "./agreement.js";
import { Explorer } from "./explore.js";
import { keep } from "./keep.js";
import { MACHINES } from "./machines.js";
import { WHOLE } from "./state.js";
import * as words from "./words.js";

/** @typedef {import("./pkg/morphogen.js").Model} Model */
/** @typedef {import("./pkg/morphogen.js").Frame} Frame */
/** @typedef {import("./pkg/morphogen.js").Sample} Sample */
/** @typedef {import("./pkg/morphogen.js").Nearest} Nearest */
/** @typedef {import("./pkg/morphogen.js").TrainingImages} TrainingImages */
/** @typedef {import("./state.js").State} State */
/** @typedef {keyof typeof MACHINES} Machine */
/** @typedef {{ model: string, prompt: string, name: string, seed: number, steps: number, solver: "ddim" | "ddpm" | "dpm-solver", grid: "uniform" | "early" | undefined, network: string }} Drawn */
/** @typedef {{ frames: () => Frame[], scrub: (step: number) => void, changed: () => void }} Page the frames on its stage, the way to one of them, and who keeps the address */

const find = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const [section, select, slider, blind, button] = ["theory", "machine", "window", "blind", "compare"].map(find);
const [ours, theirs, mosaic, steps, status, progress] = ["ours", "theirs", "mosaic", "theory-step", "theory-status", "theory-progress"].map(find);
const [agreement, number, curve, verdicts] = ["agreement", "r", "curve", "verdicts"].map(find);

/** The window where none was calibrated. */
const USUAL = 7;

export class Compare {
  /**
   * @param {State} state changed in place
   * @param {Page} page
   */
  constructor(state, page) {
    this.state = state;
    this.page = page;
    this.explorer = new Explorer();
    /** @type {Model | undefined} */
    this.model = undefined;
    /** What is on the stage. */
    this.drawn = /** @type {Drawn | undefined} */ (undefined);
    /** @type {Sample | undefined} the network's, once complete */
    this.sample = undefined;
    /** @type {Frame | undefined} the network's, as shown */
    this.frame = undefined;
    this.picture = 0;
    /** @type {Frame[]} the machine's */
    this.frames = [];
    /** @type {AbortController | undefined} */
    this.running = undefined;
    /** Whether the address asked for a comparison that has not begun yet. */
    this.wanted = state.machine !== "";
    /** @type {Machine} what the switch goes back to */
    this.lost = "bbels";
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    for (const [name, title] of Object.entries(MACHINES)) select.add(new Option(title.title, name));
    if (state.machine) select.value = state.machine;
    slider.value = String(state.window === WHOLE ? slider.max : Math.max(0, (state.window - 1) / 2));
    select.addEventListener("change", () => (this.label(), this.again()));
    slider.addEventListener("input", () => this.label());
    slider.addEventListener("change", () => this.again());
    blind.addEventListener("change", () => {
      select.value = blind.checked ? this.lost : "local";
      this.label();
      this.again();
    });
    mosaic.addEventListener("change", () => this.paint());
    steps.addEventListener("input", () => this.page.scrub(Number(steps.value)));
    button.addEventListener("click", () => (this.running ? this.stop() : void this.run()));
    this.label();
    this.forget();
  }

  /** Takes the model; without training images there is nothing to compare with. */
  use(/** @type {Model} */ model) {
    this.model = model;
    const { width, height } = model.info.image;
    for (const canvas of [ours, theirs]) Object.assign(canvas, { width, height });
    this.forget();
  }

  /** A new picture begins on the stage. */
  begin(/** @type {Drawn} */ drawn) {
    this.forget();
    if (!this.wanted) this.state.machine = "";
    this.drawn = drawn;
    this.sample = undefined;
    const { text, training } = this.model?.info ?? {};
    const known = training?.[drawn.name];
    section.hidden = known === undefined && !text?.captions;
    if (known) {
      find("theory-count").textContent = `${known.count.toLocaleString("en")} training pictures (${words.megabytes(known.bytes)}, fetched when you press the button)`;
    } else if (text?.captions) {
      find("theory-count").textContent = `the training pictures that show what you asked for (fetched when you press the button)`;
    }
    this.label();
  }

  /** The picture on the stage is finished. */
  finish(/** @type {Sample} */ sample) {
    this.sample = sample;
    if (this.wanted && !section.hidden) void this.run();
    this.wanted = false;
  }

  /** The stage shows a frame of picture `n`. */
  show(/** @type {Frame} */ frame, /** @type {number} */ n) {
    if (n !== this.picture) this.forget();
    this.frame = frame;
    this.picture = n;
    if (!this.running) this.paint();
  }

  /** Both pictures, as the reader wants to see them, at the step that the stage or the machine at work is at. */
  paint() {
    const latest = this.running ? this.frames.at(-1) : undefined;
    const frame = latest ? this.page.frames()[latest.step] : this.frame;
    if (!frame) return;
    const n = this.picture;
    ours.getContext("2d").putImageData(frame.toImageData(n), 0, 0);
    const other = this.frames[frame.step];
    steps.max = String(frame.steps);
    steps.value = String(frame.step);
    steps.setAttribute("aria-valuetext", `Step ${frame.step} of ${frame.steps}`);
    if (!other) return;
    const tiles = mosaic.checked ? other.provenance : undefined;
    const image = tiles ? tiles.toImageData(0, 1, other.denoised) : other.toImageData();
    theirs.getContext("2d").putImageData(image, 0, 0);
    theirs.ariaLabel = `The machine's ${tiles ? "mosaic" : "picture"}, step ${other.step} of ${other.steps}`;
    this.explorer.show(other, this.frames[other.step - 1]);
    const r = this.agreement.at(other.step) ?? NaN;
    number.textContent = `r = ${r.toFixed(2)}`;
    agreement.textContent = `Step ${frame.step} of ${frame.steps}: ${words.agreement(r, frame.step === 0)}`;
    plot(curve, this.agreement, frame.steps, frame.step);
  }

  /** Pearson's r of network and machine, by step. */
  get agreement() {
    const network = this.page.frames();
    return this.frames.map(({ step, x }) => {
      const size = x.length;
      const start = this.picture * size;
      return network[step] && correlation(network[step].x.subarray(start, start + size), x);
    });
  }

  /** Lets the machine draw. */
  async run() {
    const { model, drawn, state } = this;
    if (!model || !drawn) return;
    this.forget();
    const running = (this.running = new AbortController());
    const { signal } = running;
    const machine = /** @type {Machine} */ (select.value);
    state.machine = machine;
    state.window = MACHINES[machine].window ? this.chosen : 0;
    this.page.changed();
    button.textContent = "Stop";
    progress.hidden = false;
    try {
      status.textContent = "Fetching the training pictures …";
      const images = await model.training(drawn.prompt, signal);
      this.explorer.use(images);
      status.textContent = "The machine draws …";
      const sample = await model.sample({
        prompt: drawn.prompt,
        seed: drawn.seed + this.picture,
        steps: drawn.steps,
        ...{ solver: drawn.solver, grid: drawn.grid },
        network: drawn.network,
        machine,
        window: MACHINES[machine].window ? this.window : undefined,
        provenance: true,
        signal,
        onStep: (frame) => {
          if (signal.aborted) return;
          this.frames.push(frame);
          progress.value = frame.step / frame.steps;
          if (!this.still.matches) this.paint();
        },
      });
      const [network] = this.sample ? (await model.nearest(this.sample, signal)).slice(this.picture) : [];
      if (signal.aborted) return;
      // A prompt may be called “constructor”.
      const { training } = model.info;
      if (Object.hasOwn(training, drawn.name)) void keep([`models/${drawn.model}/${training[drawn.name].file}`]);
      this.running = undefined;
      this.paint();
      this.judge(images, network, sample.nearest?.[0]);
      status.textContent = `Done: in the end they agree with r = ${(this.agreement.at(-1) ?? NaN).toFixed(2)}. Slide through the steps, and ask the pixels where they come from.`;
    } catch (thrown) {
      const { code, message } = /** @type {import("./pkg/morphogen.js").MorphogenError} */ (thrown);
      if (code !== "aborted" && this.running === running) {
        this.forget();
        status.textContent = message;
      }
    } finally {
      if (this.running === running) this.running = undefined;
      if (!this.running) {
        button.textContent = "Compare";
        progress.hidden = true;
      }
    }
  }

  /**
   * Says whether the pictures are copies, with the nearest training pictures beside it.
   * @param {TrainingImages} images
   * @param {Nearest | undefined} network
   * @param {Nearest | undefined} machine
   */
  judge(images, network, machine) {
    const cards = [["The network's picture", network], ["The machine's picture", machine]];
    const shown = /** @type {[string, Nearest][]} */ (cards.filter(([, nearest]) => nearest !== undefined));
    find("verdict-cards").replaceChildren(
      ...shown.map(([who, nearest]) => {
        const card = document.createElement("div");
        const canvas = document.createElement("canvas");
        const image = images.toImageData(nearest.image);
        canvas.width = image.width;
        canvas.height = image.height;
        canvas.getContext("2d")?.putImageData(image, 0, 0);
        canvas.role = "img";
        canvas.ariaLabel = `Training picture ${nearest.image + 1}`;
        const text = document.createElement("p");
        text.textContent = words.copy(who, nearest);
        card.append(canvas, text);
        return card;
      }),
    );
    verdicts.hidden = false;
  }

  /** Draws again, if a machine has drawn or is drawing. */
  again() {
    if (this.busy) void this.run();
  }

  /** Whether a machine has drawn or is drawing. */
  get busy() {
    return this.running !== undefined || this.frames.length > 0;
  }

  /** Whether there are training pictures of what is on the stage. */
  get possible() {
    return !section.hidden;
  }

  stop() {
    this.forget();
    status.textContent = "Stopped.";
  }

  /** Drops what a machine drew. */
  forget() {
    this.running?.abort();
    this.running = undefined;
    this.frames = [];
    this.explorer.forget();
    agreement.textContent = number.textContent = status.textContent = "";
    curve.replaceChildren();
    button.textContent = "Compare";
    progress.hidden = verdicts.hidden = true;
    theirs.ariaLabel = "Not compared yet";
    theirs.getContext("2d").clearRect(0, 0, theirs.width, theirs.height);
  }

  /** The window on the slider; 0 for what was calibrated. */
  get chosen() {
    if (slider.value === slider.max) return WHOLE;
    return slider.value === "0" ? 0 : 2 * Number(slider.value) + 1;
  }

  /** The window to ask for; undefined for what was calibrated. */
  get window() {
    return this.chosen || (this.measured ? undefined : USUAL);
  }

  /** Whether the machine's window was calibrated against this network. */
  get measured() {
    const network = this.model?.info.networks.find(({ name }) => name === this.drawn?.network);
    return network?.machines.includes(select.value) ?? false;
  }

  label() {
    const machine = /** @type {Machine} */ (select.value);
    const local = MACHINES[machine].window;
    slider.disabled = blind.disabled = !local;
    blind.checked = local && MACHINES[machine].anywhere;
    if (blind.checked) this.lost = machine;
    find("machine-hint").textContent = MACHINES[machine].says;
    const { window } = this;
    const value = !local || window === WHOLE ? "everything" : window === undefined ? "as calibrated" : `${window} × ${window}`;
    find("window-value").textContent = value;
    slider.setAttribute("aria-valuetext", value);
  }
}
