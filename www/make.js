/** Elements of parts that are fetched late, which the page does not hold ready. */
import { t, told } from "./say.js";

/**
 * An element with what is in it. Names with a hyphen, `role` and `for` are attributes, all others properties.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, any>} [properties]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role" || name === "for") element.setAttribute(name, value);
    else /** @type {any} */ (element)[name] = value;
  }
  element.append(...children);
  return element;
}

/**
 * @param {string} text
 * @param {() => void} press
 * @param {Record<string, any>} [properties]
 */
export function button(text, press, properties = {}) {
  const element = make("button", { type: "button", textContent: text, ...properties });
  element.addEventListener("click", press);
  return element;
}

/**
 * A few things of which one is chosen.
 * @param {string} name of the group, unlike all others on the page
 * @param {string} legend
 * @param {Record<string, string>} choices their words by name; the first is chosen
 * @param {(name: string) => void} pick
 */
export function choice(name, legend, choices, pick) {
  const labels = Object.entries(choices).map(([value, text], n) => {
    const input = make("input", { type: "radio", name, value, checked: n === 0 });
    input.addEventListener("change", () => pick(value));
    return make("label", {}, input, text);
  });
  return make("fieldset", { className: "packs" }, make("legend", { className: "hidden-label", textContent: legend }), ...labels);
}

/**
 * A number on a slider.
 * @param {string} id
 * @param {string} title
 * @param {{ min: number, max: number, step: number, value: number }} range
 * @param {(value: number) => string} [say]
 */
export function slider(id, title, { min, max, step, value }, say = String) {
  const input = make("input", { id, type: "range", min, max, step, value });
  const output = make("output", { textContent: say(value) });
  input.addEventListener("input", () => (output.textContent = say(Number(input.value))));
  return { field: make("div", { className: "field" }, make("label", { htmlFor: id }, title, " ", output), input), input };
}

/**
 * The words for what went wrong with a word that was typed into `field`, with what the model knows instead.
 * @param {import("./pkg/morphogen.js").MorphogenError} error
 * @param {HTMLElement} field
 */
export function failure(error, field) {
  const { code, suggestions } = error;
  if (code?.startsWith("prompt-")) field.setAttribute("aria-invalid", "true");
  return suggestions?.length ? `${told(error)} ${t("It knows {words}.", { words: suggestions.slice(0, 4).join(", ") })}` : told(error);
}

/**
 * Says something in a panel's status line.
 * @param {HTMLElement} status
 * @param {string} text
 * @param {boolean} problem
 */
export function tell(status, text, problem) {
  status.textContent = text;
  status.classList.toggle("problem", problem);
}
