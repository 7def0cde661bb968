// The package's worker, twenty times less patient, given as `workerUrl`.
const wait = setTimeout;
globalThis.setTimeout = /** @type {typeof setTimeout} */ ((/** @type {() => void} */ act, /** @type {number} */ delay = 0) => wait(act, delay / 20));
// @ts-expect-error: where the server puts the package is not where it lies in the repository.
import "../pkg/worker.js";
