/**
 * The packed packages, the models' too, in small apps of six bundlers, each built as its users do and opened in Chromium: it draws with workers and both wasms, learns, asks
 * no other host and nothing that is not there, and what it draws is what the files as they are draw. Where no bundlers are, nothing is tested and the output says so.
 *
 *     node --test tests/bundlers/bundlers.test.js        (or: ./build.sh test bundlers, which sets them up)
 */
import assert from "node:assert/strict";
import { cpSync, mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { LIMIT, modelPackages } from "../../tools/model-packages.mjs";
import { serve } from "../../tools/serve.mjs";
import { PINNED } from "../browser/pinned.js";
import { opened } from "../hosts/hosts.js";
import { BUNDLERS, INLINE, ROOT, install, installed, packed, place, unbundled } from "./bundlers.js";

/** How far pixels may be apart: workers that share the work differ in nothing, minifiers neither. */
const TOLERANCE = 1e-5;

describe("bundlers", { skip: installed ? false : "they are not here" }, () => {
  const folder = installed ? place() : "";
  const fresh = join(folder, "fresh");
  /** @type {Awaited<ReturnType<typeof serve>>} */
  let site;
  /** @type {Awaited<ReturnType<typeof opened>>} */
  let browser;
  /** @type {any} */
  let plain;

  before(async () => {
    mkdirSync(fresh);
    const models = await modelPackages(join(folder, "packages"));
    const tarballs = packed(folder, [join(ROOT, "pkg"), ...models.map((model) => model.folder)]);
    for (const tarball of tarballs.slice(1)) assert.ok(statSync(tarball).size <= LIMIT, tarball);
    install(fresh, tarballs);
    site = await serve({ mounts: [["/apps", folder]] });
    browser = await opened();
    const app = join(folder, "plain");
    cpSync(fresh, app, { recursive: true });
    unbundled(app);
    plain = await draws("~csp=none/apps/plain/index.html");
  });
  after(async () => {
    await browser?.close();
    await site?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  /** Opens a page of these addresses and gives what it drew. @param {string} address */
  async function draws(address) {
    const page = await /** @type {import("@playwright/test").Browser} */ (browser.page.context().browser()).newPage();
    const [missing, foreign, said] = [0, 1, 2].map(() => /** @type {string[]} */ ([]));
    let workers = 0;
    page.on("worker", () => (workers += 1));
    page.on("response", (response) => void (response.status() >= 400 && missing.push(response.url())));
    page.on("request", (request) => void (/^(https?|wss?):/.test(request.url()) && new URL(request.url()).origin !== new URL(site.url).origin && foreign.push(request.url())));
    page.on("pageerror", (error) => said.push(String(error)));
    page.on("console", (message) => void (message.type() === "error" && said.push(message.text())));
    await page.goto(new URL(address, site.url).href);
    const drawn = await (await page.waitForFunction(() => /** @type {any} */ (globalThis).drawn, undefined, { timeout: 120_000 })).jsonValue();
    assert.equal(drawn.error, undefined, said.join("\n"));
    await page.locator("morphogen-sampler").getByRole("status").filter({ hasText: "Bag drawn" }).waitFor({ state: "attached", timeout: 60_000 });
    assert.deepEqual({ missing, foreign, said }, { missing: [], foreign: [], said: [] });
    // One for all models, one that learns, and a helper at least on a machine of several processors.
    assert.ok(workers >= 2, `${workers} workers`);
    await page.close();
    return drawn;
  }

  for (const [name, build] of Object.entries(BUNDLERS)) {
    it(`${name} finds worker and wasm`, { timeout: 300_000 }, async () => {
      const label = name.split(" ")[0].toLowerCase();
      const app = join(folder, label);
      cpSync(fresh, app, { recursive: true });
      const built = await build(app, `/apps/${label}/out`);
      const drawn = await draws(`${INLINE.includes(name) ? "~csp=none/" : ""}apps/${label}/${built}/index.html`);
      assert.deepEqual(drawn.noise, PINNED);
      assert.deepEqual(drawn.brought, [
        { label: "Sneaker", pixels: 28 * 28, title: "Fashion", networks: ["resnet", "unet"] },
        { label: "red heart", pixels: 3 * 64 * 64, title: "Emoji", networks: ["unet"] },
      ]);
      assert.deepEqual(drawn.learnt, { state: "done", step: 2 });
      for (const what of ["pixels", "machine"]) {
        assert.equal(drawn[what].length, plain[what].length);
        const apart = Math.max(...drawn[what].map((/** @type {number} */ value, /** @type {number} */ q) => Math.abs(value - plain[what][q])));
        assert.ok(apart <= TOLERANCE, `${what} differ by ${apart}`);
      }
    });
  }
});
