/**
 * Two networks learn side by side, in the page: a short-sighted one and one that sees all, from the same pictures; or two of the same
 * kind, from halves that share no picture. The reader chooses the pictures and how many, starts, pauses, goes back to any step, and
 * takes the networks away.
 */
import { el, picture } from "../essay/parts.js";
import { takeDrops } from "../essay/figures/pictures-source.js";
import { typed } from "../pkg/errors.js";
import { paint } from "./curves.js";
import { Learner, NOISE, SAMPLES, WALK } from "./learner.js";
import { alike, floor } from "./likeness.js";
import { KINDS, coloured, fromFiles, garments } from "./sets.js";
import { Theory } from "./theory.js";
import { COUNTS, VIEWS, desk } from "./watch-desk.js";
import { drawing } from "./watch-curves.js";

/** @typedef {import("../essay/figure.js").Host} Host */
/** @typedef {import("./learner.js").School} School */
/** @typedef {"idle" | "learning" | "paused" | "done"} Stage */
/** @typedef {import("./watch-desk.js").View} View */

/** Steps of a run, as an address may ask for. */
const [LEAST, MOST] = [20, 20_000];
/** Pictures of the set that are shown. */
const SHOWN = 32;
/** Looks of two networks are compared where they are not further apart, as a share of the step. */
const NEAR = 0.15;

export default {
  name: "watch",
  defaults: { kind: "ankle-boot", count: 8, view: "both", steps: 1500, seed: 1 },
  /** @param {Host} host */
  mount(host) {
    const { state } = host;
    if (!KINDS.includes(String(state.kind))) state.kind = KINDS[0];
    if (!COUNTS.includes(Number(state.count))) state.count = 8;
    if (!Object.hasOwn(VIEWS, String(state.view))) state.view = "both";
    state.steps = Math.min(MOST, Math.max(LEAST, Math.round(Number(state.steps))));
    const watch = new Watch(host);
    watch.begin();
    void watch.gather();
  },
};

/** The figure. */
export class Watch {
  /** All pictures that there are to choose from. @type {ImageData[]} */
  all = [];
  own = false;
  said = "";
  /** Fetches what was chosen, as long as it is not here. @type {(() => Promise<void>) | undefined} */
  lacking;
  /** @type {Stage} */
  stage = "idle";
  /** @type {AbortController | undefined} */
  learning;
  /** The sample that is looked at. */
  chosen = 0;
  /** The place among the looks; the last one where it is undefined. @type {number | undefined} */
  at;
  /** @type {Learner[]} */
  learners = [];
  /** Networks of which it was said that the copying has begun. @type {WeakSet<Learner>} */
  announced = new WeakSet();
  /** Which networks stand on the page, and what hangs above them. */
  seated = "";
  /** @type {unknown[]} */
  hung = [];
  /** What is to be drawn anew: a network, or what stands below them. @type {Set<Learner | "rest">} */
  due = new Set();
  /** The next time that the screen is drawn, where something is due. @type {number | undefined} */
  frame;

  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    this.desk = desk(host, {
      kind: (kind) => (host.remember({ kind }), void this.gather()),
      files: (files) => void this.open(files),
      count: (count) => (host.remember({ count }), this.begin()),
      view: (view) => (host.remember({ view }), this.begin()),
      go: () => this.press(),
      over: () => this.begin(),
      step: (n) => this.stepOf(n),
      back: (n) => this.goBack(n),
    });
    takeDrops(host.element, this.desk.drop, (files) => void files.then((files) => this.open(files)));
    // A page that is left keeps nothing running, also where the browser keeps the page.
    addEventListener("pagehide", () => this.begin());
    new ResizeObserver(() => this.curves()).observe(this.desk.columns);
  }

  get halved() {
    return this.host.state.view === "halves";
  }

  /** The pictures that are chosen. */
  get images() {
    return this.all.slice(0, Number(this.host.state.count));
  }

  // What is learned from

  /** Has the garments ready. */
  async gather() {
    const { host, desk } = this;
    this.lacking = () => this.gather();
    await this.attempt(async (signal) => {
      host.say(host.t("fetching"));
      const found = await garments(host, desk.kinds.value, signal);
      signal.throwIfAborted();
      Object.assign(this, { all: found, own: false, said: "", lacking: undefined });
      this.begin();
    });
  }

  /** Takes pictures out of files, or a pack. @param {File[]} files */
  async open(files) {
    const { host, desk } = this;
    if (files.length === 0) return;
    const before = this.lacking;
    /** @type {() => Promise<void>} */
    const mine = () => this.open(files);
    this.lacking = mine;
    await this.attempt(async (signal) => {
      host.say(host.t("opening"));
      const found = await fromFiles(host, files, signal);
      signal.throwIfAborted();
      if (!found) return host.say(host.t("nothing"));
      Object.assign(this, { all: found.images, own: true, said: found.said, lacking: undefined });
      desk.kinds.value = "own";
      this.begin();
      if (found.model) await desk.taken.draw(found.model, signal);
    });
    // What could not be opened is not waited for.
    if (this.lacking === mine) this.lacking = before;
  }

  /** The pictures of each network: the same for both, or halves. @returns {School[]} */
  schools() {
    const { images } = this;
    const channels = coloured(images) ? 3 : 1;
    const half = images.length >> 1;
    const sets = this.halved ? [images.slice(0, half), images.slice(half, 2 * half)] : VIEWS[/** @type {View} */ (this.host.state.view)].map(() => images);
    return sets.map((images) => ({ images, channels }));
  }

  /** Halves need a picture each. */
  enough() {
    return this.schools().every(({ images }) => images.length > 0);
  }

  /** Hangs up what is learned from. */
  hang() {
    const { host, desk, all, images, said } = this;
    const what = [all, host.state.count, this.halved, said];
    if (what.every((one, n) => one === this.hung[n])) return;
    this.hung = what;
    desk.wall.replaceChildren(
      ...images.slice(0, SHOWN).map((image, n) => {
        const tile = picture({ label: host.t("picture", { number: n + 1 }), size: 32 });
        tile.put(image);
        tile.canvas.classList.toggle("second", this.halved && n >= images.length >> 1 && images.length <= SHOWN);
        return tile.canvas;
      }),
    );
    const more = images.length > SHOWN ? host.t("shown", { shown: SHOWN }) : "";
    const fewer = all.length > 0 && images.length < Number(host.state.count) ? host.t("thereAre", { n: images.length }) : "";
    desk.about.textContent = all.length === 0 ? "" : [host.t("set", { n: images.length }), fewer, more, said].filter(Boolean).join(" ");
  }

  // What is done

  /** Back to the beginning, with what is chosen now. */
  begin() {
    const { host, desk } = this;
    this.learning?.abort();
    this.learning = undefined;
    this.seat();
    this.at = undefined;
    this.announced = new WeakSet();
    this.stage = "idle";
    desk.taken.clear();
    this.hang();
    this.show();
    if (this.all.length > 0) host.say(host.t(this.enough() ? "ready" : "tooFew"));
  }

  /** Has the networks of this view on the page, with nothing learned. */
  seat() {
    const { host, desk } = this;
    for (const learner of this.learners) learner.clear();
    const view = /** @type {View} */ (host.state.view);
    if (view === this.seated) return;
    this.seated = view;
    const hears = { changed: () => this.show(), chosen: (/** @type {number} */ n) => this.choose(n), save: (/** @type {Learner} */ learner) => void this.save(learner) };
    this.learners = VIEWS[view].map(([network, look, name]) => new Learner(host, { network, look, title: host.t(name), about: host.t(`${name}About`) }, hears));
    desk.columns.replaceChildren(...this.learners.map(({ element }) => element));
  }

  /** Learn, pause, or go on. */
  press() {
    const { host, learners } = this;
    if (this.stage === "idle") return void this.learn();
    if (this.stage === "learning") {
      for (const learner of learners) learner.hold(true);
      this.stage = "paused";
      host.say(host.t("paused", { step: Math.min(...learners.map(({ run }) => run?.step ?? 0)) }));
    } else if (this.stage === "paused") {
      for (const learner of learners) learner.hold(false);
      this.stage = "learning";
      host.say(host.t("goesOn"));
    }
    this.show();
  }

  /** Lets the networks learn. */
  async learn() {
    // Whoever presses before the pictures are here need not press again.
    if (this.lacking) await this.lacking();
    if (this.lacking || this.stage !== "idle") return;
    const { host, desk, learners } = this;
    if (!this.enough()) return host.say(host.t("tooFew"));
    const mine = (this.learning = new AbortController());
    this.stage = "learning";
    const sets = this.schools();
    host.say(host.t(this.halved ? "learningHalves" : learners.length > 1 ? "learning" : "learningOne", { n: sets[0].images.length }));
    this.show();
    // The networks come into view below what was pressed.
    desk.go.scrollIntoView({ block: "start", behavior: host.still ? "auto" : "smooth" });
    const share = Math.max(1, Math.floor((navigator.hardwareConcurrency || 2) / learners.length));
    const how = { steps: Number(host.state.steps), seed: Number(host.state.seed), workers: Math.min(share, 4), signal: mine.signal };
    // Halves share nothing but the noise: not even what their networks begin with. Networks that learn from the same pictures are foretold by the same machines.
    const theories = new Map(sets.map(({ images }) => [images, new Theory()]));
    const learned = learners.map((learner, n) => learner.learn(sets[n], { ...how, seed: how.seed + (this.halved ? n : 0) }, /** @type {Theory} */ (theories.get(sets[n].images))));
    const told = () => mine.signal.aborted || this.show();
    const foretold = [...theories].map(([images, theory]) => theory.foretell(host, { ...sets[0], images }, { seed: NOISE, count: SAMPLES, steps: WALK, signal: mine.signal, told }));
    await Promise.allSettled([...learned, ...foretold]);
    if (mine.signal.aborted) return;
    this.stage = "done";
    const said = await this.summary();
    if (mine.signal.aborted) return;
    host.say(said);
    this.show();
  }

  /** @param {Learner} learner */
  async save({ run }) {
    const { host, desk } = this;
    if (!run) return;
    await this.attempt(async (signal) => {
      const title = this.own ? host.t("ownPictures") : host.t(desk.kinds.value);
      const pack = await run.save({ name: "learned", title, ...(this.own ? {} : { licence: "MIT", attribution: "Fashion-MNIST, © 2017 Zalando SE" }) });
      signal.throwIfAborted();
      host.say(host.t("saved", { file: desk.taken.download(pack) }));
      await desk.taken.draw(await host.package.loadModel(pack, { device: host.world.device, signal }), signal);
    });
  }

  /** Does what takes a while, and says what went wrong. @param {(signal: AbortSignal) => Promise<void>} task */
  attempt(task) {
    return this.host.run(async (signal) => {
      try {
        await task(signal);
      } catch (thrown) {
        const said = signal.aborted ? "" : await this.failure(thrown);
        if (!signal.aborted) this.host.say(said);
      }
    });
  }

  // What is said and shown

  /** What came of it, in words. */
  async summary() {
    const { host, learners } = this;
    const problems = new Set(await Promise.all(learners.filter(({ problem }) => problem).map(({ problem }) => this.failure(problem))));
    const well = learners.filter(({ problem }) => !problem);
    const found = well.map(({ title, last, begun }) => {
      const copies = last?.copies ?? 0;
      if (begun) return host.t("cameToCopy", { title, step: begun.step, copies, of: SAMPLES });
      return host.t(copies === 0 ? "cameToNone" : "cameToFew", { title, copies, of: SAMPLES });
    });
    const r = this.halved ? this.between().at(-1) : undefined;
    const agreed = r && host.t("agreed", { r: host.number(r.y, 2), floor: host.number(this.apart(), 2) });
    return [well.length > 0 && host.t("allSteps", { steps: Number(host.state.steps) }), ...found, ...problems, agreed].filter(Boolean).join(" ");
  }

  /** A failure in the reader's language. @param {unknown} thrown */
  async failure(thrown) {
    const failed = typed(thrown);
    return this.host.world.strings[`error.${failed.code}`] ?? this.host.told(failed);
  }

  /** r of the two networks by step, each look of the first with the nearest of the second. */
  between() {
    const [first, second] = this.learners;
    return first.looks.flatMap(({ step, pixels }) => {
      const other = nearest(second, step);
      if (!other || Math.abs(other.step - step) > NEAR * Math.max(step, other.step)) return [];
      return [{ x: step, y: alike(pixels, other.pixels, first.set[0].length) }];
    });
  }

  /** What r of the two comes to where only the kind is shared. */
  apart() {
    const [a, b] = this.learners.map(({ last }) => last?.pixels);
    return a && b ? floor(a, b, this.learners[0].set[0].length) : 0;
  }

  /** How often the networks were looked at. */
  get looked() {
    return Math.max(0, ...this.learners.map(({ looks }) => looks.length));
  }

  /** The network that has been looked at most leads the way back. */
  get leader() {
    return this.learners.reduce((most, one) => (one.looks.length > most.looks.length ? one : most));
  }

  /** @param {number} n of a look */
  stepOf(n) {
    return this.learners.length === 0 ? "" : this.host.t("step", { step: this.leader.looks[n]?.step ?? 0 });
  }

  /** Shows look `n`. @param {number} n */
  goBack(n) {
    this.at = n >= this.looked - 1 ? undefined : n;
    this.show();
  }

  /** The look of a network that is shown: the last, or the nearest to the step that one went back to. @param {Learner} learner */
  lookOf(learner) {
    return this.at === undefined ? learner.last : nearest(learner, this.leader.looks[this.at]?.step ?? 0);
  }

  /** Says at once what can be pressed, and draws the rest with the next frames: of what comes between two, nothing is seen. */
  show() {
    const { host, desk, stage, looked, learners } = this;
    const problem = learners.some((learner) => learner.problem);
    desk.go.textContent = host.t(stage === "learning" ? "pause" : stage === "paused" ? "goOn" : "learn");
    desk.go.disabled = stage === "done";
    desk.over.disabled = stage === "idle" && !problem;
    desk.back.element.hidden = looked === 0;
    desk.svg.toggleAttribute("hidden", looked === 0);
    this.announce();
    for (const part of /** @type {const} */ ([...learners, "rest"])) this.due.add(part);
    this.frame ??= requestAnimationFrame(() => this.draw());
  }

  /** Draws one part of what is due; the next one waits for the next frame, so that none takes long. */
  draw() {
    const { desk, due, learners, looked } = this;
    const [part] = due;
    due.delete(part);
    this.frame = due.size > 0 ? requestAnimationFrame(() => this.draw()) : undefined;
    if (part !== "rest") return learners.includes(part) ? part.show(this.lookOf(part)) : undefined;
    desk.back.input.max = String(Math.max(0, looked - 1));
    desk.back.set(this.at ?? Math.max(0, looked - 1));
    this.choose(this.chosen);
    this.curves();
  }

  /** Says what a sample is nearest to, and draws nothing anew for it. @param {number} n */
  choose(n) {
    this.chosen = n;
    for (const learner of this.learners) learner.choose(n);
    this.desk.verdicts.replaceChildren(...this.learners.map((learner) => el("p", {}, learner.verdict(this.lookOf(learner), n))));
  }

  /** Says once that the copying has begun. */
  announce() {
    for (const learner of this.learners) {
      if (!learner.begun || this.announced.has(learner)) continue;
      this.announced.add(learner);
      this.host.say(this.host.t("begun", { title: learner.title, step: learner.begun.step, copies: learner.begun.copies, of: SAMPLES }));
    }
  }

  curves() {
    const { host, desk, learners } = this;
    if (this.looked === 0) return;
    const shown = this.at === undefined ? undefined : this.leader.looks[this.at]?.step;
    paint(desk.svg, drawing(host, learners, { at: shown, between: this.halved ? this.between() : undefined }));
    const last = learners.map(({ title, last }) => host.t("curvesOf", { title, copies: last?.copies ?? 0, of: SAMPLES, r: host.number(last?.fit?.r ?? 0, 2) }));
    desk.svg.setAttribute("aria-label", [host.t("curves"), ...last].join(" "));
  }
}

/** The look of a network that is nearest to a step. @param {Learner} learner @param {number} step */
function nearest({ looks }, step) {
  return looks.toSorted((a, b) => Math.abs(a.step - step) - Math.abs(b.step - step))[0];
}
