/** Peak wasm memory of one sample: the package's core driven on this thread, as its worker drives it. */
import init, { Pack } from "../../../pkg/generated/morphogen.js";
import { unpacked } from "../../../pkg/inflate.js";

/**
 * @param {string} network
 * @param {string} device "webgpu" or "cpu"
 * @param {string} prompt
 * @returns {Promise<number>} bytes; wasm memory never shrinks, so its size at the end is its peak
 */
export async function memory(network, device, prompt) {
  /** @param {string} file */
  const bytes = async (file) => new Uint8Array(await (await fetch(`/bench-pack/${file}`)).arrayBuffer());
  const { memory } = await init({ module_or_path: "/pkg/generated/morphogen_bg.wasm" });
  const manifest = await bytes("manifest.json");
  const { networks, text } = JSON.parse(new TextDecoder().decode(manifest));
  const pack = Pack.open(manifest);
  if (text) pack.learn(await bytes(text.words));
  const ask = { things: [{ prompt }], prior: false, seed: 0, count: 1 };
  const { condition } = JSON.parse(pack.ask(JSON.stringify(ask), "", "")).parts[0];
  const { file, guidance } = networks[network];
  const packed = await bytes(file);
  const limit = pack.weightsLimit(network);
  const weights = limit === undefined ? packed : await unpacked(file, packed, limit);
  const model = await pack.load(network, weights, device);
  const wish = { seed: 0, count: 1, steps: 8, grid: "early", solver: "ddim", guidance, frames: true, condition };
  await model.sample(JSON.stringify(wish), () => true, () => Promise.resolve());
  return memory.buffer.byteLength;
}
