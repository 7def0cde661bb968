/** What was learned as a pack: a network and the pictures that it learned from, in one zip file. */
import { deflated, line, secure, sha256, tensors } from "./pictures.js";
import { zip } from "./zip.js";

const encode = (/** @type {string} */ text) => new TextEncoder().encode(text);

/**
 * @param {{ entry: { file: string }, bytes: Uint8Array<ArrayBuffer>, pictures: Uint8Array }} learned
 * @param {{ width: number, height: number, channels: number }} image
 * @param {{ names: string[], classes: number[], settings: { schedule: string } }} facts
 * @param {import("./learn.js").LearnPackOptions} options
 */
export async function learnedPack({ entry, bytes, pictures }, image, { names, classes, settings }, { name = "learned", title, licence, attribution }) {
  secure();
  const { channels, height, width } = image;
  const size = channels * height * width;
  /** @type {[string, Uint8Array<ArrayBuffer>][]} */
  const files = [[entry.file, bytes]];
  /** @type {Record<string, { file: string, count: number }>} */
  const training = {};
  const prompts = short(names).map((short, n) => ({ name: short, label: line(names[n], 64, short) }));
  for (const [n, prompt] of prompts.entries()) {
    const members = classes.flatMap((own, place) => (own === n ? [pictures.subarray(place * size, (place + 1) * size)] : []));
    const file = `training/${prompt.name}.safetensors.zz`;
    files.push([file, await deflated(tensors([members.length, channels, height, width], members))]);
    training[prompt.name] = { file, count: members.length };
  }
  const terms = { licence: line(licence, 2000, "LicenseRef-unstated"), attribution: line(attribution, 2000, "Whoever made the pictures") };
  const sums = await Promise.all(files.map(async ([file, bytes]) => [file, { bytes: bytes.length, sha256: await sha256(bytes) }]));
  const manifest = {
    format: { name: "morphogen-pack", version: 1 },
    name,
    title: line(title, 2000, "Learned"),
    version: "1",
    image: { channels, height, width },
    schedule: settings.schedule,
    licence: { data: terms, weights: terms },
    prompts,
    networks: { learned: entry },
    training,
    files: Object.fromEntries(sums),
  };
  files.unshift(["manifest.json", encode(`${JSON.stringify(manifest, null, 2)}\n`)]);
  return zip(files.map(([file, bytes]) => [`${name}/${file}`, bytes]));
}

/**
 * Names as packs may hold them, each another one.
 * @param {string[]} names
 */
function short(names) {
  const plain = names.map((name, n) => name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 40) || `pictures-${n + 1}`);
  return plain.map((name, n) => (plain.indexOf(name) === n ? name : `${name}-${n + 1}`));
}
