/**
 * Where did this pixel come from? The machine with the two flaws draws, keeps who won the vote of each pixel at each step, and
 * the reader pulls the winners out: by pointing, by tapping, or with the arrow keys. Beside the window that was measured on the
 * network stands, if wished, the one that the training pictures suggest: the pixels that vary together.
 */
import { ARROWS, button, controls, el, picture, slider, toggle } from "../parts.js";
import { walk } from "../walk.js";

/** @typedef {import("../figure.js").Host} Host */
/** @typedef {import("../../pkg/morphogen.js").Frame} Frame */
/** @typedef {import("../../pkg/morphogen.js").TrainingImages} TrainingImages */

const PROMPT = "pullover";
const STEPS = 20;
const SIDE = 28;
/** How many of the sources are shown, those with the most pixels first. */
const SHOWN = 8;
/** Pixels of the outlines' canvas per pixel of the picture. */
const FINE = 12;
/** Outlines are dark below, so that they show on everything: of the network's window, and of the pictures'. */
const LINES = /** @type {const} */ ({ network: [["#000", 8], ["#ffb000", 4]], pictures: [["#000", 7], ["#4cc9f0", 3]] });

export default {
  name: "origins",
  defaults: { seed: 32, step: 8, row: 12, column: 8, mosaic: true, together: false },
  /** @param {Host} host */
  mount(host) {
    /** @type {Frame[]} */
    let frames = [];
    /** @type {TrainingImages} */
    let images;
    /** By step. @type {Map<number, import("../../pkg/morphogen.js").Windows>} */
    const seen = new Map();
    const within = (/** @type {number} */ value, /** @type {number} */ least, /** @type {number} */ most) => Math.max(least, Math.min(most, Math.round(value)));
    let step = within(Number(host.state.step), 1, STEPS);
    let at = { row: within(Number(host.state.row), 0, SIDE - 1), column: within(Number(host.state.column), 0, SIDE - 1) };

    const drawn = picture({ label: host.t("waiting"), size: [280, 336], focusable: true });
    const source = picture({ label: host.t("waiting"), size: [140, 336] });
    const [here, there] = [drawn, source].map(() => el("canvas", { className: "marks", width: SIDE * FINE, height: SIDE * FINE, ariaHidden: "true" }));
    const mosaic = toggle({ led: true, label: host.t("mosaic"), value: host.state.mosaic === true, turn: (on) => (host.remember({ mosaic: on }), paint()) });
    const together = toggle({ label: host.t("together"), value: host.state.together === true, turn: (on) => (host.remember({ together: on }), void look()) });
    const name = el("p", {});
    const gallery = el("div", { className: "gallery", role: "group", ariaLabel: host.t("sources") });
    const steps = slider({ label: host.t("step"), min: 1, max: STEPS, value: step, say: (n) => host.t("stepOf", { n, of: STEPS }), move: (n) => ((step = n), paint(), tell()), settle: (n) => (host.remember({ step: n }), void look()) });
    drawn.canvas.classList.add("pointed");
    drawn.canvas.setAttribute("aria-description", host.t("keys"));
    host.root.append(
      el("div", { className: "pair" }, el("div", { className: "captioned" }, el("div", { className: "sight" }, drawn.canvas, here), mosaic.element, together.element), el("div", { className: "captioned" }, el("div", { className: "sight" }, source.canvas, there), name)),
      steps.element,
      gallery,
      controls(button(host.t("another"), () => (host.remember({ seed: Number(host.state.seed) + 1 }), void draw()), { act: "another" })),
    );

    /** Outlines a window and the pixel in its middle. */
    function outline(/** @type {HTMLCanvasElement} */ canvas, /** @type {{ row: number, column: number }} */ { row, column }, /** @type {number} */ window) {
      const context = canvas.getContext("2d");
      if (!context) return;
      context.clearRect(0, 0, canvas.width, canvas.height);
      for (const [colour, width] of LINES.network) {
        context.strokeStyle = colour;
        for (const reach of [(window - 1) / 2, 0]) {
          context.lineWidth = reach ? width : width / 2;
          context.strokeRect((column - reach) * FINE, (row - reach) * FINE, (2 * reach + 1) * FINE, (2 * reach + 1) * FINE);
        }
      }
    }

    /** Outlines the pixels that go together with the one at hand, where that is wished and known. */
    function join() {
      const context = here.getContext("2d");
      const pixels = together.input.checked && seen.get(step)?.of(at.row, at.column);
      if (!context || !pixels) return;
      const sees = (/** @type {number} */ row, /** @type {number} */ column) => row >= 0 && row < SIDE && column >= 0 && column < SIDE && pixels[row * SIDE + column] === 1;
      context.beginPath();
      for (let row = 0; row <= SIDE; row += 1) {
        for (let column = 0; column <= SIDE; column += 1) {
          const [x, y] = [column * FINE, row * FINE];
          if (sees(row, column) !== sees(row - 1, column)) (context.moveTo(x, y), context.lineTo(x + FINE, y));
          if (sees(row, column) !== sees(row, column - 1)) (context.moveTo(x, y), context.lineTo(x, y + FINE));
        }
      }
      context.lineCap = "square";
      for (const [colour, width] of LINES.pictures) {
        context.strokeStyle = colour;
        context.lineWidth = width;
        context.stroke();
      }
    }

    /** Finds out which pixels go together at this step, if that is wished. */
    async function look() {
      const wished = step;
      const before = frames[wished - 1];
      if (together.input.checked && before && !seen.has(wished)) {
        await host.run(async (signal) => {
          host.say(host.t("looking"));
          seen.set(wished, await (await host.model()).windows(PROMPT, before.t, signal));
        });
      }
      paint();
      tell();
    }

    /** Training images with the number of pixels that each has won, the most first. */
    function sources() {
      /** @type {Map<number, number>} */
      const won = new Map();
      frames[step]?.provenance?.image.forEach((image) => won.set(image, (won.get(image) ?? 0) + 1));
      return [...won].sort((a, b) => b[1] - a[1]);
    }

    function paint() {
      const frame = frames[step];
      const provenance = frame?.provenance;
      if (!frame || !provenance) return;
      drawn.put(mosaic.input.checked ? provenance.toImageData(0, 1, frame.denoised) : frame.toImageData(0, 1, "denoised"), host.t("picture", { n: step, of: STEPS }));
      const found = provenance.at(at.row, at.column);
      source.put(images.toImageData(found.image), host.t("training", { number: String(found.image + 1) }));
      name.textContent = host.t("training", { number: String(found.image + 1) });
      outline(here, at, provenance.window);
      join();
      outline(there, found, provenance.window);
    }

    /** The sources that won most, as buttons that lead to one of their pixels. */
    function list() {
      const provenance = frames[step]?.provenance;
      if (!provenance) return;
      gallery.replaceChildren(
        ...sources()
          .slice(0, SHOWN)
          .map(([image, pixels]) => {
            const label = host.t("won", { number: String(image + 1), n: pixels });
            const tile = picture({ label, size: [56, 56] });
            tile.put(images.toImageData(image));
            const press = el("button", { type: "button", ariaLabel: label }, tile.canvas, el("span", {}, String(pixels)));
            press.addEventListener("click", () => {
              const q = provenance.image.indexOf(image);
              go(Math.floor(q / SIDE), q % SIDE);
            });
            return press;
          }),
      );
    }

    function tell() {
      const provenance = frames[step]?.provenance;
      if (!provenance) return;
      list();
      const found = provenance.at(at.row, at.column);
      const all = sources().length;
      const values = { row: at.row + 1, column: at.column + 1, number: String(found.image + 1), share: host.number(100 * found.weight, found.weight < 0.01 ? 1 : 0), k: provenance.window, n: all, step };
      const joined = together.input.checked ? seen.get(step)?.of(at.row, at.column).reduce((sum, one) => sum + one, 0) : undefined;
      host.say([host.t("pixel", values), joined ? host.t("joined", { n: joined }) : "", host.t("distinct", values)].filter(Boolean).join(" "));
    }

    /** Points at a pixel. */
    function go(/** @type {number} */ row, /** @type {number} */ column, settled = true) {
      at = { row: within(row, 0, SIDE - 1), column: within(column, 0, SIDE - 1) };
      paint();
      if (!settled) return;
      host.remember({ row: at.row, column: at.column });
      tell();
    }
    const point = (/** @type {PointerEvent} */ event, /** @type {boolean} */ settled) => {
      const { left, top, width } = drawn.canvas.getBoundingClientRect();
      go(Math.floor(((event.clientY - top) / width) * SIDE), Math.floor(((event.clientX - left) / width) * SIDE), settled);
    };
    drawn.canvas.addEventListener("pointermove", (event) => point(event, false));
    drawn.canvas.addEventListener("click", (event) => point(/** @type {PointerEvent} */ (event), true));
    drawn.canvas.addEventListener("keydown", (event) => {
      const way = ARROWS.get(event.key);
      if (!way) return;
      event.preventDefault();
      go(at.row + way[0], at.column + way[1]);
    });
    steps.input.addEventListener("change", tell);

    async function draw() {
      await host.run(async (signal) => {
        const model = await host.model();
        images = await host.training(PROMPT, signal);
        host.say(host.t("drawing"));
        frames = [];
        const wished = step;
        await model.sample({
          prompt: PROMPT,
          machine: "bbels",
          seed: Number(host.state.seed),
          ...walk(STEPS),
          provenance: true,
          signal,
          onStep: (frame) => {
            frames.push(frame);
            if (host.still || frame.step === 0 || frame.step > wished) return;
            step = frame.step;
            paint();
          },
        });
        step = wished;
        paint();
        tell();
      });
      await look();
    }
    void draw();
  },
};
