/**
 * The presenter's view of a figure of the essay or of the Studio: full screen, as large as there is room for, led by the keyboard or by a
 * clicker. Fetched when somebody asks for it. Where the browser has no full screen, it fills the window.
 */
import { driver } from "./drive.js";
import { make } from "./make.js";
import { t } from "./say.js";

/** @typedef {import("./drive.js").Driver} Driver */

/** What each key does; clickers send the page keys. @type {Record<string, (driver: Driver) => void>} */
const KEYS = {
  ArrowRight: (led) => led.step(1),
  PageDown: (led) => led.step(1),
  ArrowLeft: (led) => led.step(-1),
  PageUp: (led) => led.step(-1),
  " ": (led) => (led.playing() ? led.pause() : led.play()),
  n: (led) => led.another(),
  m: (led) => led.machine(),
};

/** Styles of the view: in the code, since the page as one file has no other files. */
const CSS = `
html.presented { overflow: hidden; }
[data-presenting] { position: fixed; inset: 0; z-index: 10; box-sizing: border-box; overflow: auto; margin: 0; background: Canvas; color: CanvasText; }
figure[data-presenting][data-figure] { display: flex; flex-direction: column; gap: 1rem; align-items: center; justify-content: safe center; padding: 1.5rem 2rem 5rem; border: 0; background: var(--paper); font-size: 1.375rem; }
figure[data-presenting] > .sharing, figure[data-presenting] > figcaption { display: none; }
/* Keys do what these do. */
figure[data-presenting]:not([data-figure="pictures"]) .live > .controls { display: none; }
figure[data-presenting] .captioned p, figure[data-presenting] .machine { font-size: 1.125rem; }
figure[data-presenting] .status { max-width: 60rem; min-height: 2.9em; font-size: 1.5rem; text-align: center; }
.presenter { position: fixed; inset: auto 0 0; z-index: 1; display: flex; flex-wrap: wrap; gap: 0.5rem 1.5rem; justify-content: center; padding: 0.75rem 1rem; background: color-mix(in srgb, Canvas 85%, transparent); font: 1rem/1.3 system-ui, sans-serif; opacity: 0.35; transition: opacity 0.2s; }
.presenter:is(:hover, :focus-within) { opacity: 1; }
.presenter button { min-height: 2.75rem; padding: 0 0.5rem; border: 0; background: none; color: inherit; font: inherit; cursor: pointer; }
.presenter button:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
.presenter kbd { padding: 0.1em 0.4em; border: 1px solid currentColor; border-radius: 4px; font: inherit; font-size: 0.875em; }
.studio-presented { display: grid; grid-template-rows: auto 1fr auto; gap: 1rem; justify-items: center; padding: 2rem 2rem 5rem; font: clamp(1.5rem, 1rem + 2vw, 3rem)/1.2 system-ui, sans-serif; }
.studio-presented p, .studio-presented figure { margin: 0; }
.studio-presented .mirrors { display: flex; gap: 3rem; align-items: center; justify-content: center; min-height: 0; width: 100%; }
.studio-presented figure { display: grid; gap: 0.75rem; justify-items: center; }
.studio-presented figure[hidden] { display: none; }
.studio-presented canvas { width: min(42vw, 62vh); aspect-ratio: 1; image-rendering: pixelated; }
.studio-presented figure:not(:first-child) canvas { width: min(24vw, 40vh); }
.studio-presented figcaption { font-size: 0.6em; opacity: 0.75; }
.studio-presented .quiet { font-size: 0.75em; font-variant-numeric: tabular-nums; opacity: 0.75; }
@media (prefers-reduced-motion: reduce) { .presenter { transition: none; } }
`;

/** Adopts them, once for the page. */
function styles() {
  if (styled) return;
  styled = true;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
let styled = false;

/**
 * Opens the view of an element.
 * @param {HTMLElement} element
 * @param {Driver} led
 * @param {() => void} [closed] told when the reader leaves
 */
export async function present(element, led, closed = () => {}) {
  if (element.dataset.presenting !== undefined) return;
  styles();
  const opener = document.activeElement;
  const press = (/** @type {string} */ label, /** @type {string} */ key, /** @type {() => void} */ act) => {
    const button = make("button", { type: "button" }, label, " ", make("kbd", {}, key));
    button.addEventListener("click", act);
    return button;
  };
  const bar = make(
    "div",
    { className: "presenter", role: "toolbar", ariaLabel: t("Presenter’s view") },
    press(t("Step back"), "←", () => led.step(-1)),
    press(t("Step on"), "→", () => led.step(1)),
    press(t("Play, pause"), t("space"), () => KEYS[" "](led)),
    press(t("Another seed"), "N", () => led.another()),
    press(t("Machine"), "M", () => led.machine()),
    press(t("Leave"), "Esc", () => leave()),
  );
  const heard = (/** @type {KeyboardEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // Typing is not leading; and a button that has the focus is pressed by the space bar.
    if (event.target instanceof Element && event.target.matches("input:not([type=range], [type=radio], [type=checkbox]), textarea, select")) return;
    if (event.key === " " && event.target instanceof HTMLButtonElement) return;
    if (event.key === "Escape") return leave();
    const answer = /^[1-9]$/.test(event.key) ? element.querySelectorAll(".guess:not([hidden]) button")[Number(event.key) - 1] : undefined;
    const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act && !answer) return;
    event.preventDefault();
    event.stopPropagation();
    if (answer instanceof HTMLElement) answer.click();
    else act(led);
  };
  /** The largest that fits the screen. */
  const fit = () => {
    const content = /** @type {HTMLElement | null} */ (element.querySelector(".live"));
    if (!content) return;
    content.style.zoom = "1";
    const room = innerHeight - (element.scrollHeight - content.offsetHeight);
    content.style.zoom = String(Math.max(0.7, Math.min(3, (innerWidth * 0.94) / content.scrollWidth, room / content.offsetHeight)));
  };
  function leave() {
    removeEventListener("keydown", heard, true);
    removeEventListener("resize", fit);
    document.removeEventListener("fullscreenchange", left);
    watch.disconnect();
    bar.remove();
    delete element.dataset.presenting;
    element.removeAttribute("tabindex");
    document.documentElement.classList.remove("presented");
    const content = /** @type {HTMLElement | null} */ (element.querySelector(".live"));
    if (content) content.style.zoom = "";
    if (document.fullscreenElement === element) void document.exitFullscreen();
    if (opener instanceof HTMLElement) opener.focus();
    closed();
  }
  const left = () => {
    if (!document.fullscreenElement) leave();
  };
  element.dataset.presenting = "";
  document.documentElement.classList.add("presented");
  element.append(bar);
  addEventListener("keydown", heard, true);
  addEventListener("resize", fit);
  // A question that goes away, a row that comes: what is shown changes its height.
  const watch = new MutationObserver(() => fit());
  for (const part of element.querySelectorAll(".guess")) watch.observe(part, { attributes: true, childList: true });
  // Not a button of the bar, which the space bar would press.
  element.tabIndex = -1;
  element.focus({ preventScroll: true });
  // Refused in sealed frames and on some phones: then it fills the window.
  await element.requestFullscreen?.().catch(() => {});
  if (document.fullscreenElement === element) document.addEventListener("fullscreenchange", left);
  fit();
}

/** Opens the view of the Studio: the chosen picture, the network's guess, and the machine's picture where one was asked for. */
export function presentStudio() {
  const find = (/** @type {string} */ selector) => /** @type {any} */ (document.querySelector(selector));
  const sources = [
    { selector: '.pick[aria-pressed="true"] canvas', name: t("The picture") },
    { selector: "#guess", name: t("its guess") },
    { selector: "#theirs", name: t("the machine") },
  ];
  const mirrors = sources.map(({ name }) => {
    const canvas = make("canvas", { role: "img", ariaLabel: name });
    return { canvas, place: make("figure", {}, canvas, make("figcaption", {}, name)) };
  });
  const title = make("p", { className: "title" });
  const step = make("p", { className: "quiet" });
  const view = make("section", { className: "studio-presented", ariaLabel: t("Presenter’s view") }, title, make("div", { className: "mirrors" }, ...mirrors.map(({ place }) => place)), step);
  let open = true;
  /** Shows what stands on the page, frame by frame. */
  const mirror = () => {
    if (!open) return;
    sources.forEach(({ selector }, n) => {
      /** @type {HTMLCanvasElement | null} */
      const source = find(selector);
      const { canvas, place } = mirrors[n];
      // The machine has a place once it has drawn.
      place.hidden = !source || (n === 2 && !compared());
      if (!source || place.hidden) return;
      if (canvas.width !== source.width || canvas.height !== source.height) Object.assign(canvas, { width: source.width, height: source.height });
      canvas.getContext("2d")?.drawImage(source, 0, 0);
    });
    title.textContent = find("#prompt").value;
    const slider = find("#step");
    step.textContent = `${slider.value} / ${slider.max}`;
    requestAnimationFrame(mirror);
  };
  const drawn = () => find("#theirs")?.dataset.step !== undefined;
  const compared = () => on && drawn();
  let on = false;
  const led = driver(document.body, { slider: "#step", play: "#play", another: "#another", machine: "#compare" });
  document.body.append(view);
  mirror();
  void present(
    view,
    {
      ...led,
      machine: () => {
        on = !on;
        // Pressed once more while it draws, it would stop.
        if (on && !drawn() && find("#theory-progress")?.hidden) led.machine();
      },
    },
    () => {
      open = false;
      view.remove();
    },
  );
}
