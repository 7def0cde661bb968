// The package's worker, counted; given as `workerUrl`.
import "./counting.js";
// @ts-expect-error: where the server puts the package is not where it lies in the repository.
import "../pkg/worker.js";
