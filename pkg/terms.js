/**
 * Several things in one picture: what a sample's `terms`, or `over`, `and`, `into` or `between`, mean to the core. Fetched when one of
 * them is first asked for; how two things are mixed is settled in the core.
 */
import { MorphogenError } from "./errors.js";
import { SIDES } from "./names.js";
import { choice, readable, whole } from "./range.js";

/** @typedef {import("./morphogen.js").SampleOptions} SampleOptions */
/** @typedef {import("./morphogen.js").Understood} Understood */
/** @typedef {import("./morphogen.js").Caption} Caption */
/** @typedef {import("./morphogen.js").Part} Part */
/** @typedef {import("./morphogen.js").Second} Second */
/** @typedef {{ class?: number, words?: number[] }} Asked */
/** @typedef {{ understand: (prompt: string) => Promise<Understood>, away: (turned: Asked | undefined, own?: number[]) => Asked | undefined, choose: (understood: Understood, against: Asked | undefined, caption?: number) => Promise<(Caption | null)[] | undefined> }} Reader how prompts are read */
/** @typedef {{ prompt: string, caption?: number }} Thing */

/** The most terms of a sum; the core refuses more as well, but only once all their words are read. */
const MOST = 8;

/**
 * What is asked for where it is several things.
 * @param {SampleOptions} options
 * @param {Asked | undefined} turned away from
 * @param {(prior: boolean | undefined) => Reader} reading how prompts are read, with captions or without
 */
export async function several(options, turned, reading) {
  // A machine asks for a thing by its training images, whatever their captions say.
  const prior = (options.machine ?? "network") === "network" ? options.prior : false;
  const { parts, conditions, ...request } = await mixed(options, turned, reading(prior));
  const members = parts.map(({ prompt }, n) => ({ prompt, condition: /** @type {Asked} */ (conditions[n]) }));
  // What is looked up of a mix, its nearest training pictures, is that of its first thing.
  return { name: parts[0]?.prompt ?? "", label: parts.map(({ label }) => label).join(" + "), captions: parts[0]?.captions, parts, members, request };
}

/**
 * What a picture of several things is asked of the core with, and what each of them was taken for.
 * @param {SampleOptions} options
 * @param {Asked | undefined} turned away from
 * @param {Reader} reader
 */
async function mixed(options, turned, reader) {
  const { and, over, into, between, terms } = options;
  const seconds = Object.entries({ and, over, into, between }).filter(([, second]) => second != null);
  if (seconds.length + (terms ? 1 : 0) > 1) {
    throw new MorphogenError("range", "Expected one of terms, and, over, into and between, found several. Three things or more are told as terms.");
  }
  if (between != null && (options.machine ?? "network") !== "network") {
    throw new MorphogenError("range", "Nothing lies between two sets of training images: a machine mixes with and, over, into or terms.");
  }
  return terms ? sum(options, turned, reader) : pair(options, /** @type {[string, string | Second]} */ (seconds[0]), turned, reader);
}

/**
 * Two things.
 * @param {SampleOptions} options
 * @param {[string, string | Second]} mixed by the way
 * @param {Asked | undefined} turned
 * @param {Reader} reader
 */
async function pair({ prompt, caption }, [way, asked], turned, reader) {
  if (prompt == null) throw new MorphogenError("range", `Expected a prompt to mix with “${way}”.`);
  const second = readable(/** @type {Second} */ (typeof asked === "string" ? { prompt: asked } : asked));
  const { weight, region, edge, at, share } = second;
  numbers(way, { weight, edge, at, share });
  if (region !== undefined) choice(`the region of “${way}”`, region, SIDES);
  const { parts, conditions, against } = await read([{ prompt, caption }, named(second, way)], turned, reader);
  return { parts, conditions, against, condition: conditions[0], mix: { way, condition: conditions[1], weight, side: region, edge, at, share } };
}

/**
 * Any sum.
 * @param {SampleOptions} options
 * @param {Asked | undefined} turned
 * @param {Reader} reader
 */
async function sum({ prompt, terms }, turned, reader) {
  if (prompt != null) throw new MorphogenError("range", "Expected a prompt or terms, found both: say what the prompt says in a term.");
  if (!Array.isArray(terms)) throw new MorphogenError("range", "Expected the terms as a list.");
  if (terms.length > MOST) throw new MorphogenError("sample-terms", `Expected at most ${MOST} terms, found ${terms.length}.`);
  terms.forEach(readable);
  const asked = terms.map(({ weight = 1, region = "everywhere", edge, soft, mask, from, to }, n) => {
    const what = `term ${n + 1}`;
    numbers(what, { weight, edge, soft, from, to });
    choice(`the region of ${what}`, region, ["everywhere", ...SIDES]);
    if (mask !== undefined && !(mask instanceof Float32Array && mask.every(Number.isFinite))) {
      throw new MorphogenError("range", `Expected the mask of ${what} as a Float32Array of finite values.`);
    }
    return { weight, side: region === "everywhere" ? undefined : region, edge, soft, mask: mask && [...mask], from, to };
  });
  const { parts, conditions, against } = await read(terms.map((term, n) => named(term, `term ${n + 1}`)), turned, reader);
  return { parts, conditions, against, terms: asked.map((term, n) => ({ ...term, condition: conditions[n] })) };
}

/**
 * What the words of all things mean: what to draw of each, and what to lead away from together.
 * @param {Thing[]} things
 * @param {Asked | undefined} turned
 * @param {Reader} reader
 */
export async function read(things, turned, reader) {
  const meanings = [];
  for (const { prompt } of things) meanings.push(await reader.understand(prompt));
  const against = reader.away(turned, meanings.flatMap((meaning) => meaning.against ?? []));
  /** @type {Part[]} */
  const parts = [];
  const conditions = [];
  for (const [n, meaning] of meanings.entries()) {
    const captions = await reader.choose(meaning, reader.away(turned, meaning.against), things[n].caption);
    const plain = { class: meaning.index, words: meaning.words };
    parts.push({ prompt: meaning.name, label: meaning.label, captions });
    conditions.push(captions?.map((caption) => (caption ? { words: caption.words } : plain)) ?? plain);
  }
  return { parts, conditions, against };
}

/**
 * One thing of several.
 * @param {Thing} thing
 * @param {string} what
 */
function named({ prompt, caption }, what) {
  if (typeof prompt !== "string") throw new MorphogenError("range", `Expected the words of ${what} as its prompt.`);
  if (caption !== undefined) whole(`the caption of ${what}`, caption, 0, 2 ** 32 - 1);
  return { prompt, caption };
}

/**
 * Refuses what is no number: the core would be told of it as of nothing.
 * @param {string} what
 * @param {Record<string, number | undefined>} values
 */
function numbers(what, values) {
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && !Number.isFinite(value)) throw new MorphogenError("range", `Expected ${name} of ${what} as a number, found ${value}.`);
  }
}
