/** Tells the package that in the offline file its worker, its wasm and its models are parts of the file. */
import { configure } from "../../pkg/morphogen.js";

/** @type {{ open: (name: string) => Promise<Uint8Array<ArrayBuffer>> | undefined, worker: string }} made by `boot.js` */
const { open, worker } = /** @type {any} */ (globalThis).morphogenOffline;
const script = URL.createObjectURL(new Blob([worker], { type: "text/javascript" }));
const folder = new URL(".", location.href).href;

configure({
  worker: () => new Worker(script, { name: "morphogen" }),
  wasmUrl: "morphogen:/generated/morphogen_bg.wasm",
  resolve: (url) => open(url.replace(folder, "")),
});
