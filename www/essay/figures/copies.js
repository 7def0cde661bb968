/**
 * The paradox: the wall of all that the ideal machine knows; once the reader has guessed what it will draw, twenty samples of it.
 * Each sample flies to the training picture that it is.
 */
import { guess } from "../guess.js";
import { button, captioned, controls, el, picture } from "../parts.js";
import { furthest, trainingPixels } from "../pixels.js";
import { walk } from "../walk.js";

/** @typedef {import("../figure.js").Host} Host */
/** @typedef {import("../../pkg/morphogen.js").Sample} Sample */
/** @typedef {import("../../pkg/morphogen.js").TrainingImages} TrainingImages */

const PROMPT = "sneaker";
const COUNT = 20;
const STEPS = 20;
/** Side of a training picture on the wall: half its size, so that all of them find room. */
const SMALL = 14;
/** Between two departures, and for a flight, in milliseconds. */
const BETWEEN = 130;
const FLIGHT = 800;

export default {
  name: "copies",
  defaults: { seed: 1, sample: 1 },
  /** @param {Host} host */
  mount(host) {
    /** @type {Sample | undefined} */
    let drawn;
    /** @type {TrainingImages | undefined} */
    let images;
    /** @type {Set<number>} samples that have arrived */
    let arrived = new Set();

    const tiles = Array.from({ length: COUNT }, (_, n) => {
      const tile = picture({ label: host.t("sample", { n: String(n + 1) }), size: [28, 56] });
      const press = el("button", { type: "button", ariaLabel: host.t("sample", { n: String(n + 1) }) }, tile.canvas);
      press.addEventListener("click", () => choose(n));
      return { tile, press };
    });
    const wall = el("canvas", { className: "pixels", role: "img", ariaLabel: host.t("wall") });
    const marks = el("canvas", { className: "marks", ariaHidden: "true" });
    const [left, right] = [picture({ label: host.t("waiting"), size: 112 }), picture({ label: host.t("waiting"), size: 112 })];
    const words = el("p", {});
    const question = guess(host, ["new", "average", "copies"]);
    const again = button(host.t("again"), () => (host.remember({ seed: Number(host.state.seed) + COUNT, sample: 1 }), void draw()), { primary: true, act: "another" });
    const drawing = [
      el("div", { className: "tray", "data-act": "step", role: "group", ariaLabel: host.t("samples") }, ...tiles.map(({ press }) => press)),
      el("div", { className: "pair" }, captioned(left, host.t("drawn")), captioned(right, host.t("training")), words),
      controls(again),
    ];
    for (const part of drawing) part.hidden = question.open;
    host.root.append(question.element, drawing[0], el("div", { className: "wall" }, wall, marks), drawing[1], drawing[2]);

    /** The place of a training picture on the wall, in its pixels. */
    const place = (/** @type {number} */ image) => {
      const columns = Math.floor(wall.width / SMALL);
      return { x: (image % columns) * SMALL, y: Math.floor(image / columns) * SMALL };
    };

    /** Hangs all training pictures, as many side by side as there is room for. */
    function hang() {
      if (!images) return;
      const columns = Math.max(1, Math.floor(host.root.clientWidth / SMALL));
      if (wall.width === columns * SMALL) return;
      const { width } = images.size;
      wall.width = marks.width = columns * SMALL;
      wall.height = marks.height = Math.ceil(images.count / columns) * SMALL;
      const context = wall.getContext("2d");
      const image = new ImageData(SMALL, SMALL);
      for (let n = 0; n < images.count; n += 1) {
        const start = n * width * width;
        for (let q = 0; q < SMALL * SMALL; q += 1) {
          const corner = start + 2 * Math.floor(q / SMALL) * width + 2 * (q % SMALL);
          const sum = images.data[corner] + images.data[corner + 1] + images.data[corner + width] + images.data[corner + width + 1];
          image.data.fill(sum / 4, 4 * q, 4 * q + 3);
          image.data[4 * q + 3] = 255;
        }
        const { x, y } = place(n);
        context?.putImageData(image, x, y);
      }
      mark();
    }

    /** Outlines what the samples are copies of; the one at hand more strongly. */
    function mark() {
      const context = marks.getContext("2d");
      if (!context) return;
      context.clearRect(0, 0, marks.width, marks.height);
      context.strokeStyle = getComputedStyle(host.root).getPropertyValue("--mark");
      for (const n of arrived) {
        const { x, y } = place(drawn?.nearest?.[n].image ?? 0);
        context.lineWidth = n === Number(host.state.sample) - 1 ? 3 : 1;
        context.strokeRect(x + 0.5, y + 0.5, SMALL - 1, SMALL - 1);
      }
    }

    /** Shows a sample beside the training picture that is nearest to it. */
    function choose(/** @type {number} */ n) {
      if (n !== Number(host.state.sample) - 1) host.remember({ sample: n + 1 });
      tiles.forEach(({ press }, i) => press.setAttribute("aria-pressed", String(i === n)));
      mark();
      const found = drawn?.nearest?.[n];
      if (!drawn || !images || !found) return;
      left.put(drawn.toImageData(n), host.t("sample", { n: String(n + 1) }));
      right.put(images.toImageData(found.image), host.t("picture", { number: String(found.image + 1) }));
      words.textContent = host.t("difference", { n: String(n + 1), number: String(found.image + 1), levels: host.number(off(n) * 127.5, 1) });
    }

    /** How far a sample is from the training picture nearest to it, in the pixel where they differ most. */
    function off(/** @type {number} */ n) {
      const found = drawn?.nearest?.[n];
      if (!drawn || !images || !found) return Infinity;
      const size = drawn.width * drawn.height;
      return furthest(drawn.pixels.subarray(n * size, (n + 1) * size), trainingPixels(images, found.image));
    }

    /** Sends a sample to its place on the wall. */
    async function fly(/** @type {number} */ n) {
      const tile = tiles[n].tile.canvas;
      const traveller = el("canvas", { className: "pixels traveller", width: tile.width, height: tile.height, ariaHidden: "true" });
      traveller.getContext("2d")?.drawImage(tile, 0, 0);
      const [from, to, home] = [tile, wall, host.root].map((element) => element.getBoundingClientRect());
      const { x, y } = place(drawn?.nearest?.[n].image ?? 0);
      Object.assign(traveller.style, { left: `${from.left - home.left}px`, top: `${from.top - home.top}px`, width: `${from.width}px` });
      host.root.append(traveller);
      const scale = SMALL / from.width;
      const way = { duration: FLIGHT, easing: "cubic-bezier(0.6, 0, 0.3, 1)" };
      const goal = `translate(${to.left + x - from.left}px, ${to.top + y - from.top}px) scale(${scale})`;
      await traveller.animate([{ transform: "none" }, { transform: goal }], way).finished.catch(() => {});
      traveller.remove();
    }

    async function draw() {
      arrived = new Set();
      await host.run(async (signal) => {
        const model = await host.model();
        images = await host.training(PROMPT, signal);
        hang();
        mark();
        host.say(host.t("drawing"));
        const sample = await model.sample({
          prompt: PROMPT,
          machine: "ideal",
          count: COUNT,
          seed: Number(host.state.seed),
          ...walk(STEPS),
          signal,
          onStep: host.still ? undefined : (frame) => tiles.forEach(({ tile }, n) => tile.put(frame.toImageData(n))),
        });
        drawn = sample;
        tiles.forEach(({ tile }, n) => tile.put(sample.toImageData(n)));
        choose(Math.min(COUNT, Math.max(1, Number(host.state.sample))) - 1);
        /** @type {Promise<void>[]} */
        const flights = [];
        for (let n = 0; n < COUNT; n += 1) {
          const land = () => {
            if (signal.aborted) return;
            arrived.add(n);
            mark();
          };
          if (host.still) land();
          else {
            await host.pace(BETWEEN, signal);
            flights.push(fly(n).then(land));
          }
        }
        await Promise.all(flights);
        const copies = tiles.filter((_, n) => off(n) * 127.5 < 1).length;
        const most = Math.max(...tiles.map((_, n) => off(n)));
        host.say(host.t("copies", { copies, of: COUNT, levels: host.number(most * 127.5, 1) }));
        question.answer(host.t("answer"));
      });
    }

    /** Hangs the wall, and draws once the reader has guessed. */
    async function begin() {
      await host.run(async (signal) => {
        images = await host.training(PROMPT, signal);
        hang();
        if (question.open) host.say(host.t("wallFirst", { n: images.count }));
      });
      await question.made;
      for (const part of drawing) part.hidden = false;
      await draw();
    }

    new ResizeObserver(hang).observe(host.root);
    void begin();
  },
};
