/** The page: a prompt, a picture, and what lies between. It uses the package as any other page would. */
import { loadModel } from "./pkg/morphogen.js";
import { Compare } from "./compare.js";
import { keep } from "./keep.js";
import { Settings } from "./settings.js";
import * as snippet from "./snippet.js";
import { Stage } from "./stage.js";
import { PACKS, read, write } from "./state.js";
import { Wording, taken } from "./wording.js";
import * as words from "./words.js";

/** @typedef {import("./pkg/morphogen.js").Model} Model */
/** @typedef {import("./pkg/morphogen.js").MorphogenError} MorphogenError */
/** @typedef {import("./pkg/morphogen.js").Understood} Understood */

const find = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const [prompt, draw, status, ways, understood, examples] = ["prompt", "draw", "status", "ways", "understood", "examples"].map(find);
const [picture, guess, progress, link, save] = ["picture", "guess", "progress", "link", "save"].map(find);

const state = read(location.search);
/** @type {Model | undefined} */
let model;
/** @type {string} the pack and the device that the model was loaded for */
let loadedFor = "";
/** @type {AbortController | undefined} */
let running;
/** What the picture on the stage is of. */
let drawn = { label: "", seed: state.seed };

const stage = new Stage((frame, n) => {
  if (!frame) return;
  compare.show(frame, n);
  find("lesson").textContent = words.lesson(frame, drawn.seed + n);
  const done = frame.step === frame.steps;
  picture.ariaLabel = `${drawn.label}, seed ${drawn.seed + n}, ${done ? "finished" : `step ${frame.step} of ${frame.steps}`}`;
  guess.ariaLabel = frame.step === 0 ? "No guess yet" : `What the network suspects behind the noise at step ${frame.step}`;
});
const compare = new Compare(state, {
  frames: () => stage.frames,
  scrub: (step) => stage.scrub(step),
  changed: () => history.replaceState(null, "", write(state)),
});
const settings = new Settings(state, () => void paint());
const wording = new Wording(state, () => void paint());

/**
 * Says the one thing that matters now.
 * @param {string} text
 * @param {boolean} [problem]
 */
function say(text, problem = false) {
  status.textContent = text;
  status.classList.toggle("problem", problem);
}

/** The model, loaded on first use and again when another device is wanted. */
async function ready(/** @type {AbortSignal} */ signal) {
  const wanted = `${state.model} ${state.device}`;
  if (model && loadedFor === wanted) return model;
  model?.close();
  model = undefined;
  say("Fetching the model …");
  progress.hidden = false;
  progress.removeAttribute("value");
  const loaded = await loadModel(`models/${state.model}/`, {
    device: state.device,
    network: state.network || undefined,
    signal,
    onProgress: ({ phase, loaded, total }) => {
      // The bar shows how far it is; a line that changes all the time would never let a screen reader rest.
      const text = `Fetching the ${phase === "code" ? "engine" : `network${total ? ` (${words.megabytes(total)})` : ""}`} …`;
      if (status.textContent !== text) say(text);
      if (total) progress.value = Math.min(1, loaded / total);
    },
  });
  model = loaded;
  loadedFor = wanted;
  const { info } = model;
  settings.describe(info);
  compare.use(model);
  await wording.use(model);
  offer(wording.examples);
  const colour = info.image.channels === 3;
  find("size").textContent = `${info.image.width} × ${info.image.height}`;
  find("knows").textContent = info.text ? `the ${info.text.count.toLocaleString("en")} words it was taught` : "the things named above";
  find("tones").textContent = colour ? "in colour" : "in grey";
  find("slips").textContent = colour ? "two faces in one, a cake that melts into its candles" : "a third sleeve, a bag without a handle";
  find("credit").textContent = `Pictures: ${info.licence.data.attribution} (${info.licence.data.licence}).`;
  return model;
}

/** Chips at most. */
const CHIPS = 12;

/** Chips with what can be drawn, or some of it. */
function offer(/** @type {string[]} */ labels) {
  examples.replaceChildren(
    ...labels.slice(0, CHIPS).map((label) => {
      const item = document.createElement("li");
      const chip = document.createElement("button");
      chip.type = "button";
      chip.textContent = label;
      chip.addEventListener("click", () => ask(label));
      item.append(chip);
      return item;
    }),
  );
}

/** Says how the words were taken. */
function explain(/** @type {Understood} */ meaning) {
  prompt.setAttribute("aria-invalid", "false");
  understood.textContent = taken(meaning, state.prompt);
  for (const chip of examples.querySelectorAll("button")) {
    chip.setAttribute("aria-pressed", String(chip.textContent === meaning.label || chip.textContent === state.prompt));
  }
}

/** Draws the state as it is; a drawing under way is dropped. */
async function paint() {
  running?.abort();
  const mine = (running = new AbortController());
  const { signal } = mine;
  ways.hidden = true;
  draw.textContent = "Stop";
  try {
    const model = await ready(signal);
    if (!prompt.value.trim() && !state.prompt) prompt.value = first(model);
    state.prompt = prompt.value;
    const asked = wording.asked();
    const meaning = await model.understand(asked.prompt);
    if (signal.aborted) return;
    explain(meaning);
    drawn = { label: meaning.label, seed: state.seed };
    const network = settings.network?.name ?? "";
    compare.begin({ ...state, prompt: asked.prompt, name: meaning.name, network });
    history.replaceState(null, "", write(state));
    stage.begin(state.count);
    stage.nameVariations(meaning.label, state.seed);
    say(`Drawing: ${words.pictures(state.count, meaning.label)} …`);
    progress.hidden = false;
    progress.value = 0;
    const sample = await model.sample({
      ...asked,
      seed: state.seed,
      count: state.count,
      steps: state.steps,
      grid: state.grid,
      solver: state.solver,
      guidance: state.guidance,
      network,
      signal,
      onStep: (frame) => {
        if (signal.aborted) return;
        stage.add(frame);
        progress.value = frame.step / frame.steps;
      },
    });
    link.disabled = save.disabled = false;
    snippet.show({ ...state, ...asked }, meaning.label);
    compare.finish(sample);
    settings.tellDevice(sample.device);
    const { networks, text } = model.info;
    const { file } = networks.find(({ name }) => name === sample.network) ?? { file: "" };
    const used = ["manifest.json", file, ...(text ? [text.words] : [])];
    void keep(used.map((name) => `models/${state.model}/${name}`));
    say(`${words.pictures(sample.count, meaning.label)}, drawn on ${words.device(sample.device)}. ${sample.notice}`);
  } catch (thrown) {
    if (running === mine) failed(/** @type {MorphogenError} */ (thrown));
  } finally {
    if (running === mine) {
      running = undefined;
      draw.textContent = "Draw";
      progress.hidden = true;
      stage.end();
    }
  }
}

/** What to begin with, when nobody has asked for anything yet. */
function first(/** @type {Model} */ { info: { prompts } }) {
  return (prompts.find(({ name }) => name === "sneaker") ?? prompts[0])?.label ?? wording.examples[0] ?? "";
}

/** Says what went wrong and offers the ways on. */
function failed(/** @type {MorphogenError} */ { code, message, suggestions }) {
  if (code === "aborted") return say("Stopped.");
  say(message, true);
  if (code.startsWith("prompt-")) {
    prompt.setAttribute("aria-invalid", "true");
    understood.textContent = "";
    return propose((suggestions ?? []).map((word) => [word, () => ask(word)]));
  }
  /** @type {[string, () => void][]} */
  const offers = [["Try again", () => void paint()]];
  if (state.device === "webgpu") offers.unshift(["Use the processor", () => settings.set({ device: "cpu" })]);
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

find("ask").addEventListener("submit", (/** @type {Event} */ event) => {
  event.preventDefault();
  // New words are drawn even while others are; the same words stop.
  if (running && prompt.value === state.prompt) return running.abort();
  if (!prompt.value.trim()) {
    prompt.focus();
    return say("Type a word, or choose one below.");
  }
  void paint();
});

link.addEventListener("click", async () => {
  const address = new URL(write(state), location.href).href;
  try {
    await navigator.clipboard.writeText(address);
    say("Link copied. It draws this very picture, on any machine.");
  } catch {
    say(`Copy this link: ${address}`);
  }
});

save.addEventListener("click", () => {
  const frame = stage.frames[stage.at];
  if (!frame) return;
  const image = frame.toImageData(stage.picture, 16);
  const canvas = document.createElement("canvas");
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  canvas.toBlob((blob) => {
    if (!blob) return say("The picture could not be saved.", true);
    const anchor = document.createElement("a");
    anchor.href = URL.createObjectURL(blob);
    anchor.download = `morphogen-${drawn.label.toLowerCase().replace(/[^a-z0-9]+/g, "-")}-${drawn.seed + stage.picture}.png`;
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(anchor.href), 10_000);
  });
});

// One pack is no choice.
find("packs").hidden = PACKS.length < 2;
for (const { name, title } of PACKS) {
  const [row, radio] = [document.createElement("label"), document.createElement("input")];
  Object.assign(radio, { type: "radio", name: "model", value: name, checked: name === state.model });
  radio.addEventListener("change", () => {
    // Another pack has other words, networks and styles.
    prompt.value = "";
    Object.assign(state, { model: name, prompt: "", network: "", style: "", negative: "", guidance: undefined });
    void paint();
  });
  row.append(radio, ` ${title}`);
  find("packs").append(row);
}
prompt.value = state.prompt;
void paint();
