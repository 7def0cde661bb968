/** The page as one file, opened from the disk with the network off. */
import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "@playwright/test";
import { BOTH, barriers, difference, drawn, settings, shown } from "./support.js";

const ROOT = resolve(import.meta.dirname, "../..");
/** One for each project, since both may run at once. */
let file = "";
const address = (/** @type {string} */ query) => `${pathToFileURL(file).href}?${query}`;

test.beforeAll(({}, { project }) => {
  test.setTimeout(300_000);
  file = resolve(ROOT, `dist/offline-test/${project.name}.html`);
  execFileSync("node", ["tools/offline.mjs", file], { cwd: ROOT });
});

/**
 * Opens the file with the network off.
 * @param {import("@playwright/test").Page} page
 * @param {string} query
 * @returns {Promise<{ outside: string[], complaints: string[] }>} what the page asks for elsewhere, and what it complains of
 */
async function alone(page, query) {
  const opened = address(query);
  /** @type {string[]} */
  const outside = [];
  /** @type {string[]} */
  const complaints = [];
  page.context().on("request", (request) => !/^(blob|data):/.test(request.url()) && request.url() !== opened && outside.push(request.url()));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.context().setOffline(true);
  await page.goto(opened);
  return { outside, complaints };
}

test("it draws, and asks nobody for anything", { tag: BOTH }, async ({ page }, { project }) => {
  const found = await alone(page, `prompt=sneaker&seed=7&count=1&steps=4&network=resnet&device=${project.name}`);
  await drawn(page, project.name === "webgpu" ? "(WebGPU)" : "(CPU)");
  expect(new Set(await shown(page)).size).toBeGreaterThan(2);
  expect(found).toEqual({ outside: [], complaints: [] });
});

test("it draws with every network and with a machine, and asks nobody for anything", async ({ page }) => {
  expect(statSync(file).size).toBeLessThanOrEqual(4_000_000);
  const found = await alone(page, "prompt=sneaker&seed=7&count=1&steps=4&device=cpu");
  await drawn(page, "(CPU)");
  await expect(page.locator("#how")).toContainText(/holds \d+ of the 600 training pictures/);

  await page.locator("#machine").selectOption("local");
  await page.locator("#window").fill("3");
  await page.getByRole("button", { name: "Compare" }).click();
  await expect(page.locator("#theory-status")).toContainText("they agree with r =");
  expect(difference(await shown(page, "#theirs"), await shown(page, "#ours"))).toBeGreaterThan(10);

  // The other networks are there; packs that are not are not offered.
  await expect(page.locator("#packs")).toBeHidden();
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
  await page.goto(address("count=1&steps=2&device=cpu"));
  await drawn(page, "Sneaker");
  await page.route("**/offline.html*", (route) => route.fulfill({ path: file, contentType: "text/html; charset=utf-8" }));
  await page.goto("/offline.html?prompt=bag&seed=3&count=1&steps=3&device=cpu");
  await drawn(page);
  expect(await shown(page)).toEqual(offline);
  await page.goto("/?prompt=bag&seed=3&count=1&steps=3&device=cpu");
  await drawn(page);
  expect(await shown(page)).toEqual(offline);
});
