/**
 * A pack made of pictures, on the page and of nothing but them: training images for the analytic machines, no network. The
 * result is the pack as a zip file, which `loadModel` takes, and which unpacked is a folder like any other pack.
 */
import { MorphogenError } from "./errors.js";
import { readable } from "./range.js";
import { zip } from "./zip.js";

/** @typedef {{ width: number, height: number, data: ArrayLike<number> }} Image */

/** Sides that the machines take. */
const SIDES = { least: 4, most: 64 };
/** Most pictures. */
const COUNT = 4096;
/** Most bytes of a title, and of the label that is made of it. */
const [TITLE, LABEL] = [2000, 64];
const FILE = "training/pictures.safetensors.zz";
const encode = (/** @type {string} */ text) => new TextEncoder().encode(text);

/**
 * @param {import("./morphogen.js").PicturesOptions} options
 * @returns {Promise<Blob>} a zip file
 */
export async function picturesPack(options) {
  const { images, channels = 3, name = "my-pictures", licence, attribution, window = 5 } = readable(options);
  const range = (/** @type {string} */ sentence) => new MorphogenError("range", sentence);
  if (!Array.isArray(images)) throw range("Expected the pictures as a list of ImageData.");
  const title = line(options.title, TITLE, "My pictures");
  const [first] = images;
  if (!(images.length >= 1 && images.length <= COUNT)) throw range(`Expected 1 to ${COUNT} pictures, found ${images.length}.`);
  const bare = images.findIndex((image) => image?.data?.length !== 4 * image?.width * image?.height);
  if (bare >= 0) throw range(`Expected each picture with four bytes a pixel, as an ImageData has them; picture ${bare} has not.`);
  const { width, height } = first;
  const fits = (/** @type {number} */ side) => side >= SIDES.least && side <= SIDES.most;
  if (!fits(width) || !fits(height)) throw range(`Expected pictures of ${SIDES.least} to ${SIDES.most} pixels a side, found ${width}×${height}.`);
  if (channels !== 1 && channels !== 3) throw range(`Expected 1 or 3 channels, found ${channels}.`);
  const odd = images.find((image) => image.width !== width || image.height !== height);
  if (odd) throw range(`Expected pictures of one size, found ${width}×${height} and ${odd.width}×${odd.height}.`);
  if (!/^[a-z0-9][a-z0-9_-]{0,39}$/.test(name)) throw range("Expected a short name of a–z, 0–9, - and _.");
  secure();
  const packed = await deflated(tensors([images.length, channels, height, width], images.map((image) => plain(image, channels))));
  const terms = { licence: line(licence, TITLE, "LicenseRef-unstated"), attribution: line(attribution, TITLE, "Whoever made the pictures") };
  const manifest = {
    format: { name: "morphogen-pack", version: 1 },
    name,
    title,
    version: "1",
    image: { channels, height, width },
    schedule: "cosine",
    licence: { data: terms, weights: { licence: "CC0-1.0", attribution: "There are no weights: nothing was trained" } },
    prompts: [{ name: "pictures", label: line(title, LABEL, "My pictures"), words: ["picture"] }],
    training: { pictures: { file: FILE, count: images.length } },
    files: { [FILE]: { bytes: packed.length, sha256: await sha256(packed) } },
  };
  return zip([
    [`${name}/manifest.json`, encode(`${JSON.stringify(manifest, null, 2)}\n`)],
    [`${name}/${FILE}`, packed],
    [`${name}/README.md`, encode(readme(title, name, images.length, window))],
  ]);
}

/**
 * Text as a pack may hold it: some, on one line, no longer than so many bytes, and every character whole.
 * @param {unknown} text
 * @param {number} most
 * @param {string} usual where there is none
 */
export function line(text, most, usual) {
  // Halves of characters do not survive being encoded.
  const plain = new TextDecoder().decode(encode(String(text ?? ""))).replace(/\p{Cc}+/gu, " ").trim();
  const { Segmenter } = /** @type {Partial<typeof Intl>} */ (Intl);
  const characters = Segmenter ? Array.from(new Segmenter().segment(plain), ({ segment }) => segment) : [...plain];
  let [fits, left] = ["", most];
  for (const character of characters) {
    left -= encode(character).length;
    if (left < 0) break;
    fits += character;
  }
  return fits.trim() || usual;
}

/**
 * Pictures `[N, C, H, W]` as safetensors: one u8 tensor `images`.
 * @param {[count: number, channels: number, height: number, width: number]} shape
 * @param {Iterable<ArrayLike<number>>} images as bytes, one after the other
 */
export function tensors(shape, images) {
  const length = shape.reduce((product, size) => product * size);
  const about = JSON.stringify({ images: { dtype: "U8", shape, data_offsets: [0, length] } });
  const header = encode(about.padEnd(Math.ceil(about.length / 8) * 8));
  const bytes = new Uint8Array(8 + header.length + length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  bytes.set(header, 8);
  let at = 8 + header.length;
  for (const image of images) {
    bytes.set(image, at);
    at += image.length;
  }
  return bytes;
}

/**
 * A picture as bytes `[C, H, W]`: what is transparent is shown on white; grey is luma (Rec. 601).
 * @param {Image} image
 * @param {1 | 3} channels
 */
export function plain({ data }, channels) {
  const area = data.length / 4;
  const values = new Uint8ClampedArray(channels * area);
  for (let q = 0; q < area; q += 1) {
    const alpha = data[4 * q + 3] / 255;
    const [red, green, blue] = [0, 1, 2].map((c) => data[4 * q + c] * alpha + 255 * (1 - alpha));
    if (channels === 1) values[q] = 0.299 * red + 0.587 * green + 0.114 * blue;
    else [red, green, blue].forEach((value, c) => (values[q + c * area] = value));
  }
  return values;
}

/** Refuses to make a pack where no check sums can be had. */
export function secure() {
  if (globalThis.crypto?.subtle) return;
  throw new MorphogenError("insecure", "Browsers let only pages from https: (or from this machine) compute the check sums that a pack needs.");
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
export async function deflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
export async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * What stands beside the pack, for whoever opens the folder.
 * @param {string} title
 * @param {string} name
 * @param {number} count
 * @param {number} window
 */
const readme = (title, name, count, window) => `# ${title}

A pack of ${count} pictures for Morphogen, without a network: its analytic machines draw from them at once.

Put this folder on your site, with the package beside it, and write:

\`\`\`html
${snippet(name, window)}
\`\`\`

\`window\` is how many pixels each pixel sees: few make a collage, many a copy. \`machine\` is \`bbels\` (pieces from anywhere), \`local\`
(pieces from the same place), or another one of the package's README.
`;

/**
 * The lines that show a pack on a page.
 * @param {string} name of its folder
 * @param {number} window
 * @param {import("./morphogen.js").Machine} [machine]
 */
export const snippet = (name, window, machine = "bbels") => `<script type="module" src="pkg/morphogen.js"></script>
<morphogen-sampler model="${name}/" machine="${machine}" window="${window}" controls></morphogen-sampler>`;
