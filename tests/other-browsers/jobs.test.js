/**
 * The main job and the embed in browsers other than Chromium. A browser that is not on this machine is left out, and
 * the output says so; one that is there must pass.
 *
 *     node --test tests/other-browsers/jobs.test.js        (or: ./build.sh test browsers)
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { serve } from "../../tools/serve.mjs";
import { PINNED } from "../browser/pinned.js";
import { browsers, until } from "./browsers.js";

for (const browser of browsers) {
  describe(browser.name, { skip: browser.found ? false : `there is no ${browser.name} here` }, () => {
    /** @type {Awaited<ReturnType<typeof serve>>} */
    let site;
    /** @type {import("./browsers.js").Page} */
    let page;
    before(async () => {
      site = await serve({ mounts: [["/tests", "tests/browser/pages"]] });
      page = await browser.open();
    });
    after(async () => {
      await page?.close();
      await site?.close();
    });

    const status = () => page.run(() => document.getElementById("status")?.textContent ?? "");
    /** Different grey values of a canvas. */
    const greys = (/** @type {string} */ id) =>
      page.run((id) => {
        const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector(id));
        const data = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
        return new Set([...data].filter((_, i) => i % 4 === 0)).size;
      }, id);

    it("draws what was typed", async () => {
      await page.goto(`${site.url}?prompt=sneaker&seed=7&count=1&steps=4`);
      await until("the first picture is there", async () => /^Sneaker, one picture, drawn on your processor/.test(await status()));
      await page.ask("#prompt", "handbag");
      await until("the next is, too", async () => /^Bag, one picture, drawn on your processor/.test(await status()));
      assert.equal(await page.run(() => document.getElementById("understood")?.textContent), "Understood as Bag.");
      assert.match(await page.run(() => location.search), /prompt=handbag&seed=7/);
      await until("it is shown", async () => /seed 7, finished/.test(await page.run(() => document.querySelector(".pick")?.ariaLabel ?? "")));
      assert.ok((await greys(".pick canvas")) > 10);
    });

    it("says what it does not know", async () => {
      await page.ask("#prompt", "giraffe");
      await until("the sentence is there", async () => (await status()).includes("“giraffe”"));
    });

    it("draws from the same noise as any other, and so does the theory", async () => {
      await page.goto(`${site.url}tests/blank.html`);
      const drawn = await page.run(async () => {
        const { loadModel } = await import(new URL("../pkg/morphogen.js", location.href).href);
        const model = await loadModel("../models/fashion/", { device: "auto" });
        const wish = { prompt: "sneaker", seed: 7, steps: 2, frames: true };
        const samples = [await model.sample(wish), await model.sample({ ...wish, machine: "local", window: 3 })];
        return {
          device: model.device,
          notice: model.notice,
          noise: samples.map((sample) => [...new Uint32Array(sample.frames[0].x.slice(0, 4).buffer)]),
          spread: samples.map(({ pixels }) => Math.max(...pixels) - Math.min(...pixels)),
        };
      });
      assert.equal(drawn.device, "cpu");
      assert.match(drawn.notice, /no WebGPU/);
      assert.deepEqual(drawn.noise, [PINNED, PINNED]);
      for (const spread of drawn.spread) assert.ok(spread > 0.5);
    });

    it("learns, waits, is saved, loaded and drawn from", async () => {
      await page.goto(`${site.url}tests/blank.html`);
      const found = await page.run(async () => {
        const code = (/** @type {string} */ file) => import(new URL(`../pkg/${file}`, location.href).href);
        const [{ learn }, { loadModel }] = await Promise.all([code("learn.js"), code("morphogen.js")]);
        const stripes = Array.from({ length: 8 }, (_, n) => {
          const image = new ImageData(8, 8);
          for (let q = 0; q < 64; q += 1) image.data.set([...Array(3).fill(((q % 8) + n) % 8 < 4 ? 230 : 20), 255], 4 * q);
          return image;
        });
        const run = await learn({ images: stripes, steps: 200, network: { widths: [8], layers: 3 } });
        for await (const { step } of run) if (step > 20) break;
        run.pause();
        const paused = run.state;
        run.resume();
        for await (const _ of run);
        const own = await run.sample({ seed: 3 });
        const model = await loadModel(await run.save(), { device: "cpu" });
        const drawn = await model.sample({ prompt: "pictures", seed: 3 });
        const { state, losses } = run;
        run.close();
        const far = Math.max(...own.pixels.map((/** @type {number} */ value, /** @type {number} */ i) => Math.abs(value - drawn.pixels[i])));
        return { paused, state, steps: losses.length, falls: losses[199] < losses[0], far };
      });
      assert.deepEqual({ ...found, far: found.far < 0.05 }, { paused: "paused", state: "done", steps: 200, falls: true, far: true });
    });

    /** Waits for the picture of the first element on a page. */
    const drawn = (/** @type {RegExp} */ label) =>
      until("the element has drawn", async () => {
        const text = await page.run(() => document.querySelector("morphogen-sampler")?.shadowRoot?.querySelector("canvas")?.getAttribute("aria-label") ?? "");
        return label.test(text);
      });

    it("draws in an element on another page", async () => {
      await page.goto(`${site.url}tests/element.html`);
      await drawn(/sneaker.*seed 7/i);
    });

    for (const [where, csp] of [["with its host's origin", "blob"], ["without an origin, as in a sandbox", "sandbox"]]) {
      it(`draws in the frame for other sites, ${where}`, async () => {
        await page.goto(`${site.url}~csp=${csp}/embed.html?prompt=bag&seed=3&steps=2`);
        await drawn(/bag.*seed 3/i);
        assert.equal((await page.run(() => self.origin)) === "null", csp === "sandbox");
      });
    }
  });
}
