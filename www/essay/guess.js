/** Guess first, then look: a question that the reader commits to before the figure answers it. */
import { button, el } from "./parts.js";

/** @typedef {import("./figure.js").Host} Host */

/**
 * A question with its answers side by side, and a way past it. Links that hold a state show it at once, so they ask nothing.
 * @param {Host} host its words: `ask` for the question, `guess-NAME` for an answer
 * @param {string[]} names of the answers
 */
export function guess(host, names) {
  const element = el("div", { className: "guess", role: "group", ariaLabel: host.t("ask") });
  let open = !host.asked;
  element.hidden = !open;
  /** @type {(name: string) => void} */
  let settle = () => {};
  /** @type {Promise<string>} */
  const made = new Promise((resolve) => (settle = resolve));
  const commit = (/** @type {string} */ name) => {
    if (!open) return;
    open = false;
    // What was pressed goes away: the keyboard stays in the figure.
    const held = element.contains(document.activeElement);
    element.replaceChildren(...(name ? [el("p", {}, host.t("frame.guessed", { guess: host.t(`guess-${name}`) }))] : []));
    element.hidden = !name;
    if (held) {
      host.root.tabIndex = -1;
      host.root.focus({ preventScroll: true });
    }
    settle(name);
  };
  if (!open) settle("");
  const skip = button(host.t("frame.skip"), () => commit(""));
  skip.className = "skip-guess";
  element.append(
    el("p", {}, el("strong", {}, host.t("frame.guess")), ` ${host.t("ask")}`),
    el("div", { className: "controls" }, ...names.map((name) => button(host.t(`guess-${name}`), () => commit(name))), skip),
  );
  return {
    element,
    /** The answer that the reader chose; empty where none was asked for or the reader passed. */
    made,
    /** Whether the reader still owes an answer. */
    get open() {
      return open;
    },
    /** Answers: adds to what the reader said how it is. */
    answer: (/** @type {string} */ words) => {
      const said = element.querySelector("p");
      if (!element.hidden && said && !said.dataset.answered) {
        said.dataset.answered = "";
        said.append(` ${words}`);
      }
    },
  };
}
