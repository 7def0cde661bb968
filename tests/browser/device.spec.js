/** Which device draws: `auto` is the faster one, and a processor in disguise is never faster than itself. */
import { expect, test } from "@playwright/test";
import { draw } from "./support.js";

test.beforeEach(({}, { project }) => test.skip(project.name !== "webgpu", "there is no WebGPU"));

const auto = { load: { device: "auto" } };

test("auto never takes WebGPU where that is only software, and says so", async ({ page }) => {
  const { device, notice, message } = await draw(page, auto);
  expect({ device, message }).toEqual({ device: "cpu", message: "" });
  expect(notice).toContain("only software");
  expect((await draw(page, { load: { device: "webgpu" } })).device).toBe("webgpu");
});

test("auto takes a graphics device that answers sooner than the processor, and no other", async ({ page }) => {
  const fast = await draw(page, { ...auto, worker: "faulty-gpu.js?graphics=0" });
  expect(fast).toMatchObject({ message: "", device: "webgpu", notice: "" });
  const slow = await draw(page, { ...auto, worker: "faulty-gpu.js?graphics=1000" });
  expect(slow).toMatchObject({ message: "", device: "cpu" });
  expect(slow.notice).toContain("processor is faster");
  const insisted = await draw(page, { load: { device: "webgpu" }, worker: "faulty-gpu.js?graphics=1000" });
  expect(insisted).toMatchObject({ message: "", device: "webgpu" });
});
