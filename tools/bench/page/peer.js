/** onnxruntime-web on the same weights, with the sampling loop that a careful page would write around it. */

const DIST = "/ort/";

/**
 * @param {import("./page.js").Task} task
 * @param {string} device "webgpu" or "wasm"
 * @returns {Promise<import("./page.js").Engine>}
 */
export async function peer(task, device) {
  /** @type {typeof import("onnxruntime-web")} */
  const ort = await import(`${DIST}ort.${device}.min.mjs`);
  ort.env.wasm.wasmPaths = DIST;
  // One thread: more need headers that few sites send, and ours uses one.
  ort.env.wasm.numThreads = 1;
  const { channels, height, width } = task.image;
  const pixels = channels * height * width;
  const model = new Uint8Array(await (await fetch("/bench-data/model.onnx")).arrayBuffer());
  const session = await ort.InferenceSession.create(model, { executionProviders: [device], graphOptimizationLevel: "all" });

  /** @param {Float32Array} x @param {number} step */
  const predict = async (x, step) => {
    const feeds = {
      x: new ort.Tensor("float32", x, [x.length / pixels, channels, height, width]),
      shifts: new ort.Tensor("float32", task.shifts[step], [1, task.shifts[step].length, 1, 1]),
    };
    const { predicted } = await session.run(feeds);
    const values = /** @type {Float32Array} */ (await predicted.getData());
    predicted.dispose();
    return values;
  };
  /** @param {number} batch */
  const noise = (batch) => task.noise.slice(0, batch * pixels);

  return {
    call: (batch) => predict(noise(batch), 0),
    async sample(batch) {
      const x = noise(batch);
      for (const [step, [a, s, keep, add]] of task.steps.entries()) {
        const predicted = await predict(x, step);
        for (let i = 0; i < x.length; i += 1) {
          const clean =
            task.prediction === "clean" ? predicted[i]
            : task.prediction === "velocity" ? a * x[i] - s * predicted[i]
            : (x[i] - s * predicted[i]) / a;
          x[i] = keep * x[i] + add * Math.min(1, Math.max(-1, clean));
        }
      }
      return x;
    },
  };
}
