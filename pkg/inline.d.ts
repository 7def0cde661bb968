/** The package with worker and wasm inside the module; see {@link configure} for the hooks that it uses. */
export * from "./morphogen.js";

/** The content of a file that this module carries; nothing for any other address. For a `resolve` of your own. */
export function inlined(url: string): Promise<Uint8Array<ArrayBuffer>> | undefined;
