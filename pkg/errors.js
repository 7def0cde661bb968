/**
 * One kind of error for the whole package: a stable `code` for programs, a `message` for people.
 * Codes are listed in README.md; those that begin with `pack-`, `prompt-`, `sample-` and `gpu-` come from the core.
 */

/** What every promise of this package rejects with. */
export class MorphogenError extends Error {
  /**
   * @param {string} code stable, lower case with dashes
   * @param {string} message a sentence for people
   * @param {{ cause?: unknown, suggestions?: string[] }} [more]
   */
  constructor(code, message, more = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    // `AbortError` is the name that code written for `fetch` looks for.
    this.name = code === "aborted" ? "AbortError" : "MorphogenError";
    /** Stable, lower case with dashes. */
    this.code = code;
    /** For `prompt-unknown`: what the model can draw instead, nearest first. */
    this.suggestions = more.suggestions ?? [];
  }
}

/** The answer to an aborted signal. */
export function aborted() {
  return new MorphogenError("aborted", "Cancelled.");
}

/**
 * Turns whatever was thrown into a {@link MorphogenError}.
 * @param {unknown} thrown
 * @returns {MorphogenError}
 */
export function typed(thrown) {
  if (thrown instanceof MorphogenError) return thrown;
  const { name, code, message, suggestions } = /** @type {Partial<MorphogenError>} */ (Object(thrown));
  if (typeof code === "string") return new MorphogenError(code, sentence(String(message)), { cause: thrown, suggestions });
  if (name === "AbortError") return aborted();
  if (name === "RangeError") {
    const sentence = "There was not enough memory. Close other tabs, or ask for fewer pictures at once.";
    return new MorphogenError("out-of-memory", sentence, { cause: thrown });
  }
  return new MorphogenError("internal", `Something broke inside: ${message ?? thrown}`, { cause: thrown });
}

/**
 * The core's messages are made to stand behind others; here each stands alone.
 * @param {string} text
 */
function sentence(text) {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?!]$/.test(capital) ? capital : `${capital}.`;
}

/**
 * An error as plain data, to cross from worker to page.
 * @param {unknown} thrown
 */
export function pack(thrown) {
  const { code, message, suggestions } = typed(thrown);
  return { code, message, suggestions };
}
