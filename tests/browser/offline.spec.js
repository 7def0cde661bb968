/** The page as one file, opened from the disk with the network off. */
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "@playwright/test";
import { BOTH, barriers, difference, drawn, settings, shown } from "./support.js";

const ROOT = resolve(import.meta.dirname, "../..");
/** The whole product, and the garments alone; one of each for each project, since both may run at once. */
let [file, small] = ["", ""];
const address = (/** @type {string} */ query, of = file) => `${pathToFileURL(of).href}?${query}`;

test.beforeAll(({}, { project }) => {
  test.setTimeout(300_000);
  [file, small] = ["whole", "small"].map((name) => resolve(ROOT, `dist/offline-test/${project.name}-${name}.html`));
  execFileSync("node", ["tools/offline.mjs", file], { cwd: ROOT });
  execFileSync("node", ["tools/offline.mjs", "--only", "fashion", "--address", "https://example.org/morphogen/", small], { cwd: ROOT });
});

/**
 * Opens the file with the network off.
 * @param {import("@playwright/test").Page} page
 * @param {string} query
 * @param {string} [of] the file
 * @returns {Promise<{ outside: string[], complaints: string[] }>} what the page asks for elsewhere, and what it complains of
 */
async function alone(page, query, of = file) {
  const opened = address(query, of);
  /** @type {string[]} */
  const outside = [];
  /** @type {string[]} */
  const complaints = [];
  page.context().on("request", (request) => !/^(blob|data):/.test(request.url()) && request.url().split("?")[0] !== opened.split("?")[0] && outside.push(request.url()));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.context().setOffline(true);
  await page.goto(opened);
  return { outside, complaints };
}

test("it draws garments, and asks nobody for anything", { tag: BOTH }, async ({ page }, { project }) => {
  const found = await alone(page, `prompt=sneaker&seed=7&count=1&steps=4&model=fashion&network=resnet&device=${project.name}`);
  await drawn(page, project.name === "webgpu" ? "(WebGPU)" : "(CPU)");
  expect(new Set(await shown(page)).size).toBeGreaterThan(2);
  expect(found).toEqual({ outside: [], complaints: [] });
});

test("with garments alone it draws with every network and with a machine, and asks nobody for anything", async ({ page }) => {
  expect(statSync(small).size).toBeLessThanOrEqual(4_000_000);
  const found = await alone(page, "prompt=sneaker&seed=7&count=1&steps=4&device=cpu", small);
  await drawn(page, "(CPU)");
  await expect(page.locator("#how")).toContainText(/holds \d+ of the 600 training pictures/);

  await page.locator("#machine").selectOption("local");
  await page.locator("#window").fill("3");
  await page.getByRole("button", { name: "Compare" }).click();
  await expect(page.locator("#theory-status")).toContainText("they agree with r =");
  expect(difference(await shown(page, "#theirs"), await shown(page, "#ours"))).toBeGreaterThan(10);

  // The other networks are there; packs and pages that are not are not offered.
  await expect(page.locator("#packs")).toBeHidden();
  expect(await page.locator("a:not([href^='#'])").count()).toBe(0);
  await settings(page);
  for (const network of ["unet", "resnet"]) {
    await page.locator(`input[name=network][value=${network}]`).check();
    await drawn(page);
  }
  expect(found).toEqual({ outside: [], complaints: [] });
});

test("it draws the same picture as the hosted page, and survives a server that mistakes its encoding", async ({ page }) => {
  await page.goto(address("prompt=bag&seed=3&count=1&steps=3&device=cpu"));
  await drawn(page);
  expect(await barriers(page)).toEqual([]);
  const offline = await shown(page);
  // Without a prompt, what it holds greets.
  await page.goto(address("count=1&steps=2&device=cpu", small));
  await drawn(page, "Sneaker");
  await page.route("**/offline.html*", (route) => route.fulfill({ path: file, contentType: "text/html; charset=utf-8" }));
  await page.goto("/offline.html?prompt=bag&seed=3&count=1&steps=3&device=cpu");
  await drawn(page);
  expect(await shown(page)).toEqual(offline);
  await page.goto("/?prompt=bag&seed=3&count=1&steps=3&device=cpu");
  await drawn(page);
  expect(await shown(page)).toEqual(offline);
});

test("it holds the emoji, the essay and both languages, offers nothing that it lacks, and asks nobody for anything", async ({ page }) => {
  test.setTimeout(240_000);
  expect(statSync(file).size).toBeLessThanOrEqual(12_000_000);
  const found = await alone(page, "prompt=eine+Katze&model=emoji&seed=3&count=1&steps=2&device=cpu");
  await drawn(page);
  await expect(page.locator("#understood")).toContainText("cat");
  await expect(page.locator("#evidence"), "the emoji's training pictures are not here").toBeHidden();
  await expect(page.locator("#theory")).toBeHidden();
  await page.locator("#link").click();
  await expect(page.locator("#status")).toContainText("has no address of its own");
  await expect(page.locator("#embed")).toBeHidden();
  // The other pack, whose pictures are all here.
  await page.getByRole("radio", { name: "Garments" }).check();
  await expect(page.locator("#evidence-says")).toContainText("r = ", { timeout: 120_000 });

  await page.getByRole("link", { name: "Deutsch" }).click();
  await expect(page.locator("#status")).toContainText("gezeichnet auf", { timeout: 120_000 });
  await page.reload();
  await expect(page.locator("#status"), "which page it is stays in the address").toContainText("gezeichnet auf", { timeout: 120_000 });
  await page.getByRole("link", { name: "Die Geschichte" }).first().click();
  await expect(page).toHaveTitle(/Woher kommt das neue Bild/);
  const figure = page.locator("#locality-figure");
  await figure.scrollIntoViewIfNeeded();
  await expect(figure.locator("canvas").first()).toBeVisible({ timeout: 60_000 });
  await expect(page.locator(".sharing button")).toHaveCount(0);
  // What styles show is in the file, too.
  expect(await page.locator("style").evaluateAll((all) => all.flatMap(({ textContent }) => textContent?.match(/url\((?!data:)[^)]*\)/g) ?? []))).toEqual([]);
  // The German story leads to the German Studio, whose pictures are parts of the file, and that to learning.
  await page.getByRole("link", { name: "Studio" }).first().click();
  await expect(page.locator("#status")).toContainText("gezeichnet auf", { timeout: 120_000 });
  await page.locator("#beyond").scrollIntoViewIfNeeded();
  await expect.poll(() => page.locator("#beyond img").evaluateAll((images) => images.map((image) => /** @type {HTMLImageElement} */ (image).naturalWidth > 0))).toEqual([true, true, true, true]);
  await page.locator("#beyond a[href*='learn-de.html']").click();
  await expect(page).toHaveURL(/page=learn-de\.html/);
  await page.goto(address("page=learn-de.html#watch?steps=20"));
  const watch = page.locator("#watch-figure");
  await watch.getByRole("button", { name: "Lernen", exact: true }).click();
  await expect(watch.locator(".pace"), "its workers and its wasm are here").toHaveText(["Schritt 20", "Schritt 20"], { timeout: 120_000 });
  expect(found).toEqual({ outside: [], complaints: [] });
});

test("where it was told where it is hosted, links lead there", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(address("prompt=bag&seed=3&count=1&steps=2&device=cpu", small));
  await drawn(page);
  await page.locator("#link").click();
  await expect(page.locator("#status")).toContainText("Link copied");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^https:\/\/example\.org\/morphogen\/\?prompt=bag&seed=3&model=fashion/);
});

test("as a Blob and in a frame it draws; changed or cut off on its way, it says so", async ({ page }) => {
  test.setTimeout(240_000);
  const bytes = readFileSync(small);
  await page.route("**/bytes/whole", (route) => route.fulfill({ body: bytes, contentType: "application/octet-stream" }));
  await page.route("**/bytes/cut", (route) => route.fulfill({ body: bytes.subarray(0, bytes.length >> 1), contentType: "text/html" }));
  const framed = async (/** @type {(bytes: ArrayBuffer) => Promise<{ src?: string, srcdoc?: string }>} */ made) => {
    await page.goto("/~csp=none/tests/blank.html");
    await page.evaluate(async (made) => {
      const frame = Object.assign(document.createElement("iframe"), { width: 800, height: 900 });
      const bytes = await (await fetch("/bytes/whole")).arrayBuffer();
      Object.assign(frame, await new Function("bytes", `return (${made})(bytes)`)(bytes));
      document.body.append(frame);
    }, String(made));
    return page.frameLocator("iframe").locator("#status");
  };
  const blob = async (/** @type {ArrayBuffer} */ bytes) => ({ src: URL.createObjectURL(new Blob([bytes], { type: "text/html" })) });
  const frame = async (/** @type {ArrayBuffer} */ bytes) => ({ srcdoc: new TextDecoder("windows-1252").decode(bytes) });
  const spoilt = async (/** @type {ArrayBuffer} */ bytes) => ({ srcdoc: new TextDecoder().decode(bytes) });
  await expect(await framed(blob)).toContainText("drawn on", { timeout: 60_000 });
  await expect(await framed(frame)).toContainText("drawn on", { timeout: 60_000 });
  await expect(await framed(spoilt)).toContainText("another encoding", { timeout: 60_000 });
  await page.goto("/bytes/cut");
  await expect(page.locator("#status")).toContainText("its end is missing", { timeout: 60_000 });
});
