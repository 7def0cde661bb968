/**
 * Real hosts of widgets, as far as they are on this machine: a Python with JupyterLab or marimo, and MyST's renderer and a player of SCORM from npm.
 * `MORPHOGEN_NOTEBOOKS` names the Python, `MORPHOGEN_HOSTS` the folder of the packages; `./build.sh test hosts` sets both up in `.tools/hosts/`.
 */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "@playwright/test";

export const ROOT = resolve(import.meta.dirname, "../..");
const TOOLS = join(ROOT, ".tools/hosts");
/** Where such a package is installed: MyST's renderer, a player of SCORM. @param {string} name */
export const installed = (name) => [process.env.MORPHOGEN_HOSTS, TOOLS].find((folder) => folder && existsSync(join(folder, "node_modules", name)));

/** The first Python that has all of these, or nothing. @param {string[]} modules */
export function python(...modules) {
  for (const name of [process.env.MORPHOGEN_NOTEBOOKS, join(TOOLS, "venv/bin/python"), process.env.PYTHON, "python3"]) {
    try {
      if (name) execFileSync(name, ["-c", `import ${modules.join(", ")}`], { stdio: "ignore" });
      if (name) return name;
    } catch {
      // It lacks one.
    }
  }
  return undefined;
}

/** The wheel, installed alone in a folder, for `PYTHONPATH`. @param {string} name of a Python @param {string} folder */
export function wheel(name, folder) {
  execFileSync(name, [join(ROOT, "python/tools/wheel.py")], { stdio: "inherit" });
  const file = readdirSync(join(ROOT, "dist")).find((file) => /^morphogen-.*\.whl$/.test(file)) ?? "";
  execFileSync(name, ["-m", "pip", "install", "--quiet", "--no-deps", "--target", join(folder, "site"), join(ROOT, "dist", file)]);
  return join(folder, "site");
}

export const scratch = () => mkdtempSync(join(tmpdir(), "morphogen-hosts-"));
export const gone = (/** @type {string} */ folder) => rmSync(folder, { recursive: true, force: true });

/** @returns {Promise<number>} a port that nobody listens on */
export const port = () =>
  new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
      server.close(() => done(port));
    });
  });

/**
 * Starts a server and waits until it answers.
 * @param {string} command
 * @param {string[]} words
 * @param {Record<string, string>} environment
 * @param {string} url
 */
export async function served(command, words, environment, url) {
  // In a group of its own, kernels included.
  const server = spawn(command, words, { env: { ...process.env, ...environment }, stdio: "ignore", detached: true });
  const stop = () => void (server.pid && server.exitCode === null && process.kill(-server.pid, "SIGTERM"));
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer) return stop;
    await sleep(300);
  }
  stop();
  throw new Error(`${command} ${words.join(" ")} did not answer at ${url}`);
}

/** A page in Chromium that notes which hosts are asked. */
export async function opened() {
  const chromiumPath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ args: ["--no-sandbox", "--disable-background-networking"], ...(existsSync(chromiumPath) ? { executablePath: chromiumPath } : {}) });
  const page = await browser.newPage({ viewport: { width: 1280, height: 1400 } });
  /** @type {Set<string>} */
  const origins = new Set();
  page.on("request", (request) => /^(https?|wss?):/.test(request.url()) && origins.add(new URL(request.url()).origin));
  page.setDefaultTimeout(300_000);
  return { page, origins, close: () => browser.close() };
}

/**
 * A notebook of these cells; a cell is code unless it begins with `#` and a space.
 * @param {string[]} sources
 * @param {object} [metadata]
 */
export const notebook = (sources, metadata = {}) =>
  JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: "python3", display_name: "Python 3", language: "python" }, ...metadata },
    cells: sources.map((source, n) => ({ cell_type: "code", id: `cell-${n}`, metadata: {}, execution_count: null, outputs: [], source })),
  });
