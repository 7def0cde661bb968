/** The course for learning platforms: a SCORM 1.2 package that tells the platform how far its reader is, and the exercises in both languages. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "@playwright/test";
import { course } from "../../tools/course.mjs";
import { CHAPTERS } from "../../tools/essay.mjs";
import { serve } from "../../tools/serve.mjs";
import { strings as german } from "../../www/essay/strings/de.js";
import { strings as english } from "../../www/essay/strings/en.js";
import { unpacked } from "./unpacked.js";

const ROOT = resolve(import.meta.dirname, "../..");
/** @type {string} */
let folder;
/** @type {Awaited<ReturnType<typeof serve>>} */
let site;

test.beforeAll(async () => {
  test.setTimeout(300_000);
  mkdirSync(join(ROOT, "dist"), { recursive: true });
  folder = mkdtempSync(join(ROOT, "dist/course-"));
  await course(join(folder, "course.zip"));
  for (const [name, content] of unpacked(readFileSync(join(folder, "course.zip")))) {
    mkdirSync(dirname(join(folder, "course", name)), { recursive: true });
    writeFileSync(join(folder, "course", name), content);
  }
  site = await serve({ mounts: [["/lesson", join(folder, "course")]] });
});

test.afterAll(async () => {
  await site?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/**
 * Opens the course as a platform does: in a frame of a page that has its object. What the platform knew before is in `kept`.
 * @param {import("@playwright/test").Page} page
 * @param {Record<string, string>} [kept]
 */
async function platform(page, kept = {}) {
  await page.goto(`${site.url}~csp=none/lesson/exercises.html`);
  await page.evaluate((kept) => {
    /** @type {string[]} */
    const calls = [];
    const answer = (/** @type {string} */ name, result = "true") => (calls.push(name), result);
    const API = {
      LMSInitialize: () => answer("initialize"),
      LMSFinish: () => answer("finish"),
      LMSCommit: () => answer("commit"),
      LMSGetValue: (/** @type {string} */ name) => kept[name] ?? "",
      LMSSetValue: (/** @type {string} */ name, /** @type {string} */ value) => ((kept[name] = value), answer(name)),
    };
    Object.assign(globalThis, { API, kept, calls });
    const frame = document.createElement("iframe");
    frame.src = "index.html";
    frame.width = "900";
    frame.height = "600";
    document.body.replaceChildren(frame);
  }, kept);
  const launched = page.frameLocator("iframe");
  await expect(launched.frameLocator("iframe").locator("#noise h2")).toBeVisible();
  return { launched, story: launched.frameLocator("iframe"), kept: () => page.evaluate(() => /** @type {any} */ (globalThis).kept), calls: () => page.evaluate(() => /** @type {any} */ (globalThis).calls) };
}

test("its manifest names what is in the package, and nothing else", async ({ page }) => {
  const files = unpacked(readFileSync(join(folder, "course.zip"))).map(([name]) => name);
  // A platform looks for it at the root.
  expect(files[0]).toBe("imsmanifest.xml");
  await page.goto("/tests/blank.html");
  const found = await page.evaluate((xml) => {
    const tree = new DOMParser().parseFromString(xml, "application/xml");
    const all = (/** @type {string} */ name) => [...tree.getElementsByTagName(name)];
    const ids = [...tree.querySelectorAll("[identifier]")].map((node) => node.getAttribute("identifier"));
    return {
      broken: all("parsererror").length,
      version: all("schemaversion")[0].textContent,
      twice: ids.length - new Set(ids).size,
      loose: all("item").filter((item) => !all("resource").some((one) => one.getAttribute("identifier") === item.getAttribute("identifierref"))).length,
      organization: all("organizations")[0].getAttribute("default") === all("organization")[0].getAttribute("identifier"),
      types: all("resource").map((one) => one.getAttributeNS("http://www.adlnet.org/xsd/adlcp_rootv1p2", "scormtype")),
      spaces: [tree.documentElement.namespaceURI, ...new Set([...tree.querySelectorAll("*")].map((node) => node.namespaceURI))],
      hrefs: all("resource").map((one) => one.getAttribute("href") ?? ""),
      files: all("file").map((one) => one.getAttribute("href") ?? ""),
    };
  }, readFileSync(join(folder, "course/imsmanifest.xml"), "utf8"));
  expect(found).toMatchObject({ broken: 0, version: "1.2", twice: 0, loose: 0, organization: true, types: ["sco", "asset", "asset"], spaces: Array(2).fill("http://www.imsproject.org/xsd/imscp_rootv1p1p2") });
  for (const href of [...found.hrefs, ...found.files]) expect(files).toContain(href);
  expect(files.filter((name) => !found.files.includes(name) && !/^(imsmanifest\.xml|LICENSE-\w+)$/.test(name))).toEqual([]);
});

test("it is completed once the end of the story was reached, and not before; the platform is told where the reader is", async ({ page }) => {
  /** @type {string[]} */
  const outside = [];
  page.on("request", (request) => !/^(blob|data):/.test(request.url()) && !request.url().startsWith(site.url) && outside.push(request.url()));
  const { launched, story, kept, calls } = await platform(page);
  expect(await kept()).toMatchObject({ "cmi.core.lesson_status": "incomplete" });
  await story.locator("#locality").evaluate((section) => section.scrollIntoView());
  await expect.poll(async () => (await kept())["cmi.core.lesson_location"]).toBe("en#locality");
  expect(await kept()).toMatchObject({ "cmi.core.lesson_status": "incomplete" });
  await expect(launched.getByRole("status")).toHaveText("");
  await story.locator("#further").evaluate((section) => section.scrollIntoView());
  await expect(launched.getByRole("status")).toHaveText("Completed");
  expect(await kept()).toMatchObject({ "cmi.core.lesson_status": "completed", "cmi.core.lesson_location": "en#further" });
  expect((await calls()).filter((/** @type {string} */ call) => call === "initialize")).toHaveLength(1);
  await page.evaluate(() => document.querySelector("iframe")?.remove());
  await expect.poll(async () => (await calls()).at(-1)).toBe("finish");
  expect((await kept())["cmi.core.session_time"]).toMatch(/^\d{4}:\d\d:\d\d$/);
  expect(outside).toEqual([]);
});

test("a reader who comes back goes on in the chapter and the language that was left, and stays through", async ({ page }) => {
  const { launched, story, kept } = await platform(page, { "cmi.core.lesson_status": "completed", "cmi.core.lesson_location": "de#turing" });
  await expect(story.locator("html")).toHaveAttribute("lang", "de");
  await expect(launched.getByRole("status")).toHaveText("Abgeschlossen");
  await expect(story.locator("#turing h2")).toBeInViewport();
  await launched.getByRole("button", { name: "English" }).click();
  await expect(story.locator("html")).toHaveAttribute("lang", "en");
  expect(await kept()).toMatchObject({ "cmi.core.lesson_status": "completed" });
});

test("without a platform it is the story all the same", async ({ page }) => {
  await page.goto(`${site.url}~csp=none/lesson/index.html`);
  await expect(page.frameLocator("iframe").locator("#noise h2")).toBeVisible();
});

test("each chapter with a figure has its exercise, in both languages, by the story's own titles", () => {
  // The last two have none.
  const names = CHAPTERS.slice(0, -2);
  for (const [file, strings] of /** @type {const} */ ([["docs/exercises.md", english], ["docs/exercises.de.md", german]])) {
    const headings = [...readFileSync(join(ROOT, file), "utf8").matchAll(/^## (.*)$/gm)].map(([, title]) => title);
    expect(headings).toEqual(names.map((name, n) => `${n + 1} ${strings[`${name}.title`]}`));
  }
});
