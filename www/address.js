/**
 * The address of the page and what it says: the state stands in it, so that a link, Back and a new visit draw the same again.
 * Where a page has no address of its own (a file in a frame, a Blob) nothing is kept, and nothing breaks.
 */
import { read, write } from "./state.js";

/** @typedef {import("./state.js").State} State */

/** Where this page can be found by others, if that is known: a page that is no file says so itself, a file was told when it was made. */
export const hosted = /^https?:$/.test(location.protocol) && !document.documentElement.dataset.parts ? location.href : document.documentElement.dataset.address;

/** What the address asks for. */
export const asked = () => location.search;

/** Keeps the state in the address. @param {State} state */
export function remember(state) {
  change("replaceState", write(state));
}

/** Keeps it there as something new, so that the browser's Back leads to what was drawn before. @param {State} state */
export function advance(state) {
  const address = write(state);
  if (address === asked()) return;
  const same = write(read(asked())) === address || !new URLSearchParams(asked()).has("prompt");
  change(same ? "replaceState" : "pushState", address);
}

/** @param {"replaceState" | "pushState"} how @param {string} address */
function change(how, address) {
  try {
    history[how](null, "", address);
  } catch {
    // A page that has no address keeps none.
  }
}
