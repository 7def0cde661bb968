/**
 * Position-blind: three machines with the same window draw from the same noise, and the noise can be pushed sideways. The
 * one that knows its place stays, the one that is lost follows pixel for pixel, the one that sees the border does neither.
 */
import { button, captioned, controls, el, picture, slider } from "../parts.js";
import { furthest, greyImage, shifted } from "../pixels.js";
import { walk } from "../walk.js";

/** @typedef {import("../figure.js").Host} Host */
/** @typedef {"local" | "bbels" | "els"} Machine */

const PROMPT = "pullover";
const STEPS = 8;
const SIDE = 28;
/** From the one that knows most to the one that knows least. */
const MACHINES = /** @type {Machine[]} */ (["local", "bbels", "els"]);
/** Pictures that differ by less, in shades of grey and in any pixel, are the same. */
const SAME = 2;

export default {
  name: "blindness",
  defaults: { window: 5, shift: 0, seed: 3 },
  /** @param {Host} host */
  mount(host) {
    const asked = Number(host.state.window);
    const window = Number.isInteger(asked) && asked % 2 === 1 && asked >= 3 && asked <= 27 ? asked : 5;
    let shift = Math.min(SIDE - 1, Math.floor(Number(host.state.shift)));
    /** @type {Float32Array} */
    let noise;
    /** What each drew from noise that was not pushed. @type {Map<Machine, Float32Array>} */
    let before = new Map();

    const source = picture({ label: host.t("waiting"), size: [140, 168] });
    const pictures = new Map(MACHINES.map((machine) => [machine, picture({ label: host.t("waiting"), size: [140, 168] })]));
    const verdicts = new Map(MACHINES.map((machine) => [machine, el("p", {})]));
    const of = (/** @type {Map<Machine, any>} */ map, /** @type {Machine} */ machine) => map.get(machine);
    const control = slider({
      label: host.t("push"),
      min: 0,
      max: SIDE - 1,
      value: shift,
      say: (n) => host.t("pixels", { n }),
      move: (n) => {
        if (!noise) return;
        host.stop();
        shift = n;
        source.put(greyImage(shifted(noise, n)), host.t("noise", { n }));
      },
      settle: (n) => {
        host.remember({ shift: n });
        void draw();
      },
    });
    const machines = MACHINES.map((machine) => {
      const { canvas } = of(pictures, machine);
      return el("div", { className: "captioned" }, canvas, el("p", {}, el("strong", {}, host.t(machine))), of(verdicts, machine));
    });
    host.root.append(
      el("div", { className: "columns" }, captioned(source, host.t("source")), ...machines),
      control.element,
      controls(button(host.t("another"), () => (host.remember({ seed: Number(host.state.seed) + 1 }), void draw(true)))),
    );

    /**
     * Draws with all machines from the noise as it is pushed, and once from noise that is not, to compare.
     * @param {boolean} [afresh] from another noise
     */
    async function draw(afresh = false) {
      await host.run(async (signal) => {
        const model = await host.model();
        await host.training(PROMPT, signal);
        if (afresh || !noise) {
          noise = await host.noise(Number(host.state.seed), signal);
          before = new Map();
        }
        source.put(greyImage(shifted(noise, shift)), host.t("noise", { n: shift }));
        for (const machine of MACHINES) of(verdicts, machine).textContent = host.t("drawing");
        host.say(host.t("working"));
        /** How far each is from its first picture, pushed as the noise was, in the pixel where they differ most. @type {Map<Machine, number>} */
        const off = new Map();
        for (const machine of MACHINES) {
          const make = async (/** @type {number} */ by, /** @type {boolean} */ shown) => {
            await host.whenSeen(signal);
            const start = { pixels: shifted(noise, by), t: 1 };
            const onStep = (/** @type {import("../../pkg/morphogen.js").Frame} */ frame) => of(pictures, machine).put(frame.toImageData());
            const { pixels } = await model.sample({ prompt: PROMPT, machine, window, start, ...walk(STEPS), signal, onStep: shown && !host.still ? onStep : undefined });
            return pixels;
          };
          const first = before.get(machine) ?? (await make(0, shift === 0));
          before.set(machine, first);
          const drawn = shift === 0 ? first : await make(shift, true);
          of(pictures, machine).put(greyImage(drawn), host.t("picture", { machine: host.t(machine) }));
          off.set(machine, 127.5 * furthest(drawn, shifted(first, shift)));
          const verdict = shift === 0 ? "start" : of(off, machine) < SAME ? "follows" : "changes";
          of(verdicts, machine).textContent = host.t(verdict, { n: shift, levels: host.number(of(off, machine), 1) });
        }
        host.say(host.t(shift === 0 ? "ready" : "pushed", { k: window, n: shift, levels: host.number(of(off, "els"), 1) }));
      });
    }
    void draw();
  },
};
