/**
 * What the page offers beside the prompt for a model that draws from free text: a style, what not to draw, words to go
 * on with as one types, and a surprise. For a model that draws classes only the surprise is left.
 */
import { t, told as translated } from "./say.js";

/** @typedef {import("./pkg/morphogen.js").Model} Model */
/** @typedef {import("./pkg/morphogen.js").Understood} Understood */
/** @typedef {import("./state.js").State} State */

const find = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const [prompt, more, style, negative, surprise, list] = ["prompt", "more-words", "style", "negative", "surprise", "suggestions"].map(find);

/** Suggestions shown at a time. */
const MOST = 8;

export class Wording {
  /**
   * @param {State} state changed in place
   * @param {() => void} changed told when a new picture is asked for
   */
  constructor(state, changed) {
    this.state = state;
    /** @type {string[]} */
    this.words = [];
    /** @type {string[]} the same with those that name styles, by index */
    this.vocabulary = [];
    /** @type {string[]} prompts worth trying */
    this.examples = [];
    // A caption that was kept goes with the words as they were.
    const set = (/** @type {Partial<State>} */ change) => (Object.assign(state, { caption: undefined }, change), changed());
    style.addEventListener("change", () => set({ style: style.value }));
    negative.addEventListener("change", () => set({ negative: negative.value.trim() }));
    surprise.addEventListener("click", () => this.surprise(changed));
    prompt.addEventListener("input", () => this.suggest());
  }

  /** Shows what this model understands. */
  async use(/** @type {Model} */ model) {
    const { text, prompts } = model.info;
    this.words = [];
    this.examples = text ? text.examples : prompts.map(({ label }) => label);
    more.hidden = text === undefined;
    surprise.hidden = this.examples.length === 0;
    list.replaceChildren();
    this.show();
    if (!text) return;
    const { styles, words } = await model.words();
    this.words = words;
    this.vocabulary = [...styles, ...words];
    style.replaceChildren(new Option(t("any style"), ""), ...styles.map((name) => new Option(name[0].toUpperCase() + name.slice(1), name)));
    if (!styles.includes(this.state.style)) this.state.style = "";
    this.show();
  }

  /** The fields, as the state says. */
  show() {
    style.value = this.state.style;
    negative.value = this.state.negative;
  }

  /** What is drawn: the words, and the style that was chosen. */
  asked() {
    const { style, negative } = this.state;
    const prompt = this.known(this.state.prompt);
    return { prompt: style && !more.hidden ? `${prompt}, ${style}` : prompt, negative: more.hidden ? "" : negative };
  }

  /**
   * Whether what is mixed with the words is known: where it is not, they are drawn alone, and this says so.
   * @param {Model} model
   */
  async second(model) {
    const { mix } = this.state;
    if (!mix) return "";
    try {
      await model.understand(mix.prompt);
      return "";
    } catch (thrown) {
      if (!(/** @type {import("./pkg/morphogen.js").MorphogenError} */ (thrown).code.startsWith("prompt-"))) throw thrown;
      this.state.mix = undefined;
      return `${translated(thrown)} ${t("So the first is drawn alone.")}`;
    }
  }

  /** Words that go on with the last one, the most frequent first. */
  suggest() {
    const [, before, last] = /^(.*?)([^\s,]*)$/s.exec(prompt.value) ?? ["", "", ""];
    const begun = last.toLowerCase();
    const found = begun.length < 2 ? [] : this.words.filter((word) => word.startsWith(begun) && word !== begun);
    list.replaceChildren(...found.slice(0, MOST).map((word) => new Option("", before + word)));
  }

  /** Words as the pack reads them: one that reads English alone is told the English name of what it draws. @param {string} typed */
  known(typed) {
    const same = (/** @type {string} */ example) => t(example).toLowerCase() === typed.trim().toLowerCase();
    return (more.hidden && this.examples.find(same)) || typed;
  }

  /** What is drawn, for people: a pack's own name for it, or the words as they were typed. @param {Understood} meaning */
  title({ label }) {
    return more.hidden ? t(label) : this.state.prompt.trim() || label;
  }

  /** A prompt in the reader's language, where the pack reads it. @param {string} example */
  spoken(example) {
    return t(example);
  }

  /** Something that nobody asked for. */
  surprise(/** @type {() => void} */ changed) {
    const pick = (/** @type {string[]} */ from) => from[Math.floor(Math.random() * from.length)];
    const others = this.examples.filter((example) => this.spoken(example) !== prompt.value);
    prompt.value = this.spoken(pick(others.length > 0 ? others : this.examples));
    Object.assign(this.state, { seed: Math.floor(Math.random() * 1e6), caption: undefined, mix: undefined });
    changed();
  }
}

/**
 * How the words were taken: slips that were mended, words that are not known, with the nearest that are, and what is kept out.
 * @param {Understood} meaning
 * @param {string} typed
 * @param {string[]} vocabulary of the pack, by index
 */
export function taken({ label, corrected, unknown, against }, typed, vocabulary) {
  // What is called so in the reader's language need not be told.
  const told = corrected.filter(({ typed, meant }) => t(meant).toLowerCase() !== typed.toLowerCase());
  const mended = told.map(({ typed, meant }) => `${typed} → ${t(meant)}`);
  const strange = (unknown ?? []).map(({ typed, near }) => near.length > 0 ? t("“{typed}” is unknown to it (it knows {near})", { typed, near: near.join(", ") }) : t("“{typed}” is unknown to it", { typed }));
  const away = (against ?? []).map((index) => vocabulary[index]).filter(Boolean);
  if (away.length > 0) strange.push(t("kept out: {words}", { words: away.join(", ") }));
  const said = [...mended, ...strange].join("; ");
  if (said) return `${said}.`;
  // Who wrote “two cats” need not read “two cat”.
  const words = typed.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  const says = (/** @type {string} */ name) => name.toLowerCase().split(/[^\p{L}\p{N}]+/u).every((part) => words.some((word) => word.startsWith(part)));
  return says(label) || says(t(label)) ? "" : t("Understood as {label}.", { label: t(label) });
}
