/** Peak wasm memory of one sample: the package's core driven on this thread, as its worker drives it. */
import init, { Pack } from "../../../pkg/generated/morphogen.js";

/**
 * @param {string} network
 * @param {string} device "webgpu" or "cpu"
 * @returns {Promise<number>} bytes; wasm memory never shrinks, so its size at the end is its peak
 */
export async function memory(network, device) {
  /** @param {string} file */
  const bytes = async (file) => new Uint8Array(await (await fetch(`/models/fashion/${file}`)).arrayBuffer());
  const { memory } = await init({ module_or_path: "/pkg/generated/morphogen_bg.wasm" });
  const manifest = await bytes("manifest.json");
  const { networks } = JSON.parse(new TextDecoder().decode(manifest));
  const model = await Pack.open(manifest).load(network, await bytes(networks[network].file), device);
  const wish = { seed: 0, count: 1, steps: 20, grid: "uniform", solver: "ddim", guidance: 1, frames: true, condition: { class: 0 } };
  await model.sample(JSON.stringify(wish), () => true, () => Promise.resolve());
  return memory.buffer.byteLength;
}
