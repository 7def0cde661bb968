/**
 * Two networks learn side by side, in the page: a short-sighted one and one that sees all, from the same pictures; or two of the same
 * kind, from halves that share no picture. The reader chooses the pictures and how many, starts, pauses, goes back to any step, and
 * takes the networks away.
 */
import { button, choice, controls, el, picture, shape, slider } from "../essay/parts.js";
import { takeDrops } from "../essay/figures/pictures-source.js";
import { typed } from "../pkg/errors.js";
import { paint, thinned } from "./curves.js";
import { Learner, NOISE, SAMPLES, WALK } from "./learner.js";
import { alike, floor } from "./likeness.js";
import { KINDS, SIDE, coloured, fromFiles, garments } from "./sets.js";
import { Taken } from "./taken.js";
import { Theory } from "./theory.js";

/** @typedef {import("../essay/figure.js").Host} Host */
/** @typedef {import("./learner.js").School} School */
/** @typedef {import("./theory.js").Fit} Fit */
/** @typedef {"idle" | "learning" | "paused" | "done"} Stage */
/** @typedef {"both" | "near" | "far" | "halves"} View */

const COUNTS = [1, 8, 64, 600];
/** Which networks learn: how each looks on the page, and what it is called. @type {Record<View, [network: import("./learner.js").Network, look: string, name: string][]>} */
const VIEWS = {
  both: [["short-sighted", "near", "shortSighted"], ["unet", "far", "seesAll"]],
  near: [["short-sighted", "near", "shortSighted"]],
  far: [["unet", "far", "seesAll"]],
  halves: [["unet", "near", "firstHalf"], ["unet", "far", "secondHalf"]],
};
/** Steps of a run, as an address may ask for. */
const [LEAST, MOST] = [20, 20_000];
/** Pictures of the set that are shown. */
const SHOWN = 32;
/** Looks of two networks are compared where they are not further apart, as a share of the step. */
const NEAR = 0.15;
/** From this r on a machine says something about a network. */
const ALIKE = 0.5;

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
    const halved = () => state.view === "halves";

    /** All pictures that there are to choose from. @type {ImageData[]} */
    let all = [];
    let own = false;
    let said = "";
    /** @type {Stage} */
    let stage = "idle";
    /** @type {AbortController | undefined} */
    let learning;
    /** The sample that is looked at, and the place among the looks; the last one where it is undefined. */
    let chosen = 0;
    /** @type {number | undefined} */
    let at;
    /** @type {Learner[]} */
    let learners = [];

    // What is learned from
    const kinds = el("select", { ariaLabel: host.t("kind") }, ...KINDS.map((kind) => el("option", { value: kind }, host.t(kind))), el("option", { value: "own", hidden: true }, host.t("own")));
    kinds.value = String(state.kind);
    kinds.addEventListener("change", () => {
      host.remember({ kind: kinds.value });
      void gather();
    });
    const input = el("input", { type: "file", multiple: true, accept: "image/*,.zip", hidden: true });
    input.addEventListener("change", () => {
      void open([...(input.files ?? [])]);
      input.value = "";
    });
    const counts = choice({
      label: host.t("count"),
      options: COUNTS.map((count) => [String(count), String(count)]),
      value: String(state.count),
      pick: (value) => {
        host.remember({ count: Number(value) });
        begin();
      },
    });
    const views = choice({
      label: host.t("views"),
      options: Object.keys(VIEWS).map((view) => [view, host.t(view)]),
      value: String(state.view),
      pick: (value) => {
        host.remember({ view: value });
        begin();
      },
    });
    const wall = el("div", { className: "hung" });
    const about = el("p", { className: "axis" });
    const drop = el("div", { className: "drop" }, wall, about);

    views.element.classList.add("views");

    // What is done
    const go = button(host.t("learn"), () => press(), { primary: true, act: "play" });
    const over = button(host.t("over"), () => begin());
    const columns = el("div", { className: "learners" });
    const verdicts = el("div", { className: "verdicts" });
    const back = slider({ label: host.t("back"), min: 0, max: 0, value: 0, say: (n) => stepOf(n), move: (n) => (at = n >= looked() - 1 ? undefined : n, show()) });
    const svg = /** @type {SVGElement} */ (shape("svg", { class: "curves", role: "img" }));
    const taken = new Taken(host);

    // What is said stands where the eyes are.
    const status = /** @type {HTMLElement} */ (host.element.querySelector("[role=status]"));
    host.root.append(
      controls(kinds, button(host.t("open"), () => input.click()), counts.element, input),
      drop,
      views.element,
      controls(go, over),
      status,
      columns,
      verdicts,
      back.element,
      svg,
      taken.element,
    );
    takeDrops(host.element, drop, (files) => void files.then(open));
    // A page that is left keeps nothing running, also where the browser keeps the page.
    addEventListener("pagehide", () => begin());

    /** Has the garments ready. */
    async function gather() {
      await attempt(async (signal) => {
        host.say(host.t("fetching"));
        const found = await garments(host, kinds.value, signal);
        signal.throwIfAborted();
        [all, own, said] = [found, false, ""];
        begin();
      });
    }

    /** Takes pictures out of files, or a pack. @param {File[]} files */
    async function open(files) {
      if (files.length === 0) return;
      await attempt(async (signal) => {
        host.say(host.t("opening"));
        const found = await fromFiles(host, files, signal);
        signal.throwIfAborted();
        if (!found) return host.say(host.t("nothing"));
        [all, own, said] = [found.images, true, found.said];
        kinds.value = "own";
        begin();
        if (found.model) await taken.draw(found.model, signal);
      });
    }

    /** The pictures of each network: the same for both, or halves. @returns {School[]} */
    function schools() {
      const images = all.slice(0, Number(state.count));
      const channels = coloured(images) ? 3 : 1;
      const half = images.length >> 1;
      const sets = halved() ? [images.slice(0, half), images.slice(half, 2 * half)] : VIEWS[/** @type {View} */ (state.view)].map(() => images);
      return sets.map((images) => ({ images, channels }));
    }

    /** Back to the beginning, with what is chosen now. */
    function begin() {
      learning?.abort();
      learning = undefined;
      for (const learner of learners) learner.clear();
      const hears = { changed: show, chosen: (/** @type {number} */ n) => ((chosen = n), show()), save: (/** @type {Learner} */ learner) => void save(learner) };
      const view = VIEWS[/** @type {View} */ (state.view)];
      learners = view.map(([network, look, name]) => new Learner(host, { network, look, title: host.t(name), about: host.t(`${name}About`) }, hears));
      columns.replaceChildren(...learners.map(({ element }) => element));
      at = undefined;
      stage = "idle";
      taken.clear();
      hang();
      show();
      if (all.length > 0) host.say(host.t(enough() ? "ready" : "tooFew"));
    }

    /** Halves need a picture each. */
    const enough = () => schools().every(({ images }) => images.length > 0);

    /** Hangs up what is learned from. */
    function hang() {
      const images = all.slice(0, Number(state.count));
      wall.replaceChildren(
        ...images.slice(0, SHOWN).map((image, n) => {
          const tile = picture({ label: host.t("picture", { number: n + 1 }), size: 32 });
          tile.put(image);
          tile.canvas.classList.toggle("second", halved() && n >= images.length >> 1 && images.length <= SHOWN);
          return tile.canvas;
        }),
      );
      const more = images.length > SHOWN ? host.t("shown", { shown: SHOWN }) : "";
      const fewer = all.length > 0 && images.length < Number(state.count) ? host.t("thereAre", { n: images.length }) : "";
      about.textContent = all.length === 0 ? "" : [host.t("set", { n: images.length }), fewer, more, said].filter(Boolean).join(" ");
    }

    /** Learn, pause, or go on. */
    function press() {
      if (stage === "idle") return void learn();
      if (stage === "learning") {
        for (const { run } of learners) run?.pause();
        stage = "paused";
        host.say(host.t("paused", { step: Math.min(...learners.map(({ run }) => run?.step ?? 0)) }));
      } else if (stage === "paused") {
        for (const { run } of learners) run?.resume();
        stage = "learning";
        host.say(host.t("goesOn"));
      }
      show();
    }

    async function learn() {
      // Whoever presses before the pictures are here need not press again.
      if (all.length === 0) await gather();
      if (all.length === 0 || stage !== "idle") return;
      if (!enough()) return host.say(host.t("tooFew"));
      const mine = (learning = new AbortController());
      stage = "learning";
      const sets = schools();
      host.say(host.t(halved() ? "learningHalves" : learners.length > 1 ? "learning" : "learningOne", { n: sets[0].images.length }));
      show();
      // The networks come into view below what was pressed.
      go.scrollIntoView({ block: "start", behavior: host.still ? "auto" : "smooth" });
      const share = Math.max(1, Math.floor((navigator.hardwareConcurrency || 2) / learners.length));
      const how = { steps: Number(state.steps), seed: Number(state.seed), workers: Math.min(share, 4), signal: mine.signal };
      // Halves share nothing but the noise: not even what their networks begin with. Networks that learn from the same pictures are foretold by the same machines.
      const theories = new Map(sets.map(({ images }) => [images, new Theory()]));
      const learned = learners.map((learner, n) => learner.learn(sets[n], { ...how, seed: how.seed + (halved() ? n : 0) }, /** @type {Theory} */ (theories.get(sets[n].images))));
      const told = () => mine.signal.aborted || show();
      const foretold = [...theories].map(([images, theory]) => theory.foretell(host, { ...sets[0], images }, { seed: NOISE, count: SAMPLES, steps: WALK, signal: mine.signal, told }));
      await Promise.allSettled([...learned, ...foretold]);
      if (mine.signal.aborted) return;
      stage = "done";
      host.say(summary());
      show();
    }

    /** What came of it, in words. */
    function summary() {
      const problems = new Set(learners.filter(({ problem }) => problem).map(({ problem }) => failure(problem)));
      const well = learners.filter(({ problem }) => !problem);
      const found = well.map(({ title, last, begun }) => {
        const copies = last?.copies ?? 0;
        if (begun) return host.t("cameToCopy", { title, step: begun.step, copies, of: SAMPLES });
        return host.t(copies === 0 ? "cameToNone" : "cameToFew", { title, copies, of: SAMPLES });
      });
      const r = halved() ? between().at(-1) : undefined;
      const agreed = r && host.t("agreed", { r: host.number(r.y, 2), floor: host.number(apart(), 2) });
      return [well.length > 0 && host.t("allSteps", { steps: Number(state.steps) }), ...found, ...problems, agreed].filter(Boolean).join(" ");
    }

    /** A failure in the reader's language, where it is a known one. @param {unknown} thrown */
    function failure(thrown) {
      const { code, message } = typed(thrown);
      return host.world.strings[`error.${code}`] ?? message;
    }

    /** Does what takes a while, and says what went wrong. @param {(signal: AbortSignal) => Promise<void>} task */
    const attempt = (task) =>
      host.run(async (signal) => {
        try {
          await task(signal);
        } catch (thrown) {
          if (!signal.aborted) host.say(failure(thrown));
        }
      });

    /** r of the two networks by step, each look of the first with the nearest of the second. */
    function between() {
      const [first, second] = learners;
      return first.looks.flatMap(({ step, pixels }) => {
        const other = second.looks.toSorted((a, b) => Math.abs(a.step - step) - Math.abs(b.step - step))[0];
        if (!other || Math.abs(other.step - step) > NEAR * Math.max(step, other.step)) return [];
        return [{ x: step, y: alike(pixels, other.pixels, first.set[0].length) }];
      });
    }

    /** What r of the two comes to where only the kind is shared. */
    function apart() {
      const [a, b] = learners.map(({ last }) => last?.pixels);
      return a && b ? floor(a, b, learners[0].set[0].length) : 0;
    }

    const looked = () => Math.max(0, ...learners.map(({ looks }) => looks.length));
    /** The network that has been looked at most leads the way back. */
    const leader = () => learners.reduce((most, one) => (one.looks.length > most.looks.length ? one : most));

    /** @param {number} n */
    function stepOf(n) {
      return learners.length === 0 ? "" : host.t("step", { step: leader().looks[n]?.step ?? 0 });
    }

    /** The look of a network that is shown: the last, or the nearest to the step that one went back to. @param {Learner} learner */
    function lookOf(learner) {
      if (at === undefined) return learner.last;
      const step = leader().looks[at]?.step ?? 0;
      return learner.looks.toSorted((a, b) => Math.abs(a.step - step) - Math.abs(b.step - step))[0];
    }

    function show() {
      const problem = learners.some((learner) => learner.problem);
      go.textContent = host.t(stage === "learning" ? "pause" : stage === "paused" ? "goOn" : "learn");
      go.disabled = stage === "done";
      over.disabled = stage === "idle" && !problem;
      back.element.hidden = looked() === 0;
      svg.toggleAttribute("hidden", looked() === 0);
      back.input.max = String(Math.max(0, looked() - 1));
      back.set(at ?? Math.max(0, looked() - 1));
      for (const learner of learners) learner.show(lookOf(learner), chosen);
      verdicts.replaceChildren(...learners.map((learner) => el("p", {}, learner.verdict(lookOf(learner), chosen))));
      announce();
      curves();
    }

    /** Says once that the copying has begun. */
    const announced = new WeakSet();
    function announce() {
      for (const learner of learners) {
        if (!learner.begun || announced.has(learner)) continue;
        announced.add(learner);
        host.say(host.t("begun", { title: learner.title, step: learner.begun.step, copies: learner.begun.copies, of: SAMPLES }));
      }
    }

    function curves() {
      if (looked() === 0) return;
      const fits = (/** @type {(fit: Fit) => number} */ what, least = 0) =>
        learners.map((learner) => ({
          look: learner.look,
          points: learner.looks.flatMap((look) => {
            const fit = learner.fit(look);
            return fit && fit.r >= least ? [{ x: look.step, y: what(fit) }] : [];
          }),
        }));
      const numbers = (/** @type {number[]} */ values) => values.map((value) => /** @type {[number, string]} */ ([value, host.number(value)]));
      const losses = learners.map(({ losses, look }) => ({ look, points: thinned(losses) }));
      const greatest = Math.max(1, ...losses.flatMap(({ points }) => points.map(({ y }) => y)));
      const likeness = halved() ? [{ look: "both", points: between() }] : fits(({ r }) => r);
      const shown = at === undefined ? undefined : leader().looks[at]?.step;
      paint(svg, {
        panels: [
          { title: host.t("loss"), lines: losses, low: 0.02, high: Math.max(greatest, 2), ticks: numbers([0.1, 1]), log: true },
          { title: host.t("share"), lines: learners.map(({ looks, look }) => ({ look, points: looks.map(({ step, copies }) => ({ x: step, y: copies })) })), low: 0, high: SAMPLES, ticks: numbers([0, SAMPLES]) },
          { title: host.t(halved() ? "between" : "withTheory"), lines: likeness, low: 0, high: 1, ticks: numbers([0, 1]) },
          ...(halved() ? [] : [{ title: host.t("window"), lines: fits(({ window }) => window, ALIKE), low: 3, high: SIDE, ticks: numbers([3, 13]) }]),
        ],
        marks: learners.flatMap(({ begun, look }) => (begun ? [{ x: begun.step, text: host.t("copyingBegins"), look }] : [])),
        most: Number(state.steps),
        at: shown,
        across: host.t("across"),
        number: (value) => host.number(value),
      });
      const last = learners.map(({ title, last }) => host.t("curvesOf", { title, copies: last?.copies ?? 0, of: SAMPLES, r: host.number(last?.fit?.r ?? 0, 2) }));
      svg.setAttribute("aria-label", [host.t("curves"), ...last].join(" "));
    }

    /** @param {Learner} learner */
    async function save(learner) {
      const { run } = learner;
      if (!run) return;
      await attempt(async (signal) => {
        const pack = await run.save({ name: "learned", title: own ? host.t("ownPictures") : host.t(kinds.value), ...(own ? {} : { licence: "MIT", attribution: "Fashion-MNIST, © 2017 Zalando SE" }) });
        signal.throwIfAborted();
        host.say(host.t("saved", { file: taken.download(pack) }));
        await taken.draw(await host.package.loadModel(pack, { device: host.world.device, signal }), signal);
      });
    }

    new ResizeObserver(() => curves()).observe(columns);
    begin();
    void gather();
  },
};
