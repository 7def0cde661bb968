/** Lets the page speak German, as soon as this is imported. */
import { learn, speak } from "../say.js";
import { codes, core, said } from "./de.js";

speak(said, core, codes);
// Names of what stands in the captions. They come before the first picture does; where they do not, it has its English name.
void import("./labels-de.js").then(({ labels }) => learn(labels), () => {});
