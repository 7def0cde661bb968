/**
 * Extra fingers: trousers of the trained networks with a leg too many, step by step, with the window of a pixel of the outermost
 * leg. Some were found beforehand, by the count in `pixels.js`, and are drawn again as thumbnails; the reader can search on.
 */
import { button, controls, el, picture, slider } from "../parts.js";
import { greyImage, legs, trainingPixels } from "../pixels.js";
import { walk } from "../walk.js";
import { FOUND } from "./fingers-found.js";

/** @typedef {import("../figure.js").Host} Host */
/** @typedef {import("../../pkg/morphogen.js").Frame} Frame */
/** @typedef {{ network: string, prompt: string, seed: number }} Find */

const STEPS = 20;
const SIDE = 28;
/** Pixels of the outlines' canvas per pixel of the picture. */
const FINE = 12;
/** Seeds that are looked at together while searching, and where the search begins. */
const [BATCH, FIRST] = [4, 1000];
/** Legs that a garment has, at most, if all is well. */
const USUAL = new Map([["trouser", 2]]);

/** So many of the finds are shown, the clearest first. */
const SHOWN = 8;

/** @type {Find[]} */
const KNOWN = Object.entries(FOUND.seeds).flatMap(([network, seeds]) => seeds.map((seed) => ({ network, prompt: "trouser", seed })));

export default {
  name: "fingers",
  defaults: { ...KNOWN[0], step: 20 },
  /** @param {Host} host */
  mount(host) {
    const finds = KNOWN.slice(0, SHOWN);
    const asked = /** @type {Find} */ ({ ...host.state });
    let chosen = finds.find((one) => same(one, asked)) ?? finds[0];
    // A link may hold what somebody else has found.
    if (!same(chosen, asked) && USUAL.has(asked.prompt) && ["unet", "resnet", "attention"].includes(asked.network)) {
      chosen = { network: asked.network, prompt: asked.prompt, seed: asked.seed };
      finds.push(chosen);
    }
    let step = Math.max(1, Math.min(STEPS, Math.round(Number(host.state.step))));
    /** @type {Frame[]} */
    let frames = [];
    /** The network's windows by time. @type {{ t: number, k: number }[]} */
    let windows = [];
    let next = FIRST;
    let looked = 0;
    let more = 0;
    /** @type {Map<Find, import("../parts.js").Picture>} */
    const thumbnails = new Map();
    /** @type {Map<Find, HTMLElement>} */
    const presses = new Map();
    /** Finds whose thumbnails are drawn. @type {Set<Find>} */
    const made = new Set();

    const large = picture({ label: host.t("waiting"), size: [280, 336] });
    const marks = el("canvas", { className: "marks", width: SIDE * FINE, height: SIDE * FINE, ariaHidden: "true" });
    const steps = slider({ label: host.t("step"), min: 1, max: STEPS, value: step, say: (n) => host.t("stepOf", { n, of: STEPS }), move: (n) => ((step = n), paint()), settle: (n) => (host.remember({ step: n }), tell()) });
    const gallery = el("div", { className: "gallery", "data-act": "another", role: "group", ariaLabel: host.t("finds") });
    const words = el("p", { className: "beside" });
    let searching = false;
    const search = button(host.t("search"), () => (searching ? host.stop() : void look()));
    host.root.append(
      el("div", { className: "pair" }, el("div", { className: "captioned" }, el("div", { className: "sight" }, large.canvas, marks), el("p", {}, host.t("suspects"))), words),
      steps.element,
      gallery,
      controls(search),
    );

    /** The window of a pixel in the step that leads to the state shown. */
    const windowAt = (/** @type {number} */ n) => {
      const t = (STEPS - n + 1) / STEPS;
      return windows.reduce((best, one) => (Math.abs(one.t - t) < Math.abs(best.t - t) ? one : best), windows[0])?.k ?? SIDE;
    };

    function paint() {
      const frame = frames[step];
      const context = marks.getContext("2d");
      if (!frame || !context) return;
      const parts = legs(frames[STEPS].x);
      large.put(frame.toImageData(0, 1, "denoised"), host.t("picture", { n: step, of: STEPS }));
      context.clearRect(0, 0, marks.width, marks.height);
      const k = windowAt(step);
      const reach = (k - 1) / 2;
      const [first = 0] = parts.centres;
      const style = getComputedStyle(host.root);
      for (const [colour, width] of [["#000", 7], [style.getPropertyValue("--mark"), 4]]) {
        context.strokeStyle = String(colour);
        context.lineWidth = Number(width);
        if (parts.count > 0) context.strokeRect((first - reach) * FINE, (parts.row - reach) * FINE, k * FINE, k * FINE);
        for (const centre of parts.centres) context.strokeRect((centre + 0.5) * FINE - 1, (parts.row + 0.5) * FINE - 1, 2, 2);
      }
    }

    /** Says when the outermost parts stopped seeing each other. */
    function tell() {
      if (frames.length === 0) return;
      const { count, centres } = legs(frames[STEPS].x);
      if (count <= (USUAL.get(chosen.prompt) ?? NaN)) return host.say(host.t("sound", { count }));
      const distance = centres[centres.length - 1] - centres[0];
      const parted = Array.from({ length: STEPS }, (_, n) => n + 1).find((n) => (windowAt(n) - 1) / 2 < distance) ?? STEPS;
      const k = windowAt(parted);
      const values = { count, distance: host.number(distance, 0), step: parted, k, reach: (k - 1) / 2, now: windowAt(step), seed: String(chosen.seed), network: host.t(chosen.network), what: host.t(chosen.prompt) };
      words.textContent = host.t("windowNow", { n: step, now: windowAt(step) });
      host.say(host.t(parted === 1 ? "never" : "parted", values));
    }

    /** Draws a find again, step by step, and then the thumbnails that are missing. */
    async function show(/** @type {Find} */ find) {
      chosen = find;
      list();
      await host.run(async (signal) => {
        const model = await host.model();
        windows = model.info.networks.find(({ name }) => name === find.network)?.windows.bbels ?? [];
        host.say(host.t("drawing"));
        const { frames: drawn } = await model.sample({ ...find, ...walk(STEPS), frames: true, signal });
        frames = drawn;
        thumbnails.get(find)?.put(greyImage(drawn[STEPS].x));
        paint();
        tell();
        for (const one of finds) {
          const tile = thumbnails.get(one);
          if (!tile || made.has(one)) continue;
          await host.whenSeen(signal);
          const { pixels } = one === find ? { pixels: drawn[STEPS].x } : await model.sample({ ...one, ...walk(STEPS), signal });
          tile.put(greyImage(pixels));
          made.add(one);
        }
      });
    }

    /** The finds, as pictures to press. */
    function list() {
      for (const find of finds.filter((one) => !thumbnails.has(one))) {
        const label = host.t("find", { network: host.t(find.network), what: host.t(find.prompt), seed: String(find.seed) });
        const tile = picture({ label, size: 56 });
        const press = el("button", { type: "button", ariaLabel: label }, tile.canvas, el("span", {}, String(find.seed)));
        press.addEventListener("click", () => {
          host.remember({ network: find.network, prompt: find.prompt, seed: find.seed });
          void show(find);
        });
        thumbnails.set(find, tile);
        presses.set(find, press);
        gallery.append(press);
      }
      for (const [find, press] of presses) press.setAttribute("aria-pressed", String(find === chosen));
    }

    /** Looks at more seeds until told to stop, or until one is found. */
    async function look() {
      const { network, prompt } = chosen;
      searching = true;
      search.textContent = host.t("stop");
      await host.run(async (signal) => {
        const model = await host.model();
        const images = await host.training(prompt, signal);
        const usual = USUAL.get(prompt) ?? NaN;
        const odd = Array.from({ length: images.count }, (_, n) => legs(trainingPixels(images, n)).count).filter((count) => count > usual).length;
        for (;;) {
          await host.whenSeen(signal);
          const { pixels } = await model.sample({ network, prompt, seed: next, count: BATCH, ...walk(STEPS), signal });
          const size = SIDE * SIDE;
          const hits = Array.from({ length: BATCH }, (_, n) => n).filter((n) => legs(pixels.subarray(n * size, (n + 1) * size)).count > usual);
          const found = hits.map((n) => ({ network, prompt, seed: next + n }));
          next += BATCH;
          looked += BATCH;
          finds.push(...found);
          more += found.length;
          const values = { looked, n: more, odd, of: images.count };
          host.say(host.t("looked", values));
          if (found.length > 0) {
            list();
            chosen = found[0];
            break;
          }
        }
      });
      searching = false;
      search.textContent = host.t("search");
      if (!same(chosen, { ...asked, ...host.state })) {
        host.remember({ network, prompt, seed: chosen.seed });
        await show(chosen);
      }
    }
    void show(chosen);
  },
};

/** @param {Find} a @param {Find} b */
function same(a, b) {
  return a.network === b.network && a.prompt === b.prompt && a.seed === b.seed;
}
