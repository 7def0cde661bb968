/**
 * Makes `tests/browser/pages/shapes`: a tiny pack that draws from free text, trained for a minute on discs, squares and
 * bars in three colours and two styles, 8 × 8 pixels. The tests draw with it in real browsers. Run it again only where
 * the format of packs changes: node tests/browser/make-shapes.mjs COMMAND [ARGUMENT]… (the native `morphogen`).
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SIDE = 8;
const STYLES = ["bold", "soft"];
const COLOURS = { red: [230, 30, 30], green: [30, 180, 60], blue: [30, 60, 230] };
/** @type {Record<string, (row: number, column: number) => boolean>} */
const SHAPES = {
  disc: (row, column) => (row - 3.5) ** 2 + (column - 3.5) ** 2 < 10,
  square: (row, column) => row > 0 && row < 7 && column > 0 && column < 7,
  bar: (row) => row > 2 && row < 5,
};

const [command = "morphogen", ...first] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "shapes-"));
const [data, run] = [join(folder, "data"), join(folder, "run")];
const pack = fileURLToPath(new URL("pages/shapes", import.meta.url));
const morphogen = (/** @type {string[]} */ ...rest) => execFileSync(command, [...first, ...rest], { stdio: "inherit" });

/** @type {object[]} */
const entries = [];
/** @type {number[]} */
const pixels = [];
for (const [shape, inside] of Object.entries(SHAPES)) {
  for (const [colour, rgb] of Object.entries(COLOURS)) {
    for (const style of STYLES.keys()) {
      const words = [colour, shape];
      const [code, label] = [words.join("-"), words.join(" ")];
      entries.push({ code, style, label, words, tags: ["shape"], colours: [colour], group: "shapes", subgroup: shape, main: shape, split: "train" });
      for (let channel = 0; channel < 3; channel += 1) {
        for (let n = 0; n < SIDE * SIDE; n += 1) {
          const ink = style === 0 ? rgb[channel] : Math.round((rgb[channel] + 255) / 2);
          pixels.push(inside(Math.floor(n / SIDE), n % SIDE) ? ink : 255);
        }
      }
    }
  }
}
mkdirSync(data);
writeFileSync(join(data, "captions.json"), JSON.stringify({ styles: STYLES, entries }));
writeFileSync(join(data, "images.safetensors"), safetensors("images", [entries.length, 3, SIDE, SIDE], Uint8Array.from(pixels)));

const terms = { licence: "MIT OR Apache-2.0", attribution: "Shapes drawn for the tests of Morphogen" };
const image = { channels: 3, height: SIDE, width: SIDE };
const draft = { name: "shapes", title: "Shapes", version: "1.0.0", image, licence: { data: terms, weights: terms } };
writeFileSync(join(folder, "draft.json"), JSON.stringify(draft));
writeFileSync(join(folder, "extras.json"), JSON.stringify({ aliases: { pale: 1 }, examples: ["red disc", "blue bar"] }));
mkdirSync(join(folder, "languages"));
const german = { rot: ["red"], blau: ["blue"], kreis: ["disc"], scheibe: ["disc"], balken: ["bar"] };
writeFileSync(join(folder, "languages/de.json"), "{}");

morphogen("train", "--data", data, "--run", run, "--size", `${SIDE}`, "--widths", "12,24", "--embedding", "24", "--words", "12", "--batch", "18", "--epochs", "1500", "--learning-rate", "4e-3");
rmSync(pack, { recursive: true, force: true });
morphogen("pack", "create", pack, "--draft", join(folder, "draft.json"));
const fill = () => morphogen("pack", "words", pack, "--data", data, "--languages", join(folder, "languages"), "--extras", join(folder, "extras.json"));
fill();
/** @type {string[]} */
const vocabulary = JSON.parse(readFileSync(join(pack, "words.json"), "utf8"));
const numbers = Object.entries(german).map(([word, meanings]) => [word, meanings.map((meaning) => vocabulary.indexOf(meaning))]);
writeFileSync(join(folder, "languages/de.json"), JSON.stringify(Object.fromEntries(numbers)));
fill();
morphogen("pack", "training", pack, "--data", data);
morphogen("pack", "network", pack, "--run", run, "--name", "tiny", "--title", "Tiny", "--guidance", "2", "--precision", "i8");
morphogen("pack", "check", pack);
rmSync(folder, { recursive: true });

/**
 * One tensor of bytes as a safetensors file.
 * @param {string} name
 * @param {number[]} shape
 * @param {Uint8Array} values
 */
function safetensors(name, shape, values) {
  const header = Buffer.from(JSON.stringify({ [name]: { dtype: "U8", shape, data_offsets: [0, values.length] } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, values]);
}
