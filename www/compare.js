/**
 * Did it copy that? Beside the chosen picture stand the nearest training picture and what an analytic machine makes of the
 * same noise; further down both follow one scrubber, with their agreement at every step and the origin of every pixel.
 * Fetched when the first picture is finished.
 */
import { correlation, plot } from "./agreement.js";
import { Evidence } from "./evidence.js";
import { Explorer } from "./explore.js";
import { keep } from "./keep.js";
import { MACHINES } from "./machines.js";
import { Column, Machines } from "./columns.js";
import { number, t, told } from "./say.js";
import { hasTraining } from "./state.js";
import * as words from "./verdicts.js";

/** @typedef {import("./pkg/morphogen.js").Model} Model */
/** @typedef {import("./pkg/morphogen.js").Frame} Frame */
/** @typedef {import("./pkg/morphogen.js").Sample} Sample */
/** @typedef {import("./pkg/morphogen.js").Nearest} Nearest */
/** @typedef {import("./pkg/morphogen.js").TrainingImages} TrainingImages */
/** @typedef {import("./state.js").State} State */
/** @typedef {import("./columns.js").Machine} Machine */
/** @typedef {{ model: string, prompt: string, name: string, seed: number, steps: number, solver: "ddim" | "ddpm" | "dpm-solver", grid: "uniform" | "early" | undefined, network: string }} Drawn */
/** @typedef {{ model: Model, drawn: Drawn, sample: Sample }} Taken a finished picture, what drew it, and how */
/**
 * What it needs of the page.
 * @typedef {object} Page
 * @property {() => Frame[]} frames on its stage
 * @property {(step: number) => void} scrub to one of them
 * @property {() => void} changed told when the address is to be kept
 * @property {(of: Sample, nearest: Nearest[]) => void} judged told how near the training pictures are
 */

const find = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const [section, button, ours, mosaic, steps] = ["theory", "compare", "ours", "mosaic", "theory-step"].map(find);
const [status, progress, agreement, figure, curve, verdicts] = ["theory-status", "theory-progress", "agreement", "r", "curve", "verdicts"].map(find);

/** Training pictures that a picture is compared with, to know what any picture of the kind would reach. */
const OTHERS = 100;

export class Compare {
  /**
   * @param {State} state changed in place
   * @param {Page} page
   */
  constructor(state, page) {
    this.state = state;
    this.page = page;
    this.explorer = new Explorer();
    this.evidence = new Evidence(() => void this.look(true));
    this.machines = new Machines(state, () => this.busy && void this.run(true));
    /** @type {Taken | undefined} what is on the stage, once complete */
    this.taken = undefined;
    /** @type {TrainingImages | undefined} of what is on the stage */
    this.images = undefined;
    /** @type {Nearest[]} to each picture on the stage */
    this.nearest = [];
    /** @type {Frame | undefined} the network's, as shown */
    this.frame = undefined;
    this.picture = 0;
    /** What was drawn beside other pictures of the same sample. @type {Map<number, Column[]>} */
    this.kept = new Map();
    /** @type {Column[]} what the machines have drawn beside this one */
    this.columns = [];
    /** @type {AbortController | undefined} */
    this.running = undefined;
    /** Whether the reader asked for the comparison: then it is not replaced by what nobody asked for. */
    this.asked = false;
    /** Whether the address asked for a comparison that has not begun yet. */
    this.wanted = state.machine !== "";
    /** Whether the reader wants to know of every picture how near the training pictures are. */
    this.judging = false;
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    mosaic.addEventListener("change", () => this.paint());
    steps.addEventListener("input", () => this.page.scrub(Number(steps.value)));
    button.addEventListener("click", () => (this.running ? this.stop() : void this.run(true)));
    this.forget();
  }

  /** Whether the next picture is to be compared, as its address says. */
  want(/** @type {boolean} */ wanted) {
    this.wanted = wanted;
    if (wanted) this.machines.read(this.state);
  }

  /** A new picture begins on the stage. */
  begin() {
    this.forget();
    this.taken = undefined;
    if (!this.wanted) this.state.machine = "";
    this.evidence.wait();
  }

  /**
   * The picture on the stage is finished.
   * @param {Taken} taken
   * @param {boolean} settled whether it stays: what is drawn while one types is not looked into
   */
  take(taken, settled) {
    this.forget();
    this.taken = taken;
    const { text, training } = taken.model.info;
    const { name } = taken.drawn;
    // A prompt may be called “constructor”.
    const known = Object.hasOwn(training, name) ? training[name] : undefined;
    section.hidden = (known === undefined && !text?.captions) || !hasTraining(taken.drawn.model);
    this.evidence.use(taken.model, { shelf: known, possible: !section.hidden });
    if (section.hidden) return;
    this.evidence.near(taken.sample, this.picture, undefined, undefined);
    const { width, height } = taken.model.info.image;
    for (const canvas of [ours, ...this.machines.canvases]) Object.assign(canvas, { width, height });
    find("theory-count").textContent = words.shelf(known);
    this.machines.of(taken.model, taken.drawn.network);
    this.paint();
    if (this.wanted) void this.run(true);
    else if (settled && this.judging) void this.look(true);
    else if (settled && known && unhurried()) void this.look(false);
    this.wanted = false;
  }

  /** The stage shows a frame of picture `n`. */
  show(/** @type {Frame} */ frame, /** @type {number} */ n) {
    this.frame = frame;
    if (n !== this.picture) this.turn(n);
    if (!this.running) this.paint();
  }

  /** Another picture of the sample is chosen: what was compared with it stands there again, or is drawn. */
  turn(/** @type {number} */ n) {
    const compared = this.running !== undefined || this.columns.length > 0;
    if (!this.running && this.columns.length > 0) this.kept.set(this.picture, this.columns);
    this.drop();
    this.picture = n;
    this.evidence.near(this.taken?.sample, n, this.nearest[n], this.images);
    const kept = this.kept.get(n);
    if (kept) this.done(kept);
    else if (compared) void this.run(this.asked);
  }

  /**
   * Looks for the nearest training pictures, and where the theory holds sets its machine beside the picture.
   * @param {boolean} asked by the reader
   */
  async look(asked) {
    const { taken } = this;
    if (!taken) return;
    if (asked) this.judging = true;
    try {
      this.evidence.say(words.LOOKING);
      await this.search(taken);
      if (this.taken !== taken) return;
      const { model, drawn } = taken;
      if (Object.hasOwn(model.info.training, drawn.name) && !this.running && this.columns.length === 0) await this.run(false);
    } catch (thrown) {
      if (this.taken !== taken) return;
      if (asked) this.judging = false;
      // What nobody asked for is not missed.
      this.evidence.failed(asked ? told(thrown) : "");
    }
  }

  /** Fetches the training pictures of what was drawn, and finds the nearest to each picture. @param {Taken} taken */
  async search({ model, drawn, sample }) {
    const images = await model.training(drawn.prompt);
    const nearest = sample.nearest ?? (await model.nearest(sample));
    if (this.taken?.sample !== sample) return;
    this.images = images;
    this.nearest = nearest;
    this.explorer.use(images);
    const { training } = model.info;
    if (Object.hasOwn(training, drawn.name)) void keep([`models/${drawn.model}/${training[drawn.name].file}`]);
    this.page.judged(sample, nearest);
    this.evidence.near(sample, this.picture, nearest[this.picture], images);
  }

  /**
   * Lets the machines draw.
   * @param {boolean} asked by the reader, who then finds it in the address
   */
  async run(asked) {
    const { taken, state, machines } = this;
    if (!taken) return;
    this.drop();
    const running = (this.running = new AbortController());
    this.asked = asked;
    if (asked) {
      state.machine = machines.first;
      state.window = machines.window === undefined ? 0 : machines.chosen;
      this.page.changed();
    }
    button.textContent = t("Stop");
    progress.hidden = false;
    try {
      if (!this.images) {
        status.textContent = t("Fetching the training pictures …");
        await this.search(taken);
        // What was stopped meanwhile, or replaced, says and draws nothing any more.
        if (running.signal.aborted) return;
      }
      status.textContent = t("The machine draws …");
      const columns = machines.wanted.map((machine) => new Column(machine));
      this.columns = columns;
      for (const column of columns) await this.draw(taken, column, running.signal);
      if (this.running !== running) return;
      this.running = undefined;
      this.done(columns);
    } catch (thrown) {
      const { code } = /** @type {import("./pkg/morphogen.js").MorphogenError} */ (thrown);
      if (code !== "aborted" && !running.signal.aborted) {
        this.drop();
        status.textContent = told(thrown);
      }
    } finally {
      if (this.running === running) this.running = undefined;
      if (!this.running) this.rest();
    }
  }

  /**
   * Has one machine draw from the noise of the chosen picture.
   * @param {Taken} taken
   * @param {Column} column
   * @param {AbortSignal} signal
   */
  async draw({ model, drawn }, column, signal) {
    const { steps, solver, grid, prompt, network } = drawn;
    const { machine } = column;
    const sample = await model.sample({
      ...{ prompt, steps, solver, grid, network, machine, signal },
      seed: drawn.seed + this.picture,
      window: this.machines.windowOf(machine),
      provenance: true,
      onStep: (frame) => {
        if (signal.aborted) return;
        column.frames.push(frame);
        progress.value = frame.step / frame.steps;
        if (!this.still.matches) this.paint();
      },
    });
    column.nearest = sample.nearest?.[0];
  }

  /** The machines have drawn. @param {Column[]} columns */
  done(columns) {
    this.columns = columns;
    this.paint();
    const { taken, images, picture } = this;
    if (!taken || !images) return;
    const [first] = columns;
    const r = this.agreement(first).at(-1) ?? NaN;
    const floor = this.floor(taken.sample, picture, images);
    const cards = [[t("The network's picture"), this.nearest[picture]], ...columns.map(({ machine, nearest }) => [columns.length > 1 ? t("The picture of “{machine}”", { machine: t(MACHINES[machine].title) }) : t("The machine's picture"), nearest])];
    verdict(images, /** @type {[string, Nearest | undefined][]} */ (cards));
    status.textContent = t("Done: in the end they agree with r = {r}. Others of the kind would have {floor} on average.", { r: number(r, 2), floor: number(floor, 2) });
    this.evidence.foretold(first, r, floor);
  }

  /** Pearson's r of the network's guess and the machine's, by step; of the common noise there is none. @param {Column} column */
  agreement({ frames }) {
    const network = this.page.frames();
    return frames.map(({ step, denoised }) => {
      const size = denoised.length;
      const start = this.picture * size;
      return step > 0 && network[step] ? correlation(network[step].denoised.subarray(start, start + size), denoised) : undefined;
    });
  }

  /**
   * What any picture of the kind would reach: the mean r of the picture and training pictures.
   * @param {Sample} sample
   * @param {number} n
   * @param {TrainingImages} images
   */
  floor(sample, n, { data, count }) {
    const size = sample.pixels.length / sample.count;
    const picture = sample.pixels.subarray(n * size, (n + 1) * size);
    const stride = Math.max(1, Math.floor(count / OTHERS));
    let [sum, taken] = [0, 0];
    for (let image = 0; image < count; image += stride, taken += 1) sum += correlation(picture, data.subarray(image * size, (image + 1) * size));
    return sum / taken;
  }

  /** All pictures, as the reader wants to see them, at the step that the stage or the machine at work is at. */
  paint() {
    const working = this.running ? this.columns.findLast(({ frames }) => frames.length > 0) : undefined;
    const latest = working?.frames.at(-1);
    const frame = latest ? this.page.frames()[latest.step] : this.frame;
    if (!frame || frame.x.length < (this.picture + 1) * frame.size.width * frame.size.height * frame.size.channels) return;
    ours.getContext("2d").putImageData(frame.toImageData(this.picture), 0, 0);
    steps.max = String(frame.steps);
    steps.value = String(frame.step);
    steps.setAttribute("aria-valuetext", t("Step {step} of {steps}", frame));
    this.columns.forEach((column, i) => this.machines.paint(i, column.frames[frame.step], mosaic.checked));
    const [first, second] = this.columns;
    const other = first?.frames[frame.step];
    if (!other) return;
    this.explorer.show(other, first.frames[other.step - 1]);
    const values = this.columns.map((column) => this.agreement(column));
    const r = values[0][other.step];
    figure.textContent = r === undefined ? "r = –" : `r = ${number(r, 2)}`;
    const beside = second && values[1][other.step] !== undefined ? ` ${t(MACHINES[second.machine].title)}: r = ${number(values[1][other.step] ?? 0, 2)}.` : "";
    agreement.textContent = `${t("Step {step} of {steps}", frame)}: ${words.agreement(r)}${beside}`;
    plot(curve, values, frame.steps, frame.step);
  }

  /** Whether the reader asked for a comparison, which a machine has drawn or is drawing. */
  get busy() {
    return this.asked && (this.running !== undefined || this.columns.length > 0);
  }

  stop() {
    this.drop();
    status.textContent = t("Stopped.");
  }

  /** No machine draws. */
  rest() {
    button.textContent = t("Compare");
    progress.hidden = true;
  }

  /** Drops what machines drew beside the chosen picture. */
  drop() {
    this.running?.abort();
    this.running = undefined;
    this.columns = [];
    this.explorer.forget();
    agreement.textContent = figure.textContent = status.textContent = "";
    curve.replaceChildren();
    verdicts.hidden = true;
    this.machines.clear();
    this.rest();
  }

  /** Drops all that belongs to what was on the stage. */
  forget() {
    this.drop();
    this.kept.clear();
    this.nearest = [];
    this.images = undefined;
    this.asked = false;
  }
}

/** Whether what was not asked for may be fetched: not for those who save data. */
const unhurried = () => !(/** @type {any} */ (navigator).connection?.saveData);

/**
 * Says whether the pictures are copies, with the nearest training pictures beside it.
 * @param {TrainingImages} images
 * @param {[string, Nearest | undefined][]} cards
 */
function verdict(images, cards) {
  const shown = /** @type {[string, Nearest][]} */ (cards.filter(([, nearest]) => nearest !== undefined));
  find("verdict-cards").replaceChildren(
    ...shown.map(([who, nearest]) => {
      const [card, canvas, text] = [document.createElement("div"), document.createElement("canvas"), document.createElement("p")];
      const image = images.toImageData(nearest.image);
      canvas.width = image.width;
      canvas.height = image.height;
      canvas.getContext("2d")?.putImageData(image, 0, 0);
      canvas.role = "img";
      canvas.ariaLabel = t("Training picture {number}", { number: nearest.image + 1 });
      text.textContent = words.copy(who, nearest);
      card.append(canvas, text);
      return card;
    }),
  );
  verdicts.hidden = false;
}
