/** The same in German. */
import "./host.js";
import "../../www/de.js";
