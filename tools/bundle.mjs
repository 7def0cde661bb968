/**
 * Makes the files of the package that need no other files beside them, behind the wasm build:
 *
 * - `pkg/generated/inlined.js`, the worker's code and the wasm as text, which `pkg/inline.js` hands to the package;
 * - `pkg/generated/embed.js`, `www/embed.js` and all it needs as one classic script, for `www/embed.html`;
 * - `pkg/generated/figures.js`, the figures of the essay as another, which it loads where one of them is asked for;
 * - `pkg/generated/widget.mjs`, `python/widget/widget.js` and all it needs as one module, for notebooks and books.
 *
 *     node tools/bundle.mjs
 */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";
import { build } from "esbuild";

export const ROOT = resolve(fileURLToPath(import.meta.url), "../..");
/** Stands for the folder of the package where it has no address of its own. */
const BASE = "morphogen:/";
const WASM = ["generated/morphogen_bg.wasm", "generated/theory_bg.wasm"];

/**
 * Bundles an entry point to one classic script, in plain ASCII.
 * @param {string} entry relative to the root
 * @returns {Promise<string>}
 */
export async function script(entry) {
  const { outputFiles } = await build({ ...whole(entry), format: "iife" });
  return outputFiles[0].text;
}

/**
 * What both kinds of bundle have in common: everything in one file, in plain ASCII.
 * @param {string} entry relative to the root
 * @returns {import("esbuild").BuildOptions & { write: false }}
 */
function whole(entry) {
  return {
    absWorkingDir: ROOT,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    charset: "ascii",
    target: "es2022",
    define: { "import.meta.url": JSON.stringify(`${BASE}module.js`) },
    plugins: [site],
    write: false,
    legalComments: "none",
  };
}

/**
 * The widget as a module. It holds the worker's script once, as a function, which either becomes the text of a worker or runs on the
 * page's own thread.
 * @param {Record<string, string>} files what the worker asks for
 */
async function widget(files) {
  /** @type {import("esbuild").Plugin} */
  const carried = {
    name: "carried",
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^morphogen:worker$|\/generated\/inlined\.js$/ }, ({ path }) => ({ path: path.split("/").pop(), namespace: "carried" }));
      onLoad({ filter: /worker/, namespace: "carried" }, async () => ({ contents: `export function run(self) {${await workerScript()}}` }));
      onLoad({ filter: /inlined/, namespace: "carried" }, () => ({
        contents: `import { run } from "morphogen:worker";\nexport const worker = \`(${"${run}"})(self)\`;\nexport const files = ${JSON.stringify(files)};`,
      }));
    },
  };
  const common = whole("python/widget/widget.js");
  const { outputFiles } = await build({ ...common, format: "esm", plugins: [carried, ...(common.plugins ?? [])] });
  return outputFiles[0].text;
}

/** Pages find the package at `pkg/` beside them, as it is served. */
const site = {
  name: "site",
  setup: (/** @type {import("esbuild").PluginBuild} */ { onResolve }) =>
    onResolve({ filter: /^(\.|(\.\.\/)+)\/?pkg\// }, ({ path, resolveDir }) => (resolveDir.startsWith(resolve(ROOT, "www")) ? { path: resolve(ROOT, path.replace(/^(\.{1,2}\/)+/, "")) } : undefined)),
};

/** The worker as a classic script. */
export const workerScript = () => script("pkg/worker.js");

/** The worker of what learns, as a classic script. */
export const learnScript = () => script("pkg/learn-worker.js");

/** What the worker asks for: address and content of each wasm, the one that draws first. */
export const wasm = () => WASM.map(asked);

/** The wasms of what learns, in the same way. */
export const learnWasm = () => ["generated/learn_bg.wasm", "generated/learn-gpu_bg.wasm"].map(asked);

const asked = (/** @type {string} */ file) => ({ url: BASE + file, content: readFileSync(resolve(ROOT, "pkg", file)) });

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const packed = Object.fromEntries(wasm().map(({ url, content }) => [url, deflateSync(content, { level: 9 }).toString("base64")]));
  const out = (/** @type {string} */ name) => resolve(ROOT, "pkg/generated", name);
  writeFileSync(
    out("inlined.js"),
    `/* Made by tools/bundle.mjs. */
export const worker = ${JSON.stringify(await workerScript())};
export const files = ${JSON.stringify(packed)};
`,
  );
  writeFileSync(
    out("inlined.d.ts"),
    `/** The worker as a classic script. */
export const worker: string;
/** By the address that the worker asks for: zlib data in base64. */
export const files: Record<string, string>;
`,
  );
  writeFileSync(out("embed.js"), await script("www/embed.js"));
  writeFileSync(out("figures.js"), await script("www/essay/embedded.js"));
  writeFileSync(out("widget.mjs"), await widget(packed));
}
