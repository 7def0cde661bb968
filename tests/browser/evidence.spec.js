/** Did it copy that? The evidence under the pictures: the nearest training picture, and what the theory makes of the same noise. */
import { expect, test } from "@playwright/test";
import { drawn, shown, stubbed } from "./support.js";

/** Addresses of training pictures that the page fetches. @param {import("@playwright/test").Page} page */
function shelves(page) {
  /** @type {string[]} */
  const fetched = [];
  page.on("request", (request) => request.url().includes("/training/") && fetched.push(request.url()));
  return fetched;
}

const BOOT = "/?prompt=ankle+boot&model=fashion&seed=3&count=2&steps=3&device=cpu";

test("beside a garment stand the nearest training picture and the forecast, without a press, and both are true", async ({ page }) => {
  await page.goto(BOOT);
  await drawn(page);
  const says = page.locator("#evidence-says");
  await expect(says).toContainText("r = ", { timeout: 120_000 });
  await expect(page).not.toHaveURL(/machine=/);
  const truth = await page.evaluate(async () => {
    const { loadModel } = await import(new URL("pkg/morphogen.js", location.href).href);
    const model = await loadModel("models/fashion/", { device: "cpu" });
    const wish = { prompt: "ankle boot", steps: 3 };
    const ours = await model.sample({ ...wish, seed: 3 });
    const theirs = await model.sample({ ...wish, seed: 3, machine: "blend" });
    const [nearest] = await model.nearest(ours);
    const images = await model.training("ankle boot");
    return {
      nearest: nearest.image,
      distance: nearest.distance,
      ours: [...ours.pixels],
      theirs: [...theirs.pixels],
      image: [...images.toImageData(nearest.image).data].filter((/** @type {number} */ _, /** @type {number} */ i) => i % 4 === 0),
      others: Array.from({ length: 100 }, (_, i) => [...images.data.subarray(i * 6 * 784, (i * 6 + 1) * 784)]),
    };
  });
  await expect(says).toContainText(`training picture ${truth.nearest + 1} (${truth.distance.toFixed(1)} away`);
  expect(await shown(page, "#evidence-nearest")).toEqual(truth.image);
  const mean = (/** @type {number[]} */ values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const r = (/** @type {number[]} */ a, /** @type {number[]} */ b) => {
    const [x, y] = [a, b].map((values) => values.map((value) => value - mean(values)));
    const dot = (/** @type {number[]} */ one, /** @type {number[]} */ other) => one.reduce((sum, value, i) => sum + value * other[i], 0);
    return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
  };
  const [told, floor] = [...((await says.textContent()) ?? "").matchAll(/(?:r = |kind have )([\d.]+\d)/g)].map(([, number]) => Number(number));
  expect(Math.abs(told - r(truth.ours, truth.theirs))).toBeLessThan(0.006);
  expect(Math.abs(floor - mean(truth.others.map((other) => r(truth.ours, other))))).toBeLessThan(0.006);
  expect(told).toBeGreaterThan(floor);
  // Half-way the mosaic shows pieces of many pictures.
  expect(new Set(await shown(page, "#evidence-mosaic")).size).toBeGreaterThan(5);
});

test("another variation brings its own evidence, and going back brings the first again without drawing it again", async ({ page }) => {
  await page.goto(BOOT);
  await drawn(page);
  const says = page.locator("#evidence-says");
  await expect(says).toContainText("r = ", { timeout: 120_000 });
  const [first, forecast] = [await says.textContent(), await shown(page, "#evidence-guess")];
  await page.locator(".pick").nth(1).click();
  await expect(says).not.toHaveText(first ?? "");
  await expect(says).toContainText("r = ", { timeout: 120_000 });
  expect(await shown(page, "#evidence-guess")).not.toEqual(forecast);
  expect(await shown(page, "#evidence-drawn")).toEqual(await shown(page));
  await page.locator(".pick").nth(0).click();
  // At once: it is kept.
  expect(await says.textContent()).toBe(first);
  expect(await shown(page, "#evidence-guess")).toEqual(forecast);
  await expect(page.locator("#r")).not.toBeEmpty();
});

test("emoji are looked up when one asks, and then for every drawing", async ({ page }) => {
  const fetched = shelves(page);
  await page.goto("/?prompt=panda&model=emoji&seed=3&count=1&steps=2&device=cpu");
  await drawn(page);
  await expect(page.locator("#evidence-says")).toContainText("can be fetched");
  expect(await shown(page, "#evidence-drawn")).toEqual(await shown(page));
  expect(fetched).toEqual([]);
  await page.getByRole("button", { name: "Look for the nearest" }).click();
  await expect(page.locator("#evidence-says")).toContainText(/This picture is .*training picture \d+/, { timeout: 60_000 });
  await expect(page.locator(".near")).toContainText("%");
  await expect(page.locator("#evidence-theory"), "few pictures of a thing make no mosaic").toBeHidden();
  await page.locator("#another").click();
  await expect(page.locator("#evidence-says")).toContainText(/This picture is .*training picture \d+/, { timeout: 60_000 });
});

test("a mix has no evidence and says why, and what is drawn after it has", async ({ page }) => {
  await stubbed(page, "?prompt=cat&and=heart&seed=7&count=1");
  await expect(page.locator("#evidence-says")).toContainText("of a mixture there is none");
  await expect(page.locator("#evidence-drawn")).toBeHidden();
  await expect(page.locator("#theory")).toBeHidden();
  await page.goto("/?prompt=cat&seed=7&count=1&model=emoji");
  await drawn(page);
  await expect(page.getByRole("button", { name: "Look for the nearest" })).toBeEnabled();
  await expect(page.locator("#theory")).toBeVisible();
});

test("who saves data is fetched nothing that was not asked for", async ({ page }) => {
  const fetched = shelves(page);
  await page.addInitScript(() => Object.defineProperty(navigator, "connection", { value: { saveData: true } }));
  await page.goto(BOOT);
  await drawn(page);
  await expect(page.getByRole("button", { name: "Look for the nearest" })).toBeEnabled();
  expect(fetched).toEqual([]);
  await page.getByRole("button", { name: "Look for the nearest" }).click();
  await expect(page.locator("#evidence-says")).toContainText("r = ", { timeout: 120_000 });
});

test("two machines stand beside the network at once", async ({ page }) => {
  await page.goto("/?prompt=bag&model=fashion&seed=3&count=1&steps=3&device=cpu&machine=ideal");
  await expect(page.locator("#theory-status")).toContainText("agree with r = ", { timeout: 120_000 });
  await page.locator("#second-machine").selectOption("wiener");
  await expect(page.locator("#agreement")).toContainText("Average: r = ", { timeout: 120_000 });
  await expect(page.locator("#theory-status")).toContainText("agree with r = ");
  expect(await shown(page, "#theirs-second")).not.toEqual(await shown(page, "#theirs"));
  await expect(page.locator("#verdict-cards p")).toHaveText([/^The network's/, /^The picture of “All-seeing” is a copy/, /^The picture of “Average”/]);
  await page.locator("#second-machine").selectOption("");
  await expect(page.locator("#second-column")).toBeHidden();
});

test("Another draws the same words from new seeds, Back brings what was before, and Start over begins anew", async ({ page }) => {
  await stubbed(page, "?prompt=cat&seed=7&count=4");
  const [first, address] = [await shown(page), page.url()];
  await page.locator("#another").click();
  await drawn(page);
  await expect(page).toHaveURL(/seed=11/);
  await expect.poll(() => shown(page)).not.toEqual(first);
  await page.goBack();
  await expect(page).toHaveURL(address);
  await drawn(page);
  await expect.poll(() => shown(page)).toEqual(first);
  await page.goForward();
  await expect(page).toHaveURL(/seed=11/);
  await drawn(page);
  await page.locator("#settings > summary").click();
  await page.locator("#reset").click();
  await expect(page.locator("#prompt")).toHaveValue("birthday cake");
  await expect(page).toHaveURL(/prompt=birthday\+cake&seed=7/);
});

test("what was drawn before is kept on the device, drawn again at a press, and forgotten when one wants", async ({ page }) => {
  await stubbed(page, "?prompt=cat&seed=7&count=1");
  const first = await shown(page);
  await page.locator("#prompt").fill("red heart");
  await page.locator("#draw").click();
  await drawn(page, "red heart");
  await page.reload();
  await drawn(page);
  await page.locator("#past > summary").click();
  const items = page.locator("#past-list button");
  await expect(items).toHaveText([/red heart/, /cat/]);
  await items.nth(1).click();
  await expect(page.locator("#prompt")).toHaveValue("cat");
  await expect.poll(() => shown(page)).toEqual(first);
  await page.locator("#past-forget").click();
  await expect(items).toHaveCount(0);
  await page.locator("#past-forget").click();
  await expect(items).toHaveCount(2);
  await page.locator("#past-forget").click();
  await page.reload();
  await drawn(page);
  await page.locator("#past > summary").click();
  await expect(items).toHaveCount(1);
});

test("two tabs share what was drawn before: neither loses what the other adds, and both show it", async ({ page, context }) => {
  await stubbed(page, "?prompt=cat&seed=7&count=1");
  await page.locator("#past > summary").click();
  const second = await context.newPage();
  await stubbed(second, "?prompt=red+heart&seed=7&count=1");
  await second.locator("#past > summary").click();
  const lists = [page, second].map((tab) => tab.locator("#past-list button"));
  for (const list of lists) await expect(list).toHaveText([/red heart/, /cat/]);
  await page.locator("#another").click();
  for (const list of lists) await expect(list).toHaveText([/cat/, /red heart/, /cat/]);
  await second.locator("#another").click();
  for (const list of lists) await expect(list).toHaveText([/red heart/, /cat/, /red heart/, /cat/]);
  await page.locator("#past-forget").click();
  for (const list of lists) await expect(list).toHaveCount(0);
});

test("a browser that keeps nothing, or something else in its place, is no trouble", async ({ page }) => {
  await page.addInitScript(() => localStorage.setItem("morphogen-drawn", '[{"address":"javascript:alert(1)","label":"x","picture":"y"},null,3]'));
  await stubbed(page, "?prompt=cat&seed=7&count=1");
  await page.locator("#past > summary").click();
  await expect(page.locator("#past-list button")).toHaveText([/cat/]);
  await page.evaluate(() => (Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); }));
  await page.locator("#another").click();
  await expect(page.locator("#past-status")).toContainText("keeps nothing");
  await expect(page.locator("#past-list button")).toHaveCount(2);
});

test("the way out of the noise is saved as a film", async ({ page }) => {
  await page.goto("/?prompt=bag&model=fashion&seed=3&count=2&steps=3&device=cpu");
  await drawn(page);
  await page.locator("#sticker > summary").click();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save the film as APNG" }).last().click();
  const file = await download;
  expect(file.suggestedFilename()).toBe("morphogen-bag-3-from-noise.png");
  // Noise, three steps, and the finished one for a while.
  const { default: fs } = await import("node:fs");
  const bytes = fs.readFileSync(await file.path());
  const control = bytes.indexOf("acTL");
  expect(bytes.readUInt32BE(control + 4)).toBe(16);
});
