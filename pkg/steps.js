/** A sample as a stream of its steps. Fetched when steps are first walked one by one. */
import { readable } from "./range.js";

/** @typedef {import("./sample.js").Frame} Frame */
/** @typedef {import("./sample.js").Sample} Sample */

/**
 * The steps of a sample, from pure noise on. Leaving the loop cancels it.
 * @param {import("./model.js").Model} model
 * @param {import("./morphogen.js").SampleOptions} options
 * @returns {AsyncGenerator<Frame, Sample, void>}
 */
export async function* steps(model, options) {
  const { signal } = readable(options);
  const controller = new AbortController();
  const stop = () => controller.abort();
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted) stop();
  /** @type {Frame[]} */
  const ready = [];
  let wake = () => {};
  let finished = false;
  const onStep = (/** @type {Frame} */ frame) => {
    ready.push(frame);
    options.onStep?.(frame);
    wake();
  };
  const result = model.sample({ ...options, signal: controller.signal, onStep });
  const end = () => ((finished = true), wake());
  result.then(end, end);
  try {
    for (;;) {
      const frame = ready.shift();
      if (frame) yield frame;
      else if (finished) return await result;
      else await new Promise((resolve) => (wake = () => resolve(undefined)));
    }
  } finally {
    signal?.removeEventListener("abort", stop);
    stop();
  }
}
