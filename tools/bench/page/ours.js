/** Morphogen as a page uses it: through the package, in its worker. */

/**
 * @param {import("./page.js").Task} task
 * @param {string} device "webgpu" or "cpu"
 * @returns {Promise<import("./page.js").Engine>}
 */
export async function ours({ network, prompt, steps }, device) {
  const { loadModel } = await import("../../../pkg/morphogen.js");
  const model = await loadModel("/bench-pack/", { device: /** @type {"webgpu" | "cpu"} */ (device), network });
  /** @param {number} count @param {number} steps */
  const draw = async (count, steps) => {
    const sample = await model.sample({ prompt, seed: 0, count, steps, grid: "uniform", solver: "ddim", guidance: 1, prior: false });
    if (model.device !== device) throw new Error(`it fell back to ${model.device}: ${model.notice}`);
    return sample.pixels;
  };
  const pictures = (/** @type {number} */ count, /** @type {number | undefined} */ steps) => model.sample({ prompt, seed: 0, count, steps });
  // A sample of one step is one call of the network, with the trip to the worker on top.
  return { call: (batch) => draw(batch, 1), sample: (batch) => draw(batch, steps.length), pictures };
}
