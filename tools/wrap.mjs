/**
 * Puts the files of the models beside themselves once more, as scripts (`manifest.json.js`, …), which a frame without an
 * origin may load where it may not fetch; see `www/embed.js`.
 *
 *     node tools/wrap.mjs FOLDER
 */
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Files that a model pack consists of: its manifest, words, captions, and tensors. */
export const PACK_FILE = /(^|\/)((manifest|words(\.[\w-]+)?)\.json|captions\.json\.zz|[^/]+\.safetensors(\.zz)?)$/;

/**
 * A file as a script.
 * @param {Buffer} content
 */
export const wrapped = (content) => `morphogenFile("${content.toString("base64")}")\n`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2];
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (PACK_FILE.test(name)) writeFileSync(join(folder, `${name}.js`), wrapped(readFileSync(join(folder, name))));
  }
}
