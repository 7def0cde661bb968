/**
 * Whether another pack knows words that this one does not: read off its list of words, in English, in the reader's languages
 * and in emoji. Fetched where a word is unknown.
 */

/** Words as they are compared: without case and accents, and each emoji one. @param {string} text */
function words(text) {
  const plain = text.normalize("NFD").replace(/[\u0300-\u036f\ufe0f]|[\u{1f3fb}-\u{1f3ff}]/gu, "").toLowerCase();
  return plain.split(/[^\p{L}\p{N}\p{Extended_Pictographic}]+/u).filter(Boolean);
}

/** A file of a pack; the page as one file has it in itself. @param {string} address */
async function fetched(address) {
  const held = await /** @type {any} */ (globalThis).morphogenOffline?.open(address);
  return held ? JSON.parse(new TextDecoder().decode(held)) : (await fetch(new URL(address, import.meta.url))).json();
}

/**
 * Whether a pack knows one of these words.
 * @param {string} pack name of its folder
 * @param {string} typed
 */
async function knows(pack, typed) {
  const folder = `models/${pack}/`;
  const { text, prompts = [] } = await fetched(`${folder}manifest.json`);
  const tongues = ["emoji", ...navigator.languages.map((tag) => tag.split("-")[0])];
  const files = text ? new Set([text.words, ...tongues.flatMap((name) => text.languages[name] ?? [])]) : [];
  const lists = await Promise.all([...files].map((file) => fetched(folder + file)));
  // Of a foreign word its file says what it means: nothing, where it is a small one.
  const listed = lists.flatMap((list) => (Array.isArray(list) ? list : Object.keys(list).filter((word) => list[word].length > 0 && !/\s/.test(word))));
  const named = prompts.flatMap((/** @type {any} */ { label, words }) => [...label.split("/"), ...words]);
  const known = new Set([...listed, ...named].map((word) => words(word).join(" ")));
  // “cats” is a cat; words of one or two Latin letters are hardly what was meant.
  return words(typed).some((word) => !/^[a-z]{1,2}$/.test(word) && (known.has(word) || known.has(word.replace(/s$/, ""))));
}

/**
 * The first of some packs that knows one of these words.
 * @template {{ name: string }} Pack
 * @param {Pack[]} packs
 * @param {string} typed
 * @returns {Promise<Pack | undefined>}
 */
export async function knowing(packs, typed) {
  for (const pack of packs) if (await knows(pack.name, typed)) return pack;
  return undefined;
}
