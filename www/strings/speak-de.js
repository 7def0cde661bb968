/** Lets the page speak German, as soon as this is imported. */
import { speak } from "../say.js";
import { core, said } from "./de.js";

speak(said, core);
