/**
 * Network and theory side by side: an analytic machine draws from the noise of the picture on the stage, and both follow
 * the same scrubber.
 */
import * as words from "./words.js";

/** @typedef {import("./pkg/morphogen.js").Model} Model */
/** @typedef {import("./pkg/morphogen.js").Frame} Frame */
/** @typedef {import("./pkg/morphogen.js").Machine} Machine */
/** @typedef {{ prompt: string, name: string, seed: number, steps: number, solver: "ddim" | "ddpm" | "dpm-solver", network: string }} Drawn */

const find = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const [section, select, slider, button] = ["theory", "machine", "window", "compare"].map(find);
const [ours, theirs, agreement] = ["ours", "theirs", "agreement"].map(find);

/** Machines whose pixels see a window. */
const LOCAL = ["bbels", "els", "local"];

export class Compare {
  constructor() {
    /** @type {Model | undefined} */
    this.model = undefined;
    /** What is on the stage. */
    this.drawn = /** @type {Drawn | undefined} */ (undefined);
    /** @type {Frame | undefined} the network's, as shown */
    this.frame = undefined;
    this.picture = 0;
    /** @type {Frame[]} the machine's */
    this.frames = [];
    /** @type {AbortController | undefined} */
    this.running = undefined;
    for (const [name, title] of Object.entries(words.MACHINES)) select.add(new Option(title.name, name));
    select.addEventListener("change", () => (this.label(), this.again()));
    slider.addEventListener("input", () => this.label());
    slider.addEventListener("change", () => this.again());
    button.addEventListener("click", () => (this.running ? this.forget() : void this.run()));
    this.label();
  }

  /** Takes the model; without training images there is nothing to compare with. */
  use(/** @type {Model} */ model) {
    this.model = model;
    this.forget();
  }

  /** A new picture begins on the stage. */
  begin(/** @type {Drawn} */ drawn) {
    this.forget();
    this.drawn = drawn;
    const training = this.model?.info.training[drawn.name];
    section.hidden = training === undefined;
    if (training) {
      find("theory-count").textContent = `${training.count.toLocaleString("en")} training pictures (${words.megabytes(training.bytes)}, fetched when you press the button)`;
    }
    this.label();
  }

  /** The stage shows a frame of picture `n`. */
  show(/** @type {Frame} */ frame, /** @type {number} */ n) {
    if (n !== this.picture) this.forget();
    this.frame = frame;
    this.picture = n;
    ours.getContext("2d").putImageData(frame.toImageData(n), 0, 0);
    const other = this.frames[frame.step];
    if (!other) return;
    theirs.getContext("2d").putImageData(other.toImageData(), 0, 0);
    theirs.ariaLabel = `The machine's picture, step ${other.step} of ${other.steps}`;
    const size = other.x.length;
    const r = correlation(frame.x.subarray(n * size, (n + 1) * size), other.x);
    agreement.textContent = `At step ${frame.step} they agree with r = ${r.toFixed(2)}: ${words.agreement(r, frame.step === 0)}`;
  }

  /** Lets the machine draw. */
  async run() {
    const { model, drawn } = this;
    if (!model || !drawn) return;
    this.forget();
    const running = (this.running = new AbortController());
    const machine = /** @type {Machine} */ (select.value);
    button.textContent = "Stop";
    try {
      agreement.textContent = "Fetching the training pictures …";
      await model.sample({
        prompt: drawn.prompt,
        seed: drawn.seed + this.picture,
        steps: drawn.steps,
        solver: drawn.solver,
        network: drawn.network,
        machine,
        window: LOCAL.includes(machine) ? this.window : undefined,
        signal: running.signal,
        onStep: (frame) => {
          if (running.signal.aborted) return;
          this.frames.push(frame);
          theirs.getContext("2d").putImageData(frame.toImageData(), 0, 0);
          agreement.textContent = `The machine is at step ${frame.step} of ${frame.steps} …`;
        },
      });
      if (this.frame) this.show(this.frame, this.picture);
    } catch (thrown) {
      const { code, message } = /** @type {import("./pkg/morphogen.js").MorphogenError} */ (thrown);
      if (code !== "aborted") agreement.textContent = message;
    } finally {
      if (this.running === running) this.running = undefined;
      button.textContent = this.running ? "Stop" : "Compare";
    }
  }

  /** Draws again, if a machine has drawn or is drawing. */
  again() {
    if (this.running || this.frames.length > 0) void this.run();
  }

  /** Drops what a machine drew. */
  forget() {
    this.running?.abort();
    this.running = undefined;
    this.frames = [];
    agreement.textContent = "";
    button.textContent = "Compare";
    theirs.ariaLabel = "Not compared yet";
    theirs.getContext("2d").clearRect(0, 0, theirs.width, theirs.height);
  }

  /** Pixels of the window; undefined for what was measured. */
  get window() {
    const measured = this.measured;
    if (Number(slider.value) === 0) return measured ? undefined : 7;
    return 2 * Number(slider.value) + 1;
  }

  /** Whether the machine's window was measured against this network. */
  get measured() {
    const network = this.model?.info.networks.find(({ name }) => name === this.drawn?.network);
    return network?.machines.includes(select.value) ?? false;
  }

  label() {
    const local = LOCAL.includes(select.value);
    slider.disabled = !local;
    find("machine-hint").textContent = words.MACHINES[/** @type {keyof typeof words.MACHINES} */ (select.value)].text;
    const { window } = this;
    find("window-value").textContent = !local ? "everything" : window === undefined ? "as measured" : `${window} × ${window}`;
  }
}

/**
 * Pearson's r of two pictures.
 * @param {Float32Array} a
 * @param {Float32Array} b
 */
function correlation(a, b) {
  const mean = (/** @type {Float32Array} */ values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i += 1) {
    ab += (a[i] - meanA) * (b[i] - meanB);
    aa += (a[i] - meanA) ** 2;
    bb += (b[i] - meanB) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}
