/**
 * A static file server for the page and its tests, with nothing but Node.
 *
 * It serves the deployed layout without copying: `www/` at `/`, `pkg/` at `/pkg/`. Every answer carries the strict
 * content security policy that the README promises to work under, so that a breach is noticed on the day it is made.
 *
 * A path may begin with faults for tests, as in `/~tamper=unet.safetensors&slow=200/index.html`; relative addresses on
 * that page then inherit them. `X` is matched against the end of the path:
 *
 * - `missing=X`: 404.                       - `cut=X`: the connection drops half-way, always.
 * - `flaky=X`: every answer drops after a quarter of the file; `hiccup=X`: the first answer to an address does.
 * - `stall=X`: every answer falls silent after a quarter of the file, without end.
 * - `truncate=X`: the first half, as if the file were complete.
 * - `tamper=X`: one byte in the middle flipped.
 * - `mime=X`: sent as `text/html`.          - `error=X`: 500.
 * - `mark=X`: with a byte order mark before it. - `inflate=X`: unpacked, as hosts do that take `.zz` for an encoding.
 * - `cors=1`: opened to pages of other hosts.
 * - `slow=N`: N kilobytes a second.         - `csp=none` (no policy), `csp=nowasm` (WebAssembly forbidden),
 *                                               `csp=blob` (workers from Blobs; always so for `embed.html`) or
 *                                               `csp=sandbox` (that, and no origin, as in a sandboxed frame).
 * - `ranges=none`: no part of a file is sent alone.
 * - `isolate=1`: with the headers that isolate a page (COOP, COEP).
 *
 * `site.js` is made anew for each request, so that the service worker takes every change for a new version.
 * Files of a model are also there as scripts (`manifest.json.js`), as `tools/wrap.mjs` writes them for other hosts.
 *
 *     node tools/serve.mjs [--port N] [--open] [--quiet] [--mount /PATH=DIR]...
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, resolve, sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { brotliCompressSync, inflateSync } from "node:zlib";
import { site } from "./site.mjs";
import { PACK_FILE, wrapped } from "./wrap.mjs";

const ROOT = resolve(fileURLToPath(import.meta.url), "../..");
const SITE = join(ROOT, "www/site.js");

/** @type {Record<string, string>} */
const MIME = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".md": "text/markdown; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".ico": "image/x-icon",
  ".wasm": "application/wasm",
  ".ts": "text/plain; charset=utf-8",
};

/** What hosts compress. */
const COMPRESSED = new Set([".html", ".js", ".css", ".json", ".svg", ".wasm", ".webmanifest"]);

const REST = "style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'";
const STRICT = `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; ${REST}`;
const BLOB_WORKERS = STRICT.replace("worker-src 'self'", "worker-src blob:");
const WITHOUT_WASM = `default-src 'none'; script-src 'self'; ${REST}`;
const ISOLATED = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

/** Addresses that were asked for before; `hiccup` strikes only new ones. */
const hiccups = new Set();

/**
 * Splits `/~faults/path` into the faults and the path.
 * @param {string} pathname
 * @returns {{ faults: URLSearchParams, path: string }}
 */
function readFaults(pathname) {
  const found = /^\/~([^/]*)(\/.*)$/.exec(pathname);
  return found ? { faults: new URLSearchParams(found[1]), path: found[2] } : { faults: new URLSearchParams(), path: pathname };
}

/**
 * The file behind a path, or null where it would leave the mounted folder.
 * @param {[string, string][]} mounts prefix and folder, the longest prefix first
 * @param {string} path
 */
function locate(mounts, path) {
  for (const [prefix, folder] of mounts) {
    if (!path.startsWith(prefix)) continue;
    const file = normalize(join(folder, path.slice(prefix.length)));
    return file === folder || file.startsWith(folder + sep) ? file : null;
  }
  return null;
}

/** @param {string} path */
const isFolder = (path) => stat(path).then((found) => found.isDirectory(), () => false);

/**
 * @param {import("node:http").ServerResponse} response
 * @param {Buffer} body
 * @param {number} bytesPerSecond
 */
async function sendSlowly(response, body, bytesPerSecond) {
  const chunk = Math.max(1, Math.ceil(bytesPerSecond / 20));
  for (let at = 0; at < body.length && !response.destroyed; at += chunk) {
    response.write(body.subarray(at, at + chunk));
    await sleep(50);
  }
  response.end();
}

/**
 * @param {[string, string][]} mounts
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 * @param {boolean} compress
 */
async function answer(mounts, request, response, compress) {
  /** @param {number} status @param {string} text */
  const refuse = (status, text) => {
    response.writeHead(status, { "content-type": "text/plain; charset=utf-8" });
    response.end(`${text}\n`);
  };
  if (request.method !== "GET" && request.method !== "HEAD") return refuse(405, "only GET and HEAD");

  let path, faults;
  try {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    ({ path, faults } = readFaults(decodeURIComponent(pathname)));
  } catch {
    return refuse(400, "not a valid path");
  }
  if (faults.has("cors")) response.setHeader("access-control-allow-origin", "*");
  /** @param {string} name */
  const struck = (name) => faults.getAll(name).some((end) => end !== "" && path.endsWith(end));

  let file = locate(mounts, path);
  if (file === null || struck("missing")) return refuse(404, `no ${path} here`);
  if (struck("error")) return refuse(500, "out of order");

  let body;
  try {
    if (await isFolder(file)) {
      if (!path.endsWith("/")) {
        response.writeHead(301, { location: `${(request.url ?? "").split("?")[0]}/` });
        response.end();
        return;
      }
      file = join(file, "index.html");
    }
    const plain = file.slice(0, -3);
    if (file === SITE) body = Buffer.from(site([["", join(ROOT, "www")], ["pkg/", join(ROOT, "pkg")]]));
    else body = file.endsWith(".js") && PACK_FILE.test(plain) ? Buffer.from(wrapped(await readFile(plain))) : await readFile(file);
  } catch {
    return refuse(404, `no ${path} here`);
  }

  if (struck("tamper") && body.length > 0) body[body.length >> 1] ^= 0x10;
  if (struck("mark")) body = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body]);
  if (struck("inflate")) body = inflateSync(body);
  if (struck("truncate")) body = body.subarray(0, body.length >> 1);
  const tag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;

  /** @type {Record<string, string | number>} */
  const headers = {
    "content-type": struck("mime") ? MIME[".html"] : (MIME[extname(file)] ?? "application/octet-stream"),
    "content-length": body.length,
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
    etag: tag,
  };
  const policy = faults.get("csp") ?? (path.endsWith("/embed.html") ? "blob" : "");
  if (policy !== "none") headers["content-security-policy"] = { nowasm: WITHOUT_WASM, blob: BLOB_WORKERS, sandbox: `${BLOB_WORKERS}; sandbox allow-scripts` }[policy] ?? STRICT;
  if (faults.has("isolate")) Object.assign(headers, ISOLATED);

  if (request.headers["if-none-match"] === tag) {
    response.writeHead(304, headers);
    return void response.end();
  }
  if (compress && COMPRESSED.has(extname(file)) && /\bbr\b/.test(String(request.headers["accept-encoding"]))) {
    body = brotli(tag, body);
    Object.assign(headers, { "content-encoding": "br", "content-length": body.length, etag: `W/${tag}` });
  }
  const whole = body.length;
  const from = faults.get("ranges") === "none" ? 0 : start(request.headers, tag, whole);
  if (from > 0) {
    headers["content-length"] = whole - from;
    headers["content-range"] = `bytes ${from}-${whole - 1}/${whole}`;
  }
  response.writeHead(from > 0 ? 206 : 200, headers);

  if (request.method === "HEAD") return void response.end();
  // A browser forgets what it has not handed on when the connection drops, so it is given a moment.
  const drop = () => setTimeout(() => response.destroy(), 300);
  if (struck("cut")) return void response.write(body.subarray(from, Math.max(from, whole >> 1)), drop);
  const quarter = body.subarray(from, from + Math.ceil(whole / 4));
  const hiccup = struck("hiccup") && !hiccups.has(request.url ?? "");
  hiccups.add(request.url ?? "");
  if ((hiccup || struck("flaky")) && from + quarter.length < whole) return void response.write(quarter, drop);
  if (struck("stall")) return void response.write(quarter);
  body = body.subarray(from);
  const kilobytes = Number(faults.get("slow"));
  if (kilobytes > 0) return sendSlowly(response, body, kilobytes * 1000);
  response.end(body);
}

/** @type {Map<string, Buffer>} by ETag */
const squeezed = new Map();

/**
 * @param {string} tag
 * @param {Buffer} body
 */
function brotli(tag, body) {
  const small = squeezed.get(tag) ?? brotliCompressSync(body);
  squeezed.set(tag, small);
  return small;
}

/**
 * The byte that a request wants a file from; 0 for the whole of it.
 * @param {import("node:http").IncomingHttpHeaders} headers
 * @param {string} tag the file's ETag
 * @param {number} length
 */
function start({ range, "if-range": condition }, tag, length) {
  const [, from] = /^bytes=(\d+)-$/.exec(range ?? "") ?? [];
  const unchanged = condition === undefined || condition === tag;
  return from !== undefined && unchanged && Number(from) < length ? Number(from) : 0;
}

/**
 * Starts the server on this machine only.
 * @param {{ port?: number, mounts?: [string, string][], compress?: boolean }} [options] port 0 takes any free one; a mount is
 *     [path, folder]; `compress` sends text and wasm as Brotli, as good hosts do
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export function serve({ port = 0, mounts = [], compress = false } = {}) {
  /** @type {[string, string][]} */
  const all = [...mounts, ["/pkg/", "pkg"], ["/", "www"]].map(([path, folder]) => [
    path.endsWith("/") ? path : `${path}/`,
    resolve(ROOT, folder),
  ]);
  all.sort((a, b) => b[0].length - a[0].length);
  const server = createServer((request, response) => {
    answer(all, request, response, compress).catch((error) => response.destroy(error));
  });
  return new Promise((done, fail) => {
    server.once("error", fail);
    server.listen(port, "127.0.0.1", () => {
      const address = /** @type {import("node:net").AddressInfo} */ (server.address());
      const close = () =>
        new Promise((/** @type {(value: void) => void} */ closed) => {
          server.close(() => closed());
          server.closeAllConnections();
        });
      done({ url: `http://localhost:${address.port}/`, close });
    });
  });
}

/** @param {string} url */
function open(url) {
  const command = { darwin: "open", win32: "explorer" }[/** @type {string} */ (process.platform)] ?? "xdg-open";
  spawn(command, [url], { stdio: "ignore", detached: true }).on("error", () => {}).unref();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "8080" },
      open: { type: "boolean", default: false },
      quiet: { type: "boolean", default: false },
      mount: { type: "string", multiple: true, default: [] },
    },
  });
  const mounts = values.mount.map((mount) => {
    const [path, folder] = mount.split("=");
    return /** @type {[string, string]} */ ([path, folder]);
  });
  try {
    const { url } = await serve({ port: Number(values.port), mounts });
    if (!values.quiet) console.log(`Morphogen is at ${url}  (Ctrl+C stops it)`);
    if (values.open) open(url);
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    console.error(code === "EADDRINUSE" ? `port ${values.port} is in use: give another with --port` : error);
    process.exitCode = 1;
  }
}
