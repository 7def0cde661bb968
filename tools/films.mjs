/**
 * Draws the films of the documentation with the command `morphogen`: from one word to another and back, 24 frames of 64 × 64 pixels, each pixel
 * two wide.
 *
 *     node tools/films.mjs [--morphogen target/release/morphogen] [--output docs/morphs]
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const ROOT = resolve(fileURLToPath(import.meta.url), "../..");
/** The most bytes of all films together. */
const LIMIT = 1_500_000;
/** What each goes between, and its seed. @type {[string, string, number][]} */
const FILMS = [
  ["apple", "strawberry", 1],
  ["heart", "clover", 1],
  ["car", "bus", 3],
  ["cat face", "tiger face", 1],
  ["pizza", "sunflower", 1],
  ["moon", "cookie", 1],
];

const { values } = parseArgs({
  options: {
    morphogen: { type: "string", default: resolve(ROOT, "target/release/morphogen") },
    output: { type: "string", default: resolve(ROOT, "docs/morphs") },
  },
});
mkdirSync(values.output, { recursive: true });
let bytes = 0;
for (const [first, second, seed] of FILMS) {
  const file = resolve(values.output, `${first}-${second}.png`.replaceAll(" ", "-"));
  const more = ["--seed", String(seed), "--scale", "2", "--frames", "24", "--output", file];
  execFileSync(values.morphogen, ["morph", "--pack", resolve(ROOT, "www/models/emoji"), ...more, first, second], { stdio: "inherit" });
  bytes += statSync(file).size;
}
console.log(`${FILMS.length} films, ${bytes} bytes`);
if (bytes > LIMIT) throw new Error(`expected at most ${LIMIT} bytes`);
