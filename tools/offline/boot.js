/**
 * Opens the offline file: its parts stand in script elements, one character a byte, and the page's own code is one of
 * them. The only code of the file that is not compressed.
 */

/** What a windows-1252 page shows for bytes above 127, by character. */
const HIGH = new Map([...new TextDecoder("windows-1252").decode(Uint8Array.from({ length: 128 }, (_, i) => i + 128))].map((character, i) => [character.charCodeAt(0), i + 128]));

/** @typedef {{ form: string | undefined, text: string }} Part */

/** @type {Map<string, Promise<Uint8Array<ArrayBuffer>>>} by name, opened once */
const opened = new Map();
/** @type {Promise<Map<string, Part>>} by name; they outlive the page that they came with */
const parts = untouched().then((page) => new Map([...page.scripts].flatMap((script) => (script.dataset.part ? [[script.dataset.part, { form: script.dataset.form, text: script.text }]] : []))));
/** Names are known before the parts are. */
const names = new Set([...document.scripts].map((script) => script.dataset.part));

/** A server may have said that this file is of another encoding; then its bytes are read once more. */
async function untouched() {
  // In a frame it has no bytes of its own: its characters are what they are.
  if (document.characterSet === "windows-1252" || location.protocol === "about:") return document;
  const bytes = await (await fetch(location.href)).arrayBuffer();
  return new DOMParser().parseFromString(new TextDecoder("windows-1252").decode(bytes), "text/html");
}

/**
 * The content of a part; nothing where there is none of that name.
 * @param {string} name
 */
function open(name) {
  const known = opened.get(name) ?? (names.has(name) ? unpacked(name) : undefined);
  if (known) opened.set(name, known);
  return known;
}

/**
 * A part's bytes, from zlib data, or from zlib data of all first bytes and then all second bytes.
 * @param {string} name
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
async function unpacked(name) {
  const { form, text } = /** @type {Part} */ ((await parts).get(name));
  const bytes = decoded(text);
  if (form === "plain") return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const content = new Uint8Array(await new Response(stream).arrayBuffer());
  if (form === "zlib") return content;
  const whole = new Uint8Array(content.length);
  const half = content.length / 2;
  for (let i = 0; i < half; i += 1) {
    whole[2 * i] = content[i];
    whole[2 * i + 1] = content[half + i];
  }
  return whole;
}

/** @param {string} name */
const text = async (name) => new TextDecoder().decode(await open(name));

/**
 * Undoes the escapes of `tools/offline.mjs`: `=` and a byte plus 64.
 * @param {string} text
 */
function decoded(text) {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (let i = 0; i < text.length; i += 1) {
    const escaped = text[i] === "=";
    if (escaped) i += 1;
    const code = text.charCodeAt(i);
    const byte = code < 128 ? code : HIGH.get(code);
    if (byte === undefined) throw new Error("it was read in another encoding than windows-1252");
    bytes[length] = byte - (escaped ? 64 : 0);
    length += 1;
  }
  return bytes.subarray(0, length);
}

/** Runs a page's code. @param {string} app */
async function run(app) {
  const code = await text(app);
  const script = document.createElement("script");
  script.text = code;
  document.head.append(script);
}

/** Puts another page of this file in the place of the one that is shown. @param {string} path @param {string} [hash] */
async function turn(path, hash = "") {
  const html = await text(`page:${path}`);
  document.open();
  document.write(html);
  document.close();
  follow();
  show();
  const app = /** @type {HTMLMetaElement} */ (document.querySelector("meta[name=morphogen-app]")).content;
  await run(app);
  if (hash) document.getElementById(hash.slice(1))?.scrollIntoView();
}

/** Shows the pictures of a page, which are parts of the file. */
function show() {
  for (const image of /** @type {NodeListOf<HTMLImageElement>} */ (document.querySelectorAll("img[data-file]"))) {
    void open(image.dataset.file ?? "")?.then((bytes) => (image.src = URL.createObjectURL(new Blob([bytes], { type: "image/png" }))));
  }
}

/** Links to other pages of this file lead there, also where it has no address that one could go to: as a Blob, or in a frame. */
function follow() {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const [, query, hash] = /^(\?[^#]*)(#.*)?$/.exec(link?.getAttribute("href") ?? "") ?? [];
    if (query === undefined || /^(file|https?):$/.test(location.protocol)) return;
    event.preventDefault();
    const path = new URLSearchParams(query).get("page");
    // The first page holds all others: it cannot be written once more, but opened anew.
    if (path) void turn(path, hash).catch(failed);
    else location.reload();
  });
}

async function boot() {
  const learnWorker = names.has("learn-worker.js") ? await text("learn-worker.js") : undefined;
  Object.assign(globalThis, { morphogenOffline: { open, worker: await text("worker.js"), learnWorker } });
  const path = new URLSearchParams(location.search).get("page") ?? "";
  if (names.has(`page:${path}`)) return turn(path, location.hash);
  follow();
  show();
  await run("app.js");
}

/** @param {Error} error */
function failed(error) {
  const status = document.getElementById("status");
  if (status) status.textContent = `This file could not be opened (${error.message}). It may have been changed on its way; get an untouched copy.`;
}

boot().catch(failed);
