/**
 * Speed and size beside onnxruntime-web: the same weights, the same machine, one Chromium.
 *
 * Engines take turns within every round, so that a busy moment of the machine hits all of them; medians over the rounds
 * are compared. Each engine first draws the same two pictures, which must agree with burn's. onnxruntime-web is given
 * its better build for each backend, the whole-graph optimiser, and the time embedding computed beforehand.
 *
 *     node tools/bench/run.mjs [--pack www/models/fashion] [--network unet] [--prompt WORDS] [--steps N] [--cpu] [--rounds 5] [--patience 120] [--batch 1 --batch 16] [--real-gpu]
 *
 * A sample that would take longer than `patience` seconds is not run but put down as steps × one call, marked "≈".
 * `--real-gpu` leaves the software adapter aside, and `--cpu` leaves WebGPU out. Pictures as people draw them, with the
 * pack's guidance and its steps (or `--steps`), are timed besides. The figures are printed, and written to dist/bench/NETWORK.json.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import { serve } from "../serve.mjs";
import { brotli, firstLoad } from "../size.mjs";

const ROOT = resolve(fileURLToPath(import.meta.url), "../../..");
const { values: options } = parseArgs({
  options: {
    pack: { type: "string", default: "www/models/fashion" },
    prompt: { type: "string" },
    cpu: { type: "boolean", default: false },
    steps: { type: "string" },
    network: { type: "string", default: "unet" },
    rounds: { type: "string", default: "5" },
    patience: { type: "string", default: "120" },
    batch: { type: "string", multiple: true, default: ["1", "16"] },
    "real-gpu": { type: "boolean", default: false },
  },
});
const rounds = Number(options.rounds);
const batches = options.batch.map(Number);
const PACK = options.pack;
const data = `dist/bench/${basename(PACK)}-${options.network}`;
const PAIRS = [["WebGPU", "ours-webgpu", "ort-webgpu"], ["CPU", "ours-cpu", "ort-wasm"]].slice(options.cpu ? 1 : 0);
const ENGINES = PAIRS.flatMap(([, ours, peer]) => [ours, peer]);

/** @param {number[]} values */
function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @param {number} milliseconds */
const time = (milliseconds) => (milliseconds < 1000 ? `${milliseconds.toFixed(1)} ms` : `${(milliseconds / 1000).toFixed(2)} s`);

/** @param {string} line */
const note = (line) => console.error(line);

if (!existsSync(resolve(ROOT, PACK, "manifest.json"))) {
  console.error(`there is no model pack in ${PACK}: train and pack one first`);
  process.exit(1);
}
note("exporting the network as ONNX");
execFileSync("cargo", ["run", "--quiet", "--locked", "--example", "onnx", "--", PACK, options.network, data].concat(options.prompt ?? []), {
  cwd: ROOT,
  stdio: "inherit",
});

const site = await serve({
  mounts: [
    ["/tools/bench/page", "tools/bench/page"],
    ["/bench-data", data],
    ["/bench-pack", PACK],
    ["/ort", "node_modules/onnxruntime-web/dist"],
  ],
});
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ["--no-sandbox", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--enable-unsafe-webgpu"].concat(
    options["real-gpu"] ? [] : ["--use-webgpu-adapter=swiftshader"],
  ),
});

/** A page of a fresh profile, with the files of the peer that it fetched. */
async function open() {
  const context = await browser.newContext();
  const page = await context.newPage();
  /** @type {Set<string>} */
  const files = new Set();
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith("/ort/")) files.add(pathname.slice("/ort/".length));
  });
  page.on("pageerror", (error) => note(`in the page: ${error.message}`));
  await page.goto(`${site.url}tools/bench/page/index.html`);
  await page.waitForFunction("globalThis.bench");
  /**
   * @param {"prepare" | "call" | "sample" | "difference" | "first"} work
   * @param {string} engine
   * @param {number} [batch]
   * @returns {Promise<number>}
   */
  const run = (work, engine, batch) => page.evaluate(`bench.${work}(${JSON.stringify(engine)}, ${batch})`);
  return { page, context, files, run };
}

/**
 * @typedef {{ median: number, estimated: boolean, all: number[] }} Figure
 * @type {Record<string, { difference: number, coldStart: Figure, calls: Record<number, Figure>, samples: Record<number, Figure> }>}
 */
const results = {};
/** @type {Record<string, number>} */
const downloads = {};
/** @type {Record<string, number>} */
const memories = {};
/** @type {Record<string, Figure>} */
const pictures = {};
const all = options.steps && Number(options.steps);
// Helpers are hired by the first request of several, so one picture is drawn by one worker before that.
const PICTURES = /** @type {const} */ ([
  ["a picture of four steps", 1, 4],
  ["a picture of all steps", 1, all],
  [`four of all steps, ${Math.min(4, cpus().length)} workers`, 4, all],
  ["a picture of four steps, with helpers", 1, 4],
]);
try {
  for (const engine of ENGINES) {
    const all = [];
    for (let round = 0; round < Math.min(3, rounds); round += 1) {
      const { run, context, files } = await open();
      all.push(await run("first", engine));
      if (engine.startsWith("ort")) {
        downloads[engine] ??= [...files].reduce((sum, file) => sum + packed(`node_modules/onnxruntime-web/dist/${file}`), 0);
      }
      await context.close();
    }
    results[engine] = { difference: NaN, coldStart: { median: median(all), estimated: false, all }, calls: {}, samples: {} };
    note(`${engine}: first picture after ${time(median(all))}`);
  }

  const { run, context, page } = await open();
  for (const engine of ENGINES) {
    await run("prepare", engine);
    results[engine].difference = await run("difference", engine);
    note(`${engine}: off burn's pictures by ${results[engine].difference.toExponential(1)}`);
  }
  for (const batch of batches) {
    for (const engine of ENGINES) await run("call", engine, batch);
    const calls = await inTurns((engine) => run("call", engine, batch));
    const slow = ENGINES.filter((engine) => 20 * median(calls[engine]) > 1000 * Number(options.patience));
    const samples = await inTurns((engine) => run("sample", engine, batch), slow);
    for (const engine of ENGINES) {
      const call = median(calls[engine]);
      results[engine].calls[batch] = { median: call, estimated: false, all: calls[engine] };
      const estimated = slow.includes(engine);
      results[engine].samples[batch] = { median: estimated ? 20 * call : median(samples[engine]), estimated, all: samples[engine] };
    }
    note(`batch ${batch} done`);
  }
  for (const [what, count, steps] of PICTURES) {
    const times = [];
    for (let round = 0; round < rounds; round += 1) times.push(/** @type {number} */ (await page.evaluate(`bench.pictures("ours-cpu", ${count}, ${steps})`)));
    pictures[what] = { median: median(times), estimated: false, all: times };
  }
  const { prompt } = JSON.parse(readFileSync(resolve(ROOT, data, "sample.json"), "utf8"));
  for (const device of options.cpu ? ["cpu"] : ["webgpu", "cpu"]) {
    await page.goto(`${site.url}tools/bench/page/index.html`);
    const source = `import("/tools/bench/page/memory.js").then(({ memory }) => memory(${JSON.stringify(options.network)}, "${device}", ${JSON.stringify(prompt)}))`;
    memories[device] = await page.evaluate(source);
  }
  await context.close();
} finally {
  await browser.close();
  await site.close();
}
for (const [, ours] of PAIRS) downloads[ours] = firstLoad().reduce((sum, file) => sum + file.brotli, 0);

/**
 * Rounds in which every engine has its turn.
 * @param {(engine: string) => Promise<number>} measure
 * @param {string[]} [without]
 */
async function inTurns(measure, without = []) {
  /** @type {Record<string, number[]>} */
  const times = Object.fromEntries(ENGINES.map((engine) => [engine, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const engine of ENGINES) if (!without.includes(engine)) times[engine].push(await measure(engine));
  }
  return times;
}

/**
 * Brotli size, remembered, since the peer's files take a minute.
 * @param {string} file
 */
function packed(file) {
  mkdirSync(resolve(ROOT, "dist/bench"), { recursive: true });
  const store = resolve(ROOT, "dist/bench/sizes.json");
  /** @type {Record<string, number>} */
  const sizes = existsSync(store) ? JSON.parse(readFileSync(store, "utf8")) : {};
  const content = readFileSync(resolve(ROOT, file));
  const key = `${file} ${content.length}`;
  sizes[key] ??= brotli(content);
  writeFileSync(store, JSON.stringify(sizes));
  return sizes[key];
}

/** @param {string[]} cells */
const row = (...cells) => console.log(cells.map((cell, i) => (i ? cell.padStart(16) : cell.padEnd(34))).join(""));
console.log(`\n${options.network}, ${rounds} rounds, ${browser.version()} on ${cpus().length} × ${cpus()[0].model}`);
console.log(options["real-gpu"] ? "WebGPU on this machine's GPU" : "WebGPU on the software adapter: order and ratios mean something, the times themselves do not");
row("", "morphogen", "onnxruntime-web", "ratio");
for (const [name, ours, peer] of PAIRS) {
  /** @param {string} what @param {(result: typeof results[string]) => Figure} pick */
  const line = (what, pick) => {
    const [a, b] = [pick(results[ours]), pick(results[peer])];
    const mark = (/** @type {Figure} */ figure) => (figure.estimated ? "≈ " : "") + time(figure.median);
    row(`${name}: ${what}`, mark(a), mark(b), `${(b.median / a.median).toFixed(2)} ×`);
  };
  for (const batch of batches) {
    line(`network call, batch ${batch}`, (result) => result.calls[batch]);
    line(`20-step sample, batch ${batch}`, (result) => result.samples[batch]);
  }
  line("cold start to first picture", (result) => result.coldStart);
  const [a, b] = [downloads[ours], downloads[peer]];
  row(`${name}: code, brotli`, `${(a / 1e6).toFixed(3)} MB`, `${(b / 1e6).toFixed(3)} MB`, `${(b / a).toFixed(1)} ×`);
  row(`${name}: largest difference`, results[ours].difference.toExponential(1), results[peer].difference.toExponential(1), "");
}
for (const [what, { median }] of Object.entries(pictures)) row(`CPU: ${what}`, time(median));
for (const [device, bytes] of Object.entries(memories)) row(`wasm memory of a sample, ${device}`, `${(bytes / 2 ** 20).toFixed(1)} MiB`);
writeFileSync(resolve(ROOT, `${data}.json`), JSON.stringify({ options, results, downloads, pictures, memories }, null, 2));
