/**
 * The bundlers, each as its users call it: a small page made of the packed package, as a folder of files. They are installed in `.tools/bundlers/`
 * by `./build.sh test bundlers`, from the lock file beside this module; `MORPHOGEN_BUNDLERS` names another such folder.
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

export const ROOT = resolve(import.meta.dirname, "../..");
const TOOLS = process.env.MORPHOGEN_BUNDLERS ?? join(ROOT, ".tools/bundlers");

/** Whether the bundlers are on this machine. */
export const installed = existsSync(join(TOOLS, "node_modules/next"));

/** A bundler's own module. @param {string} name @returns {Promise<any>} */
const tool = (name) => import(pathToFileURL(createRequire(join(TOOLS, "package.json")).resolve(name)).href);

/** What a page does: a picture by several workers, one by a machine of the second wasm, one by each model of a package, steps of learning, and the element. */
const scene = (learn = "morphogen/learn") => `
import { loadModel } from "morphogen";
import emoji from "morphogen-emoji";
import fashion from "morphogen-fashion";
import { learn } from "${learn}";

export async function draw() {
  const model = await loadModel("/models/fashion/", { device: "cpu", network: "resnet" });
  const sample = await model.sample({ prompt: "sneaker", seed: 7, steps: 2, count: 3, frames: true });
  const machine = await model.sample({ prompt: "sneaker", seed: 7, steps: 1, machine: "wiener" });
  const brought = [];
  for (const [pack, prompt] of [[fashion, "sneaker"], [emoji, "rotes Herz"]]) {
    const own = await loadModel(await pack(), { device: "cpu", network: "unet" });
    const { label, pixels } = await own.sample({ prompt, seed: 7, steps: 1 });
    brought.push({ label, pixels: pixels.length, title: own.info.title, networks: own.info.networks.map(({ name }) => name) });
    own.close();
  }
  const image = new ImageData(8, 8);
  for (let q = 0; q < image.data.length; q += 1) image.data[q] = (37 * q) % 256;
  const run = await learn({ images: [image, new ImageData(8, 8)], steps: 2, network: { widths: [8, 16] } });
  for await (const _ of run);
  const { state, step } = run;
  run.close();
  return { noise: [...new Uint32Array(sample.frames[0].x.slice(0, 4).buffer)], pixels: [...sample.pixels], machine: [...machine.pixels], brought, learnt: { state, step } };
}
`;

/** The page that calls it. @param {string} scene */
const main = (scene) => `
import { draw } from "${scene}";
draw().then((drawn) => Object.assign(globalThis, { drawn }), (error) => Object.assign(globalThis, { drawn: { error: \`\${error.code} \${error.message}\` } }));
`;

const html = (/** @type {string} */ script) => `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>Bundled</title><link rel="icon" href="data:,"></head>
  <body>
    <morphogen-sampler model="/models/fashion/" prompt="bag" seed="3" steps="2" device="cpu" autoplay></morphogen-sampler>
    <script type="module" src="${script}"></script>
  </body>
</html>
`;

/** Packs packages as npm would publish them. @param {string} folder that they are put in @param {string[]} packages their folders @returns {string[]} */
export const packed = (folder, packages) =>
  packages.map((from) => {
    const [{ filename, size }] = JSON.parse(execFileSync("npm", ["pack", "--json", "--pack-destination", folder, from], { encoding: "utf8", shell: process.platform === "win32" }));
    console.log(`${filename}: ${size} bytes`);
    return join(folder, filename);
  });

/** What is packed, installed in the folder of an app. @param {string} folder @param {string[]} tarballs */
export function install(folder, tarballs) {
  writeFileSync(join(folder, "package.json"), '{ "name": "app", "private": true, "type": "module" }');
  execFileSync("npm", ["install", "--offline", "--no-audit", "--no-fund", "--no-package-lock", "--silent", ...tarballs], { cwd: folder, stdio: "inherit", shell: process.platform === "win32" });
}

/** A folder for apps where the bundlers are found, too. */
export const place = () => mkdtempSync(join(TOOLS, "apps-"));

/** @param {string} folder @param {Record<string, string>} files */
function write(folder, files) {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** Those that write scripts into the page itself, which takes a policy of the site's own. */
export const INLINE = ["Parcel", "Next with Turbopack"];

/** Plain pages, for the bundlers that begin with a script or a page. */
const plain = (learn = "morphogen/learn") => ({ "scene.js": scene(learn), "main.js": main("./scene.js"), "index.html": html("./main.js") });

/** The same page without a bundler, in a folder with the package installed. @param {string} folder */
export function unbundled(folder) {
  const own = (/** @type {string} */ file) => `./node_modules/${file}`;
  const models = { "morphogen-fashion": own("morphogen-fashion/index.js"), "morphogen-emoji": own("morphogen-emoji/index.js") };
  const imports = { morphogen: own("morphogen/morphogen.js"), "morphogen/learn": own("morphogen/learn.js"), ...models };
  const map = `<script type="importmap">${JSON.stringify({ imports })}</script>`;
  write(folder, { ...plain(), "index.html": html("./main.js").replace("</head>", `${map}</head>`) });
}

/** What esbuild and Rollup need besides, as docs/embed.md says: entries for the workers, and the wasm beside the output. @param {string} folder */
function carry(folder) {
  const generated = join(folder, "node_modules/morphogen/generated");
  mkdirSync(join(folder, "dist/generated"), { recursive: true });
  for (const file of readdirSync(generated)) if (file.endsWith(".wasm")) cpSync(join(generated, file), join(folder, "dist/generated", file));
  for (const name of ["fashion", "emoji"]) cpSync(join(folder, "node_modules", `morphogen-${name}`, `${name}.zip`), join(folder, "dist", `${name}.zip`));
  write(folder, { "dist/index.html": html("./main.js") });
}
const ENTRIES = { main: "./main.js", worker: "morphogen/worker.js", "learn-worker": "morphogen/learn-worker.js" };

/**
 * How each builds the app in a folder, and gives the folder of the finished page, which will stand at `address`.
 * @type {Record<string, (folder: string, address: string) => Promise<string>>}
 */
export const BUNDLERS = {
  Vite: async (folder) => {
    write(folder, plain());
    await (await tool("vite")).build({ root: folder, base: "./", configFile: false, logLevel: "error" });
    return "dist";
  },
  Rollup: async (folder) => {
    write(folder, plain());
    const { default: nodeResolve } = await tool("@rollup/plugin-node-resolve");
    const bundle = await (await tool("rollup")).rollup({ input: { ...ENTRIES, main: join(folder, "main.js") }, plugins: [nodeResolve({ rootDir: folder })] });
    await bundle.write({ dir: join(folder, "dist"), format: "es", entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" });
    carry(folder);
    return "dist";
  },
  esbuild: async (folder) => {
    write(folder, plain());
    await (await tool("esbuild")).build({ absWorkingDir: folder, entryPoints: ENTRIES, bundle: true, splitting: true, minify: true, format: "esm", outdir: "dist", logLevel: "warning" });
    carry(folder);
    return "dist";
  },
  webpack: async (folder) => {
    write(folder, plain());
    const { default: webpack } = await tool("webpack");
    const compiler = webpack({ context: folder, mode: "production", entry: "./main.js", output: { path: join(folder, "dist"), filename: "main.js" }, performance: false });
    const stats = await new Promise((done, fail) => compiler.run((/** @type {Error | null} */ error, /** @type {any} */ stats) => (error ? fail(error) : done(stats))));
    if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString());
    write(folder, { "dist/index.html": html("./main.js") });
    return "dist";
  },
  Parcel: async (folder) => {
    // It reads no `exports` unless it is told to.
    write(folder, plain("morphogen/learn.js"));
    run(folder, "parcel/lib/bin.js", ["build", "index.html", "--public-url", "./", "--no-source-maps", "--no-cache", "--log-level", "warn"]);
    return "dist";
  },
  "Next with Turbopack": async (folder, address) => {
    const page = '"use client";\nimport { useEffect } from "react";\nimport { draw } from "../scene.js";\n\nexport default function Page() {\n  useEffect(() => {\n    draw().then((drawn) => Object.assign(globalThis, { drawn }), (error) => Object.assign(globalThis, { drawn: { error: `${error.code} ${error.message}` } }));\n  }, []);\n  return <morphogen-sampler model="/models/fashion/" prompt="bag" seed="3" steps="2" device="cpu" autoplay />;\n}\n';
    write(folder, {
      "scene.js": scene(),
      "app/layout.jsx": 'export const metadata = { title: "Bundled", icons: "data:," };\n\nexport default function Layout({ children }) {\n  return <html lang="en"><body>{children}</body></html>;\n}\n',
      "app/page.jsx": page,
      "next.config.js": `export default { output: "export", basePath: ${JSON.stringify(address)}, turbopack: { root: ${JSON.stringify(TOOLS)} } };\n`,
    });
    run(folder, "next/dist/bin/next", ["build"]);
    return "out";
  },
};

/** A command of a bundler. @param {string} folder @param {string} script @param {string[]} words */
function run(folder, script, words) {
  const environment = { ...process.env, NEXT_TELEMETRY_DISABLED: "1" };
  try {
    execFileSync(process.execPath, [join(TOOLS, "node_modules", script), ...words], { cwd: folder, env: environment, stdio: "pipe", encoding: "utf8" });
  } catch (error) {
    const { stdout, stderr } = /** @type {any} */ (error);
    throw new Error(`${script} ${words.join(" ")} failed:\n${stdout}${stderr}`);
  }
}
