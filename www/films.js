/** Buttons that save a film as a file, one for each kind. Fetched with what makes films. */
import { t, told } from "./say.js";
import { hand } from "./share.js";

/** @typedef {import("./pkg/morphogen.js").Film} Film */

/** What a film can be saved as. */
const FILES = /** @type {const} */ ({ APNG: ["image/apng", "png"], GIF: ["image/gif", "gif"], WebM: ["video/webm", "webm"] });
/** Frames a second. */
export const SPEED = 12;
/** Pixels that a saved film is at least wide. */
const SAVED = 256;

/**
 * @param {() => Promise<{ film: Film, name: string } | undefined>} made the film, and what its file is called without its ending
 * @param {(text: string, problem?: boolean) => void} say
 */
export function saves(made, say) {
  return Object.entries(FILES).map(([kind, [type, ending]]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = kind;
    button.ariaLabel = t("Save the film as {kind}", { kind });
    button.addEventListener("click", async () => {
      try {
        say(t("Making the file …"));
        const { film, name } = (await made()) ?? {};
        if (!film) return say(t("There is no film yet."));
        const blob = await film.toBlob({ type, scale: Math.ceil(SAVED / film.width), fps: SPEED });
        hand(blob, `${name}.${ending}`);
        say(t("Saved as {file}, {size} kB.", { file: `${name}.${ending}`, size: Math.ceil(blob.size / 1000) }));
      } catch (thrown) {
        say(told(thrown), true);
      }
    });
    return button;
  });
}
