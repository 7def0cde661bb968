/** The last picture of a widget, from what its notebook has kept: for a cell that has no kernel, and for a second view. */

/**
 * Paints it; gives false where there is none.
 * @param {Pick<import("./afm.js").Host, "get">} model
 * @param {HTMLCanvasElement} canvas
 */
export function paint(model, canvas) {
  const image = /** @type {DataView | undefined} */ (model.get("image"));
  const [count, height, width, channels] = /** @type {number[]} */ (model.get("shape") ?? []);
  const plane = height * width;
  if (!image || !plane || image.byteLength !== count * plane * channels) return false;
  const columns = Math.ceil(Math.sqrt(count));
  canvas.width = width * columns;
  canvas.height = height * Math.ceil(count / columns);
  const context = canvas.getContext("2d");
  for (let n = 0; n < count; n += 1) {
    const picture = new ImageData(width, height);
    for (let q = 0; q < plane; q += 1) {
      for (let c = 0; c < 3; c += 1) picture.data[4 * q + c] = image.getUint8((n * plane + q) * channels + (channels === 3 ? c : 0));
      picture.data[4 * q + 3] = 255;
    }
    context?.putImageData(picture, (n % columns) * width, Math.floor(n / columns) * height);
  }
  canvas.ariaLabel = `${model.get("label") || "Picture"}, drawn by a diffusion model from seed ${model.get("seed") ?? 0}`;
  return true;
}

/** A canvas that stands in the place of a picture until there is one. */
export function poster() {
  const canvas = document.createElement("canvas");
  canvas.slot = "poster";
  canvas.role = "img";
  Object.assign(canvas.style, { width: "100%", height: "100%", objectFit: "contain", imageRendering: "pixelated" });
  return canvas;
}
