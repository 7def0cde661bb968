/** Networks that break, crawl, fall silent or serve something new half-way: the file arrives whole, or an error says why not. */
import { expect, test } from "@playwright/test";
import { difference, draw } from "./support.js";

/** Addresses of one test alone, since the server remembers what has had its hiccup. */
const unique = () => `n=${crypto.randomUUID()}`;

/**
 * The ranges asked for, by file.
 * @param {import("@playwright/test").Page} page
 */
function watched(page) {
  /** @type {{ file: string, range: string | undefined }[]} */
  const asked = [];
  page.on("request", (request) => asked.push({ file: new URL(request.url()).pathname.split("/").at(-1) ?? "", range: request.headers().range }));
  return (/** @type {string} */ end) => asked.filter(({ file }) => file.endsWith(end)).map(({ range }) => range);
}

test("a connection that keeps breaking is taken up where it broke", async ({ page }) => {
  const sound = await draw(page, { load: { device: "cpu" } });
  const asked = watched(page);
  const path = "/~flaky=manifest.json&flaky=.safetensors&flaky=_bg.wasm/tests/blank.html";
  const result = await draw(page, { path, load: { device: "cpu" } });
  expect(result.message).toBe("");
  expect(difference(result.pixels, sound.pixels)).toBe(0);
  for (const file of ["manifest.json", ".safetensors", "_bg.wasm"]) {
    const [first, ...later] = asked(file);
    expect(first, file).toBeUndefined();
    expect(later.length, file).toBeGreaterThanOrEqual(3);
    for (const range of later) expect(range, file).toMatch(/^bytes=\d+-$/);
  }
});

test("where the server cannot send a part, the whole is fetched again", async ({ page }) => {
  const asked = watched(page);
  const path = `/~hiccup=.safetensors&hiccup=_bg.wasm&ranges=none&${unique()}/tests/blank.html`;
  const result = await draw(page, { path, load: { device: "cpu" } });
  expect(result.message).toBe("");
  expect(result.steps).toEqual([0, 1, 2, 3]);
  expect(asked(".safetensors").length).toBe(2);
  expect(asked("_bg.wasm").length).toBe(2);
});

test("a connection that falls silent counts as broken", async ({ page }) => {
  const asked = watched(page);
  // This worker is as patient for three seconds as the true one for a minute.
  const result = await draw(page, { path: "/~stall=.safetensors/tests/blank.html", worker: "impatient-worker.js", load: { device: "cpu" } });
  expect(result.message).toBe("");
  expect(asked(".safetensors").length).toBeGreaterThanOrEqual(4);
});

test("a slow connection tells how far it is", async ({ page }) => {
  await page.goto("/~slow=700/tests/blank.html");
  const heard = await page.evaluate(async () => {
    const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    /** @type {import("../../pkg/morphogen.js").Progress[]} */
    const all = [];
    const onProgress = (/** @type {import("../../pkg/morphogen.js").Progress} */ progress) => all.push(progress);
    await loadModel("../models/fashion/", { device: "cpu", onProgress });
    return all;
  });
  for (const phase of ["code", "weights"]) {
    const mine = heard.filter((progress) => progress.phase === phase);
    const loaded = mine.map((progress) => progress.loaded);
    expect(loaded.length, phase).toBeGreaterThan(4);
    expect(loaded, phase).toEqual(loaded.toSorted((a, b) => a - b));
    expect(loaded.at(-1), phase).toBe(mine.at(-1)?.total);
  }
});

test.describe("a pack replaced under way", () => {
  /** The manifest of another version of the weights. */
  const other = (/** @type {string} */ manifest) => {
    const parsed = JSON.parse(manifest);
    const { file } = parsed.networks.unet;
    parsed.files[file].sha256 = parsed.files[file].sha256.replace(/^./, (/** @type {string} */ digit) => (digit === "0" ? "1" : "0"));
    return JSON.stringify(parsed);
  };
  const load = { device: "cpu", network: "unet" };

  test("is fetched anew, once, and draws", async ({ page }) => {
    let stale = 1;
    await page.route("**/manifest.json", async (route) => {
      const response = await route.fetch();
      const manifest = await response.text();
      await route.fulfill({ response, body: stale-- > 0 ? other(manifest) : manifest });
    });
    const asked = watched(page);
    const result = await draw(page, { load });
    expect(result.message).toBe("");
    expect(result.steps).toEqual([0, 1, 2, 3]);
    expect(asked("manifest.json").length).toBe(2);
    expect(asked("unet.safetensors").length).toBe(2);
  });

  test("and still not of one piece: pack-tampered", async ({ page }) => {
    await page.route("**/manifest.json", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: other(await response.text()) });
    });
    const asked = watched(page);
    const result = await draw(page, { load });
    expect(result.code).toBe("pack-tampered");
    expect(asked("manifest.json").length).toBe(2);
  });

  test("in the middle of one file: two versions are never joined", async ({ page }) => {
    await page.route("**/unet.safetensors", async (route) => {
      // What comes after the break is another file, whole, as a server answers where If-Range does not hold.
      if (!route.request().headers().range) return route.fallback();
      await route.fulfill({ contentType: "application/octet-stream", headers: { etag: '"another"' }, body: "another file" });
    });
    const asked = watched(page);
    const result = await draw(page, { path: "/~flaky=unet.safetensors/tests/blank.html", load });
    expect(result.code).toBe("replaced");
    expect(asked("manifest.json").length).toBe(2);
  });
});
