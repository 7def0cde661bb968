/** The numbers that the essay's text states, from what was counted and measured: a text cannot fall behind them. */
import { readFileSync } from "node:fs";
import { FOUND } from "../../www/essay/figures/fingers-found.js";
import { KNOWN } from "../../www/essay/figures/prediction-known.js";
import { RECORDED } from "../../www/essay/figures/uturn-recorded.js";
import { noiseAt } from "../../www/essay/pixels.js";
import { middle } from "./known.mjs";

/** @type {{ networks: Record<string, { blend: { patches: number }[] }> }} */
const { networks: CALIBRATED } = JSON.parse(readFileSync(new URL("../../www/models/fashion/manifest.json", import.meta.url), "utf8"));

/**
 * By the place in the text that they fill, in the form of the language.
 * @param {string} lang
 * @returns {Record<string, string>}
 */
export function facts(lang) {
  const two = (/** @type {number[]} */ values) => middle(values).toLocaleString(lang, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const networks = Object.entries(KNOWN).flatMap(([name, { machine, copier, wiener, blend, pca, floor }]) => {
    const end = name[0].toUpperCase() + name.slice(1);
    const shares = CALIBRATED[name].blend.map(({ patches }) => patches);
    const share = Math.round((100 * shares.reduce((sum, one) => sum + one, 0)) / shares.length);
    return [[`machine${end}`, two(machine)], [`copier${end}`, two(copier)], [`wiener${end}`, two(wiener)], [`blend${end}`, two(blend)], [`pca${end}`, two(pca)], [`share${end}`, String(share)], [`floor${end}`, two(floor)]];
  });
  // On the way into noise and back: turned round early, where half are lost, where families begin to be, and at pure noise.
  const percent = (/** @type {number} */ share) => String(Math.round(100 * share));
  const turns = Object.entries({ Early: 0.4, Family: 0.7, Stranger: 0.8, Half: 0.85, Last: 1 }).flatMap(([name, t]) => {
    const { all, families, own, stranger } = /** @type {typeof RECORDED.turns[number]} */ (RECORDED.turns.find((turn) => turn.t === t));
    return [[`noise${name}`, percent(noiseAt(t))], [`kept${name}`, percent(all)], [`families${name}`, percent(families)], [`own${name}`, two([own])], [`other${name}`, two([stranger])]];
  });
  return { ...Object.fromEntries(networks), ...Object.fromEntries(turns), looked: String(FOUND.looked), real: String(FOUND.real), legsResnet: String(FOUND.seeds.resnet.length) };
}
