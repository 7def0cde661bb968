/** Every example of docs/embed.md, opened as it stands there; links of all documents; the reference and the package beside the types. */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { compile } from "@mdx-js/mdx";
import { expect, test } from "@playwright/test";
import { marked } from "marked";
import { build as vite } from "vite";
import { REFERENCE, members, reference } from "../../tools/api.mjs";
import { KEPT } from "../../tools/model-packages.mjs";
import { serve } from "../../tools/serve.mjs";

const ROOT = resolve(import.meta.dirname, "../..");
const GUIDE = readFileSync(join(ROOT, "docs/embed.md"), "utf8");
/** The examples by their titles. */
const examples = new Map([...GUIDE.matchAll(/^(`{3,})\w+ title="([^"]+)"\n([^]*?)^\1$/gm)].map(([, , title, text]) => [title, text]));
const DRAWN = /drawn by a diffusion model from seed \d+/;

/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
/** @type {string} */
let scratch;

test.beforeAll(async () => {
  mkdirSync(join(ROOT, "dist"), { recursive: true });
  scratch = mkdtempSync(join(ROOT, "dist", "docs-"));
  server = await serve({
    mounts: [
      ["/morphogen", "www"],
      ["/morphogen/pkg", "pkg"],
      ["/reveal.js", "node_modules/reveal.js"],
      ["/scratch", scratch],
      ["/scratch/pkg", "pkg"],
      ["/scratch/models", "www/models"],
    ],
  });
});

test.afterAll(async () => {
  await server?.close();
  if (scratch) rmSync(scratch, { recursive: true, force: true });
});

/** An example's text, with this server in the place of `https://example.org`. */
function example(/** @type {string} */ title) {
  const text = examples.get(title);
  if (text === undefined) throw new Error(`docs/embed.md has no example called ${title}`);
  return text.replaceAll("https://example.org/", server.url);
}

/**
 * Opens a page made of this HTML, on a site of no policy or the one given.
 * @param {import("@playwright/test").Page} page
 * @param {string} html
 * @param {{ policy?: string, hash?: string }} [options]
 */
async function open(page, html, { policy, hash = "" } = {}) {
  const address = new URL("example.html", server.url).href;
  const headers = policy ? { "content-security-policy": policy } : undefined;
  await page.route(address, (route) => route.fulfill({ body: html, contentType: "text/html; charset=utf-8", headers }));
  await page.goto(`${address}${hash}`);
}

/** Waits until the frame on the page has drawn. */
const framed = (/** @type {import("@playwright/test").Page} */ page) =>
  expect(page.frameLocator("iframe").locator("canvas")).toHaveAccessibleName(DRAWN);

test("a frame, which then stands as high as it needs", async ({ page }) => {
  await open(page, example("frame.html"));
  await framed(page);
  await expect(page.locator("iframe")).not.toHaveAttribute("height", "420");
});

test("a frame in slides does what the buttons beside it tell it", async ({ page }) => {
  await open(page, example("led.html"));
  const canvas = page.frameLocator("iframe").locator("canvas");
  await expect(canvas).toHaveAttribute("aria-label", "Not drawn yet");
  await page.getByRole("button", { name: "Play" }).click();
  await expect(canvas).toHaveAccessibleName(DRAWN);
});

test("plain HTML, under the policy that the guide gives", async ({ page }) => {
  await open(page, example("plain.html"), { policy: example("policy of a page with the element").trim() });
  await expect(page.locator("morphogen-sampler canvas")).toHaveAccessibleName(DRAWN);
});

test("the image that stands in for a picture is shown under that policy, as the README puts it", async ({ page }) => {
  const [, lines] = /```html\n([^]*?)```/.exec(readFileSync(join(ROOT, "README.md"), "utf8")) ?? [];
  copyFileSync(join(ROOT, "www/icons/icon-192.png"), join(scratch, "sneaker.png"));
  // The page lies beside the package, and its model is gone.
  const html = `<!doctype html><title>README</title><base href="/scratch/">${lines.replace("models/fashion/", "models/gone/")}`;
  await open(page, html, { policy: `${example("policy of a page with the element").trim()}; base-uri 'self'` });
  const image = page.getByAltText("A sneaker");
  await expect(image).toBeVisible();
  expect(await image.evaluate((element) => /** @type {HTMLImageElement} */ (element).naturalWidth)).toBeGreaterThan(0);
});

test("the frame draws under the policy that the guide gives it", async ({ page }) => {
  // Beside the server's own policy, which is a little wider: what passes both passes this one.
  const policy = `<meta http-equiv="Content-Security-Policy" content="${example("policy of the frame").trim()}">`;
  const html = readFileSync(join(ROOT, "www/embed.html"), "utf8").replace("<head>", `<head>${policy}`);
  expect(html).toContain(policy);
  writeFileSync(join(scratch, "embed.html"), html);
  copyFileSync(join(ROOT, "www/embed.css"), join(scratch, "embed.css"));
  await open(page, example("frame.html").replace("/morphogen/embed.html", "/scratch/embed.html"));
  await framed(page);
});

test("Markdown", async ({ page }) => {
  await open(page, await marked(example("post.md")));
  await expect(page.getByRole("heading")).toHaveText("Bags from noise");
  await framed(page);
});

test("WordPress", async ({ page }) => {
  await open(page, example("wordpress.html"));
  await framed(page);
});

test("Jupyter", async ({ page }) => {
  const [magic, ...html] = example("notebook cell").split("\n");
  expect(magic).toBe("%%html");
  await open(page, html.join("\n"));
  await framed(page);
});

test("a notebook's cell, and MyST's directive, ask for traits that the widget has", () => {
  const { TRAITS } = /TRAITS = (?<TRAITS>\[.*?\])/.exec(readFileSync(join(ROOT, "python/widget/view.js"), "utf8"))?.groups ?? {};
  const known = ["model", ...JSON.parse(TRAITS)];
  const [, call] = /Sampler\((.*)\)/.exec(example("first cell")) ?? [];
  const [, body] = /```\{anywidget\} \S+\n([^]*?)```/.exec(example("lesson.md")) ?? [];
  const asked = [...[...call.matchAll(/(\w+)=/g)].map(([, name]) => name), ...Object.keys(JSON.parse(body))];
  expect(asked.length).toBeGreaterThan(4);
  expect(asked.filter((name) => !known.includes(name))).toEqual([]);
});

test("Quarto", async ({ page }) => {
  const [, html] = /^```\{=html\}\n([^]*?)^```$/m.exec(example("raw.qmd")) ?? [];
  await open(page, html);
  await framed(page);
  // The shortcode itself is run by authors.spec.js.
  expect(example("lesson.qmd")).toMatch(/^\{\{< morphogen .* >\}\}$/m);
});

test("Reveal.js: the frame draws when its slide is there", async ({ page }) => {
  await open(page, example("slides.html"), { hash: "#/1" });
  await expect(page.getByRole("heading", { name: "From noise" })).toBeVisible();
  await framed(page);
});

test("React and MDX, built with Vite", async ({ page }) => {
  const root = join(scratch, "react");
  mkdirSync(root);
  writeFileSync(join(root, "Sneaker.jsx"), example("Sneaker.jsx"));
  writeFileSync(join(root, "post.js"), String(await compile(example("post.mdx"))));
  writeFileSync(
    join(root, "main.jsx"),
    `import { createRoot } from "react-dom/client";
    import Post from "./post.js";
    import { Sneaker } from "./Sneaker.jsx";
    createRoot(document.getElementById("root")).render(<><Sneaker /><Post /></>);`,
  );
  writeFileSync(
    join(root, "index.html"),
    `<!doctype html><title>React</title><link rel="icon" href="data:,"><div id="root"></div><script type="module" src="./main.jsx"></script>`,
  );
  const alias = [{ find: /^morphogen$/, replacement: join(ROOT, "pkg/morphogen.js") }];
  await vite({ root, base: "./", configFile: false, logLevel: "error", resolve: { alias } });
  await page.goto(new URL("scratch/react/dist/index.html", server.url).href);
  await expect(page.locator("figcaption")).toHaveText("Sneaker, seed 7");
  await page.getByRole("button", { name: "Another" }).click();
  await expect(page.locator("figcaption")).toHaveText("Sneaker, seed 8");
  await page.locator("morphogen-sampler[prompt=bag]").scrollIntoViewIfNeeded();
  await expect(page.locator("morphogen-sampler[prompt=bag] canvas")).toHaveAccessibleName(/Bag, drawn/);
});

test("models from npm: the example asks for what the packages export", () => {
  const lines = example("models from npm");
  const [, name] = /import (\w+) from "morphogen-\1"/.exec(lines) ?? [];
  // The bundlers' tests build and open it.
  expect(Object.keys(KEPT)).toContain(name);
  expect(lines).toContain(`loadModel(await ${name}())`);
});

test("no example is left out", () => {
  const tests = readFileSync(import.meta.filename, "utf8");
  expect(examples.size).toBeGreaterThan(10);
  expect([...examples.keys()].filter((title) => !tests.includes(`example("${title}")`))).toEqual([]);
});

test("every link of a document leads somewhere", () => {
  const documents = execFileSync("git", ["ls-files", "*.md"], { cwd: ROOT, encoding: "utf8" }).trim().split("\n");
  const prose = (/** @type {string} */ file) => readFileSync(file, "utf8").replace(/^(`{3,})[^]*?^\1$/gm, "");
  /** The anchors of a document's headings, as hosts of Markdown make them. */
  const anchors = (/** @type {string} */ file) =>
    [...prose(file).matchAll(/^#+ (.+)$/gm)].map(([, title]) => title.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-"));
  const links = documents.flatMap((name) => {
    const file = join(ROOT, name);
    return [...prose(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => ({ name, file, target })).filter(({ target }) => !/^\w+:/.test(target));
  });
  expect(links.length).toBeGreaterThan(30);
  const broken = links.filter(({ file, target }) => {
    const [path, anchor] = target.split("#");
    const there = path ? resolve(dirname(file), path) : file;
    return !existsSync(there) || (anchor !== undefined && !anchors(there).includes(anchor));
  });
  expect(broken.map(({ name, target }) => `${name}: ${target}`)).toEqual([]);
});

test("the reference says what the types say", () => {
  expect(readFileSync(REFERENCE, "utf8"), "docs/api.md is behind: run node tools/api.mjs").toBe(reference());
});

test("what the package gives has the members that the types declare, and no others", async ({ page }) => {
  await open(page, `<!doctype html><title>Types</title><link rel="icon" href="data:,">`);
  const given = await page.evaluate(async () => {
    /** @type {typeof import("../../pkg/morphogen.js")} */
    const { loadModel } = await import(new URL("/morphogen/pkg/morphogen.js", location.href).href);
    /** @type {object[]} */
    const progress = [];
    const onProgress = (/** @type {object} */ one) => progress.push(one);
    const garments = await loadModel("/morphogen/models/fashion/", { device: "cpu", onProgress });
    const collage = await garments.sample({ prompt: "sneaker", machine: "ideal", steps: 1 });
    const emoji = await loadModel("/morphogen/models/emoji/", { device: "cpu" });
    const drawn = await emoji.sample({ prompt: "cat", steps: 1 });
    const infos = [garments.info, emoji.info];
    /** @type {Record<string, object[]>} */
    const all = {
      Progress: progress,
      Info: infos,
      NetworkInfo: infos.flatMap(({ networks }) => networks),
      Usual: infos.map(({ usual }) => usual),
      Terms: infos.flatMap(({ licence }) => [licence.data, licence.weights]),
      TextInfo: infos.flatMap(({ text }) => text ?? []),
      Understood: [await garments.understand("sneeker"), await emoji.understand("crying cat, no hat")],
      Caption: drawn.captions.flatMap((caption) => caption ?? []),
      Nearest: [...(collage.nearest ?? []), ...(await emoji.nearest(drawn))],
    };
    return Object.entries(all).map(([name, objects]) => ({ name, keys: objects.map((object) => Object.keys(object)) }));
  });
  for (const { name, keys } of given) {
    expect(keys.length, name).toBeGreaterThan(0);
    const declared = members(name);
    for (const found of keys) {
      expect(found.filter((key) => !declared.has(key)), `${name} has what the types do not declare`).toEqual([]);
      expect([...declared].filter(([key, { optional }]) => !optional && !found.includes(key)).map(([key]) => key), `${name} lacks`).toEqual([]);
    }
  }
});
