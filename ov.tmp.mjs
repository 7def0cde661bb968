import { chromium } from "@playwright/test";
import { serve } from "./tools/serve.mjs";
const site = await serve({});
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 360, height: 740 } });
await page.goto(site.url + (process.argv[2] ?? "learn.html")); await page.waitForTimeout(5000);
console.log(await page.evaluate(() => [document.documentElement.scrollWidth, ...[...document.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > 360).map((e) => e.tagName + "." + e.className + " " + e.getBoundingClientRect().right + " " + e.textContent.slice(0, 30))]));
await page.screenshot({ path: "/tmp/lp/ov.png", clip: { x: 0, y: 0, width: 360, height: 1200 }, fullPage: true });
await browser.close(); await site.close();
