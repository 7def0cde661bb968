// The package's worker in a browser without relaxed SIMD, given as `workerUrl`.
// Beside the page that is tested, whatever its faults.
// @ts-expect-error: where the server puts the package is not where it lies in the repository.
import "../pkg/worker.js";

const { validate } = WebAssembly;
WebAssembly.validate = (bytes) => {
  const relaxedMultiplyAdd = "253,133,2";
  return !new Uint8Array(/** @type {ArrayBuffer} */ (bytes)).join().includes(relaxedMultiplyAdd) && validate(bytes);
};
