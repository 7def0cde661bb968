/** Things that can be drawn, each at a press. */
import { t } from "./say.js";

const list = /** @type {HTMLElement} */ (document.getElementById("examples"));

/** Chips at most. */
const MOST = 12;

export class Chips {
  /** @param {(example: string) => void} asked told of what was pressed */
  constructor(asked) {
    this.asked = asked;
  }

  /** Offers these, or some of them. @param {string[]} examples */
  offer(examples) {
    list.replaceChildren(
      ...examples.slice(0, MOST).map((example) => {
        const [item, chip] = [document.createElement("li"), document.createElement("button")];
        chip.type = "button";
        chip.textContent = t(example);
        chip.value = example;
        chip.addEventListener("click", () => this.asked(example));
        item.append(chip);
        return item;
      }),
    );
  }

  /** Marks the chip of what is drawn, if there is one. @param {string} label @param {string} typed */
  press(label, typed) {
    for (const chip of list.querySelectorAll("button")) chip.ariaPressed = String(chip.value === label || chip.textContent === typed);
  }
}
