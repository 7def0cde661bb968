/**
 * The frame that all figures of the essay share. A figure is a module in `figures/` that exports
 * `{ name, defaults, mount(host) }`; a {@link Host} gives it a place on the page, its words, its state out of the address,
 * the model, and says when it is seen. The essay's page and the frame for other sites both stand figures up with {@link stand}.
 */
import { button, el } from "./parts.js";

/** @typedef {import("../pkg/morphogen.js").Model} Model */
/** @typedef {import("../pkg/morphogen.js").MorphogenError} MorphogenError */
/** @typedef {import("../pkg/morphogen.js").SampleOptions} SampleOptions */
/** @typedef {string | number | boolean} Value */
/** @typedef {Record<string, Value>} State */

/**
 * @typedef {object} Figure what a module in `figures/` exports
 * @property {string} name as in the address, and before its words
 * @property {State} defaults what its address may hold, each with its usual value, whose type it keeps; texts are short words
 *     of small letters, figures and dashes. The figure itself refuses values that make no sense
 * @property {string[]} [fractions] which of its numbers need not be whole
 * @property {(host: Host) => void | Promise<void>} mount builds it in `host.root`, once, and starts what it shows first
 */

/**
 * @typedef {object} World what lies around the figures
 * @property {"en" | "de"} lang
 * @property {Record<string, string>} strings
 * @property {typeof import("../pkg/morphogen.js")} package
 * @property {string} models address of the folder of packs
 * @property {"auto" | "webgpu" | "cpu"} device
 * @property {(name: string) => URLSearchParams} asked what the address asks of a figure
 * @property {(name: string, query: URLSearchParams) => void} remember writes the state of a figure into the address
 * @property {{ link: string, embed: string } | undefined} addresses of page and frame, where figures can be shared
 * @property {(paths: string[]) => void} keep has files of packs kept for a visit without a network
 * @property {Map<string, Promise<Model>>} loading models that figures share, by pack
 */

const PACK = "fashion";
/** The network that figures draw with unless they say otherwise, by pack: of garments the short-sighted one. */
const NETWORKS = {
  fashion: { network: "unet", file: "unet.safetensors" },
  emoji: { network: "unet", file: "unet.safetensors.zz" },
};

export class Host {
  #inView = false;
  /** @type {Set<() => void>} */
  #waiting = new Set();
  /** @type {AbortController | undefined} */
  #running;
  #status;

  /**
   * @param {Figure} figure
   * @param {HTMLElement} element the `<figure>`
   * @param {World} world
   */
  constructor(figure, element, world) {
    this.figure = figure;
    this.element = element;
    this.world = world;
    /** Where the figure builds itself. */
    this.root = el("div", { className: "live" });
    /** The package, for what {@link Host.model} does not do. */
    this.package = world.package;
    /** The language of the page. */
    this.lang = world.lang;
    this.#status = /** @type {HTMLElement} */ (element.querySelector("[role=status]"));
    const query = world.asked(figure.name);
    /** Whether the address holds a state of this figure, which is then shown at once. */
    this.asked = Object.keys(figure.defaults).some((name) => query.has(name));
    this.state = stated(figure, query);
    this.motion = matchMedia("(prefers-reduced-motion: reduce)");
    new IntersectionObserver((entries) => {
      this.#inView = entries.at(-1)?.isIntersecting ?? false;
      this.#wake();
    }).observe(element);
    document.addEventListener("visibilitychange", () => this.#wake());
  }

  /** Whether the reader asked for less motion: then nothing moves by itself, and results stand there at once. */
  get still() {
    return this.motion.matches;
  }

  /** Whether anybody can see the figure now. */
  get seen() {
    return this.#inView && document.visibilityState === "visible";
  }

  #wake() {
    if (!this.seen) return;
    for (const go of this.#waiting) go();
    this.#waiting.clear();
  }

  /**
   * Waits until the figure is seen. Long work asks between its steps.
   * @param {AbortSignal} [signal]
   * @returns {Promise<void>}
   */
  whenSeen(signal) {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.seen) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.add(resolve);
      signal?.addEventListener("abort", () => (this.#waiting.delete(resolve), reject(signal.reason)), { once: true });
    });
  }

  /**
   * Waits for eyes to follow, and until the figure is seen.
   * @param {number} milliseconds
   * @param {AbortSignal} [signal]
   */
  async pace(milliseconds, signal) {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    await this.whenSeen(signal);
  }

  /**
   * Does what the reader asked for, once the figure is seen. What was under way is given up; what goes wrong is said.
   * @template T
   * @param {(signal: AbortSignal) => Promise<T>} task
   * @returns {Promise<T | undefined>} nothing where it was given up or went wrong
   */
  async run(task) {
    this.#running?.abort();
    const mine = (this.#running = new AbortController());
    const { signal } = mine;
    this.element.ariaBusy = "true";
    try {
      await this.whenSeen(signal);
      return await task(signal);
    } catch (thrown) {
      const said = signal.aborted ? "" : await this.told(thrown);
      if (!signal.aborted) this.say(said);
      return undefined;
    } finally {
      if (this.#running === mine) {
        this.#running = undefined;
        this.element.ariaBusy = "false";
      }
    }
  }

  /** Gives up what is under way. */
  stop() {
    this.#running?.abort();
  }

  /** Whether something is under way. */
  get running() {
    return this.#running !== undefined;
  }

  /**
   * Words of this figure (`novelty`) or of all (`frame.copied`), with `{places}` filled. Where `n` is 1 and there is a
   * form for one (`novelty.one`), that.
   * @param {string} key
   * @param {Record<string, string | number>} [values]
   */
  t(key, values = {}) {
    const full = key.includes(".") ? key : `${this.figure.name}.${key}`;
    const { strings } = this.world;
    const text = (values.n === 1 ? strings[`${full}.one`] : undefined) ?? strings[full];
    if (text === undefined) throw new Error(`there are no words called ${full}`);
    return text.replace(/\{(\w+)\}/g, (_, name) => (typeof values[name] === "number" ? this.number(values[name]) : String(values[name])));
  }

  /**
   * A number as the language writes it.
   * @param {number} value
   * @param {number} [digits] behind the point; without them, two at most
   */
  number(value, digits) {
    return written(this.lang, digits ?? 0, digits ?? 2).format(value);
  }

  /**
   * What the package says, in the reader's language; the words for it are fetched when there is something to say.
   * @param {unknown} said an error or a notice
   */
  async told(said) {
    try {
      const [{ told }] = await Promise.all([import("../say.js"), this.lang === "de" ? import("../strings/speak-de.js") : undefined]);
      return told(said);
    } catch {
      return /** @type {string} */ (Object(said).message ?? String(said));
    }
  }

  /** Says in words what the figure shows now. */
  say(/** @type {string} */ sentence) {
    if (this.#status.textContent !== sentence) this.#status.textContent = sentence;
  }

  /** Takes a change of the state, and writes it into the address. */
  remember(/** @type {State} */ change) {
    Object.assign(this.state, change);
    this.world.remember(this.figure.name, this.query());
  }

  /** The state as far as it is not as usual. */
  query() {
    const { defaults } = this.figure;
    const told = Object.entries(this.state).filter(([name, value]) => value !== defaults[name]);
    return new URLSearchParams(told.map(([name, value]) => [name, typeof value === "boolean" ? String(Number(value)) : String(value)]));
  }

  /**
   * The model of a pack, which all figures share, fetched when the first asks.
   * @param {keyof typeof NETWORKS} [pack]
   * @returns {Promise<Model>}
   */
  async model(pack = PACK) {
    const { loading, models, device, keep } = this.world;
    let model = loading.get(pack);
    if (!model) {
      this.say(this.t(pack === PACK ? "frame.fetching" : "frame.fetchingEmoji"));
      const { network, file } = NETWORKS[pack];
      model = this.package.loadModel(new URL(`${pack}/`, models), { device, network }).then((loaded) => {
        keep([`models/${pack}/manifest.json`, `models/${pack}/${file}`]);
        return loaded;
      });
      loading.set(pack, model);
      // What failed is tried again by whoever asks next.
      model.catch(() => loading.delete(pack));
    }
    return model;
  }

  /**
   * The training images of a prompt.
   * @param {string} prompt
   * @param {AbortSignal} [signal]
   */
  async training(prompt, signal) {
    const model = await this.model();
    const images = await model.training(prompt, signal);
    if (Object.hasOwn(model.info.training, prompt)) this.world.keep([`models/${PACK}/${model.info.training[prompt].file}`]);
    return images;
  }

  /**
   * The noise of a seed, `[1, C, H, W]`: what every sample of this seed starts from.
   * @param {number} seed
   * @param {AbortSignal} [signal]
   */
  async noise(seed, signal) {
    const model = await this.model();
    const { frames } = await model.sample({ seed, steps: 1, frames: true, guidance: 1, signal });
    return frames[0].x;
  }
}

/** How numbers are written, by language and digits: making one takes far longer than writing with it. @type {Map<string, Intl.NumberFormat>} */
const formats = new Map();

/**
 * @param {string} lang
 * @param {number} least digits behind the point
 * @param {number} most
 */
function written(lang, least, most) {
  const key = `${lang} ${least} ${most}`;
  const found = formats.get(key) ?? new Intl.NumberFormat(lang, { minimumFractionDigits: least, maximumFractionDigits: most });
  formats.set(key, found);
  return found;
}

/**
 * A figure's state as an address asks for it; what makes no sense is left as usual.
 * @param {{ defaults: State, fractions?: string[] }} figure
 * @param {URLSearchParams} query
 * @returns {State}
 */
export function stated({ defaults, fractions = [] }, query) {
  const read = (/** @type {string} */ name, /** @type {Value} */ usual) => {
    const text = query.get(name);
    if (text === null) return usual;
    if (typeof usual === "number") return (fractions.includes(name) ? /^\d{1,15}(\.\d{1,6})?$/ : /^\d{1,15}$/).test(text) ? Number(text) : usual;
    if (typeof usual === "boolean") return text === "1" ? true : text === "0" ? false : usual;
    return /^[a-z0-9-]{1,40}$/.test(text) ? text : usual;
  };
  return Object.fromEntries(Object.entries(defaults).map(([name, usual]) => [name, read(name, usual)]));
}

/**
 * Stands a figure up in its place, over its still picture.
 * @param {HTMLElement} element the `<figure>`
 * @param {Figure} figure
 * @param {World} world
 */
export async function stand(element, figure, world) {
  const host = new Host(figure, element, world);
  element.querySelector(".still")?.before(host.root);
  if (world.addresses) element.querySelector(".sharing")?.append(...sharing(host, world.addresses));
  try {
    await figure.mount(host);
    element.dataset.live = "";
  } catch (thrown) {
    host.root.remove();
    host.say(await host.told(thrown));
  }
}

/** Lets a page fit the height of the frames on it, as `snippet.js` has it for the Studio's. */
const LISTENER = `<script>
addEventListener("message", ({ data, source }) => {
  if (data?.type !== "morphogen:resize") return;
  for (const frame of document.querySelectorAll("iframe")) if (frame.contentWindow === source) frame.height = data.height;
});
</script>`;

/**
 * The buttons with which a figure is handed on as it stands.
 * @param {Host} host
 * @param {{ link: string, embed: string }} addresses
 */
function sharing(host, { link, embed }) {
  const { name } = host.figure;
  const text = el("textarea", { className: "shared", readOnly: true, rows: 5, hidden: true, spellcheck: false });
  text.setAttribute("aria-label", host.t("frame.shared"));
  const copy = async (/** @type {string} */ content, /** @type {string} */ words, /** @type {boolean} */ shown) => {
    text.value = content;
    text.hidden = !shown;
    try {
      await navigator.clipboard.writeText(content);
      host.say(words);
    } catch {
      text.hidden = false;
      text.select();
      host.say(host.t("frame.selected"));
    }
  };
  const address = () => `${link}#${[name, host.query()].filter(String).join("?")}`;
  const html = () => {
    const query = new URLSearchParams([["figure", name], ...(host.lang === "en" ? [] : [["lang", host.lang]]), ...host.query()]);
    const source = `${embed}?${query}`.replace(/&/g, "&amp;");
    return `<iframe src="${source}" title="${host.t(`${name}.title`)} – Morphogen"
  sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox" loading="lazy" width="640" height="720" style="border: 0; max-width: 100%"></iframe>
${LISTENER}
`;
  };
  return [
    button(host.t("frame.copyLink"), () => void copy(address(), host.t("frame.copiedLink"), false)),
    button(host.t("frame.embed"), () => void copy(html(), host.t("frame.copiedEmbed"), true)),
    button(host.t("frame.present"), async () => {
      // What the view says stands among the sentences of the Studio.
      const spoken = host.lang === "de" ? import("../strings/speak-de.js") : undefined;
      const [{ present }, { driver }] = await Promise.all([import("../present.js"), import("../drive.js"), spoken]);
      await present(host.element, driver(host.element));
    }),
    text,
  ];
}
