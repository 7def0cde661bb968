/**
 * The second wasm, with the analytic machines, the reactions and the films: fetched and started in the worker when one of them is first
 * asked for, so that a first picture does not wait for it.
 */
import { compile, further } from "./compile.js";
import { Shared } from "./download.js";
import * as glue from "./generated/theory.js";

/** The wasm that runs, and its module for further workers. */
export const second = new Shared(async (signal) => {
  // Written so that bundlers see the file in it.
  const usual = new URL("./generated/theory_bg.wasm", import.meta.url).href;
  return compile(glue, further.url ?? new URL(usual, further.base).href, signal);
});

/**
 * What is to be drawn for a film, or the file that its frames become.
 * @param {{ course: object } | { pixels: Float32Array, wish: object }} message
 * @param {{ signal: AbortSignal }} context
 * @returns {Promise<object | Uint8Array>}
 */
export async function film(message, { signal }) {
  const { glue } = await second.get(signal);
  if ("course" in message) return JSON.parse(glue.planFilm(JSON.stringify(message.course)));
  return glue.encodeFilm(message.pixels, JSON.stringify(message.wish));
}
