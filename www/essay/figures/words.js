/**
 * Which word paints which pixel: a picture of several words, and for each of them a map of what the network's guesses lack without
 * it. It draws emoji, whose network is larger than that of the garments: it is fetched when the reader asks for it.
 */
import { button, choice, controls, el, picture, slider } from "../parts.js";
import { image } from "../pixels.js";
import { PROMPTS, end, heat, lacking, quarter } from "./words-lack.js";

/** @typedef {import("../figure.js").Host} Host */
/** @typedef {import("./words-lack.js").Prompt} Prompt */

/** What the network's makers suggest. */
const STEPS = 8;

/** A picture with words below it. @param {Host} host */
function tile(host) {
  const one = picture({ label: host.t("waiting"), size: [128, 192] });
  const words = el("p", {});
  return { one, words, element: el("div", { className: "captioned" }, one.canvas, words) };
}

export default {
  name: "words",
  defaults: { prompt: "sunglasses", word: 2, step: 0, seed: 1 },
  /** @param {Host} host */
  mount(host) {
    new Words(host);
  },
};

/** The figure. */
class Words {
  /** @type {({ prompt: Prompt } & Awaited<ReturnType<typeof lacking>>) | undefined} */
  drawn;

  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    const { prompt, word, step } = host.state;
    this.prompt = /** @type {Prompt} */ (Object.hasOwn(PROMPTS, String(prompt)) ? prompt : "sunglasses");
    this.word = Math.min(PROMPTS[this.prompt].length, Math.max(1, Math.round(Number(word)))) - 1;
    this.step = Math.min(STEPS, Math.round(Number(step)));
    this.guessed = tile(host);
    this.lesser = tile(host);
    this.maps = [0, 1].map((k) => this.map(k));
    this.begin = button(host.t("begin"), () => void this.draw(), { act: "play" });
    this.another = button(host.t("another"), () => (host.remember({ seed: Number(host.state.seed) + 1 }), void this.draw()), { act: "another" });
    this.another.hidden = true;
    this.bench = el(
      "div",
      { className: "lacking", hidden: true },
      el("div", { className: "pair" }, this.guessed.element, this.lesser.element),
      el("div", { className: "gallery", role: "group", ariaLabel: host.t("maps") }, ...this.maps.map(({ press }) => press)),
      this.at(),
    );
    this.before = host.element.querySelector(".still")?.cloneNode();
    if (this.before instanceof HTMLElement) this.before.className = "";
    host.root.append(...(this.before ? [this.before] : []), this.bench, this.prompts(), controls(this.begin, this.another));
    host.say(host.t("asked"));
  }

  /** What a phrase is called in the language of the page. */
  called = (/** @type {string} */ phrase) => this.host.t(phrase.replace(" ", "-"));

  /** The map of a word, to be chosen. @param {number} k */
  map(k) {
    const { one, words, element } = tile(this.host);
    const press = el("button", { type: "button" }, ...element.childNodes);
    press.addEventListener("click", () => {
      this.word = k;
      this.host.remember({ word: k + 1 });
      this.show();
    });
    return { one, words, press };
  }

  /** The slider of the steps. */
  at() {
    const { host } = this;
    return slider({
      label: host.t("step"),
      min: 0,
      max: STEPS,
      value: this.step,
      say: (n) => (n === 0 ? host.t("all") : host.t("stepOf", { n, of: STEPS })),
      move: (n) => ((this.step = n), this.show()),
      settle: (n) => host.remember({ step: n }),
    }).element;
  }

  /** The choice of what is asked for. */
  prompts() {
    const { host } = this;
    return choice({
      label: host.t("prompt"),
      led: true,
      options: /** @type {Prompt[]} */ (Object.keys(PROMPTS)).map((name) => [name, PROMPTS[name].map(this.called).join(", ")]),
      value: this.prompt,
      pick: (name) => {
        [this.prompt, this.word] = [name, 1];
        host.remember({ prompt: name, word: 2 });
        void this.draw();
      },
    }).element;
  }

  /** Shows a picture with its name. @param {ReturnType<typeof tile>} tile @param {Float32Array} pixels @param {string} name */
  put({ one, words }, pixels, name) {
    one.put(image(pixels, 64), name);
    words.textContent = name;
  }

  /** Shows the maps at the step of the slider, and the guesses for the word that is chosen. */
  show() {
    const { host, drawn, word, step } = this;
    if (!drawn) return;
    const { prompt, sample, guesses, lacks } = drawn;
    const names = PROMPTS[prompt].map(this.called);
    const most = end(lacks.map(({ maps }) => maps[step]));
    this.maps.forEach(({ one, words, press }, k) => {
      one.put(heat(lacks[k].maps[step], most, sample.pixels), host.t("map", { word: names[k] }));
      words.textContent = host.t("without", { word: names[k] });
      press.setAttribute("aria-pressed", String(k === word));
    });
    const lack = lacks[word];
    const values = { word: names[word], n: step };
    this.put(this.guessed, step ? guesses[step - 1] : sample.pixels, host.t(step ? "guess" : "drawn", values));
    this.put(this.lesser, step ? lack.guesses[step - 1] : lack.instead, host.t(step ? "lesserGuess" : "lesser", values));
    const [first, last] = [lack.maps[1], lack.maps[STEPS]].map((map) => host.number((127.5 * map.reduce((sum, value) => sum + value, 0)) / map.length, 1));
    const share = Math.round(100 * quarter(lack.maps[0]));
    host.say(`${host.t("found", { ...values, first, last, share })} ${host.t(`${prompt}Says`)}`);
  }

  async draw() {
    const { host } = this;
    await host.run(async (signal) => {
      const model = await host.model("emoji");
      host.say(host.t("drawing"));
      const { prompt } = this;
      this.drawn = { prompt, ...(await lacking(model, PROMPTS[prompt], Number(host.state.seed), signal)) };
      this.before?.parentNode?.removeChild(this.before);
      this.bench.hidden = this.another.hidden = false;
      this.begin.hidden = true;
      this.show();
    });
  }
}
