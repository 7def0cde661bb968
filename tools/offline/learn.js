/** The code of the page on learning in the offline file, in the language of its page. */
import "./host.js";
import "../../www/learn.js";
