/**
 * The second wasm, with the analytic machines and the reactions: fetched and started in the worker when one of them is first
 * asked for, so that a first picture does not wait for it.
 */
import { compile } from "./compile.js";
import { Shared } from "./download.js";
import * as glue from "./generated/theory.js";

/** The wasm that runs, and its module for further workers. */
export const second = new Shared(async (signal) => {
  const core = await compile(glue, new URL("./generated/theory_bg.wasm", import.meta.url).href, signal);
  return { glue, module: core.module };
});
