/**
 * Counts, over a file of grey pictures, those in which more than two parts stand side by side: the third legs that the essay's
 * chapter on fingers speaks of. Takes samples as `morphogen sample` writes them and training images of a pack.
 *
 *     morphogen sample --pack www/models/fashion --network resnet --prompt trouser --count 60 --output resnet.safetensors
 *     morphogen sample --pack www/models/fashion --network unet --prompt trouser --count 256 --output unet.safetensors
 *     node tools/parts.mjs resnet.safetensors unet.safetensors www/models/fashion/training/trouser.safetensors.zz
 */
import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import { sideBySide } from "../www/essay/pixels.js";

/** A trouser has two. */
const USUAL = 2;

/**
 * Grey pictures of a safetensors file with one tensor `[N, 1, H, W]`: f32 in [−1, 1], or bytes.
 * @param {Buffer} bytes
 */
function pictures(bytes) {
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const [tensor] = Object.entries(JSON.parse(bytes.toString("utf8", 8, start))).filter(([name]) => name !== "__metadata__");
  const { dtype, shape, data_offsets: offsets } = /** @type {{ dtype: string, shape: number[], data_offsets: number[] }} */ (tensor[1]);
  const [count, channels, height, width] = shape;
  if (channels !== 1 || (dtype !== "F32" && dtype !== "U8")) throw new Error(`expected grey pictures, F32 or U8, found ${dtype} [${shape}]`);
  const data = new Uint8Array(bytes.subarray(start + offsets[0], start + offsets[1]));
  const values = dtype === "F32" ? new Float32Array(data.buffer) : Float32Array.from(data, (value) => value / 127.5 - 1);
  const size = height * width;
  return Array.from({ length: count }, (_, n) => ({ pixels: values.subarray(n * size, (n + 1) * size), width }));
}

for (const path of process.argv.slice(2)) {
  const bytes = readFileSync(path);
  const all = pictures(path.endsWith(".zz") ? inflateSync(bytes) : bytes);
  const odd = all.filter(({ pixels, width }) => sideBySide(pixels, width).count > USUAL);
  console.log(`${path}: ${odd.length} of ${all.length} have more than ${USUAL} parts side by side`);
}
