/** Pictures out of files and folders, made small and square, and a single photograph cut into tiles. */
import { opened as image } from "../../pkg/begin.js";

/** Most pictures of a set. */
export const MOST = 600;
/** Most files that are looked at; a folder may hold anything. */
const FILES = 20_000;
/** The longest side that is kept of a picture: no set is made larger. */
const LARGEST = 64;
/** A photograph's shorter side, in tiles; they overlap by half. */
const ACROSS = 6;

/**
 * Pictures at any size; `cut` where they are tiles of one, `left` the number of files that could not be opened as pictures, `more` whether there were
 * more pictures than a set may have.
 * @typedef {{ cut: boolean, left: number, more: boolean, draw: (side: number) => ImageData[] }} Source
 */

/**
 * Takes files that are dropped on an element, those inside folders, too; none where they cannot be read.
 * @param {HTMLElement} element
 * @param {HTMLElement} zone that shows that they would be taken
 * @param {(files: Promise<File[]>) => void} take
 */
export function takeDrops(element, zone, take) {
  element.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.dataset.over = "";
  });
  element.addEventListener("dragleave", () => delete zone.dataset.over);
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    delete zone.dataset.over;
    if (event.dataTransfer) take(dropped(event.dataTransfer).catch(() => []));
  });
}

/**
 * Files that were dropped, those inside folders, too.
 * @param {DataTransfer} transfer
 * @returns {Promise<File[]>}
 */
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const found = await Promise.all(entries.map(files));
  return found.flat();
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
  while (found.length < FILES) {
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
 * What can be made of files; those that are no pictures are left out. One is opened after another, and made small at once: photographs in
 * full would soon fill the memory.
 * @param {File[]} list
 * @param {number} side of the pictures, by which one is told from a photograph to be cut
 * @param {AbortSignal} signal
 * @returns {Promise<Source | undefined>} nothing where there is no picture
 */
export async function opened(list, side, signal) {
  /** @type {ImageData[]} */
  const found = [];
  let left = 0;
  /** @type {ImageBitmap | undefined} */
  let photo;
  let n = 0;
  for (; n < Math.min(list.length, FILES) && found.length < MOST; n += 1) {
    const one = packed(list[n]) ? undefined : await small(list[n]).catch(() => undefined);
    signal.throwIfAborted();
    if (!one) left += 1;
    else {
      photo = found.length === 0 && one.shorter >= 3 * side ? await whole(list[n]) : undefined;
      found.push(one.picture);
    }
  }
  if (found.length === 0) return undefined;
  const more = n < list.length;
  const { length } = found;
  if (length === 1 && photo) return { cut: true, left, more, draw: (side) => tiles(/** @type {ImageBitmap} */ (photo), side) };
  return { cut: false, left, more, draw: (side) => resized(found, side) };
}

/**
 * The middle of a picture, as small as it is ever needed; what is small already keeps its pixels.
 * @param {File} file
 */
async function small(file) {
  const picture = await image(file);
  const { naturalWidth: width, naturalHeight: height } = picture;
  const shorter = Math.min(width, height);
  const side = Math.min(shorter, LARGEST);
  const place = /** @type {const} */ ([Math.floor((width - shorter) / 2), Math.floor((height - shorter) / 2), shorter, shorter]);
  const bitmap = await createImageBitmap(picture, ...place, { resizeWidth: side, resizeHeight: side, resizeQuality: "high" });
  const context = drawing(side, side);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  picture.src = "";
  return { shorter, picture: context.getImageData(0, 0, side, side) };
}

/**
 * A photograph as large as its largest tiles need it.
 * @param {File} file
 */
async function whole(file) {
  const picture = await image(file);
  const { naturalWidth: width, naturalHeight: height } = picture;
  const scale = Math.min(1, (ACROSS * LARGEST) / Math.min(width, height));
  return createImageBitmap(picture, { resizeWidth: Math.round(width * scale), resizeHeight: Math.round(height * scale), resizeQuality: "high" });
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
