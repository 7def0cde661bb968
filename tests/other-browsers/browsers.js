/**
 * The browsers beside Chromium, each behind the same few calls: Firefox through WebDriver BiDi (puppeteer), and
 * WebKitGTK's small browser through WebDriver on a display of its own. Neither has WebGPU on Linux: the processor draws.
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import puppeteer from "puppeteer-core";
import { Session } from "./webdriver.js";

/**
 * @typedef {object} Page
 * @property {(url: string) => Promise<unknown>} goto
 * @property {<A extends unknown[], R>(act: (...values: A) => R | Promise<R>, ...values: A) => Promise<R>} run in the page
 * @property {(selector: string, text: string) => Promise<void>} ask types over what a field holds, and presses Enter
 * @property {() => Promise<void>} close ends the browser
 */

/** @typedef {{ name: string, found: boolean, open: () => Promise<Page> }} Browser */

/** @param {string[]} names */
const command = (...names) =>
  names.flatMap((name) => (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name))).find((path) => existsSync(path));

/** WebKitGTK's browser lies beside its library. */
function miniBrowser() {
  const libraries = ["/usr/lib", "/usr/libexec", "/usr/lib64"].filter((folder) => existsSync(folder));
  const folders = libraries.flatMap((folder) => [folder, ...readdirSync(folder).filter((name) => name.includes("linux-gnu")).map((name) => join(folder, name))]);
  return folders.flatMap((folder) => ["4.1", "4.0"].map((version) => join(folder, `webkit2gtk-${version}`, "MiniBrowser"))).find((path) => existsSync(path));
}

const firefoxPath = process.env.FIREFOX ?? command("firefox-esr", "firefox");
const driverPath = command("WebKitWebDriver");
const displayPath = command("Xvfb");
const webkitPath = miniBrowser();

/** @type {Browser} */
const firefox = {
  name: "Firefox",
  found: firefoxPath !== undefined,
  open: async () => {
    const browser = await puppeteer.launch({ browser: "firefox", executablePath: firefoxPath, headless: true, protocolTimeout: 180_000 });
    const page = await browser.newPage();
    page.setDefaultTimeout(120_000);
    return {
      goto: (url) => page.goto(url),
      run: (act, ...values) => /** @type {Promise<any>} */ (page.evaluate(/** @type {(...values: any[]) => any} */ (act), ...values)),
      ask: async (selector, text) => {
        await page.focus(selector);
        await page.keyboard.down("Control");
        await page.keyboard.press("a");
        await page.keyboard.up("Control");
        await page.type(selector, text);
        await page.keyboard.press("Enter");
      },
      close: () => browser.close(),
    };
  },
};

/** @type {Browser} */
const webkit = {
  name: "WebKitGTK",
  found: Boolean(driverPath && displayPath && webkitPath),
  open: async () => {
    const display = spawn(String(displayPath), ["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"], { stdio: ["ignore", "pipe", "ignore"] });
    const port = await freePort();
    /** @type {ReturnType<typeof spawn> | undefined} */
    let driver;
    const close = () => [driver, display].forEach((process) => process?.kill());
    try {
      const number = await new Promise((resolve, reject) => {
        display.stdout.once("data", (data) => resolve(String(data).trim()));
        display.once("exit", (code) => reject(new Error(`Xvfb ended with ${code}`)));
      });
      const env = {
        ...process.env,
        DISPLAY: `:${number}`,
        // There is no graphics card to speak to, and no sandbox for root.
        LIBGL_ALWAYS_SOFTWARE: "1",
        WEBKIT_DISABLE_DMABUF_RENDERER: "1",
        ...(process.getuid?.() === 0 ? { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" } : {}),
      };
      driver = spawn(String(driverPath), [`--port=${port}`], { env, stdio: "ignore" });
      const address = `http://127.0.0.1:${port}`;
      await until("the driver answers", async () => (await fetch(`${address}/status`).catch(() => undefined))?.ok ?? false);
      const session = await Session.begin(address, {
        browserName: "MiniBrowser",
        "webkitgtk:browserOptions": { binary: webkitPath, args: ["--automation"] },
      });
      return {
        goto: (url) => session.goto(url),
        run: (act, ...values) => session.run(act, ...values),
        ask: (selector, text) => session.ask(selector, text),
        close: async () => {
          await session.close().finally(close);
        },
      };
    } catch (thrown) {
      close();
      throw thrown;
    }
  },
};

export const browsers = [firefox, webkit];

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}

/**
 * Waits until something is so; two minutes at most.
 * @template T
 * @param {string} what for the error
 * @param {() => Promise<T>} is truthy when it is
 * @returns {Promise<T>}
 */
export async function until(what, is) {
  const end = Date.now() + 120_000;
  /** @type {T} */
  let last;
  do {
    last = await is();
    if (last) return last;
    await sleep(100);
  } while (Date.now() < end);
  throw new Error(`waited two minutes until ${what}`);
}
