/**
 * The pictures that a network learns from, all of one small size: garments of one kind out of the pack, or the reader's own out
 * of files, or the training pictures of a pack that was saved.
 */
import { MOST, opened, packed, resized } from "../essay/figures/pictures-source.js";

/** @typedef {import("../essay/figure.js").Host} Host */
/** @typedef {import("../pkg/morphogen.js").Model} Model */
/** @typedef {{ images: ImageData[], own: boolean, said: string }} Chosen `said`: what was left out */

/** Pixels a side: at this size a network learns in a minute. */
export const SIDE = 16;
export const KINDS = ["ankle-boot", "sneaker", "sandal", "trouser", "t-shirt", "pullover", "dress", "coat", "shirt", "bag"];

/**
 * Garments of one kind, at half their size.
 * @param {Host} host
 * @param {string} kind
 * @param {AbortSignal} signal
 * @returns {Promise<ImageData[]>}
 */
export async function garments(host, kind, signal) {
  const { loading, models, keep } = host.world;
  let model = loading.get("garments");
  if (!model) {
    // The smallest network of the pack: it is the pictures that are wanted.
    model = host.package.loadModel(new URL("fashion/", models), { device: "cpu", network: "resnet" });
    loading.set("garments", model);
    model.catch(() => loading.delete("garments"));
  }
  const { data, size, count } = await (await model).training(kind.replace("-", kind === "t-shirt" ? "-" : " "), signal);
  keep(["models/fashion/manifest.json", `models/fashion/training/${kind}.safetensors.zz`]);
  return Array.from({ length: count }, (_, n) => halved(data.subarray(n * size.width ** 2, (n + 1) * size.width ** 2), size.width));
}

/**
 * A grey picture at half its size, in the middle of a black ground: means of two by two pixels.
 * @param {Uint8Array} pixels
 * @param {number} side
 */
function halved(pixels, side) {
  const image = new ImageData(SIDE, SIDE);
  const margin = SIDE - side / 2;
  const at = (/** @type {number} */ row, /** @type {number} */ column) => (Math.min(row, column) >= 0 && Math.max(row, column) < side ? pixels[row * side + column] : 0);
  for (let q = 0; q < SIDE * SIDE; q += 1) {
    const [row, column] = [2 * Math.floor(q / SIDE) - margin, 2 * (q % SIDE) - margin];
    const sum = at(row, column) + at(row, column + 1) + at(row + 1, column) + at(row + 1, column + 1);
    image.data.fill(sum / 4, 4 * q, 4 * q + 3);
    image.data[4 * q + 3] = 255;
  }
  return image;
}

/**
 * Pictures out of files, or the training pictures of a pack.
 * @param {Host} host
 * @param {File[]} files
 * @param {AbortSignal} signal
 * @returns {Promise<{ images: ImageData[], said: string, model?: Model } | undefined>} nothing where there is no picture; the model of a pack that can draw
 */
export async function fromFiles(host, files, signal) {
  const source = await opened(files, SIDE, signal);
  if (source) {
    const said = [source.left > 0 && host.t("left", { n: source.left }), source.more && host.t("most", { most: MOST })];
    return { images: source.draw(SIDE), said: said.filter(Boolean).join(" ") };
  }
  const file = files.find(packed);
  if (!file) return undefined;
  const model = await host.package.loadModel(file, { device: host.world.device, signal });
  const { prompts, training, networks } = model.info;
  const prompt = prompts.find(({ name }) => Object.hasOwn(training, name))?.name;
  if (prompt === undefined) throw new host.package.MorphogenError("range", host.t("noImages"));
  const found = await model.training(prompt, signal);
  const images = Array.from({ length: Math.min(found.count, MOST) }, (_, n) => found.toImageData(n));
  if (networks.length === 0) model.close();
  return { images: resized(images, SIDE), said: "", model: networks.length > 0 ? model : undefined };
}

/** Whether any picture has a colour. @param {ImageData[]} images */
export const coloured = (images) => images.some(({ data }) => data.some((value, i) => i % 4 < 2 && Math.abs(value - data[i + 1]) > 12));

/**
 * Pixels `[C, H, W]` in [−1, 1] of a picture.
 * @param {ImageData} image
 * @param {1 | 3} channels
 */
export function pixelsOf({ data }, channels) {
  const area = data.length / 4;
  return Float32Array.from({ length: channels * area }, (_, i) => data[4 * (i % area) + Math.floor(i / area)] / 127.5 - 1);
}
