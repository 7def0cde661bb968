/** The code of the essay in the offline file, in the language of its page. */
import "./host.js";
import "../../www/essay/essay.js";
