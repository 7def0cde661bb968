/** `<morphogen-sampler>`: attributes, events, slots, several on a page, errors. */
import { expect, test } from "@playwright/test";

const PAGE = "/tests/element.html";

test("draws by itself when in view, with no word of inline style, and follows its attributes", async ({ page }) => {
  /** @type {string[]} */
  const complaints = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(PAGE);
  const one = page.locator("#one");
  await expect(one.getByRole("status")).toHaveText(/Sneaker|sneaker/);
  await expect(one.locator("canvas")).toHaveAccessibleName(/seed 7/);
  await expect(one.locator("canvas")).toHaveAttribute("width", "28");
  // Why the processor draws is a quiet mark: the sentence is there for whoever points at it.
  await one.evaluate((element) => element.setAttribute("device", "auto"));
  await expect(one.getByRole("status")).toHaveText("Sneaker drawn ⓘ.");
  await expect(one.getByRole("status")).toHaveAttribute("title", /no WebGPU here/);
  await one.evaluate((element) => {
    const sampler = /** @type {import("../../pkg/morphogen.js").MorphogenSampler} */ (element);
    sampler.seed = 8;
    sampler.count = 4;
  });
  await expect(one).toHaveAttribute("seed", "8");
  await expect(one.locator("canvas")).toHaveAccessibleName(/seed 8/);
  await expect(one.locator("canvas")).toHaveAttribute("width", "56");
  expect(complaints).toEqual([]);
});

test("waits without autoplay, shows its poster, draws when told, and tells of it", async ({ page }) => {
  await page.goto(PAGE);
  const two = page.locator("#two");
  await expect(two.getByText("Not drawn yet.")).toBeVisible();
  const events = await two.evaluate(async (element) => {
    const sampler = /** @type {import("../../pkg/morphogen.js").MorphogenSampler} */ (element);
    /** @type {string[]} */
    const seen = [];
    for (const type of ["load", "step", "sample", "error"]) sampler.addEventListener(type, () => seen.push(type));
    const sample = await sampler.draw();
    return { seen, count: sample.count, same: sampler.sample === sample };
  });
  expect(events).toEqual({ seen: ["load", "step", "step", "step", "step", "sample"], count: 4, same: true });
  await expect(two.getByText("Not drawn yet.")).toBeHidden();
});

test("its controls draw another word and another seed by keyboard", async ({ page }) => {
  await page.goto(PAGE);
  const one = page.locator("#one");
  await expect(one.locator("canvas")).toHaveAccessibleName(/seed 7/);
  await one.getByLabel("What to draw").fill("Coat");
  await page.keyboard.press("Enter");
  await expect(one).toHaveAttribute("prompt", "Coat");
  await expect(one.locator("canvas")).toHaveAccessibleName(/coat.*seed 7/i);
  await one.getByRole("button", { name: "Another seed" }).press("Enter");
  await expect(one).not.toHaveAttribute("seed", "7");
  await one.getByLabel("What to draw").fill("giraffe");
  await page.keyboard.press("Enter");
  await expect(one.getByRole("status")).toContainText("giraffe");
});

test("what is being typed stays when a picture is finished", async ({ page }) => {
  await page.goto(PAGE);
  const one = page.locator("#one");
  await expect(one.locator("canvas")).toHaveAccessibleName(/seed 7/);
  await one.getByLabel("What to draw").fill("half a wo");
  await one.evaluate((element) => /** @type {import("../../pkg/morphogen.js").MorphogenSampler} */ (element).draw());
  await expect(one.getByLabel("What to draw")).toHaveValue("half a wo");
});

test("without its model it shows the fallback and says why", async ({ page }) => {
  await page.goto(`/~missing=manifest.json${PAGE}`);
  await expect(page.getByText("No picture today.")).toBeVisible();
  await expect(page.locator("#one").getByRole("status")).toContainText("not there");
});

test("taken off the page, it stops; put back, it draws again", async ({ page }) => {
  await page.goto(PAGE);
  const one = page.locator("#one");
  await expect(one.locator("canvas")).toHaveAccessibleName(/seed 7/);
  const code = await one.evaluate(async (element) => {
    const sampler = /** @type {import("../../pkg/morphogen.js").MorphogenSampler} */ (element);
    sampler.steps = 400;
    const drawing = sampler.draw().then(() => "none", (error) => error.code);
    sampler.remove();
    const code = await drawing;
    sampler.steps = 2;
    document.body.append(sampler);
    await sampler.draw();
    return code;
  });
  expect(code).toBe("aborted");
});

test("a static one is a picture and nothing else", async ({ page }) => {
  await page.goto("/tests/blank.html");
  const steps = await page.evaluate(async () => {
    await import(new URL("../pkg/morphogen.js", location.href).href);
    const sampler = document.createElement("morphogen-sampler");
    Object.assign(sampler, { model: "../models/fashion/", prompt: "bag", seed: 3, steps: 2, device: "cpu", controls: true, static: true });
    let steps = 0;
    sampler.addEventListener("step", () => (steps += 1));
    const drawn = new Promise((resolve) => sampler.addEventListener("sample", resolve, { once: true }));
    document.body.append(sampler);
    await drawn;
    return steps;
  });
  expect(steps).toBe(0);
  const sampler = page.locator("morphogen-sampler");
  await expect(sampler.locator("canvas")).toHaveAccessibleName(/bag.*seed 3/i);
  await expect(sampler.locator("form")).toBeHidden();
  await expect(sampler.locator("progress")).toBeHidden();
  // Nothing is left to see but the picture; the status line is for screen readers.
  const { height, width } = await sampler.evaluate((element) => element.getBoundingClientRect());
  expect(height).toBe(width);
});

test("out of view nothing is drawn, and back in view what was asked for is", async ({ page }) => {
  await page.goto(PAGE);
  const one = page.locator("#one");
  await expect(one.locator("canvas")).toHaveAccessibleName(/seed 7/);
  await one.evaluate(async (element) => {
    const spacer = document.createElement("div");
    spacer.id = "spacer";
    spacer.style.height = "5000px";
    element.before(spacer);
    await new Promise((resolve) => {
      new IntersectionObserver((entries) => entries.some((entry) => !entry.isIntersecting) && resolve(undefined)).observe(element);
    });
    /** @type {import("../../pkg/morphogen.js").MorphogenSampler} */ (element).seed = 8;
  });
  // The worker would have drawn the one before the other.
  await page.locator("#two").evaluate((element) => /** @type {import("../../pkg/morphogen.js").MorphogenSampler} */ (element).draw());
  await expect(one.locator("canvas")).toHaveAccessibleName(/seed 7/);
  await one.scrollIntoViewIfNeeded();
  await expect(one.locator("canvas")).toHaveAccessibleName(/seed 8/);
});

test("in a hidden tab a drawing rests, and goes on when the tab is shown", async ({ page }) => {
  await page.goto(PAGE);
  const one = page.locator("#one");
  await expect(one.locator("canvas")).toHaveAccessibleName(/seed 7/);
  const counted = await one.evaluate(async (element) => {
    const sampler = /** @type {import("../../pkg/morphogen.js").MorphogenSampler} */ (element);
    const other = /** @type {import("../../pkg/morphogen.js").MorphogenSampler} */ (document.querySelector("#two"));
    const hide = (/** @type {boolean} */ hidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
      document.dispatchEvent(new Event("visibilitychange"));
    };
    let steps = 0;
    const begun = new Promise((resolve) => sampler.addEventListener("step", () => ((steps += 1), resolve(undefined))));
    sampler.steps = 60;
    await begun;
    hide(true);
    await other.draw();
    const resting = steps;
    const finished = new Promise((resolve) => sampler.addEventListener("sample", resolve, { once: true }));
    hide(false);
    await finished;
    return { resting, seed: sampler.sample?.seed };
  });
  expect(counted.resting).toBeLessThan(60);
  expect(counted.seed).toBe(7);
});

test("a page styles it with custom properties and parts", async ({ page }) => {
  await page.goto(PAGE);
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`#one { --morphogen-size: 120px; --morphogen-background: rgb(1, 2, 3); --morphogen-radius: 9px; }
      #one::part(status) { color: rgb(4, 5, 6); } #one::part(button) { border-top-color: rgb(7, 8, 9); }`);
    document.adoptedStyleSheets = [sheet];
  });
  const one = page.locator("#one");
  const style = (/** @type {string} */ selector, /** @type {string} */ name) =>
    one.locator(selector).evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), name);
  expect((await one.boundingBox())?.width).toBe(120);
  expect(await style("#picture", "background-color")).toBe("rgb(1, 2, 3)");
  expect(await style("#picture", "border-top-left-radius")).toBe("9px");
  expect(await style("#status", "color")).toBe("rgb(4, 5, 6)");
  expect(await style("[name=draw]", "border-top-color")).toBe("rgb(7, 8, 9)");
  expect(await style("[name=dice]", "border-top-color")).toBe("rgb(7, 8, 9)");
});

test("who asked for less motion sees the finished picture only, and hears of its steps all the same", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto(PAGE);
  const seen = await page.locator("#two").evaluate(async (element) => {
    const sampler = /** @type {import("../../pkg/morphogen.js").MorphogenSampler} */ (element);
    const canvas = /** @type {HTMLCanvasElement} */ (sampler.shadowRoot?.querySelector("canvas"));
    const untouched = canvas.width;
    let steps = 0;
    let early = 0;
    sampler.addEventListener("step", () => {
      steps += 1;
      if (canvas.width !== untouched) early += 1;
    });
    await sampler.draw();
    return { steps, early, width: canvas.width };
  });
  expect(seen).toEqual({ steps: 4, early: 0, width: 56 });
});

test("what was set before there was such an element counts, and so do later changes", async ({ page }) => {
  await page.goto("/tests/blank.html");
  await page.evaluate(async () => {
    const early = Object.assign(document.createElement("morphogen-sampler"), { model: "../models/fashion/", prompt: "bag", seed: 3, steps: 2, device: "cpu", autoplay: true });
    early.setAttribute("prompt", "coat");
    document.body.append(early);
    await import(new URL("../pkg/morphogen.js", location.href).href);
  });
  const sampler = page.locator("morphogen-sampler");
  await expect(sampler.locator("canvas")).toHaveAccessibleName(/bag.*seed 3/i);
  await expect(sampler).toHaveAttribute("prompt", "bag");
  await sampler.evaluate((element) => Object.assign(element, { prompt: "coat", seed: 4 }));
  await expect(sampler.locator("canvas")).toHaveAccessibleName(/coat.*seed 4/i);
});

test("moved to another document it keeps its styles and draws there", async ({ page }) => {
  // The page's usual policy allows no frames.
  await page.goto(`/~csp=none${PAGE}`);
  const one = page.locator("#one");
  await expect(one.locator("canvas")).toHaveAccessibleName(/seed 7/);
  await page.evaluate(async () => {
    const frame = Object.assign(document.createElement("iframe"), { src: "blank.html", title: "Another document", width: "400", height: "500" });
    const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
    document.body.prepend(frame);
    await loaded;
    /** @type {Document} */ (frame.contentDocument).body.append(/** @type {Element} */ (document.querySelector("#one")));
  });
  const moved = page.frameLocator("iframe").locator("#one");
  await moved.evaluate((element) => Object.assign(element, { seed: 8 }));
  await expect(moved.locator("canvas")).toHaveAccessibleName(/seed 8/);
  const style = (/** @type {string} */ selector) => moved.evaluate((element, selector) => getComputedStyle(/** @type {Element} */ (element.shadowRoot?.querySelector(selector))), selector);
  expect(await style("#picture")).toMatchObject({ position: "relative", overflow: "hidden" });
  await page.evaluate(() => document.body.append(/** @type {Element} */ (document.querySelector("iframe")?.contentDocument?.querySelector("#one"))));
  expect(await one.evaluate((element) => getComputedStyle(/** @type {Element} */ (element.shadowRoot?.querySelector("#picture"))).position)).toBe("relative");
});

/**
 * Opens the page of the element under a policy of its own.
 * @param {import("@playwright/test").Page} page
 * @param {string} policy that is added to the server's
 */
async function under(page, policy) {
  await page.route(`**${PAGE}`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), "content-security-policy": `${response.headers()["content-security-policy"]}; ${policy}` } });
  });
  await page.goto(PAGE);
}

test("under Trusted Types it draws where its policy is allowed, and shows the fallback and says why where it is not", async ({ page }) => {
  await under(page, "require-trusted-types-for 'script'; trusted-types morphogen");
  await expect(page.locator("#one").locator("canvas")).toHaveAccessibleName(/seed 7/);
  await page.unrouteAll();
  await under(page, "require-trusted-types-for 'script'; trusted-types 'none'");
  await expect(page.getByText("No picture today.")).toBeVisible();
  await expect(page.locator("#one").getByRole("status")).toContainText("trusted-types morphogen");
});

test("where there is no IntersectionObserver, no sheets of its own and no media query, as in jsdom, it draws all the same", async ({ page }) => {
  await page.addInitScript(() => {
    Object.assign(globalThis, { IntersectionObserver: undefined, matchMedia: undefined });
    Object.assign(CSSStyleSheet.prototype, { replaceSync: undefined });
  });
  await page.goto(PAGE);
  await expect(page.locator("#one").locator("canvas")).toHaveAccessibleName(/seed 7/);
});
