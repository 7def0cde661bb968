/**
 * The service worker of the hosted page: from the second visit on the page starts without a network, and draws whatever
 * it has drawn before. A classic script; `site.js` beside it, written by `tools/site.mjs`, names all files with their
 * hashes, and the version that follows from them.
 *
 * Each version has a cache of its own, filled before it takes over, and every file in it has the hash that the version
 * names. So a page never gets files of two versions: a new one takes over when no page of the old one is open, or when
 * the only one asks for it.
 */

/**
 * @typedef {object} Scope what a service worker has beside what pages have
 * @property {(url: string) => void} importScripts
 * @property {ServiceWorkerRegistration} registration
 * @property {() => Promise<void>} skipWaiting
 * @property {{ matchAll: (wish: { type: string, includeUncontrolled: boolean }) => Promise<{ url: string }[]> }} clients
 * @property {(type: string, act: (event: Event & { waitUntil: (work: Promise<unknown>) => void, respondWith: (answer: Promise<Response>) => void, request: Request, data: any, source: ServiceWorker }) => void) => void} addEventListener
 */

const scope = /** @type {Scope} */ (/** @type {unknown} */ (self));
scope.importScripts("site.js");
/** @type {{ version: string, bytes: number, code: Record<string, string>, data: Record<string, string> }} SHA-256 by path; data is kept on request, all of it has so many bytes */
const { version, bytes, code, data } = /** @type {any} */ (scope).SITE;

const ROOT = scope.registration.scope;
/** Other pages of this host have caches, too. */
const FAMILY = `morphogen ${ROOT} `;
const NAME = FAMILY + version;
const HASH = "x-morphogen-sha256";

scope.addEventListener("install", (event) => event.waitUntil(install()));
scope.addEventListener("activate", (event) => event.waitUntil(forget((name) => name !== NAME)));
scope.addEventListener("message", (event) => {
  if (event.data?.type === "take-over") event.waitUntil(takeOver(event.source));
  if (event.data?.type === "keep") event.waitUntil(keep(event.data.paths));
  if (event.data?.type === "keep-all") event.waitUntil(keepAll(event.data.port, Boolean(event.data.begin)));
});
scope.addEventListener("fetch", (event) => {
  const path = known(event.request);
  if (path !== undefined) event.respondWith(answer(event.request, path));
});

/** Fetches the version whole, or not at all. What pages had kept of an earlier one is kept of this one. */
async function install() {
  try {
    const cache = await caches.open(NAME);
    const earlier = await Promise.all((await family()).filter((name) => name !== NAME).map((name) => caches.open(name)));
    const kept = (await Promise.all(earlier.map((cache) => cache.keys()))).flat().map(({ url }) => url.slice(ROOT.length));
    const paths = new Set([...Object.keys(code), ...kept.filter((path) => Object.hasOwn(data, path))]);
    await Promise.all([...paths].map((path) => store(cache, path, earlier)));
  } catch (thrown) {
    await caches.delete(NAME).catch(() => {});
    throw thrown;
  }
}

/**
 * Puts a file into this version's cache, from an earlier version's where it is the same.
 * @param {Cache} cache
 * @param {string} path
 * @param {Cache[]} [earlier]
 */
async function store(cache, path, earlier = []) {
  const url = ROOT + path;
  if (await cache.match(url)) return;
  // Headers such as the policy count for documents, so those are fetched anew.
  for (const old of path.endsWith(".html") ? [] : earlier) {
    const found = await old.match(url);
    if (found?.headers.get(HASH) === hash(path)) return cache.put(url, found);
  }
  const fetched = await genuine(path, "no-cache");
  if (!fetched) throw new TypeError(`${path} is not of version ${version}`);
  await cache.put(url, fetched);
}

/** @param {string} path */
const hash = (path) => (Object.hasOwn(code, path) ? code[path] : data[path]);

/**
 * A file as this version has it; nothing where the server has another.
 * @param {string} path
 * @param {RequestCache} cache
 */
async function genuine(path, cache) {
  // A host may send `index.html` elsewhere; the folder is always there.
  const response = await fetch(ROOT + path.replace(/(^|\/)index\.html$/, "$1"), { cache, credentials: "same-origin" });
  const bytes = await response.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (!response.ok || found !== hash(path)) return undefined;
  const headers = new Headers(response.headers);
  headers.delete("content-encoding");
  headers.set("content-length", String(bytes.byteLength));
  headers.set(HASH, found);
  return new Response(bytes, { headers });
}

/**
 * Keeps files of models that a page has used. Where there is no room, nothing is kept, and nothing else changes.
 * @param {string[]} paths
 */
async function keep(paths) {
  const cache = await caches.open(NAME);
  await Promise.allSettled(paths.filter((path) => Object.hasOwn(data, path)).map((path) => store(cache, path)));
}

/**
 * Keeps all models, one file after the other, and tells how far it is; where it fails, what is kept stays.
 * @param {MessagePort} port told of files kept, of their number, and of all bytes
 * @param {boolean} begin or only tell
 */
async function keepAll(port, begin) {
  const cache = await caches.open(NAME);
  const paths = Object.keys(data);
  const there = new Set((await cache.keys()).map(({ url }) => decodeURIComponent(url.slice(ROOT.length))));
  let done = paths.filter((path) => there.has(path)).length;
  const tell = (/** @type {boolean} */ failed) => port.postMessage({ done, of: paths.length, bytes, failed });
  tell(false);
  try {
    for (const path of begin ? paths.filter((path) => !there.has(path)) : []) {
      await store(cache, path);
      done += 1;
      tell(false);
    }
  } catch {
    tell(true);
  }
}

/**
 * The path of a request that this version can answer.
 * @param {Request} request
 */
function known({ method, url, headers }) {
  if (method !== "GET" || !url.startsWith(ROOT) || headers.has("range")) return undefined;
  const path = decodeURIComponent(new URL(url).pathname.slice(new URL(ROOT).pathname.length)).replace(/(^|\/)$/, "$1index.html");
  return Object.hasOwn(code, path) || Object.hasOwn(data, path) ? path : undefined;
}

/**
 * @param {Request} request
 * @param {string} path
 * @returns {Promise<Response>}
 */
async function answer(request, path) {
  const isData = Object.hasOwn(data, path);
  // A page that found its model replaced asks past all caches.
  if (isData && request.cache === "reload") {
    const fetched = await fetch(request).catch(() => undefined);
    if (fetched) return fetched;
  }
  const cached = await caches.match(ROOT + path, { cacheName: NAME }).catch(() => undefined);
  if (cached) return cached;
  if (isData) return fetch(request);
  // The browser took the cache away. Code of another version is refused, and the next visit starts from nothing.
  const fetched = await genuine(path, "no-cache");
  if (fetched) return fetched;
  await scope.registration.unregister();
  return request.mode === "navigate" ? fetch(request) : Response.error();
}

/**
 * Makes this version the one that answers, unless other pages still live by the one before.
 * @param {{ postMessage: (message: string) => void }} page that asks
 */
async function takeOver(page) {
  const all = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (all.filter(({ url }) => url.startsWith(ROOT)).length > 1) page.postMessage("others are open");
  else await scope.skipWaiting();
}

/** Names of the caches of this page, of all versions. */
async function family() {
  return (await caches.keys()).filter((name) => name.startsWith(FAMILY));
}

/** @param {(name: string) => boolean} which */
async function forget(which) {
  await Promise.all((await family()).filter(which).map((name) => caches.delete(name)));
}
