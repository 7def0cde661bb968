/** Das Studio auf Deutsch. The German page begins here: it takes its sentences before anything is said. */
import "./strings/speak-de.js";
import "./main.js";
