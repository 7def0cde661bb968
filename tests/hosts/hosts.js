/**
 * Real hosts of widgets, as far as they are on this machine: a Python with JupyterLab or marimo, and MyST's renderer and a player of SCORM from npm.
 * `MORPHOGEN_NOTEBOOKS` names the Python, `MORPHOGEN_HOSTS` the folder of the packages; `./build.sh test hosts` sets both up in `.tools/hosts/`.
 */
import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { chromium } from "@playwright/test";
import { build } from "esbuild";
import { course } from "../../tools/course.mjs";
import { unpacked } from "../browser/unpacked.js";

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

/** Starts JupyterLab with the wheel, in a folder. @param {string} name of a Python @param {string} folder */
export async function jupyterLab(name, folder) {
  const site = wheel(name, folder);
  const at = await port();
  const url = `http://localhost:${at}/`;
  const words = ["--no-browser", `--port=${at}`, "--IdentityProvider.token=", "--ServerApp.password=", "--allow-root", `--ServerApp.root_dir=${folder}`, "--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"];
  const stop = await served(name, ["-m", "jupyter", "lab", ...words], { PYTHONPATH: site }, `${url}api`);
  /** Opens a notebook, trusted as one's own is, and waits until its kernel is idle. @param {import("@playwright/test").Page} page @param {string} file @param {string} content */
  const open = async (page, file, content) => {
    writeFileSync(join(folder, file), content);
    execFileSync(name, ["-m", "jupyter", "trust", join(folder, file)]);
    await page.goto(`${url}lab/tree/${file}?reset`);
    await page.locator(".jp-NotebookPanel .jp-CodeCell").first().waitFor();
    await page.locator("#jp-main-statusbar").getByText("Python 3 (ipykernel) | Idle").waitFor();
  };
  /** Runs the cell number `n`. @param {import("@playwright/test").Page} page @param {number} n */
  const run = async (page, n) => {
    await page.locator(".jp-CodeCell .cm-content").nth(n).click();
    await page.keyboard.press("Shift+Enter");
  };
  return { url, stop, open, run };
}

/** Starts a notebook of marimo with the wheel. @param {string} name of a Python @param {string} folder */
export async function marimoNotebook(name, folder) {
  const site = wheel(name, folder);
  const cells = [
    ["", 'import marimo as mo\n    from morphogen import Sampler\n    sampler = mo.ui.anywidget(Sampler(prompt="bag", seed=3, steps=3, device="cpu"))\n    sampler', "mo, sampler"],
    ["mo, sampler", 'mo.md(f"{sampler.value[\'status\']}: {sampler.shape}, {len(sampler.image)} bytes")', ""],
  ];
  const source = cells.map(([needs, body, gives]) => `@app.cell\ndef _(${needs}):\n    ${body}\n    return (${gives}${gives && ","})\n`).join("\n");
  writeFileSync(join(folder, "bag.py"), `import marimo\n\napp = marimo.App()\n\n${source.replace("return ()", "return")}\nif __name__ == "__main__":\n    app.run()\n`);
  const at = await port();
  const url = `http://localhost:${at}/`;
  const stop = await served(name, ["-m", "marimo", "run", join(folder, "bag.py"), "--headless", "--port", String(at), "--no-token"], { PYTHONPATH: site }, url);
  return { url, stop };
}

/** An example of the guide by its title. @param {string} title */
export function example(title) {
  const guide = readFileSync(join(ROOT, "docs/embed.md"), "utf8");
  const [, , text] = new RegExp(`^(\`{3,})\\w+ title="${title.replace(".", "\\.")}"\\n([^]*?)^\\1$`, "m").exec(guide) ?? [];
  if (text === undefined) throw new Error(`docs/embed.md has no example called ${title}`);
  return text;
}

/** The guide's page for MyST, as its parser and renderer make it. @param {string} myst where they are @param {string} folder @param {string} url of the site @param {object} [more] traits */
export async function mystPage(myst, folder, url, more = {}) {
  const { mystParse } = await import(pathToFileURL(join(myst, "node_modules/myst-parser/dist/index.js")).href);
  const found = (/** @type {any} */ node) => (node.type === "anywidget" ? node : (node.children ?? []).map(found).find(Boolean));
  const text = example("lesson.md");
  const node = found(mystParse(text.replaceAll("https://example.org/morphogen/", url)));
  Object.assign(node.model, more);
  const page = `
    import React from "react";
    import { createRoot } from "react-dom/client";
    import { ANY_RENDERERS } from "@myst-theme/anywidget";
    createRoot(document.getElementById("root")).render(React.createElement(ANY_RENDERERS.anywidget, { node: ${JSON.stringify(node)} }));`;
  await build({ stdin: { contents: page, resolveDir: myst }, bundle: true, format: "esm", platform: "browser", define: { "process.env.NODE_ENV": '"production"' }, outfile: join(folder, "page.js"), logLevel: "warning" });
  const [, title] = /^# (.*)$/m.exec(text) ?? [];
  writeFileSync(join(folder, "index.html"), `<!doctype html><meta charset="utf-8"><title>A lesson</title><h1>${title}</h1><div id="root"></div><script type="module" src="page.js"></script>`);
}

/** The course, unpacked, and a page with a player around it. @param {string} scorm where the player is @param {string} folder */
export async function coursePlayer(scorm, folder) {
  await course(join(folder, "course.zip"));
  for (const [name, content] of unpacked(readFileSync(join(folder, "course.zip")))) writeFileSync(join(folder, name), content);
  copyFileSync(join(scorm, "node_modules/scorm-again/dist/scorm12.min.js"), join(folder, "player.js"));
  writeFileSync(join(folder, "player.html"), '<!doctype html><title>Player</title><script src="player.js"></script><script>window.API = new Scorm12API({ autocommit: false });</script><iframe src="index.html" width="900" height="700"></iframe>');
}
