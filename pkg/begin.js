/**
 * Finished pictures to begin from: what a sample's `from`, `keep`, `soft` and `times` mean to the core. Fetched when one of them is first
 * asked for. The noise is added, and what stays is held fast, in the core.
 */
import { MorphogenError } from "./errors.js";
import { plain } from "./pictures.js";
import { whole } from "./range.js";

/** @typedef {import("./morphogen.js").SampleOptions} SampleOptions */
/** @typedef {import("./sample.js").Size} Size */

/** Pixels that a picture may have before it is shrunk: a browser's decoder takes four bytes for each. */
const MOST = 120e6;

const range = (/** @type {string} */ sentence) => new MorphogenError("range", sentence);

/**
 * The pixels to begin from, one picture for all or one for each, and what of them is asked of the core.
 * @param {SampleOptions} options
 * @param {Size} size
 */
export async function begin({ from, keep, soft = 0, times, start }, size) {
  if (!from) throw range("Expected a picture to begin from, as “from”, beside “keep”, “soft” and “times”.");
  if (start) throw range("Expected pictures to begin from as “start”, noisy, or as “from”, clean; found both.");
  const { image, index, t } = from;
  if (!(t > 0 && t <= 1)) throw new MorphogenError("sample-start", `Expected to begin at a time above 0 and up to 1, found ${t}.`);
  if (keep !== undefined && !(keep instanceof Float32Array && keep.every(Number.isFinite))) {
    throw range("Expected the mask of what stays as a Float32Array of finite values.");
  }
  if (keep?.length && keep.every((value) => value === 1)) {
    throw range("Expected something that is free in the mask of what stays, a value below 1; found that all of the picture stays.");
  }
  if (!Number.isFinite(soft)) throw range(`Expected soft as a number of pixels, found ${soft}.`);
  if (times !== undefined) whole("times", times, 1, 16);
  const pixels = await clean(image, index, size);
  if (!pixels.every(Number.isFinite)) throw range("Expected the picture to begin from as finite values.");
  return { pixels, request: { from: t, clean: true, keep: keep && [...keep], soft, times } };
}

/**
 * Any picture as pixels `[C, H, W]` in [−1, 1]: the middle of it where it has another shape, on white where it is transparent.
 * @param {unknown} image
 * @param {number | undefined} index of the picture, where there are several
 * @param {Size} size
 */
async function clean(image, index, { width, height, channels }) {
  // A sample by what it has: two copies of the package on a page know each other's.
  const pixels = image instanceof Float32Array ? image : /** @type {any} */ (image)?.pixels;
  if (pixels instanceof Float32Array) {
    if (index === undefined && pixels === image) return pixels;
    const length = width * height * channels;
    const [n, count] = [index ?? 0, pixels.length / length];
    if (!(Number.isInteger(n) && n >= 0 && n < count)) throw range(`Expected the number of a picture below ${count}, found ${n}.`);
    return pixels.slice(n * length, (n + 1) * length);
  }
  if (!(image instanceof ImageData || image instanceof Blob)) {
    throw range("Expected the picture to begin from as a Float32Array, an ImageData, a Blob or a sample.");
  }
  const same = image instanceof ImageData && image.width === width && image.height === height;
  return Float32Array.from(plain(same ? image : await fitted(image, width, height), channels === 1 ? 1 : 3), (byte) => byte / 127.5 - 1);
}

/**
 * The middle of a picture in another size, on white.
 * @param {ImageData | Blob} source
 * @param {number} width
 * @param {number} height
 */
export async function fitted(source, width, height) {
  const image = source instanceof Blob ? await opened(source) : source;
  const [w, h] = image instanceof ImageData ? [image.width, image.height] : [image.naturalWidth, image.naturalHeight];
  const scale = Math.min(w / width, h / height);
  const [across, down] = [width, height].map((side) => Math.max(1, Math.round(side * scale)));
  const place = /** @type {const} */ ([Math.floor((w - across) / 2), Math.floor((h - down) / 2), across, down]);
  // Shrunk while it is decoded: a photograph need not be there in full.
  const bitmap = await createImageBitmap(image, ...place, { resizeWidth: width, resizeHeight: height, resizeQuality: "high" }).catch(unreadable);
  const context = /** @type {CanvasRenderingContext2D} */ (Object.assign(document.createElement("canvas"), { width, height }).getContext("2d"));
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return context.getImageData(0, 0, width, height);
}

/**
 * A file as an image whose size is known, and that is not decoded yet.
 * @param {Blob} file
 */
export async function opened(file) {
  const image = new Image();
  const address = URL.createObjectURL(file);
  try {
    await new Promise((resolve, reject) => {
      image.onload = resolve;
      image.onerror = reject;
      image.src = address;
    }).catch(unreadable);
  } finally {
    URL.revokeObjectURL(address);
  }
  const { naturalWidth: width, naturalHeight: height } = image;
  if (width * height > MOST) {
    throw range(`This picture has ${width} × ${height} pixels, more than the ${MOST / 1e6} million that can be opened here; make it smaller first.`);
  }
  if (!(width && height)) throw range("This picture does not say how large it is; save it as a PNG first.");
  return image;
}

/** @returns {never} */
function unreadable() {
  throw range("This file could not be read as a picture; PNG, JPEG and WebP can.");
}
