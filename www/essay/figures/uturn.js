/**
 * There and back: a real picture is noised up to a point and comes back, eight times with other noise. Beside it stands, as it was recorded
 * by `morphogen uturn`, how many come back as what they were. The pictures drawn here are judged by nobody but the reader.
 */
import { button, captioned, choice, controls, el, picture, slider } from "../parts.js";
import { noiseAt, trainingPixels } from "../pixels.js";
import { walk } from "../walk.js";
import { chart } from "./uturn-chart.js";
import { RECORDED } from "./uturn-recorded.js";

/** @typedef {import("../figure.js").Host} Host */

const KINDS = /** @type {const} */ (["sneaker", "trouser", "shirt", "bag"]);
/** @typedef {typeof KINDS[number]} Kind */
const COUNT = 8;
/** Where one can turn round: there, more of the same kind were sent and judged. */
const TURNS = RECORDED.turns.length;

const percent = (/** @type {number} */ turn) => Math.round(100 * noiseAt(RECORDED.turns[turn - 1].t));

export default {
  name: "uturn",
  defaults: { kind: "sneaker", image: 1, turn: 8, seed: 1 },
  /** @param {Host} host */
  mount(host) {
    const figure = new Uturn(host);
    figure.point();
    void figure.draw();
  },
};

/** The figure. */
class Uturn {
  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    const { kind, turn } = host.state;
    this.kind = KINDS.find((one) => one === kind) ?? KINDS[0];
    this.turn = Math.min(TURNS, Math.max(1, Math.round(Number(turn))));
    const large = () => picture({ label: host.t("waiting"), size: 112 });
    this.start = large();
    this.noisy = large();
    this.tiles = Array.from({ length: COUNT }, () => picture({ label: host.t("waiting"), size: [56, 84] }));
    this.noised = el("p", {});
    this.lines = chart(host, RECORDED);
    const more = button(host.t("picture"), () => (host.remember({ image: Number(host.state.image) + 1 }), void this.draw()));
    const another = button(host.t("another"), () => (host.remember({ seed: Number(host.state.seed) + COUNT }), void this.draw()), { primary: true, act: "another" });
    const samples = el("div", { className: "samples", role: "group", ariaLabel: host.t("back") }, ...this.tiles.map(({ canvas }) => canvas));
    host.root.append(
      el("div", { className: "pair" }, captioned(this.start, host.t("start")), el("div", { className: "captioned" }, this.noisy.canvas, this.noised)),
      el("div", { className: "captioned" }, samples, el("p", {}, host.t("back"))),
      this.at(),
      this.kinds(),
      this.lines.element,
      controls(another, more),
    );
  }

  called = (/** @type {Kind} */ name) => this.host.t(`prediction.${name}`);

  /** The slider of where to turn round. */
  at() {
    const { host } = this;
    return slider({
      label: host.t("turn"),
      min: 1,
      max: TURNS,
      value: this.turn,
      say: (n) => host.t("noise", { percent: percent(n) }),
      move: (n) => ((this.turn = n), this.point()),
      settle: (n) => (host.remember({ turn: n }), void this.draw()),
    }).element;
  }

  /** The choice of the garment. */
  kinds() {
    const { host } = this;
    return choice({
      label: host.t("kind"),
      led: true,
      options: KINDS.map((name) => [name, this.called(name)]),
      value: this.kind,
      pick: (name) => {
        this.kind = name;
        host.remember({ kind: name, image: 1 });
        this.point();
        void this.draw();
      },
    }).element;
  }

  /** Marks the turn in the chart. */
  point() {
    this.lines.point(RECORDED.turns[this.turn - 1], this.kind, this.called(this.kind));
  }

  /** What was recorded of turns there. */
  recorded() {
    const { kept, all, families } = RECORDED.turns[this.turn - 1];
    const share = (/** @type {number} */ value) => Math.round(100 * value);
    return this.host.t("recorded", { percent: percent(this.turn), kind: this.called(this.kind), own: share(kept[this.kind]), all: share(all), family: share(families) });
  }

  async draw() {
    const { host, kind, turn, tiles } = this;
    const noised = host.t("noised", { percent: percent(turn) });
    await host.run(async (signal) => {
      const model = await host.model();
      const images = await host.training(kind, signal);
      const n = (Math.max(1, Math.round(Number(host.state.image))) - 1) % images.count;
      this.start.put(images.toImageData(n), host.t("training", { number: n + 1, kind: this.called(kind) }));
      host.say(host.t("drawing"));
      const sample = await model.sample({
        from: { image: trainingPixels(images, n), t: RECORDED.turns[turn - 1].t },
        count: COUNT,
        seed: Number(host.state.seed),
        ...walk(RECORDED.steps),
        signal,
        onStep: (frame) => {
          if (frame.step === 0) this.noisy.put(frame.toImageData(0), noised);
          if (!host.still) tiles.forEach((tile, k) => tile.put(frame.toImageData(k)));
        },
      });
      this.noised.textContent = noised;
      tiles.forEach((tile, k) => tile.put(sample.toImageData(k), host.t("returned", { n: k + 1 })));
      host.say(this.recorded());
    });
  }
}
