/** The hosted page on later visits: without a network, across updates, half-way updates, and where nothing can be kept. */
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { icons } from "../../tools/icons.mjs";
import { serve } from "../../tools/serve.mjs";
import { site } from "../../tools/site.mjs";
import { drawn, shown } from "./support.js";

// Long and independent: shared by the workers.
test.describe.configure({ mode: "parallel" });

test.use({ serviceWorkers: "allow" });
const PAGE = "?prompt=bag&seed=7&count=1&steps=2&device=cpu";

/** A site of its own for each test, to be changed and taken away. */
const hosted = test.extend(
  /** @type {import("@playwright/test").Fixtures<{ host: { url: string, close: () => Promise<void>, change: (file: string, edit: (text: string) => string) => Promise<void>, publish: () => Promise<void> } }, {}, import("@playwright/test").PlaywrightTestArgs>} */ ({
    host: async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), "morphogen-site-"));
      await cp("www", folder, { recursive: true, filter: (path) => !/^www.models/.test(path) });
      const publish = () => writeFile(join(folder, "site.js"), site([["", folder], ["models/", "www/models"], ["pkg/", "pkg"]]));
      await publish();
      const { url, close } = await serve({ mounts: [["/models", "www/models"], ["/", folder]] });
      let open = true;
      const shut = async () => {
        if (open) await close();
        open = false;
      };
      const change = async (/** @type {string} */ file, /** @type {(text: string) => string} */ edit) => {
        const path = join(folder, file);
        await writeFile(path, edit(await readFile(path, "utf8")));
      };
      await use({ url, close: shut, change, publish });
      await shut();
      await rm(folder, { recursive: true });
    },
  }),
);

/**
 * Paths that are kept, by cache.
 * @param {import("@playwright/test").Page} page
 * @returns {Promise<string[][]>}
 */
const kept = (page) =>
  page.evaluate(async () => {
    const names = await caches.keys();
    const keys = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return keys.map((requests) => requests.map(({ url }) => new URL(url).pathname));
  });

/**
 * Waits until the first version is whole, and with it these files.
 * @param {import("@playwright/test").Page} page
 * @param {RegExp[]} files
 */
async function ready(page, ...files) {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
  for (const file of [/morphogen_bg\.wasm$/, /manifest\.json$/, ...files]) {
    await expect.poll(async () => (await kept(page)).flat().some((path) => file.test(path)), { message: String(file) }).toBe(true);
  }
}

/** @param {import("@playwright/test").Page} page */
async function compare(page) {
  await page.locator("#machine").selectOption("wiener");
  await page.getByRole("button", { name: "Compare" }).click();
  await expect(page.locator("#theory-status")).toContainText("agree with r =");
}

hosted("the second visit needs no network: page, picture, theory", async ({ page, host }) => {
  await page.goto(host.url + PAGE);
  await drawn(page, "Bag");
  const picture = await shown(page);
  await compare(page);
  await ready(page, /attention\.safetensors$/, /bag\.safetensors\.zz$/);
  await host.close();
  await page.reload();
  await drawn(page, "Bag");
  expect(await shown(page)).toEqual(picture);
  await compare(page);
  // Another seed is another picture; another network was never here, and the page says so.
  await page.goto(host.url + PAGE.replace("seed=7", "seed=8"));
  await drawn(page, "Bag");
  expect(await shown(page)).not.toEqual(picture);
  await page.goto(`${host.url}${PAGE}&network=unet`);
  await expect(page.locator("#status")).toContainText("Check the network");
  // The essay came with the page: its text, its figures' code, its stills.
  await page.goto(`${host.url}essay/de.html`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Woher kommt das neue Bild?");
  // Figures are made when the reader comes near; how far down the first one stands depends on the system's fonts.
  await page.locator("#noise-figure").scrollIntoViewIfNeeded();
  await expect(page.locator("#noise-figure .live button").first()).toBeVisible();
});

hosted("all of it is kept at a press, and then packs and figures that were never seen work without a network", async ({ page, host }) => {
  await page.goto(host.url + PAGE);
  await drawn(page, "Bag");
  await ready(page);
  await page.locator("#settings > summary").click();
  const keep = page.getByRole("button", { name: /Keep everything for offline \(\d+ MB\)/ });
  await expect(keep).toBeVisible();
  await keep.click();
  await expect(page.locator("#keep-all-status")).toContainText("Everything is kept", { timeout: 120_000 });
  await host.close();
  await page.goto(`${host.url}?prompt=panda&model=emoji&seed=3&count=1&steps=2&device=cpu`);
  await drawn(page);
  await page.getByRole("button", { name: "Look for the nearest" }).click();
  await expect(page.locator("#evidence-says")).toContainText(/training picture \d+/, { timeout: 60_000 });
  await page.goto(`${host.url}essay/`);
  await page.locator("#locality-figure").scrollIntoViewIfNeeded();
  await expect(page.locator("#locality-figure .live canvas").first()).toBeVisible({ timeout: 60_000 });
  // Told once more, nothing is left to keep.
  await page.goto(host.url + PAGE);
  await drawn(page, "Bag");
  await page.locator("#settings > summary").click();
  await expect(page.locator("#keep-all-status")).toContainText("Everything is kept");
  await expect(keep).toBeHidden();
});

hosted("where the network breaks while all is kept, what came is kept, and it says so", async ({ page, host }) => {
  await page.goto(host.url + PAGE);
  await drawn(page, "Bag");
  await ready(page);
  await page.locator("#settings > summary").click();
  const keep = page.getByRole("button", { name: /Keep everything/ });
  await expect(keep).toBeVisible();
  await host.close();
  await keep.click();
  await expect(page.locator("#keep-all-status")).toContainText("Press again to go on", { timeout: 60_000 });
  await expect(keep).toBeEnabled();
});

hosted("an update waits for the pages of the old version, and is never mixed with it", async ({ page, context, host }) => {
  await page.goto(host.url + PAGE);
  await drawn(page);
  await ready(page, /attention\.safetensors$/);
  await page.reload();
  await drawn(page);

  await host.change("index.html", (text) => text.replace("<title>", "<title>New "));
  await host.change("state.js", (text) => `${text}document.documentElement.dataset.version = "new";\n`);
  await host.publish();
  await page.evaluate(() => navigator.serviceWorker.ready.then((registration) => registration.update()).then(() => {}));
  const offer = page.getByRole("button", { name: "Load the new version" });
  await expect(offer).toBeVisible();
  const versions = (/** @type {import("@playwright/test").Page} */ page) =>
    page.evaluate(async () => [document.title.startsWith("New"), document.documentElement.dataset.version === "new", (await (await fetch("state.js")).text()).includes("dataset.version")]);
  // Two pages: a second one begins as the first one goes on.
  const second = await context.newPage();
  await second.goto(host.url + PAGE);
  await drawn(second);
  expect(await versions(page)).toEqual([false, false, false]);
  expect(await versions(second)).toEqual([false, false, false]);
  await offer.click();
  const later = page.getByRole("button", { name: "Close the other tabs" });
  await expect(later).toBeVisible();
  await second.close();
  // One page: told to, it is the new version, whole, with what had been kept.
  await page.reload();
  await drawn(page);
  expect(await versions(page)).toEqual([false, false, false]);
  await offer.click();
  await expect(page).toHaveTitle(/^New/);
  await drawn(page);
  expect(await versions(page)).toEqual([true, true, true]);
  await expect.poll(async () => (await kept(page)).length).toBe(1);
  await host.close();
  await page.reload();
  await drawn(page);
  expect(await page.evaluate(() => document.documentElement.dataset.version)).toBe("new");
});

hosted("an update that breaks half-way leaves the old version whole", async ({ page, host }) => {
  await page.goto(host.url + PAGE);
  await drawn(page);
  await ready(page, /attention\.safetensors$/);
  await host.change("index.html", (text) => text.replace("<title>", "<title>New "));
  await host.change("words.js", (text) => `${text}// new\n`);
  await host.publish();
  // The list is there, but one file is not yet of its version.
  await host.change("words.js", (text) => text.replace("// new", "// old"));
  const state = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    const found = new Promise((done) => registration.addEventListener("updatefound", () => done(registration.installing)));
    void registration.update().catch(() => {});
    const next = /** @type {ServiceWorker} */ (await found);
    await new Promise((done) => {
      const look = () => next.state !== "installing" && done(undefined);
      next.addEventListener("statechange", look);
      look();
    });
    return next.state;
  });
  expect(state).toBe("redundant");
  await expect.poll(async () => (await kept(page)).length).toBe(1);
  await host.close();
  await page.reload();
  await drawn(page);
  await expect(page).toHaveTitle(/^Morphogen/);
});

hosted("where there is no room, the page draws and keeps nothing", async ({ page, context, host }) => {
  const session = await context.newCDPSession(page);
  await session.send("Storage.overrideQuotaForOrigin", { origin: new URL(host.url).origin, quotaSize: 1000 });
  await page.goto(host.url + PAGE);
  await drawn(page);
  const state = await page.evaluate(async () => {
    const look = async () => {
      const registration = await navigator.serviceWorker.getRegistration();
      const worker = registration?.installing ?? registration?.waiting ?? registration?.active;
      return worker ? worker.state : "none";
    };
    while ((await look()) === "installing") await new Promise((done) => setTimeout(done, 50));
    return look();
  });
  expect(state).toBe("none");
  expect((await kept(page)).flat()).toEqual([]);
  await page.reload();
  await drawn(page);
});

/** [where, what is different there] */
const WITHOUT = [
  ["in a window without service workers", "delete Object.getPrototypeOf(navigator).serviceWorker"],
  ["where they are refused", "navigator.serviceWorker.register = () => Promise.reject(new DOMException('no', 'SecurityError'))"],
  ["where even asking is refused", "Object.defineProperty(navigator, 'serviceWorker', { get() { throw new DOMException('no', 'SecurityError') } })"],
];
for (const [where, script] of WITHOUT) {
  hosted(`${where} the page draws all the same`, async ({ page, host }) => {
    /** @type {string[]} */
    const complaints = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.addInitScript(script);
    await page.goto(host.url + PAGE);
    await drawn(page);
    expect(complaints).toEqual([]);
  });
}

hosted("the page can be installed, and its icons are drawn from the picture they stand for", async ({ page, context, host }) => {
  await page.goto(host.url + PAGE);
  const session = await context.newCDPSession(page);
  const { errors, url } = await session.send("Page.getAppManifest");
  expect(errors).toEqual([]);
  const manifest = await (await page.request.get(url)).json();
  for (const { src, sizes, type } of manifest.icons) {
    const response = await page.request.get(new URL(src, url).href);
    expect(response.headers()["content-type"]).toBe(type);
    if (type !== "image/png") continue;
    const png = await response.body();
    expect(`${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`).toBe(sizes);
  }
  for (const [name, png] of Object.entries(icons)) expect(png.equals(await readFile(`www/icons/${name}.png`)), name).toBe(true);
  await drawn(page);
  await ready(page);
  const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
  // The tests' windows are private ones; nothing else may stand in the way.
  expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== "in-incognito")).toEqual([]);
});
