/**
 * How a figure or a sampler is led from outside: by the keys of the presenter's view, or by a page around the frame that sends messages. Both
 * know the same five orders, and neither needs to know what it leads.
 */

/**
 * @typedef {object} Driver
 * @property {(by: 1 | -1) => void} step one step forward or back
 * @property {() => void} play goes on step by step, from the beginning where the end is reached
 * @property {() => void} pause
 * @property {() => boolean} playing
 * @property {() => void} another another seed
 * @property {() => void} machine the machine in the network's place or beside it, on and off; or whatever else is chosen there
 * @property {(values: Record<string, unknown>) => void} [set] draws something else; a figure has its own controls for that
 */

/** What a page around a frame may ask of a sampler; which models there are, the frame's own address says. */
const SETTABLE = /** @type {const} */ (["prompt", "negative", "seed", "count", "caption", "steps", "grid", "guidance", "solver", "network", "machine", "window"]);

/** Between two steps that follow by themselves, in milliseconds. */
const PACE = 400;

/** @param {HTMLInputElement} slider @param {number} to */
function slide(slider, to) {
  const value = Math.max(Number(slider.min), Math.min(Number(slider.max), to));
  if (slider.disabled || value === Number(slider.value)) return false;
  slider.value = String(value);
  for (const type of ["input", "change"]) slider.dispatchEvent(new Event(type, { bubbles: true }));
  return true;
}

/** Steps that follow by themselves. @param {() => boolean} next whether there is one more */
export function steps(next) {
  let timer = 0;
  const stop = () => {
    clearTimeout(timer);
    timer = 0;
  };
  const tick = () => {
    timer = next() ? window.setTimeout(tick, PACE) : 0;
  };
  return { start: () => (stop(), tick()), stop, running: () => timer !== 0 };
}

/**
 * Leads what stands in an element by what can be touched there: the slider that steps, and buttons marked with `data-act`.
 * @param {HTMLElement} element
 * @param {{ slider?: string, play?: string, another?: string, machine?: string }} [where] other than in a figure of the essay
 * @returns {Driver}
 */
export function driver(element, { slider = ".slider input", play = "[data-act=play]", another = "[data-act=another]", machine = "[data-act=machine]" } = {}) {
  const find = (/** @type {string} */ selector) => /** @type {any} */ (element.querySelector(selector));
  const range = () => /** @type {HTMLInputElement | null} */ (find(slider));
  const by = (/** @type {number} */ n) => {
    const input = range();
    return input ? slide(input, Number(input.value) + n * (Number(input.step) || 1)) : false;
  };
  /** Presses the one behind, or before, the one that is pressed in a group. */
  const press = (/** @type {Element | null} */ group, /** @type {number} */ n) => {
    const all = [...(group?.querySelectorAll("[aria-pressed]") ?? [])];
    const at = all.findIndex((one) => one.getAttribute("aria-pressed") === "true") + n;
    all[at]?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    return at + n in all;
  };
  const one = (/** @type {number} */ n) => (range() ? by(n) : press(find("[data-act=step]"), n));
  const walk = steps(() => one(1));
  /** Where the figure plays by itself, its button says whether it does. */
  const itself = () => find(play)?.dataset.playing;
  return {
    step: (n) => (walk.stop(), void one(n)),
    play: () => {
      const button = find(play);
      if (button && itself() !== "true") return button.click();
      const input = range();
      if (button) return;
      if (input && input.value === input.max) slide(input, Number(input.min));
      walk.start();
    },
    pause: () => {
      walk.stop();
      if (itself() === "true") find(play).click();
    },
    playing: () => walk.running() || itself() === "true",
    another: () => {
      walk.stop();
      const touched = find(another);
      if (touched instanceof HTMLButtonElement) touched.click();
      else press(touched, 1);
    },
    machine: () => {
      const touched = find(machine);
      if (!(touched instanceof HTMLFieldSetElement)) return touched?.click();
      const options = /** @type {HTMLInputElement[]} */ ([...touched.querySelectorAll("input")]);
      options[(options.findIndex(({ checked }) => checked) + 1) % options.length]?.click();
    },
  };
}

/**
 * Leads a sampler: its frames are kept as they come, and shown again one by one.
 * @param {import("./pkg/morphogen.js").MorphogenSampler} sampler
 * @returns {Driver}
 */
export function samplerDriver(sampler) {
  /** @type {import("./pkg/morphogen.js").Frame[]} */
  let frames = [];
  /** The frame that is held, where one is. @type {number | undefined} */
  let held;
  const paint = () => {
    const frame = held === undefined ? undefined : frames[held];
    const canvas = sampler.shadowRoot?.querySelector("canvas");
    if (!frame || !canvas) return;
    const { width, height } = frame.size;
    const columns = Math.round(canvas.width / width);
    const count = frame.x.length / (width * height * frame.size.channels);
    for (let n = 0; n < count; n += 1) canvas.getContext("2d")?.putImageData(frame.toImageData(n), (n % columns) * width, Math.floor(n / columns) * height);
  };
  const hold = (/** @type {number} */ at) => {
    held = Math.max(0, Math.min(frames.length - 1, at));
    paint();
  };
  const walk = steps(() => {
    if (held === undefined || held >= frames.length - 1) return false;
    hold(held + 1);
    return true;
  });
  sampler.addEventListener("step", (event) => {
    const frame = /** @type {CustomEvent<import("./pkg/morphogen.js").Frame>} */ (event).detail;
    if (frame.step === 0) frames = [];
    frames.push(frame);
    paint();
  });
  sampler.addEventListener("sample", paint);
  const anew = (/** @type {() => void} */ change) => {
    walk.stop();
    held = undefined;
    change();
    sampler.draw().catch(() => {});
  };
  return {
    step: (n) => {
      walk.stop();
      if (frames.length > 0) hold((held ?? frames.length - 1) + n);
    },
    play: () => {
      if (frames.length === 0) return void sampler.draw().catch(() => {});
      if (held === undefined || held >= frames.length - 1) hold(0);
      walk.start();
    },
    pause: () => {
      walk.stop();
      if (frames.length > 0) hold(held ?? frames.length - 1);
    },
    playing: walk.running,
    another: () => anew(() => (sampler.seed += 1)),
    machine: () => anew(() => (sampler.machine = sampler.machine === "network" ? "bbels" : "network")),
    set: (values) =>
      anew(() => {
        // One that makes no sense is refused by the element, in words; null takes it back to what is usual.
        for (const name of SETTABLE) if (Object.hasOwn(values, name)) /** @type {any} */ (sampler)[name] = values[name];
      }),
  };
}

/**
 * Does what the page around this frame asks for: `{ type: "morphogen:play" }`, `morphogen:pause`, `morphogen:step` (with `by: -1` back),
 * `morphogen:another`, `morphogen:machine`, `morphogen:set` (with `values: { prompt, seed, … }`). What is asked for before there is anything to
 * lead is done once there is.
 * @returns {(driver: Driver) => void} to be called with what is led
 */
export function obey() {
  /** @type {Driver | undefined} */
  let led;
  /** @type {{ type: string, by?: unknown, values?: unknown }[]} */
  const waiting = [];
  const follow = (/** @type {{ type: string, by?: unknown, values?: unknown }} */ { type, by, values }) => {
    if (!led) return;
    if (type === "morphogen:play") led.play();
    if (type === "morphogen:pause") led.pause();
    if (type === "morphogen:step" && (by === undefined || by === 1 || by === -1)) led.step(by ?? 1);
    if (type === "morphogen:another") led.another();
    if (type === "morphogen:machine") led.machine();
    if (type === "morphogen:set" && typeof values === "object" && values) led.set?.(/** @type {Record<string, unknown>} */ (values));
  };
  addEventListener("message", ({ data, source }) => {
    if (source !== parent || typeof data?.type !== "string" || !data.type.startsWith("morphogen:")) return;
    if (led) follow(data);
    else if (waiting.length < 20) waiting.push(data);
  });
  return (driver) => {
    led = driver;
    for (const order of waiting.splice(0)) follow(order);
  };
}
