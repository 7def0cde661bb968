/** Tells the package that in the offline file its workers, its wasm and its models are parts of the file. */
import { configure } from "../../pkg/morphogen.js";

/** @type {{ open: (name: string) => Promise<Uint8Array<ArrayBuffer>> | undefined, worker: string, learnWorker?: string }} made by `boot.js` */
const { open, worker, learnWorker } = /** @type {any} */ (globalThis).morphogenOffline;

/** @param {string} code @param {string} name */
function starts(code, name) {
  const script = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  return () => new Worker(script, { name });
}

configure({
  worker: starts(worker, "morphogen"),
  ...(learnWorker ? { learnWorker: starts(learnWorker, "morphogen learning") } : {}),
  wasmUrl: "morphogen:/generated/morphogen_bg.wasm",
  // The wasm has its whole address for a name, models stand in the folder that the address begins with.
  resolve: (url) => open(url) ?? open(url.replace(/^morphogen:\//, "")),
});
