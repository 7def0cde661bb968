/**
 * The page in which the benchmark runs: `bench.prepare(engine)`, then `bench.call(engine, batch)` and
 * `bench.sample(engine, batch)`, each answering with milliseconds. Engines: `ours-webgpu`, `ours-cpu`, `ort-webgpu`,
 * `ort-wasm`.
 */
import { ours } from "./ours.js";
import { peer } from "./peer.js";

/**
 * One engine with its model loaded.
 * @typedef {object} Engine
 * @property {(batch: number) => Promise<unknown>} call one call of the network on the host's data, answer read back
 * @property {(count: number, steps?: number) => Promise<unknown>} [pictures] finished pictures as people draw them, with the guidance and the steps of the pack
 * @property {(batch: number) => Promise<Float32Array>} sample finished pictures `[B, C, H, W]` of the seeds 0, 1, …
 */

/**
 * What the exporter wrote beside the model (examples/onnx).
 * @typedef {object} Task
 * @property {string} network
 * @property {string} prompt
 * @property {{ channels: number, height: number, width: number }} image
 * @property {"velocity" | "noise" | "clean"} prediction
 * @property {number} batch
 * @property {number} checked
 * @property {[a: number, s: number, x: number, denoised: number][]} steps
 * @property {Float32Array[]} shifts per step `[S]`
 * @property {Float32Array} noise `[batch, C, H, W]`
 * @property {Float32Array} pictures burn's answer, `[checked, C, H, W]`
 */

/** @returns {Promise<Task>} */
async function fetchTask() {
  const [facts, buffer] = await Promise.all([
    fetch("/bench-data/sample.json").then((response) => response.json()),
    fetch("/bench-data/sample.f32").then((response) => response.arrayBuffer()),
  ]);
  let at = 0;
  /** @param {number} length */
  const take = (length) => new Float32Array(buffer, 4 * at, ((at += length), length));
  const pixels = facts.image.channels * facts.image.height * facts.image.width;
  const shifts = facts.steps.map(() => take(facts.shifts));
  return { ...facts, shifts, noise: take(facts.batch * pixels), pictures: take(facts.checked * pixels) };
}

/** @type {Map<string, Engine>} */
const engines = new Map();

/** @param {string} name */
async function prepare(name) {
  const task = await fetchTask();
  const [kind, device] = name.split("-");
  const engine = kind === "ours" ? await ours(task, device) : await peer(task, device);
  engines.set(name, engine);
}

/** @param {string} name */
function ready(name) {
  const engine = engines.get(name);
  if (!engine) throw new Error(`${name} was not prepared`);
  return engine;
}

/** @param {() => Promise<unknown>} work */
async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const bench = {
  prepare,
  /** @param {string} name @param {number} batch */
  call: (name, batch) => timed(() => ready(name).call(batch)),
  /** @param {string} name @param {number} batch */
  sample: (name, batch) => timed(() => ready(name).sample(batch)),
  /**
   * Pictures as people draw them; with all steps unless told how many.
   * @param {string} name @param {number} count @param {number} [steps]
   */
  pictures: (name, count, steps) => timed(async () => ready(name).pictures?.(count, steps)),
  /**
   * Largest difference of a sample from burn's.
   * @param {string} name
   */
  async difference(name) {
    const { checked, pictures } = await fetchTask();
    const drawn = await ready(name).sample(checked);
    return pictures.reduce((worst, value, i) => Math.max(worst, Math.abs(value - drawn[i])), 0);
  },
  /**
   * Cold start: from the navigation to a finished picture.
   * @param {string} name
   */
  async first(name) {
    await prepare(name);
    await ready(name).sample(1);
    return performance.now();
  },
};
/** @typedef {typeof bench} Bench */

Object.assign(globalThis, { bench });
