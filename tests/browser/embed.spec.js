/** The frame that other sites embed, sandboxed to the utmost, and the package with everything inside. */
import { expect, test } from "@playwright/test";
import { PINNED, SHORT, difference, drawn, shown } from "./support.js";

/**
 * A page of another site with the frame on it, and the few lines that fit its height.
 * @param {import("@playwright/test").Page} page
 * @param {string} query
 * @param {string} [sandbox]
 */
async function embedded(page, query, sandbox = "allow-scripts") {
  await page.goto("/~csp=none/tests/blank.html");
  await page.evaluate(
    ({ query, sandbox }) => {
      addEventListener("message", ({ data, source }) => {
        if (data?.type !== "morphogen:resize") return;
        for (const frame of document.querySelectorAll("iframe")) if (frame.contentWindow === source) frame.height = data.height;
      });
      const frame = document.createElement("iframe");
      frame.src = new URL(`/embed.html?${query}`, location.href).href;
      frame.setAttribute("sandbox", sandbox);
      frame.title = "A bag";
      document.body.append(frame);
    },
    { query, sandbox },
  );
  return page.frameLocator("iframe");
}

test("in a sandbox without an origin it draws, tells its height, and asks no other host", async ({ page, baseURL }) => {
  /** @type {string[]} */
  const hosts = [];
  /** @type {string[]} */
  const complaints = [];
  page.on("request", (request) => !request.url().startsWith("blob:") && hosts.push(new URL(request.url()).origin));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  const frame = await embedded(page, "model=fashion&prompt=bag&seed=3&steps=2&controls=1");
  await expect(frame.locator("canvas")).toHaveAccessibleName(/bag.*seed 3/i);
  expect(await frame.locator("html").evaluate(() => self.origin)).toBe("null");
  const picture = await shown(frame, "canvas");
  expect(new Set(picture).size).toBeGreaterThan(2);
  await expect(frame.getByLabel("What to draw")).toHaveValue("bag");
  const height = () => frame.locator("body").evaluate((body) => Math.ceil(body.getBoundingClientRect().height));
  await expect.poll(async () => (await page.locator("iframe").getAttribute("height")) === String(await height())).toBe(true);
  expect([...new Set(hosts)]).toEqual([new URL(baseURL ?? "").origin]);
  expect(complaints).toEqual([]);
});

test("in a sandbox it reads free text, in other languages too", async ({ page }) => {
  const frame = await embedded(page, "model=emoji&prompt=rotes+Herz&seed=3&steps=2&device=cpu");
  await expect(frame.locator("canvas")).toHaveAccessibleName(/red heart.*seed 3/i);
});

test("it draws with a machine, too, and looks as the address asks", async ({ page }) => {
  const frame = await embedded(page, "prompt=bag&seed=3&steps=2&machine=bbels&window=7&controls=0&theme=dark&device=cpu");
  await expect(frame.locator("canvas")).toHaveAccessibleName(/bag.*seed 3/i);
  const machine = await shown(frame, "canvas");
  await expect(frame.getByLabel("What to draw")).toBeHidden();
  expect(await frame.locator("html").evaluate((root) => getComputedStyle(root).colorScheme)).toBe("dark");
  const network = await embedded(page, "prompt=bag&seed=3&steps=2&device=cpu&static=1");
  await expect(network.locator("canvas")).toHaveAccessibleName(/bag.*seed 3/i);
  expect(difference(machine, await shown(network, "canvas"))).toBeGreaterThan(10);
  await expect(network.getByLabel("What to draw")).toBeHidden();
});

test("with an origin it fetches the files themselves, and says what is wrong with a prompt", async ({ page }) => {
  /** @type {string[]} */
  const files = [];
  page.on("request", (request) => files.push(new URL(request.url()).pathname));
  const frame = await embedded(page, "prompt=giraffe&device=cpu", "allow-scripts allow-same-origin");
  await expect(frame.getByRole("status")).toContainText("giraffe");
  expect(files.filter((path) => path.startsWith("/models/")).sort()).toEqual(["/models/fashion/attention.safetensors", "/models/fashion/manifest.json"]);
});

test("the inlined package draws the same noise without a request for worker or wasm", async ({ page }) => {
  /** @type {string[]} */
  const files = [];
  page.on("request", (request) => files.push(new URL(request.url()).pathname));
  await page.goto("/~csp=blob/tests/blank.html");
  const noise = await page.evaluate(async () => {
    const { loadModel } = await import(new URL("../pkg/inline.js", location.href).href);
    const model = await loadModel("../models/fashion/", { device: "cpu" });
    const { frames } = await model.sample({ prompt: "sneaker", seed: 7, steps: 2, frames: true });
    await model.sample({ prompt: "sneaker", seed: 7, steps: 1, machine: "wiener" });
    return [...new Uint32Array(frames[0].x.slice(0, 4).buffer)];
  });
  expect(noise).toEqual(PINNED);
  expect(files.filter((path) => /worker\.js$|\.wasm$|theory\.js$/.test(path))).toEqual([]);
});

test("a page may say where files are, and what it says is used", async ({ page }) => {
  await page.goto("/tests/blank.html");
  const seen = await page.evaluate(async () => {
    const { configure, loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
    /** @type {string[]} */
    const asked = [];
    configure({
      resolve: async (/** @type {string} */ url) => {
        asked.push(url.replace(/^.*\//, ""));
        if (url.endsWith("manifest.json")) return new Uint8Array(await (await fetch("/models/fashion/manifest.json")).arrayBuffer());
        return url.includes("/elsewhere/") ? url.replace("/elsewhere/", "/models/fashion/") : undefined;
      },
    });
    const model = await loadModel("/elsewhere/", { device: "cpu", network: "unet" });
    const { count } = await model.sample({ prompt: "bag", steps: 1 });
    return { asked, count };
  });
  expect(seen.count).toBe(1);
  expect(seen.asked.sort()).toEqual(["manifest.json", "morphogen_bg.wasm", "unet.safetensors"]);
});

test("the page gives the lines that embed the picture at hand, and they do", async ({ page, context, baseURL }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(`${SHORT}&device=cpu`);
  await drawn(page);
  await page.getByText("Embed", { exact: true }).click();
  await page.getByRole("button", { name: "Copy HTML" }).click();
  await expect(page.locator("#embed-said")).toHaveText("Copied.");
  const lines = await page.evaluate(() => navigator.clipboard.readText());
  const picture = await shown(page);
  // Pasted into a page of its own, from the same site but without its policy.
  await page.route("**/pasted.html", (route) => route.fulfill({ contentType: "text/html", body: `<!doctype html><title>Pasted</title>${lines}` }));
  await page.goto(new URL("/pasted.html", baseURL).href);
  const frame = page.frameLocator("iframe");
  await expect(frame.locator("canvas")).toHaveAccessibleName(/sneaker.*seed 7/i);
  await expect(frame.getByRole("status")).toContainText("Sneaker");
  expect(await shown(frame, "canvas")).toEqual(picture);
  await expect(page.locator("iframe")).not.toHaveAttribute("height", "420");
});

test("what makes no sense in a frame's address is left at its default", async ({ page }) => {
  const frame = await embedded(page, "model=nope&network=nope&prompt=bag&seed=3&count=99999&steps=2&device=cpu&window=7%");
  await expect(frame.locator("canvas")).toHaveAccessibleName(/bag.*seed 3/i);
  await expect(frame.locator("canvas")).toHaveAttribute("width", "28");
  const far = await embedded(page, "network=nope&prompt=bag&seed=9007199254740992&steps=2&device=cpu", "allow-scripts allow-same-origin");
  await expect(far.locator("canvas")).toHaveAccessibleName(/bag.*seed 7/i);
});

const OPEN = "allow-scripts allow-popups allow-popups-to-escape-sandbox";

test("a link below the frame opens the page it came from, with the picture as it stands now", async ({ page, context }) => {
  const frame = await embedded(page, "model=fashion&prompt=bag&seed=3&steps=2&controls=0&device=cpu", OPEN);
  await expect(frame.locator("canvas")).toHaveAccessibleName(/bag.*seed 3/i);
  await page.evaluate(() => document.querySelector("iframe")?.contentWindow?.postMessage({ type: "morphogen:set", values: { prompt: "coat", seed: 9 } }, "*"));
  await expect(frame.locator("canvas")).toHaveAccessibleName(/coat.*seed 9/i);
  // By keyboard, as everything.
  const link = frame.getByRole("link", { name: "Open in Morphogen" });
  await page.locator("iframe").focus();
  for (let tries = 0; tries < 4 && !(await link.evaluate((element) => element === document.activeElement)); tries += 1) await page.keyboard.press("Tab");
  const opening = context.waitForEvent("page");
  await page.keyboard.press("Enter");
  const there = await opening;
  await there.waitForURL(/prompt=/);
  expect(Object.fromEntries(new URL(there.url()).searchParams)).toMatchObject({ model: "fashion", prompt: "coat", seed: "9", steps: "2" });
  expect(await there.evaluate(() => [self.origin, self.opener])).toEqual([new URL(page.url()).origin, null]);
  await drawn(there);
});

test("where the sandbox forbids to open a page, the link becomes its address", async ({ page, context }) => {
  const frame = await embedded(page, "model=fashion&prompt=bag&seed=3&steps=2&device=cpu&lang=de");
  await frame.getByRole("link", { name: "In Morphogen öffnen" }).click();
  const address = frame.getByRole("textbox", { name: "Die Adresse, zum Kopieren" });
  await expect(address).toBeFocused();
  await expect(address).toHaveValue(/\/de\.html\?prompt=bag&seed=3&model=fashion/);
  expect(context.pages()).toHaveLength(1);
});

test("a figure's link leads to its chapter, as the figure stands now", async ({ page }) => {
  const frame = await embedded(page, "figure=locality&window=27&lang=de&device=cpu", OPEN);
  await expect(frame.getByRole("status")).toContainText("27 × 27 Pixel");
  const link = frame.getByRole("link", { name: "In Morphogen öffnen" });
  await expect(link).toHaveAttribute("href", /\/essay\/de\.html#locality\?window=27$/);
  await frame.getByRole("slider").first().press("ArrowLeft");
  await link.focus();
  await expect(link).not.toHaveAttribute("href", /window=27/);
  await expect(link).toHaveAttribute("href", /#locality\?.*window=\d+/);
});
