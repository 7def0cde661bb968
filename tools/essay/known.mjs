/**
 * Writes `www/essay/figures/prediction-known.js`, what is known of the first hundred seeds before a reader comes: how well the machine with
 * the two flaws, the perfect copier, the Wiener filter, the blend and the machine that sees what goes together foretell each network, from reports of the command `morphogen`, each of some networks and
 * machines; and, drawn in a real browser with the built package, the floor under r: how alike two pictures of a network are that have nothing in
 * common but the garment. What no report tells of a network with the same weights stays as it was.
 *
 *     morphogen evaluate --pack www/models/fashion --network unet resnet attention --machine bbels ideal wiener blend pca --seeds 100 --fine-steps 20 --json R.json
 *     node tools/essay/known.mjs R.json && node tools/essay.mjs
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { KNOWN } from "../../www/essay/figures/prediction-known.js";
import { correlation } from "../../www/agreement.js";
import { walk } from "../../www/essay/walk.js";
import { onPage } from "../browser.mjs";

const FILE = fileURLToPath(new URL("../../www/essay/figures/prediction-known.js", import.meta.url));
/** The garments in the order in which seeds take turns. */
const GARMENTS = ["t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle-boot"];
const BATCH = 10;

/** @param {number[]} values */
export const middle = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.floor(sorted.length / 2)]) / 2;
};
const three = (/** @type {number} */ value) => Math.round(1000 * value) / 1000;

/**
 * The floor of a network for each garment: the middle r of a picture and the next, both of the garment and from other noise.
 * @param {import("@playwright/test").Page} page
 * @param {string} network
 * @param {string[]} garments
 */
export async function floors(page, network, garments = GARMENTS) {
  const drawn = await page.evaluate(
    async ({ network, garments, count, walk }) => {
      const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
      const model = await loadModel("../models/fashion/", { device: "cpu", network });
      const all = [];
      for (const prompt of garments) {
        const { pixels } = await model.sample({ network, prompt, seed: 0, count, guidance: 1, ...walk });
        all.push([...pixels]);
      }
      model.close();
      return all;
    },
    { network, garments, count: BATCH, walk: walk(20) },
  );
  return drawn.map((values) => {
    const size = values.length / BATCH;
    const pictures = Array.from({ length: BATCH }, (_, n) => Float32Array.from(values.slice(n * size, (n + 1) * size)));
    return three(middle(pictures.map((one, n) => correlation(one, pictures[(n + 1) % BATCH]))));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  /** @typedef {{ network: string, seed: number, class: number, machines: Record<string, { r: number }> }} Seed */
  /** @type {{ settings: { weights: Record<string, string> }, records: Seed[] }[]} */
  const reports = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, "utf8")));
  /** @type {Record<string, string>} */
  const weights = {};
  /** @type {Map<string, Seed>} */
  const seeds = new Map();
  for (const { settings, records } of reports) {
    for (const [network, hash] of Object.entries(settings.weights)) {
      if ((weights[network] ??= hash) !== hash) throw new Error(`expected reports on the same weights of ${network}`);
    }
    for (const record of records) {
      const key = `${record.network} ${record.seed}`;
      seeds.set(key, { ...record, machines: { ...seeds.get(key)?.machines, ...record.machines } });
    }
  }
  const [networks, records] = [Object.keys(weights), [...seeds.values()]];
  await onPage("essay/?device=cpu#further", async (page) => {
    const lines = [];
    for (const network of networks) {
      const own = records.filter((record) => record.network === network).sort((a, b) => a.seed - b.seed);
      if (own.some(({ seed, class: garment }, n) => seed !== n || garment !== n % GARMENTS.length)) throw new Error(`expected seeds from 0 on, garments in turn`);
      const before = KNOWN[/** @type {keyof typeof KNOWN} */ (network)];
      const names = /** @type {const} */ ({ machine: "bbels", copier: "ideal", wiener: "wiener", blend: "blend", pca: "pca" });
      const measured = Object.entries(names).map(([name, machine]) => {
        if (own.every(({ machines }) => machine in machines)) return [name, own.map(({ machines }) => three(machines[machine].r))];
        if (before?.weights !== weights[network]) throw new Error(`expected ${machine} in a report on ${network}, whose weights are new`);
        return [name, before[/** @type {keyof typeof names} */ (name)]];
      });
      const known = { weights: weights[network], floor: await floors(page, network), ...Object.fromEntries(measured) };
      lines.push(`  ${network}: {\n${Object.entries(known).map(([name, value]) => `    ${name}: ${JSON.stringify(value).replaceAll(",", ", ")},`).join("\n")}\n  },`);
    }
    writeFileSync(
      FILE,
      `/** What is known of the first hundred seeds, garments in turn, of each network. Made by tools/essay/known.mjs. */

/** @type {string[]} */
export const GARMENTS = ${JSON.stringify(GARMENTS).replaceAll(",", ", ")};

/** By seed, r of network and machine, copier, Wiener filter, blend of machine and filter, and what sees what goes together; by garment, r of two pictures of it; and the network's weights, as SHA-256. */
export const KNOWN = {
${lines.join("\n")}
};
`,
    );
  });
}
