/**
 * Writes `www/essay/figures/uturn-recorded.js`, how many garments keep their kind on a way into noise and back, from what the command
 * `morphogen` found; and how many keep their family, of which the judge knows nothing: what is worn above the waist, what below, shoes, bags.
 *
 *     morphogen uturn --pack www/models/fashion --network unet --judge native/judges/fashion --pictures 40 \
 *       --times 0.2 0.4 0.5 0.6 0.65 0.7 0.75 0.8 0.85 0.9 0.95 1 --json U.json
 *     node tools/essay/uturn.mjs U.json
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FILE = fileURLToPath(new URL("../../www/essay/figures/uturn-recorded.js", import.meta.url));
const FAMILIES = [["t-shirt", "pullover", "dress", "coat", "shirt"], ["trouser"], ["sandal", "sneaker", "ankle-boot"], ["bag"]];
const family = (/** @type {string} */ kind) => FAMILIES.findIndex((kinds) => kinds.includes(kind));
const three = (/** @type {number} */ value) => Math.round(1000 * value) / 1000;

/** @typedef {{ t: number, kept: number, became: Record<string, Record<string, number>>, changed_alike: number, stranger_alike: number }} Turn */
/** @type {{ network: string, weights: string, pictures: number, steps: number, turns: Turn[] }} */
const { network, weights, pictures, steps, turns } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const sum = (/** @type {number[]} */ values) => values.reduce((sum, value) => sum + value, 0);
const lines = turns.map(({ t, kept, became, changed_alike, stranger_alike }) => {
  const kinds = Object.entries(became).map(([from, to]) => [from, three((to[from] ?? 0) / sum(Object.values(to)))]);
  const within = Object.entries(became).map(([from, to]) => sum(Object.entries(to).map(([kind, n]) => (family(kind) === family(from) ? n : 0))));
  const row = { t, all: three(kept), families: three(sum(within) / pictures), own: three(changed_alike), stranger: three(stranger_alike), kept: Object.fromEntries(kinds) };
  const told = JSON.stringify(row).replace(/"(\w+)":/g, "$1:").replace(/[:,]/g, "$& ").replaceAll("{", "{ ").replaceAll("}", " }");
  return `    ${told},`;
});
writeFileSync(
  FILE,
  `/** How many garments keep their kind on a way into noise and back. Made by tools/essay/uturn.mjs. */

/** @typedef {{ t: number, all: number, families: number, own: number, stranger: number, kept: Record<string, number> }} Turn shares by where they turned: that kept their kind, their family, and their kind by kind; r of those that changed it with what they had been, and with another of its kind */
/** @typedef {typeof RECORDED} Recorded */

export const RECORDED = {
  network: "${network}",
  weights: "${weights}",
  pictures: ${pictures},
  steps: ${steps},
  /** @type {Turn[]} */
  turns: [
${lines.join("\n")}
  ],
};
`,
);
