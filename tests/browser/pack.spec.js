/** The npm package as others get it: packed, installed into an empty folder, bundled, served and drawn with. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "@playwright/test";
import { build as bundle } from "esbuild";
import { build as vite } from "vite";
import { serve } from "../../tools/serve.mjs";

const ROOT = resolve(import.meta.dirname, "../..");

/** Draws with the network and with a machine, so that the late imports of page and worker are needed, too. */
const app = (entry = "morphogen") => `
  import { loadModel } from "${entry}";
  const model = await loadModel("/models/fashion/", { device: "cpu" });
  const sample = await model.sample({ prompt: "sneaker", seed: 7, steps: 2 });
  const machine = await model.sample({ prompt: "sneaker", seed: 7, steps: 1, machine: "wiener" });
  const spread = ({ pixels }) => Math.max(...pixels) - Math.min(...pixels);
  document.title = spread(sample) > 0.5 && spread(machine) > 0.2 ? "drawn" : "blank";
`;
const html = (/** @type {string} */ script) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><link rel="icon" href="data:,"><title>nothing yet</title><script type="module" src="${script}"></script></html>\n`;

/** @type {string} */
let scratch;
/** @type {Awaited<ReturnType<typeof serve>>} */
let server;

test.describe.configure({ mode: "serial" });

test.beforeAll(async () => {
  mkdirSync(join(ROOT, "dist"), { recursive: true });
  scratch = mkdtempSync(join(ROOT, "dist", "pack-"));
  const npm = (/** @type {string[]} */ ...words) => execFileSync("npm", words, { cwd: scratch, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  const [{ filename }] = JSON.parse(npm("pack", "--json", join(ROOT, "pkg")));
  writeFileSync(join(scratch, "package.json"), JSON.stringify({ name: "scratch", private: true, type: "module" }));
  npm("install", "--offline", "--no-audit", "--no-fund", `./${filename}`);
  server = await serve({ mounts: [["/scratch/", scratch]] });
});

test.afterAll(async () => {
  await server?.close();
  if (scratch) rmSync(scratch, { recursive: true, force: true });
});

/**
 * Opens a page of the scratch folder and waits for its pictures.
 * @param {import("@playwright/test").Page} page
 * @param {string} path
 * @returns {Promise<string[]>} the paths that were fetched
 */
async function draws(page, path) {
  /** @type {string[]} */
  const fetched = [];
  /** @type {string[]} */
  const complaints = [];
  page.on("request", (request) => fetched.push(new URL(request.url()).pathname));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(new URL(path, server.url).href);
  await expect.poll(async () => complaints.join() || (await page.title())).toBe("drawn");
  return fetched;
}

test("the tarball has what the package promises, and no more", () => {
  const installed = join(scratch, "node_modules/morphogen");
  const { exports, files } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  for (const entry of Object.values(exports)) {
    for (const path of typeof entry === "string" ? [entry] : Object.values(entry)) {
      expect(readFileSync(join(installed, path)).length, path).toBeGreaterThan(0);
    }
  }
  expect(files).toContain("README.md");
  for (const path of ["README.md", "LICENSE-MIT", "LICENSE-APACHE", "generated/LICENCES.txt"]) {
    expect(readFileSync(join(installed, path)).length, path).toBeGreaterThan(0);
  }
  expect(() => readFileSync(join(installed, "generated/embed.js"))).toThrow("ENOENT");
});

test("a plain page draws with the files as they are", async ({ page }) => {
  writeFileSync(join(scratch, "plain.html"), html("plain.js"));
  writeFileSync(join(scratch, "plain.js"), app("./node_modules/morphogen/morphogen.js"));
  const fetched = await draws(page, "/scratch/plain.html");
  expect(fetched.filter((path) => path.endsWith("/worker.js"))).toHaveLength(1);
});

test("Vite finds worker and wasm by itself", async ({ page }) => {
  const root = join(scratch, "vite");
  mkdirSync(root);
  writeFileSync(join(root, "index.html"), html("./app.js"));
  writeFileSync(join(root, "app.js"), app());
  await vite({ root, base: "./", configFile: false, logLevel: "error", build: { target: "es2022" } });
  const fetched = await draws(page, "/scratch/vite/dist/index.html");
  expect(fetched.filter((path) => path.endsWith(".wasm")).map((path) => path.replace(/-[\w-]+\.wasm$/, ""))).toEqual([
    "/scratch/vite/dist/assets/morphogen_bg",
    "/scratch/vite/dist/assets/theory_bg",
  ]);
});

test("esbuild bundles page and worker, with the wasm beside them", async ({ page }) => {
  const out = join(scratch, "esbuild");
  writeFileSync(join(scratch, "app.js"), app());
  await bundle({
    absWorkingDir: scratch,
    entryPoints: { app: "app.js", worker: "morphogen/worker.js" },
    bundle: true,
    splitting: true,
    format: "esm",
    outdir: out,
    logLevel: "error",
  });
  const files = ["generated/morphogen_bg.wasm", "generated/theory_bg.wasm"];
  for (const file of files) cpSync(join(scratch, "node_modules/morphogen", file), join(out, file));
  writeFileSync(join(out, "index.html"), html("app.js"));
  const fetched = await draws(page, "/scratch/esbuild/index.html");
  expect(fetched.filter((path) => path.endsWith(".wasm"))).toEqual(files.map((file) => `/scratch/esbuild/${file}`));
});

/** A bundler that reads no `exports`: packages by their `main`, and files as they lie in the folder. */
const plainly = {
  name: "without exports",
  setup: (/** @type {import("esbuild").PluginBuild} */ { onResolve }) =>
    onResolve({ filter: /^morphogen(\/|$)/ }, ({ path }) => {
      const [folder, file] = [join(scratch, "node_modules/morphogen"), path.slice("morphogen/".length)];
      const { main } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      return { path: join(folder, file ? file.replace(/(\.js)?$/, ".js") : main) };
    }),
};

test("a bundler that reads no exports finds the package and the inlined one", async ({ page }) => {
  const out = join(scratch, "plainly");
  writeFileSync(join(scratch, "plainly.js"), app("morphogen/inline"));
  writeFileSync(join(scratch, "main.js"), `import { loadModel } from "morphogen"; export { loadModel };`);
  await bundle({ absWorkingDir: scratch, entryPoints: ["plainly.js", "main.js"], bundle: true, format: "esm", outdir: out, plugins: [plainly], logLevel: "error" });
  writeFileSync(join(out, "index.html"), html("plainly.js"));
  await draws(page, "/~csp=blob/scratch/plainly/index.html");
});

test("esbuild makes one script of the inlined entry, and nothing else is fetched but the model", async ({ page }) => {
  const out = join(scratch, "inline");
  writeFileSync(join(scratch, "inline.js"), app("morphogen/inline"));
  await bundle({ absWorkingDir: scratch, entryPoints: ["inline.js"], bundle: true, format: "esm", outdir: out, logLevel: "error" });
  writeFileSync(join(out, "index.html"), html("inline.js"));
  const fetched = await draws(page, "/~csp=blob/scratch/inline/index.html");
  const code = fetched.filter((path) => path.startsWith("/~csp=blob/"));
  expect(code).toEqual(["/~csp=blob/scratch/inline/index.html", "/~csp=blob/scratch/inline/inline.js"]);
});
