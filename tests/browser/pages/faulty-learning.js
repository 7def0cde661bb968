// The same of the worker that learns, given as `learnWorker`.
// @ts-expect-error: where the server puts the package is not where it lies in the repository.
import "../pkg/learn-worker.js";
import "./faults.js";
