/**
 * Learning steps of TensorFlow.js beside ours, in one browser, one processor: pictures a second of the same convolutions at
 * 16 × 16 in grey, batches of 32, with Adam. Theirs have no embedding of time and class, and the same noisy pictures every time.
 *
 *     (cd tools/bench/tfjs && npm ci)
 *     node tools/bench/tfjs.mjs [--steps N]
 *
 * Its wasm backend knows no gradient of a convolution's weights, so there convolutions are written as products of matrices, whose gradients
 * it has; its plain backend takes them as they are.
 */
import { existsSync } from "node:fs";
import { build } from "esbuild";
import { launched } from "../browser.mjs";
import { serve } from "../serve.mjs";

const FOLDER = "tools/bench/tfjs/node_modules/@tensorflow";
const at = process.argv.indexOf("--steps");
const steps = at > 0 ? Number(process.argv[at + 1]) : 40;
if (!existsSync(FOLDER)) {
  console.error("TensorFlow.js is not there: (cd tools/bench/tfjs && npm ci)");
  process.exit(1);
}
const site = await serve({
  mounts: [
    ["/tests", "tests/browser/pages"],
    ["/tensorflow", FOLDER],
  ],
});
const browser = await launched();
try {
  const page = await browser.newPage();
  await page.goto(`${site.url}tests/blank.html`);
  await bundled();
  await page.addScriptTag({ url: `${site.url}tensorflow/bundled.js` });
  for (const network of /** @type {const} */ (["unet", "short-sighted"])) {
    const ours = await page.evaluate(learned, { network, steps });
    console.log(`${network}, Morphogen: ${ours} pictures/s`);
    for (const [backend, way, count] of /** @type {const} */ ([
      ["wasm", "conv2d", 2],
      ["wasm", "matrices", steps],
      ["cpu", "conv2d", 1],
    ])) {
      const theirs = await page.evaluate(trained, { network, backend, way, steps: count, wasm: `${site.url}tensorflow/tfjs-backend-wasm/dist/` });
      console.log(`${network}, TensorFlow.js, ${backend} backend, ${way}: ${typeof theirs === "string" ? theirs : `${theirs.toFixed(1)} pictures/s, ours ${(ours / theirs).toFixed(1)} ×`}`);
    }
  }
} finally {
  await browser.close();
  await site.close();
}

/** Both packages as one script beside them, which leaves `tf` behind. */
async function bundled() {
  const contents = `import * as tf from "@tensorflow/tfjs"; import * as wasm from "@tensorflow/tfjs-backend-wasm"; globalThis.tf = { ...tf, wasm };`;
  const entry = { contents, resolveDir: "tools/bench/tfjs" };
  const node = ["fs", "path", "perf_hooks", "os", "worker_threads"];
  await build({ stdin: entry, bundle: true, format: "iife", minify: true, outfile: `${FOLDER}/bundled.js`, logLevel: "error", external: node });
}

/**
 * In the page: ours, one worker.
 * @param {{ network: "unet" | "short-sighted", steps: number }} wish
 */
async function learned({ network, steps }) {
  const code = (/** @type {string} */ file) => import(new URL(`../pkg/${file}`, location.href).href);
  const [{ learn }, { loadModel }] = await Promise.all([code("learn.js"), code("morphogen.js")]);
  const model = await loadModel("../models/fashion/", { device: "cpu" });
  const run = await learn({ model, prompts: ["ankle boot"], count: 600, network, workers: 1, steps: steps + 10, paused: true });
  run.resume();
  let start = 0;
  let before = 0;
  for await (const { step } of run) {
    // What is compiled on the way does not count.
    if (start === 0 && step >= 10) [start, before] = [performance.now(), step];
  }
  const mean = (1000 * 32 * (run.losses.length - before)) / (performance.now() - start);
  run.close();
  model.close();
  return Math.round(mean);
}

/**
 * In the page: theirs; what it says where it cannot.
 * @param {{ network: string, backend: string, way: string, steps: number, wasm: string }} wish
 */
async function trained({ network, backend, way, steps, wasm }) {
  const { tf } = /** @type {any} */ (globalThis);
  if (backend === "wasm") {
    tf.wasm.setWasmPaths(wasm);
    tf.wasm.setThreadsCount(1);
  }
  await tf.setBackend(backend);
  await tf.ready();
  /** Weights in the order in which they are met. @type {any[]} */
  const weights = [];
  let next = 0;
  /** @param {any} x @param {number} outputs @param {{ stride?: number, activation?: boolean }} [how] */
  const convolve = (x, outputs, { stride = 1, activation = true } = {}) => {
    const [batch, side, , inputs] = x.shape;
    const shape = [3, 3, inputs, outputs];
    if (next === weights.length) weights.push([tf.variable(tf.randomNormal(shape, 0, Math.sqrt(2 / (9 * inputs)))), tf.variable(tf.zeros([outputs]))]);
    const [kernel, bias] = weights[next++];
    let sums;
    if (way === "conv2d") sums = tf.conv2d(x, kernel, stride, stride === 1 ? "same" : [[0, 0], [1, 1], [1, 1], [0, 0]]); // prettier-ignore
    else {
      const padded = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]); // prettier-ignore
      const made = side / stride;
      const tap = (/** @type {number} */ n) => {
        const whole = tf.slice(padded, [0, Math.floor(n / 3), n % 3, 0], [batch, side, side, inputs]);
        if (stride === 1) return whole;
        return tf.reshape(tf.slice(tf.reshape(whole, [batch * made, 2, made, 2 * inputs]), [0, 0, 0, 0], [batch * made, 1, made, inputs]), [batch, made, made, inputs]);
      };
      const columns = tf.concat([0, 1, 2, 3, 4, 5, 6, 7, 8].map(tap), 3);
      const product = tf.matMul(tf.reshape(columns, [batch * made * made, 9 * inputs]), tf.reshape(kernel, [9 * inputs, outputs]));
      sums = tf.reshape(product, [batch, made, made, outputs]);
    }
    sums = tf.add(sums, bias);
    return activation ? tf.relu(sums) : sums;
  };
  const residual = (/** @type {any} */ x) => tf.add(x, convolve(x, x.shape[3]));
  const doubled = (/** @type {any} */ x) => {
    const [batch, side, , channels] = x.shape;
    const wide = tf.concat([tf.reshape(x, [batch * side * side, 1, channels]), tf.reshape(x, [batch * side * side, 1, channels])], 1);
    const row = tf.reshape(wide, [batch * side, 1, 2 * side * channels]);
    return tf.reshape(tf.concat([row, row], 1), [batch, 2 * side, 2 * side, channels]);
  };
  const predict = (/** @type {any} */ x) => {
    next = 0;
    if (network !== "unet") {
      let value = convolve(x, 24);
      for (let layer = 0; layer < 4; layer += 1) value = residual(value);
      return convolve(value, 1, { activation: false });
    }
    const first = residual(convolve(x, 16));
    const second = residual(convolve(first, 32, { stride: 2 }));
    const third = residual(convolve(second, 64, { stride: 2 }));
    const up = residual(convolve(tf.concat([doubled(third), second], 3), 32));
    return convolve(residual(convolve(tf.concat([doubled(up), first], 3), 16)), 1, { activation: false });
  };
  try {
    const [noisy, target] = [tf.randomNormal([32, 16, 16, 1]), tf.randomNormal([32, 16, 16, 1])];
    const optimizer = tf.train.adam(0.003);
    const step = async () => {
      const loss = optimizer.minimize(() => tf.mean(tf.square(tf.sub(predict(noisy), target))), true);
      await loss.data();
      loss.dispose();
    };
    // Weights are made by a first pass, which the optimiser does not see.
    tf.tidy(() => void predict(noisy));
    await step();
    const start = performance.now();
    for (let n = 0; n < steps; n += 1) await step();
    return (32_000 * steps) / (performance.now() - start);
  } catch (thrown) {
    return /** @type {Error} */ (thrown).message.split("\n")[0];
  } finally {
    tf.disposeVariables();
  }
}
