/**
 * Takes a picture of Morphogen in each host that is on this machine, for `docs/lecturers.md`: JupyterLab, marimo, MyST, a learning platform's player, a plain page and
 * slides. What hosts need is set up by `./build.sh test hosts`; what is missing is left as it was.
 *
 *     node tools/host-screenshots.mjs [HOST]...
 */
import { statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { coursePlayer, example, gone, installed, jupyterLab, marimoNotebook, mystPage, notebook, opened, python, scratch } from "../tests/hosts/hosts.js";
import { serve } from "./serve.mjs";

/** @typedef {import("@playwright/test").Page} Page */

const ROOT = resolve(import.meta.dirname, "..");
const wanted = process.argv.slice(2);
const SIZE = { width: 800, height: 600 };
/** So that pictures need no note on why the processor draws. */
const DEVICE = { device: "cpu" };
/** Bytes that a picture may have. */
const LIMIT = 120_000;

/** Waits until a sampler has drawn. @param {Page | import("@playwright/test").FrameLocator} page */
const drawn = (page) => page.locator("morphogen-sampler").getByRole("status").filter({ hasText: "drawn" }).first().waitFor({ state: "attached" });

/** A page served from a folder. @param {string} folder */
const hosted = (folder) => serve({ mounts: [["/lesson", folder], ["/morphogen", "www"], ["/morphogen/pkg", "pkg"], ["/reveal.js", join(ROOT, "node_modules/reveal.js")]] });

/**
 * How each host is brought to show a picture; the answer ends it. `undefined`: it is not here.
 * @type {Record<string, (page: Page, folder: string) => Promise<(() => unknown) | undefined>>}
 */
const HOSTS = {
  notebook: async (page, folder) => {
    const name = python("jupyterlab", "anywidget", "numpy");
    if (!name) return undefined;
    const host = await jupyterLab(name, folder);
    await host.open(page, "first.ipynb", notebook(['from morphogen import Sampler\n\nsampler = Sampler(prompt="sneaker", seed=7, machine="bbels", size=180)\nsampler', "sampler.array(0).shape, sampler.label"]));
    await host.run(page, 0);
    await drawn(page);
    await host.run(page, 1);
    await page.locator(".jp-OutputArea-executeResult pre").waitFor();
    // Without what it asks at its first start, and without the list of files.
    await page.addStyleTag({ content: ".Toastify { display: none }" });
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+b");
    await page.locator(".jp-NotebookPanel .jp-CodeCell").first().scrollIntoViewIfNeeded();
    return host.stop;
  },
  marimo: async (page, folder) => {
    const name = python("marimo", "anywidget");
    if (!name) return undefined;
    const host = await marimoNotebook(name, folder);
    await page.goto(host.url);
    await drawn(page);
    await page.getByText("drawn: [1, 28, 28, 1], 784 bytes").waitFor();
    return host.stop;
  },
  myst: async (page, folder) => {
    const myst = installed("@myst-theme/anywidget");
    if (!myst) return undefined;
    const site = await hosted(folder);
    await mystPage(myst, folder, site.url, DEVICE);
    await page.goto(`${site.url}~csp=blob/lesson/index.html`);
    await drawn(page);
    return site.close;
  },
  course: async (page, folder) => {
    const scorm = installed("scorm-again");
    if (!scorm) return undefined;
    await coursePlayer(scorm, folder);
    const site = await hosted(folder);
    await page.goto(`${site.url}~csp=none/lesson/player.html`);
    await page.frameLocator("iframe").frameLocator("iframe").locator("#noise h2").waitFor();
    await page.waitForTimeout(3000);
    return site.close;
  },
  plain: async (page, folder) => {
    const site = await hosted(folder);
    writeFileSync(join(folder, "plain.html"), example("plain.html").replace("autoplay", `device="${DEVICE.device}" autoplay`));
    await page.goto(`${site.url}~csp=none/lesson/plain.html`);
    await drawn(page);
    return site.close;
  },
  slides: async (page, folder) => {
    const site = await hosted(folder);
    writeFileSync(join(folder, "slides.html"), example("slides.html").replaceAll("https://example.org/", site.url).replace("seed=4", `seed=4&amp;device=${DEVICE.device}`));
    await page.goto(`${site.url}~csp=none/lesson/slides.html#/1`);
    await drawn(page.frameLocator("iframe"));
    return site.close;
  },
};

const browser = await opened();
try {
  for (const [name, show] of Object.entries(HOSTS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const folder = scratch();
    const page = await /** @type {import("@playwright/test").Browser} */ (browser.page.context().browser()).newPage({ viewport: SIZE });
    page.setDefaultTimeout(240_000);
    try {
      const end = await show(page, folder);
      const out = join(ROOT, "docs/screenshots", `host-${name}.png`);
      if (!end) console.log(`${name}: not here`);
      else {
        await page.screenshot({ path: out });
        const { size } = statSync(out);
        console.log(`${out}: ${size} bytes`);
        if (size > LIMIT) process.exitCode = 1;
      }
      await end?.();
    } finally {
      await page.close();
      gone(folder);
    }
  }
} finally {
  await browser.close();
}
