/**
 * Short-sighted: one noise, fourteen windows. The machine that sees a window around each pixel draws with each of them,
 * and beside its picture stands the training image nearest to it; the bars show how far away that is.
 */
import { button, captioned, controls, el, picture, slider } from "../parts.js";
import { walk } from "../walk.js";

/** @typedef {import("../figure.js").Host} Host */
/** @typedef {import("../../pkg/morphogen.js").Sample} Sample */

const PROMPT = "pullover";
const STEPS = 20;
/** Sides of windows; the last sees the whole picture from everywhere. */
const WINDOWS = [3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 55];
/** Height of the tallest bar, in pixels. */
const TALL = 40;

export default {
  name: "locality",
  defaults: { window: 7, seed: 8 },
  /** @param {Host} host */
  mount(host) {
    const near = WINDOWS.findIndex((window) => window >= Number(host.state.window));
    let at = near < 0 ? WINDOWS.length - 1 : near;
    /** @type {(Sample | undefined)[]} by window */
    let drawn = [];
    /** @type {import("../../pkg/morphogen.js").TrainingImages} */
    let images;

    const large = picture({ label: host.t("waiting"), size: [140, 252] });
    const nearest = picture({ label: host.t("waiting"), size: [140, 252] });
    const sees = (/** @type {number} */ i) => (i === WINDOWS.length - 1 ? host.t("everything") : host.t("sees", { k: WINDOWS[i] }));
    const control = slider({ label: host.t("window"), min: 0, max: WINDOWS.length - 1, value: at, say: sees, move: (i) => show(i), settle: (i) => show(i, true) });
    const strip = WINDOWS.map((window, i) => {
      const tile = picture({ label: sees(i), size: [56, 84] });
      const bar = el("span", { className: "bar" });
      const press = el("button", { type: "button", ariaLabel: sees(i) }, bar, tile.canvas, el("span", {}, i === WINDOWS.length - 1 ? "∞" : String(window)));
      press.addEventListener("click", () => show(i, true));
      return { tile, bar, press };
    });
    const another = button(host.t("another"), () => {
      host.remember({ seed: Number(host.state.seed) + 1 });
      void draw();
    }, { act: "another" });
    host.root.append(
      el("div", { className: "pair" }, captioned(large, host.t("drawn")), captioned(nearest, host.t("nearest"))),
      control.element,
      el("div", { className: "strip", role: "group", ariaLabel: host.t("all") }, ...strip.map(({ press }) => press)),
      controls(another),
    );

    /** Shows what the machine drew with a window. */
    function show(/** @type {number} */ i, settled = false) {
      at = i;
      control.set(i);
      if (settled) host.remember({ window: WINDOWS[i] });
      strip.forEach(({ press }, n) => press.setAttribute("aria-pressed", String(n === i)));
      const sample = drawn[i];
      const found = sample?.nearest?.[0];
      if (!sample || !found) {
        large.clear();
        nearest.clear();
        return;
      }
      const number = String(found.image + 1);
      large.put(sample.toImageData(), host.t("picture", { window: sees(i) }));
      nearest.put(images.toImageData(found.image), host.t("training", { number }));
      const verdict = found.copied ? "copy" : i < 2 ? "soup" : "collage";
      host.say(host.t(verdict, { window: sees(i), distance: host.number(found.distance, 1), number }));
    }

    async function draw() {
      drawn = [];
      for (const { tile, bar } of strip) {
        tile.clear();
        bar.style.height = "0";
      }
      show(at);
      await host.run(async (signal) => {
        const model = await host.model();
        images = await host.training(PROMPT, signal);
        host.say(host.t("drawing"));
        // What the reader looks at comes first.
        const order = WINDOWS.map((_, i) => i).sort((a, b) => Number(b === at) - Number(a === at));
        for (const i of order) {
          await host.whenSeen(signal);
          const sample = await model.sample({ prompt: PROMPT, machine: "local", window: WINDOWS[i], seed: Number(host.state.seed), ...walk(STEPS), signal });
          drawn[i] = sample;
          strip[i].tile.put(sample.toImageData());
          const distances = WINDOWS.map((_, n) => drawn[n]?.nearest?.[0].distance ?? 0);
          const most = Math.max(...distances);
          distances.forEach((distance, n) => (strip[n].bar.style.height = `${(TALL * distance) / most}px`));
          if (i === at) show(i);
        }
      });
    }
    void draw();
  },
};
