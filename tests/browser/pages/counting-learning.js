// The worker that learns, counted; given as `learnWorker`.
import "./counting.js";
// @ts-expect-error: where the server puts the package is not where it lies in the repository.
import "../pkg/learn-worker.js";
