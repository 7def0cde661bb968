/**
 * Two words in one picture: all ways of mixing at once, from the same noise. The reader picks one, the pictures above are
 * then drawn in it, and its numbers can be moved; while they move, its own picture follows in a few steps. Fetched when the
 * reader first opens it.
 */
import { failure, tell } from "./make.js";
import { put } from "./pictures.js";
import { SIDES } from "./pkg/names.js";
import { number, t } from "./say.js";
import { WAYS, hasTraining, options } from "./state.js";

/** @typedef {import("./state.js").Mix} Mix */
/** @typedef {Mix["way"]} Way */
/** @typedef {"region" | "edge" | "at" | "share" | "weight"} Name a number of a way, or which part the second takes */
/** @typedef {import("./panels.js").Page} Page */

/** What each way makes of two words, and what can be moved in it. */
const TITLES = /** @type {const} */ ({ and: t("both at once"), over: t("one on the other"), into: t("one becomes the other"), between: t("half-way") });
/** @type {Record<Way, Name[]>} */
const HAS = { and: ["weight"], over: ["region", "edge", "weight"], into: ["at", "weight"], between: ["share"] };
/** @type {Record<Name, { title: string, hint: string, most: number, step: number }>} */
const NUMBERS = {
  region: { title: t("Where it goes"), hint: t("The first word has the rest."), most: 0, step: 0 },
  edge: { title: t("Edge"), hint: t("Where one ends and the other begins."), most: 1, step: 0.02 },
  at: { title: t("Moment"), hint: t("Left: the second takes over late, and changes little."), most: 1, step: 0.05 },
  share: { title: t("Share"), hint: t("How much of the second word is in it."), most: 1, step: 0.05 },
  weight: { title: t("Pull"), hint: t("How strongly both words pull."), most: 5, step: 0.25 },
};
/** Where the core's edges lie, and what else is usual. */
const EDGES = { above: 0.4, below: 0.6, left: 0.5, right: 0.5, inside: 0.28, outside: 0.28 };
const usual = (/** @type {Mix} */ mix) => ({ region: "above", edge: EDGES[mix.region ?? "above"], at: 0.75, share: 0.5, weight: mix.way === "and" ? 1.5 : 2 });

const find = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const [panel, form, word, status, ways, numbers] = ["mix", "mix-form", "mix-word", "mix-status", "mix-ways", "mix-numbers"].map(find);

/**
 * What can be shown of the mix that is picked: a button, and the code behind it, which is fetched when it is first pressed.
 * @typedef {{ show: (wish: import("./pkg/morphogen.js").SampleOptions) => Promise<void>, stop: () => void }} Shown
 */
class View {
  /**
   * @param {string} name
   * @param {(root: HTMLElement) => Promise<Shown>} fetch
   * @param {() => void} asked told when the reader wants to see it
   */
  constructor(name, fetch, asked) {
    this.part = find(`mix-${name}`);
    this.button = find(`mix-${name}-show`);
    this.root = find(`mix-${name}-shown`);
    this.fetch = fetch;
    /** @type {Promise<Shown> | undefined} */
    this.made = undefined;
    this.button.addEventListener("click", () => {
      this.root.hidden = this.button.ariaPressed === "true";
      this.button.ariaPressed = String(!this.root.hidden);
      if (this.root.hidden) void this.made?.then((made) => made.stop(), () => {});
      asked();
    });
  }

  /** @param {import("./pkg/morphogen.js").SampleOptions} wish */
  async show(wish) {
    if (this.root.hidden || this.part.hidden) return;
    this.made ??= this.fetch(this.root);
    try {
      await (await this.made).show(wish);
    } catch (error) {
      this.made = undefined;
      throw error;
    }
  }
}

/** @param {Page} page */
export const open = (page) => new Mixing(page);

class Mixing {
  /** @param {Page} page */
  constructor(page) {
    const { state } = page;
    this.state = state;
    this.page = page;
    /** The mixes as they were moved, by way. @type {Partial<Record<Way, Mix>>} */
    this.mixes = {};
    /** The page's mix as this part knows it: where the page has another, that was asked for elsewhere. @type {Mix | undefined} */
    this.known = undefined;
    /** What the small pictures were drawn for. */
    this.shown = "";
    /** @type {AbortController | undefined} */
    this.running = undefined;
    /** Whether the picture of a way is being sketched, and has to be once more. */
    this.sketching = false;
    this.again = false;
    const buttons = WAYS.map((way) => this.button(way));
    /** @type {Record<Way, HTMLButtonElement>} */
    this.buttons = /** @type {any} */ (Object.fromEntries(WAYS.map((way, n) => [way, buttons[n]])));
    ways.replaceChildren(...buttons);
    form.addEventListener("submit", (/** @type {Event} */ event) => {
      event.preventDefault();
      void this.all();
    });
    const asked = () => void this.explain();
    this.did = new View("did", (root) => import("./did.js").then(({ Did }) => new Did(root, page.model)), asked);
    this.foretold = new View("foretold", (root) => import("./foretold.js").then(({ Foretold }) => new Foretold(root, page.model)), asked);
    if (state.mix) this.adopt();
  }

  /** Takes what the page mixes: as an address says it, or what was drawn before. */
  adopt() {
    const { mix } = this.state;
    if (mix) {
      this.mixes[mix.way] = mix;
      word.value = mix.prompt;
    }
    this.tell();
  }

  /** @param {Way} way */
  button(way) {
    const [button, canvas] = [document.createElement("button"), document.createElement("canvas")];
    button.type = "button";
    button.ariaPressed = "false";
    canvas.width = canvas.height = 64;
    canvas.ariaHidden = "true";
    button.append(canvas, TITLES[way]);
    button.addEventListener("click", () => this.pick(way));
    return button;
  }

  /** The mix of the word at hand in one way. */
  mix(/** @type {Way} */ way) {
    const mix = this.mixes[way];
    if (mix?.prompt === word.value.trim()) return mix;
    const moved = { region: mix?.region, edge: mix?.edge, at: mix?.at, share: mix?.share, weight: mix?.weight };
    return (this.mixes[way] = { way, prompt: word.value.trim(), ...moved, second: undefined });
  }

  /** What the small pictures depend on. */
  get key() {
    const { prompt, negative, seed, network, caption, prior, steps } = this.page.wish();
    return JSON.stringify([prompt, negative, seed, network, caption, prior, steps, this.state.model, word.value.trim()]);
  }

  /** The page has drawn: where its words or its noise are others, so are the small pictures. */
  drawn() {
    if (this.state.mix !== this.known) this.adopt();
    if (panel.open && word.value.trim() && this.key !== this.shown) void this.all();
    void this.explain();
  }

  /** Shows of the way that is picked what the reader wants to see: what the words did, and what the theory foretells. */
  async explain() {
    const { mix } = this.state;
    if (!mix || !panel.open) return;
    const wish = { ...this.page.wish(), ...options(mix) };
    try {
      await this.did.show(wish);
      const known = await this.foretellable(mix);
      if (mix !== this.state.mix) return;
      this.foretold.part.hidden = !known;
      await this.foretold.show(wish);
    } catch {
      this.say(t("What shows it could not be fetched. Check the network, then press again."), true);
    }
  }

  /** Whether a machine can take the words' place: each needs training pictures of its own, and nothing lies between two sets. */
  async foretellable(/** @type {Mix} */ mix) {
    const model = await this.page.model();
    const { text, training } = model.info;
    if (text || mix.way === "between" || !hasTraining(this.state.model)) return false;
    // Of words that mean nothing here nothing is foretold; that they do not is said where they were typed.
    const meanings = await Promise.all([this.state.prompt, mix.prompt].map((word) => model.understand(word).catch(() => undefined)));
    return meanings.every((meaning) => meaning && Object.hasOwn(training, meaning.name));
  }

  /** Draws all ways from the same noise. */
  async all() {
    if (!word.value.trim()) return this.say(t("Type what it shall be mixed with."));
    this.running?.abort();
    const running = (this.running = new AbortController());
    const { signal } = running;
    this.shown = this.key;
    const mix = (this.known = this.state.mix);
    word.setAttribute("aria-invalid", "false");
    try {
      this.say(t("Mixing …"));
      const model = await this.page.model();
      const { label } = await model.understand(word.value);
      ways.hidden = false;
      for (const way of WAYS) await this.draw(way, {}, signal);
      this.say(t("With {label}. Press a way to draw all pictures in it, once more to leave it.", { label }));
      if (mix && mix === this.state.mix && mix.prompt !== word.value.trim()) this.pick(mix.way, true);
    } catch (thrown) {
      if (!signal.aborted) this.failed(/** @type {import("./pkg/morphogen.js").MorphogenError} */ (thrown));
    }
  }

  /**
   * Draws the small picture of a way.
   * @param {Way} way
   * @param {object} how
   * @param {AbortSignal} [signal]
   */
  async draw(way, how, signal) {
    const model = await this.page.model();
    const sample = await model.sample({ ...this.page.wish(), ...how, ...options(this.mix(way)), count: 1, signal });
    const canvas = /** @type {HTMLCanvasElement} */ (this.buttons[way].firstElementChild);
    put(canvas, sample.toImageData());
  }

  /** Half a word is no mistake of the first one: what is unknown is said here. */
  failed(/** @type {import("./pkg/morphogen.js").MorphogenError} */ error) {
    this.shown = "";
    this.say(failure(error, word), true);
  }

  /**
   * Draws all pictures in a way, or in none where they are.
   * @param {Way} way
   * @param {boolean} [stay] whether it is the way already, with another word
   */
  pick(way, stay = false) {
    const { state } = this;
    state.mix = !stay && state.mix?.way === way ? undefined : this.mix(way);
    this.tell();
    this.page.changed("asked");
  }

  /** Shows which way is chosen, and its numbers. */
  tell() {
    const mix = (this.known = this.state.mix);
    for (const way of WAYS) this.buttons[way].ariaPressed = String(mix?.way === way);
    numbers.hidden = this.did.part.hidden = !mix;
    // Whether a machine takes it is known when it is drawn.
    if (!mix) this.foretold.part.hidden = true;
    numbers.replaceChildren(...(mix ? HAS[mix.way].map((name) => this.field(mix, name)) : []));
  }

  /**
   * The field of one number.
   * @param {Mix} mix
   * @param {Name} name
   */
  field(mix, name) {
    const { title, hint, most, step } = NUMBERS[name];
    const [field, label, output, note] = ["div", "label", "output", "p"].map((tag) => document.createElement(tag));
    const value = mix[name] ?? usual(mix)[name];
    const input = document.createElement(name === "region" ? "select" : "input");
    input.id = `mix-${name}`;
    /** @type {HTMLLabelElement} */ (label).htmlFor = input.id;
    if (input instanceof HTMLSelectElement) input.append(...SIDES.map((region) => new Option(t(region), region)));
    else Object.assign(input, { type: "range", min: "0", max: String(most), step: String(step) });
    input.value = String(value);
    field.className = "field";
    note.className = "quiet";
    note.id = `${input.id}-hint`;
    note.textContent = hint;
    input.setAttribute("aria-describedby", note.id);
    const show = () => (output.textContent = name === "region" ? "" : number(Number(input.value), 2));
    show();
    label.append(title, " ", output);
    field.append(label, input, note);
    input.addEventListener("input", () => {
      show();
      this.move(mix.way, name, input.value);
    });
    input.addEventListener("change", () => this.rest(name));
    return field;
  }

  /**
   * A number was moved: the picture of its way follows.
   * @param {Way} way
   * @param {Name} name
   * @param {string} value
   */
  move(way, name, value) {
    const moved = name === "region" ? { region: /** @type {Mix["region"]} */ (value), edge: undefined } : { [name]: Number(value) };
    this.known = this.state.mix = this.mixes[way] = /** @type {Mix} */ ({ ...this.mix(way), ...moved });
    void this.sketch(way);
  }

  /** It rests: all pictures are drawn with it. */
  rest(/** @type {Name} */ name) {
    const { mix } = this.state;
    // Another part has its edge elsewhere.
    if (name === "region" && mix) {
      const edge = document.getElementById("mix-edge");
      if (edge instanceof HTMLInputElement) edge.value = String(usual(mix).edge);
      edge?.parentElement?.querySelector("output")?.replaceChildren(number(usual(mix).edge, 2));
    }
    this.page.changed("rest");
  }

  /** Sketches a way as it is now, and again where it was moved meanwhile: what comes late is never shown over what is new. */
  async sketch(/** @type {Way} */ way) {
    this.again = true;
    if (this.sketching) return;
    this.sketching = true;
    try {
      while (this.again) {
        this.again = false;
        await this.draw(way, this.page.sketch());
      }
    } catch (thrown) {
      this.failed(/** @type {import("./pkg/morphogen.js").MorphogenError} */ (thrown));
    } finally {
      this.sketching = false;
    }
  }

  /**
   * @param {string} text
   * @param {boolean} [problem]
   */
  say(text, problem = false) {
    tell(status, text, problem);
  }
}
