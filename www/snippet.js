/** The lines with which another site embeds the picture at hand, and the button that copies them. */

import { hosted } from "./address.js";
import { t } from "./say.js";
import { told } from "./state.js";

/** @typedef {import("./state.js").State} State */

/** What the frame shows unless its address says otherwise; see `embed.js`. */
const FRAME = { negative: "", count: 1, network: "", device: "auto" };
/** What it leaves to the network's makers unless its address says otherwise. */
const OPEN = /** @type {const} */ (["steps", "guidance", "solver", "grid", "caption"]);

const find = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const [disclosure, text, copy, said] = ["embed", "embed-code", "embed-copy", "embed-said"].map(find);

/** Lets a page fit the height of the frames on it. */
export const LISTENER = `<script>
addEventListener("message", ({ data, source }) => {
  if (data?.type !== "morphogen:resize") return;
  for (const frame of document.querySelectorAll("iframe")) if (frame.contentWindow === source) frame.height = data.height;
});
</script>`;

/**
 * The frame as HTML.
 * @param {State} state
 * @param {string} label what is to be seen, for people
 * @param {string} base address of the page
 */
export function snippet(state, label, base) {
  const address = new URL("embed.html", base);
  address.searchParams.set("prompt", state.prompt);
  address.searchParams.set("seed", String(state.seed));
  address.searchParams.set("model", state.model);
  for (const [name, usual] of Object.entries(FRAME)) {
    const value = state[/** @type {keyof State} */ (name)];
    if (value !== usual) address.searchParams.set(name, String(value));
  }
  for (const name of OPEN) if (state[name] !== undefined) address.searchParams.set(name, String(state[name]));
  if (!state.prior) address.searchParams.set("prior", "off");
  for (const [name, value] of Object.entries(told(state.mix))) address.searchParams.set(name, value);
  if (document.documentElement.lang === "de") address.searchParams.set("lang", "de");
  const title = t("{label}, drawn from noise by Morphogen", { label });
  return `<iframe src="${escaped(address.href)}" title="${escaped(title)}"
  sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox" loading="lazy" width="320" height="420" style="border: 0"></iframe>
${LISTENER}
`;
}

/** @param {string} value */
const escaped = (value) => value.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");

/**
 * Shows the lines for the state at hand. From a file there is nothing to embed.
 * @param {State} state
 * @param {string} label
 */
export function show(state, label) {
  disclosure.hidden = !hosted;
  if (hosted) text.value = snippet(state, label, new URL(".", hosted).href);
  said.textContent = "";
}

copy.addEventListener("click", async () => {
  text.select();
  try {
    await navigator.clipboard.writeText(text.value);
    said.textContent = t("Copied.");
  } catch {
    said.textContent = t("Selected; copy it with the keyboard.");
  }
});
