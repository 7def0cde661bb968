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
 * Gives up waiting when the signal fires; the work itself goes on for others.
 * @template T
 * @param {Promise<T>} promise
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<T>}
 */
export function abortable(promise, signal) {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const stop = () => reject(aborted());
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
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
  // Each browser has words of its own for it, and so have bundlers.
  if (name === "ChunkLoadError" || /dynamically imported module|importing a module script/i.test(String(message))) {
    return new MorphogenError("code-missing", "A part of the code could not be fetched. The site may have changed: reload the page.", { cause: thrown });
  }
  if (name === "DataCloneError" || /detached/i.test(String(message))) {
    return new MorphogenError("range", `Expected values that a worker can take: ${message}`, { cause: thrown });
  }
  if (name === "RangeError") {
    const sentence = "There was not enough memory. Close other tabs, or ask for fewer pictures at once.";
    return new MorphogenError("out-of-memory", sentence, { cause: thrown });
  }
  return new MorphogenError("internal", `Something broke inside: ${message ?? thrown}`, { cause: thrown });
}

/**
 * The same function, whose promise rejects with a {@link MorphogenError} whatever is thrown, and whenever.
 * @template {(...all: any[]) => Promise<any>} F
 * @param {F} work
 */
export function settling(work) {
  /** @this {unknown} @param {any[]} all */
  const settled = async function (...all) {
    try {
      return await work.apply(this, all);
    } catch (thrown) {
      throw typed(thrown);
    }
  };
  return /** @type {F} */ (settled);
}

/**
 * Has methods of a class settle so, also where they were taken off their object.
 * @param {{ prototype: any }} Class
 * @param {string[]} names
 */
export function settle({ prototype }, ...names) {
  for (const name of names) Object.defineProperty(prototype, name, { value: settling(prototype[name]), configurable: true, writable: true });
}

/**
 * The core's messages are made to stand behind others; here each stands alone.
 * @param {string} text
 */
function sentence(text) {
  // A file or an address at its beginning stays as it is written.
  const capital = /^\S*[./]\S/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
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
