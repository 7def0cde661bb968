/** The page as one file, opened from the disk with the network off. */
import { execFileSync } from "node:child_process";
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "@playwright/test";
import { barriers, difference, drawn, settings, shown } from "./support.js";

const ROOT = resolve(import.meta.dirname, "../..");
const FILE = resolve(ROOT, "dist/offline-test/morphogen.html");
const address = (/** @type {string} */ query) => `${pathToFileURL(FILE).href}?${query}`;

test.beforeAll(() => {
  test.setTimeout(300_000);
  execFileSync("node", ["tools/offline.mjs", FILE], { cwd: ROOT });
});

test("it draws with the network and with a machine, and asks nobody for anything", async ({ page, context }, { project }) => {
  /** @type {string[]} */
  const requests = [];
  /** @type {string[]} */
  const complaints = [];
  context.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await context.setOffline(true);
  expect(statSync(FILE).size).toBeLessThanOrEqual(4_000_000);
  const opened = address(`prompt=sneaker&seed=7&count=1&steps=4&device=${project.name}`);
  await page.goto(opened);
  await drawn(page, project.name === "webgpu" ? "(WebGPU)" : "(CPU)");
  expect(new Set(await shown(page)).size).toBeGreaterThan(2);
  await expect(page.locator("#how")).toContainText(/holds \d+ of the 600 training pictures/);

  await page.locator("#machine").selectOption("local");
  await page.locator("#window").fill("3");
  await page.getByRole("button", { name: "Compare" }).click();
  await expect(page.locator("#theory-status")).toContainText("they agree with r =");
  expect(difference(await shown(page, "#theirs"), await shown(page, "#ours"))).toBeGreaterThan(10);

  // Both networks are there; packs that are not are not offered.
  await expect(page.locator("#packs")).toBeHidden();
  await settings(page);
  await page.locator("input[name=network][value=unet]").check();
  await drawn(page);
  await expect(page.locator("#status")).toContainText("drawn on");
  const outside = requests.filter((url) => !/^(blob|data):/.test(url) && url !== opened);
  expect(outside).toEqual([]);
  expect(complaints).toEqual([]);
});

test("it draws the same picture as the hosted page, and survives a server that mistakes its encoding", async ({ page }, { project }) => {
  test.skip(project.name !== "cpu", "one device is enough to compare");
  await page.goto(address("prompt=bag&seed=3&count=1&steps=3&device=cpu"));
  await drawn(page);
  expect(await barriers(page)).toEqual([]);
  const offline = await shown(page);
  // Without a prompt, what it holds greets.
  await page.goto(address("count=1&steps=2&device=cpu"));
  await drawn(page, "Sneaker");
  await page.route("**/offline.html*", (route) => route.fulfill({ path: FILE, contentType: "text/html; charset=utf-8" }));
  await page.goto("/offline.html?prompt=bag&seed=3&count=1&steps=3&device=cpu");
  await drawn(page);
  expect(await shown(page)).toEqual(offline);
  await page.goto("/?prompt=bag&seed=3&count=1&steps=3&device=cpu");
  await drawn(page);
  expect(await shown(page)).toEqual(offline);
});
