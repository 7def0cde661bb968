/**
 * Writes `www/essay/figures/noise-emoji.js`: the training pictures in colour that the essay's first figure begins with, out of the pack of
 * emoji, as PNG files inside the code, so that they stand there before any network is fetched.
 *
 *     node tools/essay/emoji.mjs
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { crc32, deflateSync, inflateSync } from "node:zlib";

const PACK = new URL("../../www/models/emoji/", import.meta.url);
const FILE = fileURLToPath(new URL("../../www/essay/figures/noise-emoji.js", import.meta.url));
/** What is shown, by its label, and what the network is told that it is looking at; all in the first style, Noto. */
const SHOWN = [
  ["cat face", "noto cat face"],
  ["strawberry", "noto strawberry"],
  ["owl", "noto owl"],
];

/** @type {{ shelves: [file: string, group: string, count: number][], labels: string[], styles: number[][] }} */
const { shelves, labels, styles } = JSON.parse(inflateSync(readFileSync(new URL("captions.json.zz", PACK))).toString());

/**
 * The training picture of a label in the first style, `[C, H, W]` in bytes.
 * @param {string} label
 */
function picture(label) {
  const at = labels.indexOf(label);
  let first = 0;
  for (const [file, , count] of shelves) {
    if (at < first + count) {
      if (styles[at]?.[0] !== 0) throw new Error(`expected a training picture of “${label}” in the first style, found none`);
      const before = styles.slice(first, at).reduce((sum, all) => sum + all.length, 0);
      const bytes = inflateSync(readFileSync(new URL(`training/${file}.safetensors.zz`, PACK)));
      const start = 8 + Number(bytes.readBigUInt64LE(0));
      const [tensor] = Object.entries(JSON.parse(bytes.toString("utf8", 8, start))).filter(([name]) => name !== "__metadata__");
      const { shape, data_offsets: offsets } = /** @type {{ shape: number[], data_offsets: number[] }} */ (tensor[1]);
      const [, channels, height, width] = shape;
      const size = channels * height * width;
      const from = start + offsets[0] + before * size;
      return { data: bytes.subarray(from, from + size), height, width };
    }
    first += count;
  }
  throw new Error(`expected a label of the pack, found “${label}”`);
}

/** @param {string} name @param {Buffer} content */
function chunk(name, content) {
  const made = Buffer.alloc(12 + content.length);
  made.writeUInt32BE(content.length, 0);
  made.write(name, 4, "latin1");
  content.copy(made, 8);
  made.writeUInt32BE(crc32(made.subarray(4, 8 + content.length)), 8 + content.length);
  return made;
}

/** A PNG in colour. @param {{ data: Buffer, height: number, width: number }} picture */
function png({ data, height, width }) {
  const area = height * width;
  const rows = Buffer.alloc(height * (3 * width + 1));
  for (let q = 0; q < area; q += 1) {
    for (let c = 0; c < 3; c += 1) rows[Math.floor(q / width) * (3 * width + 1) + 1 + 3 * (q % width) + c] = data[c * area + q];
  }
  const head = Buffer.from([0, 0, 0, width, 0, 0, 0, height, 8, 2, 0, 0, 0]);
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", head), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0))]);
}

const lines = SHOWN.map(([label, prompt]) => `  { prompt: ${JSON.stringify(prompt)}, png: "data:image/png;base64,${png(picture(label)).toString("base64")}" },`);
writeFileSync(
  FILE,
  `/**
 * Training pictures in colour to begin with, and what the network is told of each. Made by tools/essay/emoji.mjs from Noto Emoji,
 * © Google Inc. (Apache-2.0).
 */
export const EMOJI = [
${lines.join("\n")}
];
`,
);
