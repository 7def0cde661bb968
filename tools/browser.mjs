/** The browser that tools drive: the one named in `CHROMIUM`, or the system's, or else Playwright's own. */
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";
import { serve } from "./serve.mjs";

const path = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** @param {string[]} [args] beside the usual ones */
export const launched = (args = []) => chromium.launch({ args: ["--no-sandbox", ...args], ...(existsSync(path) ? { executablePath: path } : {}) });

/**
 * Does something with a page of the site, served for as long as it takes.
 * @param {string} address within the site
 * @param {(page: import("@playwright/test").Page) => Promise<void>} work
 */
export async function onPage(address, work) {
  const { url, close } = await serve();
  const browser = await launched();
  try {
    const page = await browser.newPage({ baseURL: url });
    await page.goto(address);
    await work(page);
  } finally {
    await browser.close();
    await close();
  }
}
