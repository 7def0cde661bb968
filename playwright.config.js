import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

// Two projects, one per engine of the package. A test runs on the processor, which is the quick one here, unless its tag says
// that it is about the GPU (@webgpu) or about what both engines do (@both).
// The service worker, which would fetch everything behind every test, is let in by its own tests alone. WebGPU runs on the
// software adapter, which needs no GPU and computes the same everywhere.

const port = Number(process.env.MORPHOGEN_TEST_PORT ?? 4173);
const chromium = process.env.CHROMIUM ?? "/usr/bin/chromium";

const quiet = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const softwareWebGpu = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

/** @param {string[]} args */
const launch = (args) => ({
  args,
  ...(existsSync(chromium) ? { executablePath: chromium } : {}),
});

export default defineConfig({
  testDir: "tests/browser",
  outputDir: "test-results",
  // A software GPU takes every processor there is, so no two tests have one at once; limits are long.
  workers: 2,
  timeout: 180_000,
  expect: { timeout: 60_000 },
  forbidOnly: !!process.env.CI,
  // A shared machine may stand still for a moment; what passes only then is listed as flaky.
  retries: process.env.CI ? 1 : 0,
  reporter: "list",
  // A trace takes a fifth of the time of all tests, so where a test is tried again only the second try has one.
  use: { baseURL: `http://localhost:${port}`, headless: true, serviceWorkers: "block", trace: process.env.CI ? "on-first-retry" : "retain-on-failure" },
  projects: [
    { name: "webgpu", grep: /@(webgpu|both)\b/, workers: 1, timeout: 540_000, use: { launchOptions: launch([...quiet, ...softwareWebGpu]) } },
    { name: "cpu", grepInvert: /@webgpu\b/, use: { launchOptions: launch(quiet) } },
  ],
  webServer: {
    command: `node tools/serve.mjs --quiet --port ${port} --mount /tests=tests/browser/pages`,
    port,
    reuseExistingServer: false,
  },
});
