/** Which languages a prompt may be in, where words of it are not known. */

/** Languages that are written in scripts of their own, likeliest first. The others share the Latin one. */
const SCRIPTS = /** @type {[RegExp, string[]][]} */ ([
  [/\p{Script=Hiragana}|\p{Script=Katakana}/u, ["ja"]],
  [/\p{Script=Han}/u, ["zh", "ja"]],
  [/\p{Script=Cyrillic}/u, ["ru"]],
]);

/**
 * Whether a prompt holds words that are not known.
 * @param {import("./generated/morphogen.js").Pack} core
 * @param {string} text
 */
export function strange(core, text) {
  try {
    return JSON.parse(core.understand(text)).unknown.length > 0;
  } catch (thrown) {
    if (Object(thrown).code === "prompt-unknown") return true;
    throw thrown;
  }
}

/**
 * The languages that a prompt may be in, likeliest first: by its scripts, or else by what the reader reads.
 * @param {string} text
 * @param {string[]} known
 */
export function likely(text, known) {
  const own = SCRIPTS.flatMap(([, languages]) => languages);
  const written = SCRIPTS.flatMap(([script, languages]) => (script.test(text) ? languages : []));
  const read = navigator.languages.map((tag) => tag.split("-")[0]);
  const others = () => [...read, ...known].filter((language) => !own.includes(language));
  // Japanese and Chinese share their characters: the one that is read comes first.
  const order = written.length > 0 ? [...read.filter((language) => written.includes(language)), ...written] : others();
  return [...new Set(order)].filter((language) => known.includes(language));
}
