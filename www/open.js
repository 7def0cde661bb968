/** Opens what an address names, for the page and for frames; a model or network that is not there is left at its default. */
import { PACKS } from "./state.js";

/**
 * What of an address has to be left at its default for a model to open after this error, if anything can.
 * @param {string | undefined} code of the error
 * @param {{ model: string, network: string }} asked
 * @returns {"network" | "model" | undefined}
 */
export function astray(code, { model, network }) {
  if (code === "pack-unknown" && network) return "network";
  // A frame without an origin cannot tell a missing file from one that it may not read.
  const missing = code === "http" || code === "content-type" || code === "cors";
  return missing && !PACKS.some(({ name }) => name === model) ? "model" : undefined;
}

/**
 * @template T
 * @param {import("./state.js").State} state what is astray in it is put right
 * @param {(state: import("./state.js").State) => Promise<T>} open
 * @returns {Promise<T>}
 */
export async function opened(state, open) {
  try {
    return await open(state);
  } catch (thrown) {
    const what = astray(Object(thrown).code, state);
    if (!what) throw thrown;
    state.network = "";
    if (what === "model") state.model = PACKS[0].name;
    return opened(state, open);
  }
}
