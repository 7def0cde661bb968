/** Whatever is asked of the package, and wherever: a MorphogenError with a code and a sentence, and nothing is left waiting. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "@playwright/test";

/**
 * What became of each wish in a page with a model: the codes, or what else came of it. `work` is the body of a function of the package and the model.
 * @param {import("@playwright/test").Page} page
 * @param {string} faults of the server
 * @param {string[]} wishes expressions
 * @returns {Promise<string[]>}
 */
async function codes(page, faults, wishes) {
  // Expressions are made into functions here, which a policy would forbid.
  await page.goto(`/~csp=none&${faults}/tests/blank.html`);
  return page.evaluate(async (wishes) => {
    const m = await import(new URL("../pkg/morphogen.js", location.href).href);
    const model = await m.loadModel("shapes/", { device: "cpu" });
    const gone = new Float32Array(model.info.image.width ** 2 * model.info.image.channels);
    structuredClone(gone, { transfer: [gone.buffer] });
    const cells = await m.reaction({ width: 16, height: 16, device: "cpu" }).catch(() => undefined);
    const answers = [];
    for (const wish of wishes) {
      const work = new Function("m", "model", "cells", "gone", `return ${wish}`);
      const thrown = await Promise.resolve().then(() => work(m, model, cells, gone)).then((value) => value, (error) => error);
      answers.push(typeof thrown === "string" ? thrown : thrown instanceof m.MorphogenError ? thrown.code : `${thrown?.name}: ${thrown?.message}`);
    }
    // What was refused holds nothing up.
    answers.push(String((await model.sample({ prompt: "red disc", steps: 1 })).count));
    return answers;
  }, wishes);
}

/** [expression, code] */
const WISHES = /** @type {const} */ ([
  ["m.loadModel()", "range"],
  ["m.loadModel(null)", "range"],
  ["m.loadModel({})", "range"],
  ["m.loadModel('http://[')", "range"],
  ["m.loadModel('javascript:1')", "range"],
  ["m.loadModel('data:text/plain,x')", "range"],
  ["m.loadModel('shapes/', null)", "range"],
  ["m.loadModel('shapes/', 7)", "range"],
  ["m.loadModel('shapes/', { network: () => {} })", "range"],
  ["m.loadModel('shapes/', { signal: 'soon' })", "range"],
  ["m.loadModel('shapes/', { onProgress: 'tell' })", "range"],
  ["m.loadModel('shapes/', { wasmUrl: 'http://[' })", "range"],
  ["m.loadModel('shapes/', { workerUrl: 'http://[' })", "range"],
  ["m.loadModel(new Blob(['no zip']))", "pack-zip"],
  ["model.sample()", "range"],
  ["model.sample(null)", "range"],
  ["model.sample('red disc')", "range"],
  ["model.sample({ prompt: 'red disc', signal: {} })", "range"],
  ["model.sample({ prompt: 'red disc', onStep: 1 })", "range"],
  ["model.sample({ prompt: 'red disc', guidance: 2n })", "range"],
  ["model.sample({ prompt: 'red disc', seed: Number.MAX_SAFE_INTEGER, count: 2 })", "range"],
  ["model.sample({ prompt: 'red disc', start: { pixels: gone, t: 1 } })", "range"],
  ["model.sample({ prompt: 'red disc', from: { image: gone, t: 0.5 } })", "range"],
  ["model.sample({ prompt: 'red disc', keep: [] })", "range"],
  ["model.sample({ prompt: 'red disc', and: 5 })", "range"],
  ["model.sample({ terms: [null] })", "range"],
  ["model.steps().next()", "range"],
  ["model.morph()", "range"],
  ["model.film()", "range"],
  ["model.film([null])", "range"],
  ["model.film([{ x: new Float32Array(5) }])", "range"],
  ["model.film([], null)", "range"],
  ["(0, model.film)([])", "internal"],
  ["model.training({})", "prompt-unknown"],
  ["model.nearest(null)", "range"],
  ["model.sticker()", "range"],
  ["model.sticker({ pixels: gone, count: 1 })", "range"],
  ["(0, model.sample)({ prompt: 'red disc' })", "internal"],
  ["(0, model.steps)({ prompt: 'red disc' }).next()", "internal"],
  ["(0, cells.start)('spot')", "internal"],
  ["cells.start('middle')", "range"],
  ["cells.change(null)", "range"],
  ["cells.advance(1, null)", "range"],
  ["m.reaction(null)", "range"],
  ["m.largeVariation()", "range"],
  ["m.largeVariation(new ImageData(9, 9), null)", "range"],
  ["m.picturesPack()", "range"],
  ["m.picturesPack({ images: 5 })", "range"],
  ["m.picturesModel({ images: [] })", "range"],
  ["document.createElement('morphogen-sampler').draw()", "range"],
  ["(0, document.createElement('morphogen-sampler').draw)()", "internal"],
]);

test("whatever cannot be meant is refused with a code, and nothing is left waiting", async ({ page }) => {
  const answers = await codes(page, "", WISHES.map(([wish]) => wish));
  expect(answers.map((code, n) => `${WISHES[n]?.[0] ?? "a sample"}: ${code}`)).toEqual([...WISHES.map(([wish, code]) => `${wish}: ${code}`), "a sample: 1"]);
});

/** Parts that a site has no more once it was deployed anew, and what needs them. */
const PARTS = /** @type {const} */ ([
  ["reaction.js", "m.reaction()"],
  ["large.js", "m.largeVariation(new ImageData(9, 9))"],
  ["pictures.js", "m.picturesPack({ images: [] })"],
  ["begin.js", "model.sample({ from: { t: 0.5 } })"],
  ["terms.js", "model.sample({ prompt: 'red disc', and: 'blue disc' })"],
  ["film.js", "model.morph({ prompts: ['red disc', 'blue disc'] })"],
  ["influence.js", "model.sample({ prompt: 'red disc', influence: true })"],
  ["taken.js", "model.sticker({ pixels: gone, count: 1 })"],
  ["sticker.js", "model.sample({ prompt: 'red disc', steps: 1 }).then((sample) => model.sticker(sample))"],
  ["theory.js", "model.sample({ prompt: 'red disc', machine: 'wiener' })"],
]);

test("a part of the code that is gone since a deploy is named, wherever it is missed", async ({ page }) => {
  // The first is needed by what all are tried with: it is tried alone.
  const faults = PARTS.slice(1).map(([file]) => `missing=${file}`).join("&");
  const answers = await codes(page, faults, PARTS.slice(1).map(([, wish]) => wish));
  expect(answers).toEqual([...PARTS.slice(1).map(() => "code-missing"), "1"]);
  await page.goto(`/~missing=${PARTS[0][0]}/tests/blank.html`);
  const said = await page.evaluate(async () => {
    const { reaction } = await import(new URL("../pkg/morphogen.js", location.href).href);
    return reaction().catch((/** @type {any} */ { name, code, message }) => `${name} ${code} ${message}`);
  });
  expect(said).toMatch(/^MorphogenError code-missing .*reload/);
});

test("in Node the package can be imported, and what is called there rejects with a code", () => {
  const entry = fileURLToPath(new URL("../../pkg/morphogen.js", import.meta.url));
  const script = `const m = await import(${JSON.stringify(entry)});
    const code = (promise) => promise.then(() => "none", (error) => error instanceof m.MorphogenError && error.code);
    console.log(JSON.stringify([await code(m.loadModel("models/fashion/")), await code(m.reaction())]));`;
  expect(JSON.parse(execFileSync(process.execPath, ["--input-type=module", "--eval", script], { encoding: "utf8" }))).toEqual(["no-page", "no-page"]);
});

test("addresses in messages are written as they are", async ({ page }) => {
  await page.goto("/tests/blank.html");
  const message = await page.evaluate(async () => {
    const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    return loadModel("nowhere/").catch((/** @type {Error} */ { message }) => message);
  });
  expect(message).toMatch(/^http:\/\/localhost:\d+\/tests\/nowhere\/manifest\.json is not there/);
});

test("a host that unpacks .zz files itself is named, and a mark before JSON does no harm", async ({ page }) => {
  await page.goto("/~inflate=.zz/tests/blank.html");
  const code = await page.evaluate(async () => {
    const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    const model = await loadModel("../models/fashion/", { device: "cpu" });
    return model.sample({ prompt: "bag", machine: "wiener" }).catch((/** @type {any} */ { code }) => code);
  });
  expect(code).toBe("content-encoding");
  expect(await codes(page, "mark=manifest.json", ["m.loadModel('../models/fashion/').then((one) => one.info.name)"])).toEqual(["fashion", "1"]);
});

test("a host that is not open to others is no broken connection, nor is a file that is missing in a sealed frame", async ({ page, baseURL }) => {
  const other = (baseURL ?? "").replace("localhost", "127.0.0.1");
  const load = (/** @type {string} */ address) => `m.loadModel('${other}${address}', { device: 'cpu' })`;
  expect(await codes(page, "", [load("/models/fashion/"), load("/~cors=1/models/nope/"), "m.loadModel('http://127.0.0.1:9/', { device: 'cpu' })"])).toEqual(["cors", "http", "network", "1"]);
  await page.goto("/~csp=none/tests/blank.html");
  await page.evaluate(() => {
    const frame = Object.assign(document.createElement("iframe"), { src: "/~missing=manifest.json&missing=manifest.json.js/embed.html?prompt=bag&device=cpu", title: "Sealed" });
    frame.setAttribute("sandbox", "allow-scripts");
    document.body.append(frame);
  });
  const status = page.frameLocator("iframe").getByRole("status");
  await expect(status).toContainText("it is not there, or its host does not open it");
});
