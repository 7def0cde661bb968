/** Tells the package that in the offline file its worker, its wasm and its models are parts of the file. */
import { configure } from "../../pkg/morphogen.js";

/** @type {{ open: (name: string) => Promise<Uint8Array<ArrayBuffer>> | undefined, worker: string }} made by `boot.js` */
const { open, worker } = /** @type {any} */ (globalThis).morphogenOffline;
const script = URL.createObjectURL(new Blob([worker], { type: "text/javascript" }));

configure({
  worker: () => new Worker(script, { name: "morphogen" }),
  wasmUrl: "morphogen:/generated/morphogen_bg.wasm",
  // The wasm has its whole address for a name, models stand in the folder that the address begins with.
  resolve: (url) => open(url) ?? open(url.replace(/^morphogen:\//, "")),
});
