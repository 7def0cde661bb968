// The package's worker behind a GPU that fails as its address says (`faults.js`), given as `workerUrl`.
// Beside the page that is tested, whatever its faults.
// @ts-expect-error: where the server puts the package is not where it lies in the repository.
import "../pkg/worker.js";
import "./faults.js";
