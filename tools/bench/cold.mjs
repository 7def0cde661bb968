/**
 * The first visit, over a slow link: how many bytes an embed takes and how long its first picture, with a breakdown, and
 * the page's web vitals. Everything is fetched anew, as Brotli where hosts compress, over 10 Mbit/s and 40 ms.
 *
 *     node tools/bench/cold.mjs [--rounds 5] [--device cpu] [--megabits 10] [--latency 40]
 *
 * The medians of the rounds are printed.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { chromium } from "@playwright/test";
import { serve } from "../serve.mjs";
import { link } from "./link.mjs";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    device: { type: "string", default: "cpu" },
    megabits: { type: "string", default: "10" },
    latency: { type: "string", default: "40" },
  },
});
const rounds = Number(options.rounds);

const site = await serve({ mounts: [["/bench", "tools/bench/page"]], compress: true });
const wire = await link(Number(new URL(site.url).port), { megabits: Number(options.megabits), latency: Number(options.latency) });
const home = `http://localhost:${wire.port}/`;
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ["--no-sandbox", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"],
});

/** @param {number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/**
 * When each file of a page began and ended, in milliseconds from `start`.
 * @param {import("@playwright/test").Page} page
 */
function watched(page) {
  /** @type {Map<string, { begin: number, end: number }>} */
  const files = new Map();
  const start = performance.now();
  const name = (/** @type {import("@playwright/test").Request} */ request) => new URL(request.url()).pathname;
  page.on("request", (request) => files.set(name(request), { begin: performance.now() - start, end: NaN }));
  page.on("requestfinished", (request) => {
    const file = files.get(name(request));
    if (file) file.end = performance.now() - start;
  });
  return files;
}

/** One visit of a page with nothing but the element. */
async function embed() {
  const context = await browser.newContext({ serviceWorkers: "block" });
  const page = await context.newPage();
  const before = wire.bytes();
  const files = watched(page);
  await page.goto(`${home}bench/cold.html?device=${options.device}`);
  await page.waitForFunction(() => Object.hasOwn(globalThis, "finished"), undefined, { timeout: 300_000 });
  const inside = /** @type {Record<string, number>} */ (await page.evaluate("globalThis.times"));
  const bytes = wire.bytes() - before;
  await context.close();
  const span = (/** @type {RegExp} */ pattern) => {
    const found = [...files].filter(([path]) => pattern.test(path)).map(([, times]) => times);
    return { begin: Math.min(...found.map(({ begin }) => begin)), end: Math.max(...found.map(({ end }) => end)) };
  };
  const parts = { html: span(/cold\.html$/), scripts: span(/\/pkg\/.*\.js$/), wasm: span(/\.wasm$/), manifest: span(/manifest\.json$/), weights: span(/\.safetensors$/) };
  return { bytes, inside, parts };
}

/** One visit of the page: largest paint, shifts, and how long the thread was held while pictures were drawn. */
async function vitals() {
  const context = await browser.newContext({ serviceWorkers: "block" });
  const page = await context.newPage();
  await page.addInitScript(() => {
    const seen = { lcp: 0, cls: 0, inp: 0, tasks: /** @type {number[]} */ ([]) };
    Object.assign(globalThis, { seen });
    const observe = (/** @type {string} */ type, /** @type {(entry: any) => void} */ tell, more = {}) =>
      new PerformanceObserver((list) => list.getEntries().forEach(tell)).observe({ type, buffered: true, ...more });
    observe("largest-contentful-paint", ({ startTime }) => (seen.lcp = startTime));
    observe("layout-shift", ({ value, hadRecentInput }) => (seen.cls += hadRecentInput ? 0 : value));
    observe("event", ({ duration, interactionId }) => interactionId && (seen.inp = Math.max(seen.inp, duration)), { durationThreshold: 16 });
    observe("longtask", ({ duration }) => seen.tasks.push(duration));
  });
  await page.goto(`${home}?model=fashion&device=${options.device}`);
  const drawn = async (/** @type {string} */ what) => {
    await page.waitForFunction((what) => document.getElementById("status")?.textContent?.startsWith(what), what, { timeout: 300_000 });
    await page.waitForFunction(() => document.getElementById("play")?.textContent === "Replay", undefined, { timeout: 300_000 });
  };
  await drawn("Sneaker, 4 pictures, drawn");
  await browser.startTracing(page, { categories: ["disabled-by-default-devtools.timeline"] });
  await page.getByRole("button", { name: "Dress", exact: true }).click();
  await drawn("Dress, 4 pictures, drawn");
  const busy = tasks((await browser.stopTracing()).toString());
  const seen = /** @type {{ lcp: number, cls: number, inp: number, tasks: number[] }} */ (await page.evaluate("globalThis.seen"));
  await context.close();
  return { ...seen, busy };
}

/**
 * Processor time of each task on the pages' own threads, in milliseconds: what they would take on a machine with nothing
 * else to do.
 * @param {string} trace
 */
function tasks(trace) {
  /** @type {{ name: string, pid: number, tid: number, tdur?: number, args?: { name?: string } }[]} */
  const events = JSON.parse(trace).traceEvents;
  const own = new Set(events.filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain").map(({ pid, tid }) => `${pid} ${tid}`));
  return events.filter(({ name, pid, tid }) => name === "RunTask" && own.has(`${pid} ${tid}`)).map(({ tdur }) => (tdur ?? 0) / 1000);
}

/** @type {Awaited<ReturnType<typeof embed>>[]} */
const visits = [];
/** @type {Awaited<ReturnType<typeof vitals>>[]} */
const pages = [];
try {
  // On a visit that does not count the server compresses its files, which hosts have done beforehand.
  await embed();
  for (let round = 0; round < rounds; round += 1) {
    visits.push(await embed());
    console.error(`visit ${round + 1}: ${(visits[round].inside.picture / 1000).toFixed(2)} s`);
  }
  for (let round = 0; round < Math.min(3, rounds); round += 1) pages.push(await vitals());
} finally {
  await browser.close();
  await site.close();
  await wire.close();
}

const row = (/** @type {string} */ name, /** @type {string} */ value) => console.log(`${name.padEnd(52)}${value.padStart(16)}`);
const seconds = (/** @type {number} */ milliseconds) => `${(milliseconds / 1000).toFixed(2)} s`;
console.log(`\nembed, cold, ${options.device}, ${options.megabits} Mbit/s, ${options.latency} ms, ${rounds} rounds, ${browser.version()} on ${cpus().length} × ${cpus()[0].model}`);
row("bytes, with all headers (goal: under 2.0 MB)", `${(median(visits.map(({ bytes }) => bytes)) / 1e6).toFixed(3)} MB`);
row("first picture (goal: under 3 s)", seconds(median(visits.map(({ inside }) => inside.picture))));
for (const name of /** @type {const} */ (["html", "scripts", "wasm", "manifest", "weights"])) {
  const at = (/** @type {"begin" | "end"} */ end) => median(visits.map(({ parts }) => parts[name][end]));
  row(`  ${name}: asked for, there`, `${seconds(at("begin"))} – ${seconds(at("end"))}`);
}
for (const [name, mark] of [["code runs, model loaded", "load"], ["first step (noise)", "noise"], ["first call of the network", "step"], ["picture, all steps", "picture"]]) {
  row(`  ${name}`, seconds(median(visits.map(({ inside }) => inside[mark]))));
}
console.log("\npage, first visit and one more picture");
row("largest contentful paint", seconds(median(pages.map(({ lcp }) => lcp))));
row("cumulative layout shift", median(pages.map(({ cls }) => cls)).toFixed(3));
row("interaction to next paint", `${median(pages.map(({ inp }) => inp)).toFixed(0)} ms`);
row("tasks over 50 ms on the page's thread, by the clock", String(median(pages.map(({ tasks }) => tasks.length))));
row("longest of them", `${Math.max(0, ...pages.flatMap(({ tasks }) => tasks)).toFixed(0)} ms`);
row("longest task while drawing, in processor time", `${Math.max(0, ...pages.flatMap(({ busy }) => busy)).toFixed(1)} ms`);
mkdirSync("dist/bench", { recursive: true });
writeFileSync(`dist/bench/cold-${options.device}.json`, JSON.stringify({ options, visits, pages }, null, 2));
