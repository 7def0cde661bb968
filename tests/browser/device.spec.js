/** Which device draws: `auto` is the faster one, and a processor in disguise is never faster than itself. */
import { expect, test } from "@playwright/test";
import { TINY, WEBGPU, draw } from "./support.js";

const on = (/** @type {string} */ device) => ({ ...TINY, load: { device } });

test("auto never takes WebGPU where that is only software, and says so", { tag: WEBGPU }, async ({ page }) => {
  const { device, notice, message } = await draw(page, on("auto"));
  expect({ device, message }).toEqual({ device: "cpu", message: "" });
  expect(notice).toContain("only software");
  expect((await draw(page, on("webgpu"))).device).toBe("webgpu");
});

test("auto takes a graphics device that answers sooner than the processor, and no other", { tag: WEBGPU }, async ({ page }) => {
  const fast = await draw(page, { ...on("auto"), worker: "faulty-gpu.js?graphics=0" });
  expect(fast).toMatchObject({ message: "", device: "webgpu", notice: "" });
  const slow = await draw(page, { ...on("auto"), worker: "faulty-gpu.js?graphics=1000" });
  expect(slow).toMatchObject({ message: "", device: "cpu" });
  expect(slow.notice).toContain("processor is faster");
  const insisted = await draw(page, { ...on("webgpu"), worker: "faulty-gpu.js?graphics=1000" });
  expect(insisted).toMatchObject({ message: "", device: "webgpu" });
});
