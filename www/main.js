/** The page: a prompt, its pictures, and what lies between. It uses the package as any other page would. */
import { about } from "./about.js";
import { advance, asked, remember } from "./address.js";
import { Chips } from "./chips.js";
import { keep } from "./keep.js";
import { Loaded } from "./loaded.js";
import { Pace } from "./pace.js";
import { Panels } from "./panels.js";
import { Pictures } from "./pictures.js";
import { t, told } from "./say.js";
import { Settings } from "./settings.js";
import { Share } from "./share.js";
import { Stage } from "./stage.js";
import { DEFAULTS, PACKS, SUGGESTED, another, options, read, write } from "./state.js";
import { Wording, taken } from "./wording.js";
import * as words from "./words.js";

/** @typedef {import("./pkg/morphogen.js").Model} Model */
/** @typedef {import("./pkg/morphogen.js").MorphogenError} MorphogenError */
/** @typedef {import("./pkg/morphogen.js").Sample} Sample */
/** @typedef {import("./pkg/morphogen.js").Understood} Understood */
/** @typedef {import("./compare.js").Compare} Compare */
/**
 * Why something is drawn: the reader asked for it, typed and paused, or typed and rested. Only what was asked for starts
 * from noise, is talked about, and complains.
 * @typedef {"asked" | "sketch" | "rest"} Why
 */

const find = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const [prompt, draw, status, ways, understood] = ["prompt", "draw", "status", "ways", "understood"].map(find);
const progress = find("progress");

const state = read(asked());
/** @type {{ controller: AbortController, why: Why } | undefined} */
let running;
/** Whether the typing rests while the sketch of it is under way. */
let resting = false;
/** @type {Sample | undefined} what is on the stage, once complete */
let sample;
/** Why this device draws, as the settings say it: only what is news is said aloud. */
let notice = "";
/** @type {Compare | undefined} its code comes after the first picture */
let compare;

const pictures = new Pictures({
  picked: () => {
    stage.detail();
    share.ready();
    panels.drawn();
  },
  kept: (caption) => {
    state.caption = caption;
    void paint();
  },
});
const stage = new Stage(pictures, (frame) => {
  compare?.show(frame, pictures.chosen);
  find("lesson").textContent = words.lesson(frame, (stage.drawn?.seed ?? state.seed) + pictures.chosen);
});
const settings = new Settings(state, () => void paint(), (view) => {
  state.view = view;
  show();
  remember(state);
});
const wording = new Wording(state, () => void paint());
const chips = new Chips((example) => ask(wording.spoken(example)));
const share = new Share(state, stage, say);
const loaded = new Loaded(state, { say, drawing: () => running !== undefined, opened: describe });
const panels = new Panels({
  state,
  model: () => loaded.get(new AbortController().signal),
  wish: () => ({ ...wording.asked(), ...settings.plan, network: settings.network?.name, prior: state.prior, caption: state.caption, seed: state.seed }),
  sketch: () => settings.sketch,
  picture: () => sample && { sample, n: pictures.chosen, label: stage.drawn?.label ?? sample.label },
  frames: () => stage.frames,
  changed: (why) => void paint(why),
  go,
});
const pace = new Pace((why) => {
  if (why === "sketch") void paint(why);
  else rest();
});

/** Draws with all steps what was sketched: after the sketch, and not where a comparison with it was begun. */
function rest() {
  resting = running?.why === "sketch";
  if (!resting && !compare?.busy) void paint("rest");
}

/**
 * Says the one thing that matters now.
 * @param {string} text
 * @param {boolean} [problem]
 */
function say(text, problem = false) {
  status.textContent = text;
  status.classList.toggle("problem", problem);
}

/** Draws what an address says. */
function go(/** @type {string} */ search) {
  pace.cancel();
  Object.assign(state, read(search));
  prompt.value = state.prompt;
  settings.show();
  wording.show();
  find("packs").elements.model.value = state.model;
  compare?.want(state.machine !== "");
  void paint();
}

/** Enlarges the pictures as the reader wants it, or as suits their size. */
function show() {
  pictures.view = state.view;
  pictures.fit();
  settings.tellView(pictures.shown);
}

/** What draws now, as far as its speed goes. */
const drawer = () => `${state.model} ${state.network} ${state.device}`;

/** Says what this model knows, can and cannot do. */
async function describe(/** @type {Model} */ model) {
  const { info } = model;
  for (const radio of document.querySelectorAll("[name=model]")) Object.assign(radio, { checked: /** @type {HTMLInputElement} */ (radio).value === state.model });
  notice = model.notice;
  settings.describe(info);
  await wording.use(model);
  chips.offer(wording.examples);
  pictures.width = info.image.width;
  pictures.expect(Boolean(/** @type {any} */ (info.text)?.captions));
  show();
  about(info);
}

/** Says how the words were taken. */
function explain(/** @type {Understood} */ meaning) {
  prompt.setAttribute("aria-invalid", "false");
  understood.textContent = taken(meaning, state.prompt, wording.vocabulary);
  chips.press(meaning.label, state.prompt);
}

/** Draws the state as it is; a drawing under way is dropped, and what comes of it later is not shown. */
async function paint(/** @type {Why} */ why = "asked") {
  // The rest comes after the sketch, and instead of it nothing but what the reader asks for.
  if (why !== "sketch") pace.cancel();
  resting = false;
  running?.controller.abort();
  const mine = (running = { controller: new AbortController(), why });
  const { signal } = mine.controller;
  if (why === "asked") ways.hidden = true;
  draw.textContent = why === "asked" ? t("Stop") : t("Draw");
  progress.hidden = true;
  try {
    const model = await loaded.get(signal);
    if (!prompt.value.trim() && !state.prompt) prompt.value = first(model);
    // A caption that was kept goes with the words that it was chosen for.
    if (prompt.value !== state.prompt) Object.assign(state, { prompt: prompt.value, caption: undefined });
    const wish = wording.asked();
    const meaning = await model.understand(wish.prompt);
    if (signal.aborted) return;
    explain(meaning);
    const alone = await wording.second(model);
    await drawn(model, wish, meaning, mine.why, signal);
    if (alone && !signal.aborted) say(alone, true);
  } catch (thrown) {
    if (running === mine) failed(/** @type {MorphogenError} */ (thrown), why);
  } finally {
    if (running === mine) {
      running = undefined;
      draw.textContent = t("Draw");
      progress.hidden = true;
      stage.end();
      if (resting) rest();
    }
  }
}

/**
 * Draws what was understood, and shows it as it comes.
 * @param {Model} model
 * @param {{ prompt: string, negative: string }} asked
 * @param {Understood} meaning
 * @param {Why} why
 * @param {AbortSignal} signal
 */
async function drawn(model, asked, meaning, why, signal) {
  const { seed, count, prior, caption } = state;
  const network = settings.network?.name ?? "";
  const plan = why === "sketch" ? settings.sketch : settings.plan;
  const { steps, solver, grid } = plan;
  const name = wording.title(meaning);
  const label = state.mix ? `${name} + ${state.mix.prompt}` : name;
  const compared = { model: state.model, prompt: asked.prompt, name: meaning.name, network, seed, steps, solver, grid };
  // What takes the place of other pictures leaves them to the comparison until it is finished.
  if (why === "asked") clear(seed);
  const what = { label, prompt: asked.prompt, state: { ...state }, seed, count };
  stage.begin(what, /** @type {const} */ ({ asked: "play", sketch: "guesses", rest: "end" })[why]);
  if (why !== "sketch") {
    advance(state);
    progress.hidden = false;
    progress.value = 0;
  }
  if (why === "asked") say(t("Drawing: {what} …", { what: words.pictures(count, label) }));
  const time = pace.time(drawer(), count);
  /** @type {any} */
  const wish = { ...asked, ...plan, ...options(state.mix), seed, count, network, prior, caption, signal };
  const finished = await model.sample({
    ...wish,
    onStep: (frame) => {
      if (signal.aborted) return;
      time(frame);
      stage.add(frame);
      progress.value = frame.step / frame.steps;
    },
  });
  if (signal.aborted) return;
  if (why !== "asked") clear(seed);
  sample = finished;
  const { captions } = /** @type {{ captions?: (import("./pictures.js").Caption | null)[] }} */ (/** @type {unknown} */ (finished));
  stage.finish(captions, finished.parts);
  pictures.tell(captions, caption);
  pictures.judge(seed, finished.nearest);
  find("another").disabled = false;
  share.ready();
  // What machines foretell of a mix stands beside its words.
  if (state.mix) unmixed();
  else void compareWith({ model, drawn: compared, sample: finished }, why !== "sketch");
  if (why !== "sketch") panels.drawn();
  const news = finished.notice === notice ? "" : ` ${told(finished.notice)}`;
  notice = finished.notice;
  settings.tellDevice(finished.device, notice);
  if (why === "sketch") return say(news);
  keepUsed(model, finished.network);
  say(`${t("{what}, drawn on {device}.", { what: words.pictures(finished.count, label), device: words.device(finished.device) })}${news}`);
}

/** Says why a mix has no evidence. */
function unmixed() {
  find("theory").hidden = true;
  find("evidence").dataset.mixed = "";
  find("novelty").disabled = true;
  find("evidence-says").textContent = t("A training picture shows one thing: of a mixture there is none to compare with.");
}

/** What was known of the pictures on the stage is gone with them. */
function clear(/** @type {number} */ seed) {
  sample = undefined;
  compare?.begin();
  pictures.tell(undefined, undefined);
  pictures.judge(seed, undefined);
}

/**
 * Lets what is finished be compared with the training pictures; the code for that comes with the first picture.
 * @param {import("./compare.js").Taken} taken
 * @param {boolean} settled whether it stays
 */
async function compareWith(taken, settled) {
  if (!compare) {
    const module = await import("./compare.js").catch(() => undefined);
    if (!module) return;
    compare ??= new module.Compare(state, {
      frames: () => stage.frames,
      scrub: (step) => stage.scrub(step),
      changed: () => remember(state),
      judged: (of, nearest) => sample === of && pictures.judge(of.seed, nearest),
    });
  }
  if (sample !== taken.sample) return;
  compare.take(taken, settled);
  const frame = stage.frames[stage.at];
  if (frame) compare.show(frame, pictures.chosen);
}

/** Keeps the files that were used, for the next visit. */
function keepUsed(/** @type {Model} */ { info }, /** @type {string} */ network) {
  const { networks, text } = info;
  const { file } = networks.find(({ name }) => name === network) ?? { file: "" };
  const { captions } = /** @type {{ captions?: string }} */ (text ?? {});
  const used = ["manifest.json", file, ...(text ? [text.words] : []), ...(captions ? [captions] : [])];
  void keep(used.map((name) => `models/${state.model}/${name}`));
}

/** What to begin with, when nobody has asked for anything yet: what the pack's makers name first. */
function first(/** @type {Model} */ { info: { prompts } }) {
  return (prompts.find(({ name }) => name === "sneaker") ?? prompts[0])?.label ?? wording.spoken(wording.examples[0] ?? "");
}

/** Says what went wrong and offers the ways on. Half a word that is unknown is no mistake yet. */
function failed(/** @type {MorphogenError} */ error, /** @type {Why} */ why) {
  const { code, suggestions } = error;
  const unclear = code.startsWith("prompt-");
  if (why !== "asked" && unclear) return void (understood.textContent = t("“{typed}” is unknown to it so far.", { typed: prompt.value.trim() }));
  if (code === "aborted") return say(t("Stopped."));
  say(told(error), true);
  if (unclear) {
    prompt.setAttribute("aria-invalid", "true");
    understood.textContent = "";
    const near = suggestions?.length ? suggestions : wording.examples.slice(0, 4).map((example) => wording.spoken(example));
    const typed = prompt.value;
    const others = PACKS.filter(({ name }) => name !== state.model);
    /** @type {(pack: typeof others[number]) => [string, () => void]} */
    const look = ({ name, title }) => [t("Look among: {pack}", { pack: t(title) }), () => choose(name, typed)];
    propose([...near.map((word) => /** @type {[string, () => void]} */ ([word, () => ask(word)])), ...others.map(look)]);
    // Where another pack knows it, that is what was meant, and not a word that is spelled alike.
    return void import("./elsewhere.js").then(({ knowing }) => knowing(others, typed)).then((pack) => {
      if (!pack || running || prompt.value !== typed) return;
      say(t("“{typed}” is not here, but among: {pack}.", { typed, pack: t(pack.title) }), true);
      propose([look(pack)]);
    }, () => {});
  }
  /** @type {[string, () => void][]} */
  const offers = [[t("Try again"), () => void paint()]];
  if (state.device === "webgpu") offers.unshift([t("Use the processor"), () => settings.set({ device: "cpu" })]);
  propose(offers);
}

/** Buttons for ways on. */
function propose(/** @type {[string, () => void][]} */ offers) {
  ways.replaceChildren(
    ...offers.map(([text, act]) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = text;
      button.addEventListener("click", act);
      return button;
    }),
  );
  ways.hidden = offers.length === 0;
}

/** Draws these words. */
function ask(/** @type {string} */ words) {
  prompt.value = words;
  void paint();
}

/** Takes another pack, which has other words, networks and styles. */
function choose(/** @type {string} */ name, words = "") {
  prompt.value = words;
  find("packs").elements.model.value = name;
  Object.assign(state, { model: name, prompt: words, network: "", style: "", negative: "", caption: undefined, mix: undefined, ...SUGGESTED });
  void paint();
}

// What stands there is replaced by what one types next.
prompt.addEventListener("focus", () => prompt.value === state.prompt && prompt.select());
find("present").addEventListener("click", async () => (await import("./present.js")).presentStudio());

find("ask").addEventListener("submit", (/** @type {Event} */ event) => {
  event.preventDefault();
  // New words are drawn even while others are; the same words stop.
  if (running?.why === "asked" && prompt.value === state.prompt) return running.controller.abort();
  if (!prompt.value.trim()) {
    pace.cancel();
    prompt.focus();
    return say(t("Type a word, or choose one below."));
  }
  void paint();
});

prompt.addEventListener("input", (/** @type {InputEvent} */ event) => {
  resting = false;
  // How other words were understood no longer holds.
  if (!prompt.value.trim()) understood.textContent = "";
  // A word that an input method still composes is no word yet; an empty line asks for nothing.
  if (event.isComposing || !prompt.value.trim()) return pace.cancel();
  pace.typed(drawer());
});
prompt.addEventListener("compositionend", () => pace.typed(drawer()));

find("another").addEventListener("click", () => settings.set({ seed: another(state) }));
find("reset").addEventListener("click", () => {
  Object.assign(state, DEFAULTS, { model: state.model });
  go(write(state));
});
addEventListener("popstate", () => go(asked()));

// One pack is no choice.
find("packs").hidden = PACKS.length < 2;
for (const { name, title } of PACKS) {
  const [row, radio] = [document.createElement("label"), document.createElement("input")];
  Object.assign(radio, { type: "radio", name: "model", value: name, checked: name === state.model });
  radio.addEventListener("change", () => choose(name));
  row.append(radio, ` ${t(title)}`);
  find("packs").append(row);
}
prompt.value = state.prompt;
pictures.prepare(state.count);
void paint();
