/** The code of the offline file: the Studio as it is, once the package knows where its parts are. */
import "./host.js";
import "../../www/main.js";
