/**
 * Extra fingers: samples of the trained networks with more parts side by side than their garment has, step by step, with the
 * window of a pixel of the outermost part. Some were found beforehand, by the count in `pixels.js`; the reader can search on.
 */
import { button, controls, el, picture, slider } from "../parts.js";
import { sideBySide, trainingPixels } from "../pixels.js";
import { walk } from "../walk.js";

/** @typedef {import("../figure.js").Host} Host */
/** @typedef {import("../../pkg/morphogen.js").Frame} Frame */
/** @typedef {{ network: string, prompt: string, seed: number }} Find */

const STEPS = 20;
const SIDE = 28;
/** Pixels of the outlines' canvas per pixel of the picture. */
const FINE = 12;
/** Seeds that are looked at together while searching, and where the search begins. */
const [BATCH, FIRST] = [4, 1000];
/** Parts that a garment has side by side, at most, if all is well. */
const USUAL = new Map([["trouser", 2]]);

/** Found beforehand, among seeds 0 … 59 of the ResNet (23 in all) and 0 … 255 of the UNet (2 in all). @type {Find[]} */
const FOUND = [
  ...[6, 16, 40, 52].map((seed) => ({ network: "resnet", prompt: "trouser", seed })),
  ...[198, 14].map((seed) => ({ network: "unet", prompt: "trouser", seed })),
];

export default {
  name: "fingers",
  defaults: { network: "resnet", prompt: "trouser", seed: 6, step: 20 },
  /** @param {Host} host */
  mount(host) {
    const finds = [...FOUND];
    const asked = /** @type {Find} */ ({ ...host.state });
    let chosen = finds.find((one) => same(one, asked)) ?? finds[0];
    // A link may hold what somebody else has found.
    if (Number(host.state.seed) >= FIRST && USUAL.has(asked.prompt) && ["unet", "resnet"].includes(asked.network)) {
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

    const large = picture({ label: host.t("waiting"), size: [280, 336] });
    const marks = el("canvas", { className: "marks", width: SIDE * FINE, height: SIDE * FINE, ariaHidden: "true" });
    const steps = slider({ label: host.t("step"), min: 1, max: STEPS, value: step, say: (n) => host.t("stepOf", { n, of: STEPS }), move: (n) => ((step = n), paint()), settle: (n) => (host.remember({ step: n }), tell()) });
    const gallery = el("div", { className: "gallery", role: "group", ariaLabel: host.t("finds") });
    const words = el("p", {});
    const search = button(host.t("search"), () => (host.running ? host.stop() : void look()));
    host.root.append(
      el("div", { className: "pair" }, el("div", { className: "captioned" }, el("div", { className: "sight" }, large.canvas, marks), el("p", {}, host.t("guess"))), words),
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
      const parts = sideBySide(frames[STEPS].x);
      large.put(frame.toImageData(0, 1, "denoised"), host.t("picture", { n: step, of: STEPS }));
      context.clearRect(0, 0, marks.width, marks.height);
      const k = windowAt(step);
      const reach = (k - 1) / 2;
      const [first = 0] = parts.centres;
      const style = getComputedStyle(host.root);
      for (const [colour, width] of [["#000", 7], [style.getPropertyValue("--mark"), 4]]) {
        context.strokeStyle = String(colour);
        context.lineWidth = Number(width);
        context.strokeRect((first - reach) * FINE, (parts.row - reach) * FINE, k * FINE, k * FINE);
        for (const centre of parts.centres) context.strokeRect((centre + 0.5) * FINE - 1, (parts.row + 0.5) * FINE - 1, 2, 2);
      }
    }

    /** Says when the outermost parts stopped seeing each other. */
    function tell() {
      if (frames.length === 0) return;
      const { count, centres } = sideBySide(frames[STEPS].x);
      const distance = centres[centres.length - 1] - centres[0];
      const parted = Array.from({ length: STEPS }, (_, n) => n + 1).find((n) => (windowAt(n) - 1) / 2 < distance) ?? STEPS;
      const k = windowAt(parted);
      const values = { count, distance: host.number(distance, 0), step: parted, k, reach: (k - 1) / 2, now: windowAt(step), seed: String(chosen.seed), network: host.t(chosen.network), what: host.t(chosen.prompt) };
      words.textContent = host.t("windowNow", { n: step, now: windowAt(step) });
      host.say(host.t(parted === 1 ? "never" : "parted", values));
    }

    /** Draws a find again, step by step. */
    async function show(/** @type {Find} */ find) {
      chosen = find;
      list();
      await host.run(async (signal) => {
        const model = await host.model();
        windows = model.info.networks.find(({ name }) => name === find.network)?.windows.bbels ?? [];
        host.say(host.t("drawing"));
        const { frames: drawn } = await model.sample({ ...find, ...walk(STEPS), frames: true, signal });
        frames = drawn;
        paint();
        tell();
      });
    }

    /** The finds as buttons. */
    function list() {
      const known = new Map([...gallery.children].map((child) => [/** @type {HTMLElement} */ (child).dataset.key, child]));
      for (const find of finds) {
        const key = `${find.network} ${find.prompt} ${find.seed}`;
        let press = /** @type {HTMLElement | undefined} */ (known.get(key));
        if (!press) {
          press = button(host.t("find", { network: host.t(find.network), what: host.t(find.prompt), seed: String(find.seed) }), () => {
            host.remember({ network: find.network, prompt: find.prompt, seed: find.seed });
            void show(find);
          });
          press.dataset.key = key;
          gallery.append(press);
        }
        press.setAttribute("aria-pressed", String(same(find, chosen)));
      }
    }

    /** Looks at more seeds until told to stop, or until one is found. */
    async function look() {
      const { network, prompt } = chosen;
      search.textContent = host.t("stop");
      await host.run(async (signal) => {
        const model = await host.model();
        const images = await host.training(prompt, signal);
        const usual = USUAL.get(prompt) ?? NaN;
        const odd = Array.from({ length: images.count }, (_, n) => sideBySide(trainingPixels(images, n)).count).filter((count) => count > usual).length;
        for (;;) {
          await host.whenSeen(signal);
          const { pixels } = await model.sample({ network, prompt, seed: next, count: BATCH, ...walk(STEPS), signal });
          const size = SIDE * SIDE;
          const hits = Array.from({ length: BATCH }, (_, n) => n).filter((n) => sideBySide(pixels.subarray(n * size, (n + 1) * size)).count > usual);
          const found = hits.map((n) => ({ network, prompt, seed: next + n }));
          next += BATCH;
          looked += BATCH;
          finds.push(...found);
          const values = { looked, n: finds.length - FOUND.length, odd, of: images.count, what: host.t(prompt) };
          host.say(host.t("looked", values));
          if (found.length > 0) {
            list();
            chosen = found[0];
            break;
          }
        }
      });
      search.textContent = host.t("search");
      if (!same(chosen, { ...asked, ...host.state }) && chosen.seed >= FIRST) {
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
