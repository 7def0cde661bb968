/** The package as another page would use it: same seed, same picture, on any device. */
import { expect, test } from "@playwright/test";
import { BOTH, PINNED, WEBGPU, difference, draw } from "./support.js";

test("the same seed gives the same noise as natively, and the same picture twice", { tag: BOTH }, async ({ page }, { project }) => {
  const [first, again] = [await draw(page, { sample: { count: 2 } }), await draw(page, { sample: [{ count: 2 }, { seed: 8 }] })];
  expect(first.message).toBe("");
  expect(first.device).toBe(project.name);
  expect(first.noise).toEqual(PINNED);
  expect(first.steps).toEqual([0, 1, 2, 3]);
  expect(first.pixels.length).toBe(2 * 28 * 28);
  expect(first.pixels.every((value) => value >= -1 && value <= 1)).toBe(true);
  expect(again.each[0]).toEqual(first.pixels);
  expect(again.noise).not.toEqual(PINNED);
  expect(difference(again.pixels, first.pixels.slice(28 * 28))).toBeLessThan(1e-2);
});

test("GPU and CPU agree, whatever the solver and wherever the steps lie", { tag: WEBGPU }, async ({ page }) => {
  const walks = [["ddim", "uniform"], ["dpm-solver", "early"], ["ddpm", "uniform"], ["ddim", "early"]];
  const sample = walks.map(([solver, grid]) => ({ solver, grid, steps: 6, guidance: solver === "ddim" ? 2 : 1 }));
  const [gpu, cpu] = [await draw(page, { load: { device: "webgpu" }, sample }), await draw(page, { load: { device: "cpu" }, sample })];
  expect([gpu.message, gpu.device, cpu.device]).toEqual(["", "webgpu", "cpu"]);
  expect(gpu.noise).toEqual(cpu.noise);
  expect(gpu.each).toHaveLength(walks.length);
  gpu.each.forEach((pixels, n) => expect(difference(pixels, cpu.each[n]), walks[n].join()).toBeLessThanOrEqual(1e-2));
});

test("both wasms are fetched from the folder that is named, the second when a machine is asked for", async ({ page }) => {
  /** @type {string[]} */
  const fetched = [];
  page.on("request", (request) => void (request.url().endsWith(".wasm") && fetched.push(new URL(request.url()).pathname)));
  await page.goto("/tests/blank.html");
  const draws = (/** @type {string} */ machine) =>
    page.evaluate(async (machine) => {
      const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
      const model = await loadModel("../models/fashion/", { device: "cpu", wasmUrl: "/~slow=100000/pkg/generated/morphogen_bg.wasm" });
      const { pixels } = await model.sample({ prompt: "bag", steps: 1, machine });
      return pixels.length;
    }, machine);
  expect(await draws("network")).toBe(28 * 28);
  expect(fetched).toEqual(["/~slow=100000/pkg/generated/morphogen_bg.wasm"]);
  expect(await draws("wiener")).toBe(28 * 28);
  expect(fetched).toEqual(["/~slow=100000/pkg/generated/morphogen_bg.wasm", "/~slow=100000/pkg/generated/theory_bg.wasm"]);
});

test("every network of the pack draws", async ({ page }) => {
  await page.goto("/tests/blank.html");
  const result = await page.evaluate(async () => {
    const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    const model = await loadModel("../models/fashion/", { device: "cpu" });
    /** @type {Record<string, number>} */
    const spread = {};
    for (const { name } of model.info.networks) {
      const { pixels } = await model.sample({ prompt: "bag", network: name, steps: 2, count: 3 });
      spread[name] = Math.max(...pixels) - Math.min(...pixels);
    }
    return { spread, prompts: model.info.prompts.length };
  });
  expect(Object.keys(result.spread).length).toBeGreaterThanOrEqual(2);
  for (const spread of Object.values(result.spread)) expect(spread).toBeGreaterThan(0.5);
  expect(result.prompts).toBe(10);
});

test("where nothing is said, each network draws as the pack states, and machines beside it likewise", async ({ page }) => {
  await page.goto("/tests/blank.html");
  const { networks, stated, times, refused } = await page.evaluate(async () => {
    const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    const model = await loadModel("../models/fashion/", { device: "cpu", network: "resnet" });
    const manifest = await (await fetch("../models/fashion/manifest.json")).json();
    const walk = async (/** @type {object} */ wish) => (await model.sample({ prompt: "bag", frames: true, ...wish })).frames.map((/** @type {any} */ { t }) => t);
    const message = (/** @type {any} */ { message }) => message;
    return {
      networks: model.info.networks,
      stated: manifest.networks,
      times: { own: await walk({}), machine: await walk({ machine: "wiener" }), even: await walk({ grid: "uniform", steps: 4 }), early: await walk({ grid: "early", steps: 4 }) },
      refused: [await model.sample({ grid: "late" }).catch(message), await model.sample({ solver: "magic" }).catch(message)],
    };
  });
  for (const { name, steps, grid, solver, guidance } of networks) {
    const { steps: most = 20, grid: where = "uniform", solver: how = "ddim", guidance: pull } = stated[name];
    expect({ name, steps, grid, solver, guidance }).toEqual({ name, steps: most, grid: where, solver: how, guidance: pull });
  }
  const { steps } = networks.find((/** @type {any} */ { name }) => name === "resnet");
  expect(times.own).toHaveLength(steps + 1);
  expect(times.machine).toEqual(times.own);
  expect(times.even).toEqual([1, 0.75, 0.5, 0.25, 0]);
  expect(times.early[2]).toBeGreaterThan(0.6);
  expect(times.early.at(-1)).toBe(0);
  expect(refused).toEqual([expect.stringContaining("uniform, early"), expect.stringContaining("ddim, ddpm, dpm-solver")]);
});

test("steps can be walked one by one, and leaving the loop cancels", async ({ page }) => {
  await page.goto("/tests/blank.html");
  const seen = await page.evaluate(async () => {
    const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    const model = await loadModel("../models/fashion/", { device: "cpu" });
    const all = [];
    for await (const frame of model.steps({ prompt: "bag", steps: 3 })) all.push(frame.step);
    const some = [];
    for await (const frame of model.steps({ prompt: "bag", steps: 500 })) {
      some.push(frame.step);
      if (frame.step === 2) break;
    }
    // Had the long one not been cancelled, this one would wait behind its 500 steps.
    const after = await model.sample({ prompt: "bag", steps: 1, frames: true });
    return { all, some, after: after.frames.length };
  });
  expect(seen).toEqual({ all: [0, 1, 2, 3], some: [0, 1, 2], after: 2 });
});

test("an aborted load and an aborted sample reject with “aborted”, and the model goes on", async ({ page }) => {
  await page.goto("/tests/blank.html");
  const codes = await page.evaluate(async () => {
    const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    const code = (/** @type {Promise<unknown>} */ promise) => promise.then(() => "none", (error) => `${error.name} ${error.code}`);
    const early = new AbortController();
    const load = code(loadModel("../models/fashion/", { device: "cpu", signal: early.signal }));
    early.abort();
    const model = await loadModel("../models/fashion/", { device: "cpu" });
    const late = new AbortController();
    const onStep = () => late.abort();
    const sample = code(model.sample({ prompt: "bag", steps: 50, signal: late.signal, onStep }));
    const queued = code(model.sample({ prompt: "bag", steps: 50, signal: AbortSignal.abort() }));
    const fine = code(model.sample({ prompt: "bag", steps: 1 }));
    return [await load, await sample, await queued, await fine];
  });
  expect(codes).toEqual(["AbortError aborted", "AbortError aborted", "AbortError aborted", "none"]);
});

test("two models on a page share one worker and one download; closing one leaves the other", async ({ page }) => {
  /** @type {string[]} */
  const fetched = [];
  page.on("request", (request) => fetched.push(new URL(request.url()).pathname));
  await page.goto("/tests/blank.html");
  const fine = await page.evaluate(async () => {
    const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    const load = () => loadModel("../models/fashion/", { device: "cpu" });
    const [one, two] = await Promise.all([load(), load()]);
    one.close();
    one.close();
    const { count } = await two.sample({ prompt: "bag", steps: 1 });
    const closed = await one.sample({ prompt: "bag" }).catch((/** @type {any} */ error) => error.code);
    return { count, closed };
  });
  expect(fine).toEqual({ count: 1, closed: "closed" });
  for (const end of ["worker.js", ".wasm", "manifest.json", ".safetensors"]) {
    expect(fetched.filter((path) => path.endsWith(end)), end).toHaveLength(1);
  }
});

test("what cannot be meant is refused with a sentence", async ({ page }) => {
  await page.goto("/tests/blank.html");
  const codes = await page.evaluate(async () => {
    const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    const model = await loadModel("../models/fashion/", { device: "cpu" });
    /** @type {Record<string, unknown>[]} */
    const wishes = [{ steps: 0 }, { seed: -1 }, { seed: 0.5 }, { count: 1e9 }, { guidance: NaN }, { solver: "magic" }, { grid: "late" },
      { window: 0 }, { network: "none" }, { prompt: "giraffe" }, { prompt: "" }];
    const answers = [];
    for (const wish of wishes) {
      answers.push(await model.sample({ prompt: "bag", ...wish }).then(() => "none", (/** @type {any} */ error) => error.code));
    }
    return answers;
  });
  expect(codes).toEqual(["range", "range", "range", "range", "range", "range", "range",
    "range", "pack-unknown", "prompt-unknown", "prompt-empty"]);
});

test("a sample may begin where another stood, and only with pictures that fit", { tag: BOTH }, async ({ page }, { project }) => {
  await page.goto("/tests/blank.html");
  const result = await page.evaluate(async (device) => {
    const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    const model = await loadModel("../models/fashion/", { device, network: "resnet" });
    // Other solvers remember the step before, and early steps from half-way lie elsewhere.
    const wish = { prompt: "bag", seed: 3, guidance: 1, grid: "uniform", solver: "ddim" };
    const whole = await model.sample({ ...wish, steps: 4, frames: true });
    const { x, t } = whole.frames[2];
    const rest = await model.sample({ ...wish, seed: 99, steps: 2, start: { pixels: x, t }, frames: true });
    const refused = async (/** @type {any} */ start) => model.sample({ ...wish, steps: 1, start }).catch((/** @type {any} */ { code }) => code);
    return {
      times: rest.frames.map((/** @type {any} */ frame) => frame.t),
      furthest: whole.pixels.reduce((/** @type {number} */ worst, /** @type {number} */ value, /** @type {number} */ q) => Math.max(worst, Math.abs(value - rest.pixels[q])), 0),
      codes: [await refused({ pixels: x, t: 0 }), await refused({ pixels: x.slice(1), t: 1 }), await refused({ pixels: [...x], t: 1 })],
    };
  }, project.name);
  expect(result.times).toEqual([0.5, 0.25, 0]);
  expect(result.furthest).toBeLessThan(1e-3);
  expect(result.codes).toEqual(["sample-start", "sample-start", "range"]);
});

test("a package on another host draws where that host opens it, and the error names the way out where it does not", async ({ page, baseURL }) => {
  const other = (baseURL ?? "").replace("localhost", "127.0.0.1");
  const draws = (/** @type {string} */ faults) =>
    page.evaluate(
      async ({ base, faults }) => {
        const { loadModel } = await import(`${base}/~cors=1&${faults}/pkg/morphogen.js`);
        try {
          const model = await loadModel(`${base}/~cors=1/models/fashion/`, { device: "cpu" });
          const network = await model.sample({ prompt: "bag", steps: 1, count: 3 });
          const machine = await model.sample({ prompt: "bag", steps: 1, machine: "bbels", window: 3 });
          return `${network.count + machine.count}`;
        } catch (error) {
          const { code, message } = /** @type {any} */ (error);
          return `${code} ${message}`;
        }
      },
      { base: other, faults },
    );
  await page.goto("/~csp=none/tests/blank.html");
  expect(await draws("")).toBe("4");
  expect(await draws("missing=worker.js")).toMatch(/^worker-blocked .*morphogen\/inline/);
});

test("an address of wasm that is relative to the page is made whole before a worker reads it", async ({ page }) => {
  await page.goto("/~csp=none/tests/blank.html");
  // As a bundler does it: the worker is a Blob's, and addresses of files are paths on the page's host.
  await page.route("**/pkg/{client,second}.js", async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace(/new URL\("(\.\/generated\/\w+\.wasm)", import\.meta\.url\)/g, (_, file) => `({ href: ${JSON.stringify(`/pkg/${file.slice(2)}`)} })`);
    await route.fulfill({ response, body });
  });
  const drawn = await page.evaluate(async () => {
    const { configure, loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    const script = `import ${JSON.stringify(new URL("../pkg/worker.js", location.href).href)};`;
    configure({ worker: () => new Worker(URL.createObjectURL(new Blob([script], { type: "text/javascript" })), { type: "module" }) });
    const model = await loadModel("../models/fashion/", { device: "cpu" });
    const { count } = await model.sample({ prompt: "bag", steps: 1 });
    return count + (await model.sample({ prompt: "bag", steps: 1, machine: "wiener" })).count;
  });
  expect(drawn).toBe(2);
});

test("seeds are told apart up to the last, and a picture whose seed would not be is refused", async ({ page }) => {
  await page.goto("/tests/blank.html");
  const result = await page.evaluate(async () => {
    const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    const model = await loadModel("shapes/", { device: "cpu" });
    const last = Number.MAX_SAFE_INTEGER;
    const code = (/** @type {Promise<any>} */ drawing) => drawing.then(() => "", ({ code }) => code);
    const pair = await model.sample({ prompt: "red disc", steps: 1, seed: last - 1, count: 2, prior: false });
    const single = await model.sample({ prompt: "red disc", steps: 1, seed: last, prior: false });
    const half = pair.pixels.length / 2;
    const same = single.pixels.every((/** @type {number} */ value, /** @type {number} */ q) => Math.abs(value - pair.pixels[half + q]) < 1e-3);
    return { same, refused: [await code(model.sample({ seed: last, count: 2 })), await code(model.sample({ seed: last + 1 }))] };
  });
  expect(result).toEqual({ same: true, refused: ["range", "range"] });
});
