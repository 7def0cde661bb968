/**
 * Keeps everything for a place without a network: all packs with all that belongs to them, fetched once and told as it comes.
 * Fetched when the settings are first opened; where nothing can be kept, nothing is offered.
 */
import { tell } from "./keep.js";
import { number, t } from "./say.js";

const find = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const [row, button, progress, status] = ["keep-all", "keep-all-go", "keep-all-progress", "keep-all-status"].map(find);

export function open() {
  const able = "serviceWorker" in navigator && document.querySelector("link[rel=manifest]") !== null;
  if (able) void ask(false).catch(() => {});
  button.addEventListener("click", () => {
    button.disabled = true;
    progress.hidden = false;
    ask(true).catch(() => shown({ done: 0, of: 1, bytes: 0, failed: true }));
  });
  return { drawn() {} };
}

/** Asks how far it is, or for all of it. @param {boolean} begin */
async function ask(begin) {
  const { port1, port2 } = new MessageChannel();
  port1.addEventListener("message", ({ data }) => shown(data));
  port1.start();
  await tell({ type: "keep-all", begin, port: port2 }, [port2]);
}

/** @param {{ done: number, of: number, bytes: number, failed: boolean }} state */
function shown({ done, of, bytes, failed }) {
  row.hidden = false;
  progress.max = of;
  progress.value = done;
  button.textContent = t("Keep everything for offline ({size} MB)", { size: number(bytes / 1e6) });
  if (done === of) {
    button.hidden = progress.hidden = true;
    status.textContent = t("Everything is kept: this page, both packs and the story work without a network.");
  } else if (failed) {
    button.disabled = false;
    status.textContent = t("{done} of {of} files are kept; then the network or the room on this device ran out. Press again to go on.", { done, of });
  } else if (button.disabled) status.textContent = t("{done} of {of} files are kept …", { done, of });
}
