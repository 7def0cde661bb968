/**
 * Several things in one picture: what a sample's `terms`, or `over`, `and`, `into` or `between`, mean to the core. Fetched when one of
 * them is first asked for; how two things are mixed is settled in the core.
 */
import { MorphogenError } from "./errors.js";
import { SIDES } from "./names.js";
import { choice, readable, whole } from "./range.js";

/** @typedef {import("./morphogen.js").SampleOptions} SampleOptions */
/** @typedef {import("./morphogen.js").Second} Second */
/** @typedef {import("./pack.js").Thing} Thing */
/** @typedef {import("./pack.js").Asked} Asked */
/** @typedef {(things: Thing[]) => Promise<Asked>} Asking has the core understand several things beside each other */

/** The most terms of a sum; the core refuses more as well, but only once all their words are read. */
const MOST = 8;

/**
 * What is asked for where it is several things.
 * @param {SampleOptions} options
 * @param {Asking} ask
 */
export async function several(options, ask) {
  const { and, over, into, between, terms } = options;
  const seconds = Object.entries({ and, over, into, between }).filter(([, second]) => second != null);
  if (seconds.length + (terms ? 1 : 0) > 1) {
    throw new MorphogenError("range", "Expected one of terms, and, over, into and between, found several. Three things or more are told as terms.");
  }
  if (between != null && (options.machine ?? "network") !== "network") {
    throw new MorphogenError("range", "Nothing lies between two sets of training images: a machine mixes with and, over, into or terms.");
  }
  const { asked, request } = await (terms ? sum(options, ask) : pair(options, /** @type {[string, string | Second]} */ (seconds[0]), ask));
  const { parts, against } = asked;
  const members = parts.map(({ meaning, condition }) => ({ prompt: meaning.name, condition: /** @type {import("./pack.js").Condition} */ (condition) }));
  // What is looked up of a mix, its nearest training pictures, is that of its first thing.
  return { name: parts[0]?.meaning.name ?? "", label: parts.map(({ meaning }) => meaning.label).join(" + "), captions: parts[0]?.captions ?? undefined, parts: named(parts), members, request: { ...request, against } };
}

/**
 * Two things.
 * @param {SampleOptions} options
 * @param {[string, string | Second]} mixed by the way
 * @param {Asking} ask
 */
async function pair({ prompt, caption }, [way, second], ask) {
  if (prompt == null) throw new MorphogenError("range", `Expected a prompt to mix with “${way}”.`);
  const told = readable(/** @type {Second} */ (typeof second === "string" ? { prompt: second } : second));
  const { weight, region, edge, at, share } = told;
  numbers(way, { weight, edge, at, share });
  if (region !== undefined) choice(`the region of “${way}”`, region, SIDES);
  const asked = await ask([{ prompt: String(prompt), caption }, thing(told, way)]);
  const [condition, other] = asked.parts.map((part) => part.condition);
  return { asked, request: { condition, mix: { way, condition: other, weight, side: region, edge, at, share } } };
}

/**
 * Any sum.
 * @param {SampleOptions} options
 * @param {Asking} ask
 */
async function sum({ prompt, terms }, ask) {
  if (prompt != null) throw new MorphogenError("range", "Expected a prompt or terms, found both: say what the prompt says in a term.");
  if (!Array.isArray(terms)) throw new MorphogenError("range", "Expected the terms as a list.");
  if (terms.length > MOST) throw new MorphogenError("sample-terms", `Expected at most ${MOST} terms, found ${terms.length}.`);
  terms.forEach(readable);
  const told = terms.map(({ weight = 1, region = "everywhere", edge, soft, mask, from, to }, n) => {
    const what = `term ${n + 1}`;
    numbers(what, { weight, edge, soft, from, to });
    choice(`the region of ${what}`, region, ["everywhere", ...SIDES]);
    if (mask !== undefined && !(mask instanceof Float32Array && mask.every(Number.isFinite))) {
      throw new MorphogenError("range", `Expected the mask of ${what} as a Float32Array of finite values.`);
    }
    return { weight, side: region === "everywhere" ? undefined : region, edge, soft, mask: mask && [...mask], from, to };
  });
  const asked = await ask(terms.map((term, n) => thing(term, `term ${n + 1}`)));
  return { asked, request: { terms: told.map((term, n) => ({ ...term, condition: asked.parts[n].condition })) } };
}

/**
 * What each thing was taken for, as whoever asked is told.
 * @param {import("./pack.js").Part[]} parts
 * @returns {import("./morphogen.js").Part[]}
 */
export function named(parts) {
  return parts.map(({ meaning, captions }) => ({ prompt: meaning.name, label: meaning.label, captions: captions ?? undefined }));
}

/**
 * One thing of several.
 * @param {Thing} thing
 * @param {string} what
 */
function thing({ prompt, caption }, what) {
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
