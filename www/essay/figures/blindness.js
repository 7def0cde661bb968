/**
 * Position-blind: three machines with the same window draw from the same noise; the reader guesses which picture moves along when the
 * noise is pushed, and pushes it. Each picture stands as it was before; beside it the machine's first picture is pushed as the noise is,
 * and then drawn anew. The one that is lost follows pixel for pixel, the other two do not.
 */
import { guess } from "../guess.js";
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
/** How far the noise is pushed for a reader who has guessed. */
const PUSH = 5;
/** Between two pixels of a push, and between two steps, for eyes to follow, in milliseconds. */
const [SLIDE, PACE] = [60, 90];

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

    const size = /** @type {[number, number]} */ ([84, 168]);
    const pair = () => [picture({ label: host.t("waiting"), size }), picture({ label: host.t("waiting"), size })];
    const source = pair();
    const pictures = new Map(MACHINES.map((machine) => [machine, pair()]));
    const verdicts = new Map(MACHINES.map((machine) => [machine, el("p", { className: "verdict" })]));
    const of = (/** @type {Map<Machine, any>} */ map, /** @type {Machine} */ machine) => map.get(machine);
    const question = guess(host, ["none", "place", "border", "lost"]);
    /** Shows noise and pictures as they would be if all had followed. */
    const show = (/** @type {number} */ n, machines = MACHINES) => {
      source[1].put(greyImage(shifted(noise, n)), host.t("noise", { n }));
      for (const machine of machines) {
        const first = before.get(machine);
        if (first) of(pictures, machine)[1].put(greyImage(shifted(first, n)));
      }
    };
    const control = slider({
      label: host.t("push"),
      min: 0,
      max: SIDE - 1,
      value: shift,
      say: (n) => host.t("pixels", { n }),
      move: (n) => {
        shift = n;
        if (!noise) return;
        host.stop();
        for (const machine of MACHINES) of(verdicts, machine).textContent = "";
        show(n);
      },
      settle: (n) => {
        host.remember({ shift: n });
        void draw();
      },
    });
    control.input.disabled = question.open;
    const column = (/** @type {string} */ name, /** @type {import("../parts.js").Picture[]} */ [first, after], /** @type {Node[]} */ ...verdict) =>
      el("div", { className: "machine" }, el("p", { className: "name" }, host.t(name)), captioned(first, host.t("first")), captioned(after, host.t("second")), ...verdict);
    const machines = MACHINES.map((machine) => column(machine, of(pictures, machine), of(verdicts, machine)));
    host.root.append(
      question.element,
      el("div", { className: "machines" }, column("source", source), ...machines),
      control.element,
      controls(button(host.t("another"), () => (host.remember({ seed: Number(host.state.seed) + 1 }), void draw(true)), { act: "another" })),
    );

    /**
     * Draws with all machines from the noise as it is pushed, and once from noise that is not, to compare.
     * @param {boolean} [afresh] from another noise
     * @param {boolean} [slide] pushed before the reader's eyes
     */
    async function draw(afresh = false, slide = afresh) {
      await host.run(async (signal) => {
        const model = await host.model();
        await host.training(PROMPT, signal);
        if (afresh || !noise) {
          noise = await host.noise(Number(host.state.seed), signal);
          before = new Map();
        }
        source[0].put(greyImage(noise), host.t("noise", { n: 0 }));
        for (const machine of MACHINES) of(verdicts, machine).textContent = host.t("drawing");
        host.say(host.t("working"));
        for (const machine of MACHINES) {
          if (before.has(machine)) continue;
          const first = await make(model, machine, 0, of(pictures, machine)[0], signal);
          before.set(machine, first);
          of(pictures, machine)[0].put(greyImage(first), host.t("picture", { machine: host.t(machine) }));
        }
        if (shift === 0 || question.open) {
          // What follows the push is not given away.
          if (!question.open) show(0);
          for (const machine of MACHINES) of(verdicts, machine).textContent = "";
          return host.say(host.t(question.open ? "seen" : "ready", { k: window }));
        }
        if (slide && !host.still) {
          for (let n = 0; n <= shift; n += 1) {
            show(n);
            await host.pace(SLIDE, signal);
          }
        } else show(shift);
        /** How far each is from its first picture, pushed as the noise was, in the pixel where they differ most. @type {Map<Machine, number>} */
        const off = new Map();
        for (const machine of MACHINES) {
          const after = of(pictures, machine)[1];
          const drawn = await make(model, machine, shift, after, signal);
          after.put(greyImage(drawn), host.t("pictureAfter", { machine: host.t(machine), n: shift }));
          off.set(machine, 127.5 * furthest(drawn, shifted(of(before, machine), shift)));
          of(verdicts, machine).textContent = host.t(of(off, machine) < SAME ? "follows" : "changes");
        }
        host.say(host.t("pushed", { n: shift, levels: host.number(of(off, "els"), 1) }));
        question.answer(host.t("answer"));
      });
    }

    /** What a machine draws from noise pushed so far, step by step where motion is welcome. */
    async function make(/** @type {import("../../pkg/morphogen.js").Model} */ model, /** @type {Machine} */ machine, /** @type {number} */ by, /** @type {import("../parts.js").Picture} */ shown, /** @type {AbortSignal} */ signal) {
      await host.whenSeen(signal);
      const start = { pixels: shifted(noise, by), t: 1 };
      const wish = { prompt: PROMPT, machine, window, start, ...walk(STEPS), signal };
      if (host.still) return (await model.sample(wish)).pixels;
      /** @type {Float32Array} */
      let pixels = start.pixels;
      for await (const frame of model.steps(wish)) {
        pixels = frame.x;
        shown.put(frame.toImageData());
        await host.pace(PACE, signal);
      }
      return pixels;
    }

    void draw();
    void question.made.then((name) => {
      control.input.disabled = false;
      // Who has guessed wants to see; a link says itself how far.
      if (host.asked) return;
      shift = PUSH;
      control.set(PUSH);
      void draw(false, name !== "");
    });
  },
};
