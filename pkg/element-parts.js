/** The inside of `<morphogen-sampler>`: its shadow tree and its styles, without a line of inline style. */

/**
 * @typedef {object} Parts
 * @property {HTMLElement} root
 * @property {HTMLCanvasElement} canvas
 * @property {HTMLFormElement} controls
 * @property {HTMLInputElement} prompt
 * @property {HTMLButtonElement} draw
 * @property {HTMLProgressElement} progress
 * @property {HTMLElement} status
 */

/** The tree: name, attributes, what is inside. Not as HTML, which a page may forbid its scripts to read (Trusted Types). @typedef {[name: string, attributes: Record<string, string>, ...inside: (Node | string)[]]} Node */

/** @type {Node[]} */
const TREE = [
  [
    "div",
    { id: "root", part: "root", "data-state": "poster" },
    [
      "div",
      { id: "picture", part: "picture" },
      ["canvas", { part: "canvas", role: "img", "aria-label": "Not drawn yet" }],
      ["div", { id: "poster" }, ["slot", { name: "poster" }]],
      ["div", { id: "fallback" }, ["slot", { name: "fallback" }]],
    ],
    ["progress", { part: "progress", max: "1", value: "0", "aria-label": "Steps taken", hidden: "" }],
    [
      "form",
      { part: "controls", hidden: "" },
      ["input", { part: "prompt", name: "prompt", "aria-label": "What to draw", autocomplete: "off", spellcheck: "false", enterkeyhint: "go" }],
      ["button", { part: "button dice", type: "button", name: "dice", "aria-label": "Another seed" }, "\u2684"],
      ["button", { part: "button draw", type: "submit", name: "draw" }, "Draw"],
    ],
    ["p", { id: "status", part: "status", role: "status" }],
  ],
];

const CSS = `
:host { display: inline-block; width: var(--morphogen-size, 280px); max-width: 100%; color-scheme: light dark;
  font: 0.875rem/1.4 var(--morphogen-font, system-ui, sans-serif); color: var(--morphogen-color, inherit); }
:host([hidden]), [hidden] { display: none !important; }
#picture { position: relative; aspect-ratio: 1; overflow: hidden; background: var(--morphogen-background, #000);
  border-radius: var(--morphogen-radius, 4px); }
canvas { display: block; width: 100%; height: 100%; object-fit: contain; image-rendering: pixelated; }
#poster, #fallback { position: absolute; inset: 0; display: none; place-items: center; }
[data-state="poster"] #poster, [data-state="error"] #fallback { display: grid; }
[data-state="poster"] canvas, [data-state="error"] canvas { visibility: hidden; }
[data-state="error"] #picture { background: none; }
::slotted(img) { width: 100%; height: 100%; object-fit: cover; image-rendering: pixelated; }
progress { display: block; width: 100%; height: 3px; margin-top: 4px; border: 0; appearance: none;
  background: transparent; accent-color: var(--morphogen-accent, #3b6ea8); }
progress::-webkit-progress-bar { background: transparent; }
progress::-webkit-progress-value { background: var(--morphogen-accent, #3b6ea8); }
progress::-moz-progress-bar { background: var(--morphogen-accent, #3b6ea8); }
form { display: flex; gap: 6px; margin-top: 8px; }
input, button { font: inherit; min-height: 36px; padding: 0 10px; border-radius: var(--morphogen-radius, 4px);
  border: 1px solid color-mix(in srgb, currentColor 45%, transparent); background: transparent; color: inherit; }
input { flex: 1; min-width: 0; }
button { cursor: pointer; }
:focus-visible { outline: 2px solid var(--morphogen-accent, #3b6ea8); outline-offset: 2px; }
#status { margin: 6px 0 0; min-height: 1.4em; overflow-wrap: anywhere; }
[data-static]:not([data-state="error"]) #status { position: absolute; width: 1px; height: 1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; margin: 0; }
`;

/** One for all elements of a document; another document takes no other's. @type {WeakMap<Document, CSSStyleSheet>} */
const sheets = new WeakMap();

/**
 * Gives the element its styles, in whichever document it is now.
 * @param {HTMLElement} host
 */
export function dress({ shadowRoot, ownerDocument }) {
  // Where nothing is shown there may be no such styles, and no need of them.
  const Sheet = /** @type {any} */ (ownerDocument.defaultView ?? globalThis).CSSStyleSheet;
  if (!shadowRoot || !Sheet?.prototype.replaceSync) return;
  const sheet = sheets.get(ownerDocument) ?? new Sheet();
  if (!sheets.has(ownerDocument)) sheet.replaceSync(CSS);
  sheets.set(ownerDocument, sheet);
  shadowRoot.adoptedStyleSheets = [sheet];
}

/**
 * @param {Document} page
 * @param {Node} node
 */
function grown(page, [name, attributes, ...inside]) {
  const element = page.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inside.map((one) => (typeof one === "string" ? one : grown(page, one))));
  return element;
}

/**
 * Builds the shadow tree.
 * @param {HTMLElement} host
 * @param {{ draw: () => void, dice: () => void, prompt: (text: string) => void }} on
 * @returns {Parts}
 */
export function shadow(host, on) {
  const root = host.attachShadow({ mode: "open" });
  root.append(...TREE.map((node) => grown(host.ownerDocument, node)));
  dress(host);
  const find = (/** @type {string} */ selector) => /** @type {any} */ (root.querySelector(selector));
  /** @type {Parts} */
  const parts = {
    root: find("#root"),
    canvas: find("canvas"),
    controls: find("form"),
    prompt: find("input"),
    draw: find("[name=draw]"),
    progress: find("progress"),
    status: find("#status"),
  };
  find("[name=dice]").addEventListener("click", on.dice);
  parts.controls.addEventListener("submit", (event) => {
    event.preventDefault();
    // New words are drawn even while others are; the same words stop or start.
    if (parts.prompt.value === (host.getAttribute("prompt") ?? "")) on.draw();
    else on.prompt(parts.prompt.value);
  });
  return parts;
}
