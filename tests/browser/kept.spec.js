/** What the worker keeps of networks is bounded by the core: what was used longest ago is let go, and made again when it is wanted. */
import { expect, test } from "@playwright/test";

test("networks and their weights are let go beyond the limit, by last use, and draw the same when they are made again", async ({ page }) => {
  /** @type {string[]} */
  const fetched = [];
  page.on("request", (request) => fetched.push(/(\w+)\.safetensors$/.exec(request.url())?.[1] ?? ""));
  await page.goto("/tests/blank.html");
  const found = await page.evaluate(async () => {
    const here = (/** @type {string} */ address) => new URL(address, location.href).href;
    /** @type {typeof import("../../pkg/engine.js")} */
    const { Packs } = await import(here("../pkg/engine.js"));
    /** @type {typeof import("../../pkg/compile.js")} */
    const { compile } = await import(here("../pkg/compile.js"));
    /** @type {typeof import("../../pkg/generated/morphogen.js")} */
    const glue = await import(here("../pkg/generated/morphogen.js"));
    const { signal } = new AbortController();
    const core = compile(glue, here("../pkg/generated/morphogen_bg.wasm"), signal);
    await core;
    const { readyLimit } = glue.Pack.prototype;
    let allowed = 0;
    // In the place of what the core allows.
    glue.Pack.prototype.readyLimit = function () {
      allowed = readyLimit.call(this);
      return 2;
    };
    const packs = new Packs(() => core);
    const [url, device, context] = [here("../models/fashion/"), /** @type {const} */ ("cpu"), { signal, event: () => {} }];
    await packs.load({ url, network: "unet", device }, context);
    const pack = packs.pack(url);
    /** @type {Set<import("../../pkg/pack.js").Engine>} */
    const made = new Set();
    const steps = [];
    for (const network of ["unet", "resnet", "attention", "unet", "attention", "resnet", "unet"]) {
      const request = { seed: 1, count: 1, steps: 1, solver: "ddim", guidance: 1, condition: { class: 1 } };
      const drawn = await packs.sample({ url, network, device, request, frames: false, machine: "network", prompt: "", provenance: false }, context);
      const engines = [...pack.engines];
      engines.forEach(([, engine]) => made.add(engine));
      steps.push({
        network,
        pixels: drawn.pixels.join(),
        ready: engines.map(([key]) => key.split(" ")[0]).sort().join(),
        weights: pack.weights?.name,
        freed: [...made].every((engine) => engines.some(([, one]) => one === engine) === /** @type {any} */ (engine.network).__wbg_ptr > 0),
      });
    }
    await packs.release({ url });
    const left = [pack.engines.size, [...made].filter(({ network }) => /** @type {any} */ (network).__wbg_ptr > 0).length];
    return { allowed, steps, left };
  });
  const { allowed, steps, left } = found;
  for (const [n, { network, pixels, freed }] of steps.entries()) {
    expect(freed, `step ${n}`).toBe(true);
    expect(pixels, `step ${n}`).toBe(steps.find((step) => step.network === network)?.pixels);
  }
  // The one that draws, and the one before it.
  expect(steps.map(({ ready }) => ready)).toEqual(["unet", "resnet,unet", "attention,resnet", "attention,unet", "attention,unet", "attention,resnet", "resnet,unet"]);
  // Weights are those of the network that was made last.
  expect(steps.map(({ weights }) => weights)).toEqual(["unet", "resnet", "attention", "unet", "unet", "resnet", "unet"]);
  expect(fetched.filter(Boolean)).toEqual(["unet", "resnet", "attention", "unet", "resnet", "unet"]);
  expect(left).toEqual([0, 0]);
  expect(allowed).toBe(3);
});
