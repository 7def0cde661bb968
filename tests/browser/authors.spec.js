/** What authors get besides the element: its manifest and types, the directive of MyST, the shortcode of Quarto, oEmbed. */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "@playwright/test";
import { written } from "../../tools/elements.mjs";
import { LIMIT, modelPackages } from "../../tools/model-packages.mjs";
import { differences, versions } from "../../tools/version.mjs";
import { unpacked } from "./unpacked.js";

const ROOT = resolve(import.meta.dirname, "../..");
const read = (/** @type {string} */ path) => readFileSync(join(ROOT, path), "utf8");
/** @type {string} */
let scratch;
test.beforeEach(() => void (scratch = mkdtempSync(join(tmpdir(), "morphogen-authors-"))));
test.afterEach(() => rmSync(scratch, { recursive: true, force: true }));

test("manifest and JSX types say what the element's types and source say", () => {
  for (const [file, content] of Object.entries(written())) expect(read(file), `${file} is behind: run node tools/elements.mjs`).toBe(content);
  const { modules } = JSON.parse(read("pkg/custom-elements.json"));
  const [element] = modules[0].declarations;
  expect(element.attributes.map((/** @type {any} */ { name }) => name)).toEqual(expect.arrayContaining(["prompt", "seed", "machine", "autoplay"]));
  for (const entry of [...element.attributes, ...element.events, ...element.cssProperties]) expect(Object.values(entry).every((value) => value !== undefined), entry.name).toBe(true);
});

test("the version is one everywhere, and a release is told of", () => {
  expect(differences()).toEqual([]);
  expect(versions().length).toBeGreaterThan(4);
  expect(differences("99.0.0")).toHaveLength(2);
});

test("models for npm are whole packs of the project's version, and small", async () => {
  const made = await modelPackages(scratch);
  expect(made.map(({ name }) => name)).toEqual(["morphogen-fashion", "morphogen-emoji"]);
  for (const { name, folder, bytes } of made) {
    expect(bytes).toBeLessThanOrEqual(LIMIT);
    const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    expect([about.name, about.version, about.peerDependencies.morphogen]).toEqual([name, versions()[0].version, versions()[0].version]);
    for (const file of about.files) expect(existsSync(join(folder, file)), file).toBe(true);
    const pack = unpacked(readFileSync(join(folder, `${name.replace("morphogen-", "")}.zip`)));
    const manifest = JSON.parse(String(pack[0][1]));
    for (const [file, content] of pack.slice(1)) expect(manifest.files[file]).toEqual({ bytes: content.length, sha256: createHash("sha256").update(content).digest("hex") });
    for (const { file } of Object.values(manifest.networks)) expect(pack.map(([there]) => there)).toContain(file);
  }
  expect(read(".github/workflows/publish.yml")).toContain("node tools/model-packages.mjs");
});

test("workflows pin every action by commit, and only the jobs that publish may ask for a token", () => {
  for (const name of ["ci", "publish"]) {
    const text = read(`.github/workflows/${name}.yml`);
    for (const [, action] of text.matchAll(/uses: (\S+)/g)) expect(action).toMatch(/@[0-9a-f]{40}$/);
    for (const [, command] of text.matchAll(/\.\/build\.sh (\w+)/g)) expect(read("build.sh")).toContain(`\n  ${command})`);
    expect(text).not.toMatch(/secrets\./);
  }
  const jobs = read(".github/workflows/publish.yml").split(/^  (?=\w+:$)/m);
  const asking = jobs.filter((job) => job.includes("id-token: write")).map((job) => job.split(":")[0]);
  expect(asking).toEqual(["npm", "pypi", "site"]);
});

test("TypeScript knows the tag in React's JSX, in others', and in the page", () => {
  const modules = join(scratch, "node_modules");
  cpSync(join(ROOT, "pkg"), join(modules, "morphogen"), { recursive: true, filter: (path) => !path.includes("generated") });
  // React as far as types go: what JSX becomes, and the namespace that the package adds to.
  mkdirSync(join(modules, "react"), { recursive: true });
  writeFileSync(join(modules, "react/package.json"), '{ "name": "react", "version": "19.0.0", "types": "index.d.ts" }');
  writeFileSync(join(modules, "react/index.d.ts"), "export namespace JSX { interface IntrinsicElements { p: object } interface Element {} }\n");
  writeFileSync(join(modules, "react/jsx-runtime.d.ts"), 'export { JSX } from "react";\nexport function jsx(type: unknown, props: unknown): unknown;\n');
  const tag = (/** @type {string} */ more) => `<morphogen-sampler prompt="bag" seed={3} autoplay onsample={(event) => event.detail.label.length} ${more} />`;
  writeFileSync(join(scratch, "react.tsx"), `import "morphogen/react";\nexport const one = ${tag("")};\n// @ts-expect-error\nexport const two = ${tag('machine="magic"')};\n`);
  writeFileSync(join(scratch, "global.tsx"), `/** @jsxRuntime classic */\n/** @jsx h */\nimport "morphogen/jsx";\ndeclare function h(...all: unknown[]): unknown;\nexport const one = ${tag("")};\n`);
  writeFileSync(join(scratch, "page.ts"), 'import "morphogen";\nexport const seed: number = document.createElement("morphogen-sampler").seed;\nexport const last = document.querySelector("morphogen-sampler")?.sample?.pixels;\n');
  const compiler = { strict: true, noEmit: true, module: "esnext", moduleResolution: "bundler", target: "es2022", lib: ["es2023", "dom"], jsx: "react-jsx", types: [] };
  writeFileSync(join(scratch, "tsconfig.json"), JSON.stringify({ compilerOptions: compiler, include: ["*.ts", "*.tsx"] }));
  const { status, stdout } = spawnSync(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", scratch], { encoding: "utf8" });
  expect(stdout).toBe("");
  expect(status).toBe(0);
});

test("the directive of MyST draws in a host that throws where it has no kernel", async ({ page, baseURL }) => {
  const guide = read("docs/embed.md");
  const [, address, body] = /```\{anywidget\} (\S+)\n([^]*?)```/.exec(guide) ?? [];
  expect(address).toBe("https://example.org/morphogen/pkg/generated/widget.mjs");
  const state = JSON.parse(body.replace("https://example.org/morphogen/", `${baseURL}/`));
  await page.goto("/~csp=blob/tests/blank.html");
  await page.evaluate(async (state) => {
    const { default: widget } = await import(new URL("/pkg/generated/widget.mjs", location.href).href);
    const target = new EventTarget();
    const refuse = () => {
      throw new Error("not here");
    };
    // As MyST's own model is, except for its class.
    const model = {
      get: (/** @type {string} */ name) => state[name],
      set: (/** @type {string} */ name, /** @type {any} */ value) => ((state[name] = value), target.dispatchEvent(new CustomEvent(`change:${name}`))),
      on: (/** @type {string} */ name, /** @type {any} */ listener) => target.addEventListener(name, listener),
      off: refuse,
      save_changes: refuse,
      send: refuse,
    };
    await widget.initialize({ model });
    const root = document.body.appendChild(document.createElement("div")).attachShadow({ mode: "open" });
    const el = root.appendChild(document.createElement("div"));
    Object.assign(globalThis, { close: widget.render({ model, el }), state });
  }, state);
  await expect(page.getByRole("status")).toHaveText(/Dress drawn/);
  await expect.poll(() => page.evaluate(() => /** @type {any} */ (globalThis).state.status)).toBe("drawn");
  await expect(page.getByRole("alert")).toHaveCount(0);
  await page.evaluate(() => /** @type {any} */ (globalThis).close());
  await expect(page.locator("morphogen-sampler")).toHaveCount(0);
});

const lua = ["lua", "lua5.4", "lua5.3", "texlua"].find((name) => spawnSync(name, ["-v"]).status === 0);

test("the shortcode of Quarto gives a frame in HTML and a still elsewhere", () => {
  test.skip(!lua, "no Lua here, which Quarto brings along");
  // Quarto as far as the shortcode asks it.
  const run = (/** @type {string} */ format, /** @type {string} */ kwargs, meta = "{}") =>
    execFileSync(/** @type {string} */ (lua), ["-"], {
      encoding: "utf8",
      input: `
        local function node(kind) return function(a, b) return { kind = kind, a, b } end end
        pandoc = { utils = { stringify = tostring }, RawBlock = node("raw"), Para = node("para"), Link = node("link"), Image = node("image"), Str = node("str") }
        quarto = { doc = { is_format = function(name) return name == "${format}" end } }
        local function show(value) if type(value) ~= "table" then return tostring(value) end
          local out = {} for _, one in ipairs(value) do out[#out + 1] = show(one) end
          return (value.kind or "") .. "(" .. table.concat(out, " ") .. ")" end
        local ok, value = pcall(function() return dofile("${join(ROOT, "docs/quarto/_extensions/morphogen/morphogen.lua")}").morphogen({}, ${kwargs}, ${meta}) end)
        print(ok and show(value) or value)`,
    }).trim();
  const [, asked] = /\{\{< morphogen (.*?) >\}\}/.exec(read("docs/embed.md")) ?? [];
  const kwargs = `{ ${asked.replace(/ (?=\w+=)/g, ", ")} }`;
  expect(run("html", kwargs)).toBe('raw(html <iframe src="https://example.org/morphogen/embed.html?prompt=dress&amp;seed=5" title="dress, drawn from noise by Morphogen" sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox" loading="lazy" width="320" height="420" style="border: 0"></iframe>)');
  expect(run("pdf", kwargs)).toBe("para((link((image((str(dress, drawn from noise by Morphogen)) dress.png)) https://example.org/morphogen/embed.html?prompt=dress&seed=5)))");
  expect(run("pdf", '{ prompt = "a & b" }', '{ morphogen = { address = "https://example.org/m" } }')).toContain("https://example.org/m/embed.html?prompt=a%20%26%20b");
  expect(run("html", '{ prompt = "\\"><script>", address = "https://example.org/" }')).not.toContain("<script>");
  expect(run("html", "{}")).toContain("expected the address of a hosted page");
});

test("a page that knows its address has its oEmbed answer beside it", () => {
  const pages = ["index.html", "de.html", "essay/index.html", "essay/de.html"];
  mkdirSync(join(scratch, "essay"));
  for (const name of pages) writeFileSync(join(scratch, name), read(`www/${name}`));
  execFileSync(process.execPath, [join(ROOT, "tools/site.mjs"), scratch, "https://example.org/morphogen"]);
  for (const name of pages) {
    const html = readFileSync(join(scratch, name), "utf8");
    const [, href] = /<link rel="alternate" type="application\/json\+oembed" href="([^"]+)">/.exec(html) ?? [];
    expect(href).toBe(`https://example.org/morphogen/${name.replace(".html", ".oembed.json")}`);
    const answer = JSON.parse(readFileSync(join(scratch, name.replace(".html", ".oembed.json")), "utf8"));
    expect(answer).toMatchObject({ version: "1.0", type: "rich", provider_name: "Morphogen", thumbnail_url: "https://example.org/morphogen/card.jpg" });
    expect(answer.html).toMatch(name.startsWith("essay") ? /embed\.html\?figure=locality/ : /embed\.html\?model=emoji&amp;prompt=cat/);
    expect(answer.html).toContain(`width="${answer.width}" height="${answer.height}"`);
    expect(html).toContain(`<title>${answer.title}</title>`);
  }
});

test("a frame draws what the page around it sets, and says what makes no sense", async ({ page }) => {
  await page.goto("/~csp=none/tests/blank.html");
  await page.evaluate(() => {
    const frame = document.createElement("iframe");
    frame.src = "/embed.html?model=fashion&prompt=bag&seed=3&steps=2&device=cpu";
    document.body.append(frame);
  });
  const frame = page.frameLocator("iframe");
  await expect(frame.locator("canvas")).toHaveAccessibleName(/bag.*seed 3/i);
  const set = (/** @type {object} */ values) => page.evaluate((values) => document.querySelector("iframe")?.contentWindow?.postMessage({ type: "morphogen:set", values }, "*"), values);
  await set({ prompt: "coat", seed: 9, model: "https://example.org/", onclick: "alert(1)" });
  await expect(frame.locator("canvas")).toHaveAccessibleName(/coat.*seed 9/i);
  expect(await frame.locator("morphogen-sampler").evaluate((element) => [element.getAttribute("model"), element.getAttribute("onclick")])).toEqual(["models/fashion/", null]);
  await set({ seed: -1 });
  await expect(frame.getByRole("status")).toContainText("Expected seed as a whole number");
  await set({ seed: 10 });
  await expect(frame.locator("canvas")).toHaveAccessibleName(/coat.*seed 10/i);
});
