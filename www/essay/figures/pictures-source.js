/** Pictures out of files and folders, made small and square, and a single photograph cut into tiles. */

/** Most pictures of a set. */
export const MOST = 600;
/** A photograph's shorter side, in tiles; they overlap by half. */
const ACROSS = 6;

/** @typedef {{ count: number, cut: boolean, draw: (side: number) => ImageData[] }} Source pictures at any size; `cut` where they are tiles of one */

/**
 * Files that were dropped, those inside folders, too.
 * @param {DataTransfer} transfer
 * @returns {Promise<File[]>}
 */
export async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const found = await Promise.all(entries.map(files));
  return found.flat().slice(0, MOST);
}

/**
 * @param {FileSystemEntry} entry
 * @returns {Promise<File[]>}
 */
async function files(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => /** @type {FileSystemFileEntry} */ (entry).file(resolve, reject))];
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  /** @type {File[]} */
  const found = [];
  while (found.length < MOST) {
    /** @type {FileSystemEntry[]} */
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) break;
    found.push(...(await Promise.all(some.map(files))).flat());
  }
  return found;
}

/** Whether a file may be a pack. @param {File} file */
export const packed = ({ name, type }) => /\.zip$/i.test(name) || /zip/.test(type);

/**
 * What can be made of files; those that are no pictures are left out.
 * @param {File[]} list
 * @param {number} side of the pictures, by which one is told from a photograph to be cut
 * @returns {Promise<Source | undefined>} nothing where there is no picture
 */
export async function opened(list, side) {
  const bitmaps = await Promise.all(list.slice(0, MOST).map((file) => createImageBitmap(file).catch(() => undefined)));
  const found = bitmaps.filter((bitmap) => bitmap !== undefined);
  if (found.length === 0) return undefined;
  const [one] = found;
  const cut = found.length === 1 && Math.min(one.width, one.height) >= 3 * side;
  if (!cut) return { count: found.length, cut, draw: (side) => found.map((bitmap) => square(bitmap, side)) };
  return { count: tiles(one, 16).length, cut, draw: (side) => tiles(one, side) };
}

/**
 * The middle of a picture.
 * @param {ImageBitmap} bitmap
 * @param {number} side
 */
function square(bitmap, side) {
  const { width, height } = bitmap;
  const edge = Math.min(width, height);
  const context = drawing(side, side);
  // What is small already keeps its pixels.
  context.imageSmoothingEnabled = edge > side;
  context.drawImage(bitmap, (width - edge) / 2, (height - edge) / 2, edge, edge, 0, 0, side, side);
  return context.getImageData(0, 0, side, side);
}

/**
 * Tiles of a photograph, each overlapping its neighbours by half.
 * @param {ImageBitmap} bitmap
 * @param {number} side
 */
function tiles(bitmap, side) {
  const shorter = Math.min(bitmap.width, bitmap.height);
  const scale = (side * Math.min(ACROSS, Math.floor(shorter / side))) / shorter;
  const [width, height] = [bitmap.width, bitmap.height].map((length) => Math.max(side, Math.round(length * scale)));
  const context = drawing(width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  const stride = Math.ceil(side / 2);
  /** @type {ImageData[]} */
  const cut = [];
  for (let y = 0; y + side <= height; y += stride) {
    for (let x = 0; x + side <= width && cut.length < MOST; x += stride) cut.push(context.getImageData(x, y, side, side));
  }
  return cut;
}

/**
 * @param {number} width
 * @param {number} height
 */
function drawing(width, height) {
  const context = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true }));
  context.imageSmoothingQuality = "high";
  return context;
}

/**
 * Pictures that exist as pixels only, at another size: crisp when larger, smooth when smaller.
 * @param {ImageData[]} images
 * @param {number} side
 */
export function resized(images, side) {
  return images.map((image) => {
    if (image.width === side && image.height === side) return image;
    const from = drawing(image.width, image.height);
    from.putImageData(image, 0, 0);
    const to = drawing(side, side);
    to.imageSmoothingEnabled = image.width > side;
    to.drawImage(from.canvas, 0, 0, side, side);
    return to.getImageData(0, 0, side, side);
  });
}
