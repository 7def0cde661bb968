/**
 * What stands in the frame that other pages embed: one element, made from the address
 * (`embed.html?model=fashion&prompt=bag&seed=3&machine=bbels`), or a figure of the essay (`embed.html?figure=locality`). It runs in a frame with `sandbox="allow-scripts"` alone, on
 * any static host: such a frame has no origin, so it may fetch nothing that the host does not open to everyone, but it
 * may still run the host's scripts. So the code is one script, and the files of the model come as scripts, too.
 */
import * as morphogen from "./pkg/inline.js";
import { MACHINES } from "./pkg/names.js";
import { decoded } from "./pkg/text.js";
import { back } from "./back.js";
import { obey, samplerDriver } from "./drive.js";
import { astray } from "./open.js";
import { read, told, write } from "./state.js";

/** Frames have always been garments where their address names no model. */
const USUAL = "models/fashion/";
/** What of the address is the frame's own, and no state of a figure. */
const FRAMED = ["figure", "lang", "theme", "device"];
/** @type {Map<HTMLOrSVGScriptElement | null, Uint8Array<ArrayBuffer>>} what each script has brought */
const brought = new Map();

Object.assign(globalThis, {
  /** What `tools/wrap.mjs` writes around a file. */
  morphogenFile: (/** @type {string} */ text) => brought.set(document.currentScript, decoded(text)),
});

/**
 * A file in the form of a script, `url` with `.js` behind it; nothing where the host has none.
 * @param {string} url
 * @returns {Promise<Uint8Array<ArrayBuffer> | undefined>}
 */
function byScript(url) {
  return new Promise((done) => {
    const script = document.createElement("script");
    const end = () => {
      done(brought.get(script));
      brought.delete(script);
      script.remove();
    };
    script.addEventListener("load", end);
    script.addEventListener("error", end);
    script.src = `${url}.js`;
    document.head.append(script);
  });
}

morphogen.configure({ resolve: async (url) => (await morphogen.inlined(url)) ?? (self.origin === "null" ? byScript(url) : undefined) });

const query = new URLSearchParams(location.search);
const { theme, ...attributes } = asked(query);
if (theme) document.documentElement.dataset.theme = theme;
if (parent === self) document.documentElement.dataset.alone = "";
const led = obey();
const lang = query.get("lang") === "de" ? "de" : "en";
if (query.has("figure")) figure();
else sampler();

/** A sampler, as the address asks for it. */
function sampler() {
  const sampler = /** @type {morphogen.MorphogenSampler} */ (document.createElement("morphogen-sampler"));
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) sampler.setAttribute(name, value === true ? "" : String(value));
  }
  sampler.addEventListener("error", (event) => {
    const { code } = /** @type {any} */ (event).detail;
    const what = astray(code, { model: sampler.model.split("/")[1], network: sampler.network });
    if (what === "network") sampler.network = "";
    if (what === "model") sampler.model = USUAL;
  });
  document.querySelector("main")?.append(sampler);
  led(samplerDriver(sampler));
  back(lang, () => {
    const { prompt, negative, seed, network } = sampler;
    const state = { ...read(location.search), model: sampler.model.split("/")[1], prompt, negative, seed, network, device: /** @type {const} */ ("auto") };
    return (lang === "de" ? "de.html" : "./") + write(state);
  });
}

/** A figure of the essay, whose code comes as a script of its own: whoever wants a sampler need not wait for it. */
function figure() {
  let state = new URLSearchParams([...query].filter(([name]) => !FRAMED.includes(name)));
  const morphogenRemember = (/** @type {string} */ _, /** @type {URLSearchParams} */ changed) => void (state = changed);
  Object.assign(globalThis, { morphogenPackage: morphogen, morphogenLed: led, morphogenRemember });
  back(lang, () => `essay/${lang === "de" ? "de.html" : ""}#${[query.get("figure"), state].filter(String).join("?")}`);
  const styles = document.createElement("link");
  styles.rel = "stylesheet";
  styles.href = "essay/figure.css";
  const script = document.createElement("script");
  script.src = "pkg/generated/figures.js";
  document.head.append(styles, script);
}

// The embedding page may make the frame as tall as this.
if (parent !== self) {
  const tell = () => parent.postMessage({ type: "morphogen:resize", height: Math.ceil(document.body.getBoundingClientRect().height) }, "*");
  new ResizeObserver(tell).observe(document.body);
}

/**
 * The attributes that the address asks for.
 * @param {URLSearchParams} query
 */
function asked(query) {
  const { prompt, negative, seed, count, steps, guidance, solver, grid, network, device, prior, caption, window, mix } = read(location.search);
  const model = query.has("model") ? `models/${read(location.search).model}/` : USUAL;
  /** @type {<T extends string>(name: string, known: readonly T[]) => T | undefined} */
  const one = (name, known) => known.find((value) => value === query.get(name));
  /** @param {string} name @param {boolean} fallback */
  const on = (name, fallback) => (query.has(name) ? !/^(0|false|no|off)$/.test(query.get(name) ?? "") : fallback);
  return {
    model,
    prompt,
    negative: negative || undefined,
    seed,
    // What makes no sense is read as the page's default, which is another one.
    count: String(count) === query.get("count") ? count : 1,
    steps,
    guidance,
    solver,
    grid,
    network,
    device,
    prior: prior ? undefined : "off",
    caption,
    ...told(mix),
    machine: one("machine", MACHINES),
    window: window || undefined,
    controls: on("controls", true),
    autoplay: on("autoplay", true),
    static: on("static", false),
    theme: one("theme", ["light", "dark"]),
  };
}
