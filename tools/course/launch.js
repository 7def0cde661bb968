/**
 * The page that a learning platform opens (SCORM 1.2): the story in a frame, and beside it what the platform is told: that it was begun, in which
 * chapter the reader is, and that it is completed once the end was reached. Without a platform it is the story all the same.
 */

/** @typedef {Record<"LMSInitialize" | "LMSFinish" | "LMSCommit" | "LMSGetValue", (value: string) => string> & { LMSSetValue: (name: string, value: string) => string }} Api */

/** Windows above this one that are looked through; more than the standard's own example does. */
const DEEP = 20;
/** The chapter behind the last figure: whoever reads it has come through. */
const END = "further";
const PAGES = { en: "essay/index.html", de: "essay/de.html" };

/** The platform's own object, in a window above or in that which opened this one. @returns {Api | undefined} */
function found() {
  for (const start of [window, window.opener]) {
    let at = start;
    for (let depth = 0; at && depth < DEEP; depth += 1) {
      try {
        if (at.API) return at.API;
      } catch {
        // A window of another site: nothing of the platform is in there.
      }
      if (at.parent === at) break;
      at = at.parent;
    }
  }
  return undefined;
}

const api = found();
const begun = Date.now();
const running = api?.LMSInitialize("") === "true";
const get = (/** @type {string} */ name) => (running && api ? api.LMSGetValue(name) : "");
const set = (/** @type {string} */ name, /** @type {string} */ value) => void (running && api && api.LMSSetValue(name, value));
const frame = /** @type {HTMLIFrameElement} */ (document.querySelector("iframe"));
const says = /** @type {HTMLElement} */ (document.querySelector("[role=status]"));

let done = /^(completed|passed)$/.test(get("cmi.core.lesson_status"));
if (!done) set("cmi.core.lesson_status", "incomplete");
/** Language and chapter, as `de#locality`. */
let [lang, chapter = ""] = get("cmi.core.lesson_location").split("#");
if (!(lang in PAGES)) lang = navigator.language.startsWith("de") ? "de" : "en";

/** Shows the story in a language, at the chapter at hand. */
function open() {
  frame.src = `morphogen-offline.html?page=${PAGES[/** @type {keyof typeof PAGES} */ (lang)]}${chapter && `#${chapter}`}`;
  document.documentElement.lang = lang;
}

/** Looks where the reader is. */
function look() {
  const story = frame.contentDocument;
  if (!story?.querySelector(".chapter")) return;
  const middle = frame.clientHeight / 2;
  const reached = [...story.querySelectorAll(".chapter")].filter((section) => section.getBoundingClientRect().top < middle);
  const last = reached.at(-1)?.id ?? "";
  const shown = story.documentElement.lang;
  if ((last && last !== chapter) || (shown in PAGES && shown !== lang)) {
    [chapter, lang] = [last, shown];
    set("cmi.core.lesson_location", `${lang}#${chapter}`);
  }
  if (!done && last === END) {
    done = true;
    set("cmi.core.lesson_status", "completed");
    if (running && api) api.LMSCommit("");
  }
  says.textContent = done ? (lang === "de" ? "Abgeschlossen" : "Completed") : "";
}

for (const button of document.querySelectorAll("button")) {
  button.addEventListener("click", () => {
    lang = button.lang;
    open();
  });
}

/** Time that was spent, as the standard writes it. @param {number} seconds */
const span = (seconds) => [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((part) => String(Math.floor(part)).padStart(2, "0")).join(":").padStart(10, "0");

let finished = false;
addEventListener("pagehide", () => {
  if (finished || !running || !api) return;
  finished = true;
  set("cmi.core.session_time", span((Date.now() - begun) / 1000));
  api.LMSCommit("");
  api.LMSFinish("");
});

open();
setInterval(look, 500);
