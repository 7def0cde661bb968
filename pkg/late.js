/** What few pages use: its code is fetched when it is first called. */

/**
 * Turing's cells on a torus, in the shared worker.
 * @param {import("./morphogen.js").ReactionOptions} [options]
 */
export const reaction = async (options) => (await import("./reaction.js")).reaction(options);
