/**
 * Opens the offline file: its parts stand in script elements, one character a byte, and the page's own code is one of
 * them. The only code of the file that is not compressed.
 */

/** What a windows-1252 page shows for bytes above 127, by character. */
const HIGH = new Map([...new TextDecoder("windows-1252").decode(Uint8Array.from({ length: 128 }, (_, i) => i + 128))].map((character, i) => [character.charCodeAt(0), i + 128]));

/** @type {Map<string, Promise<Uint8Array<ArrayBuffer>>>} by name, opened once */
const opened = new Map();
/** @type {Promise<Document>} where the parts are read from */
const pages = untouched();

/** A server may have said that this file is of another encoding; then its bytes are read once more. */
async function untouched() {
  if (document.characterSet === "windows-1252") return document;
  const bytes = await (await fetch(location.href)).arrayBuffer();
  return new DOMParser().parseFromString(new TextDecoder("windows-1252").decode(bytes), "text/html");
}

/**
 * The content of a part; nothing where there is none of that name.
 * @param {string} name
 */
function open(name) {
  const known = opened.get(name) ?? find(name);
  if (known) opened.set(name, known);
  return known;
}

/** @param {string} name */
function find(name) {
  const part = [...document.scripts].find((script) => script.dataset.part === name);
  return part && unpacked(name, part.dataset.form);
}

/**
 * @param {string} name
 * @param {string | undefined} form `plain`, `zlib`, or `planes` (zlib of all first bytes, then all second bytes)
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
async function unpacked(name, form) {
  const part = [...(await pages).scripts].find((script) => script.dataset.part === name);
  const bytes = decoded(part?.textContent ?? "");
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
    bytes[length] = (code < 128 ? code : (HIGH.get(code) ?? 0)) - (escaped ? 64 : 0);
    length += 1;
  }
  return bytes.subarray(0, length);
}

async function boot() {
  const [app, worker] = await Promise.all(["app.js", "worker.js"].map(async (name) => new TextDecoder().decode(await open(name))));
  Object.assign(globalThis, { morphogenOffline: { open, worker } });
  const script = document.createElement("script");
  script.text = app;
  document.head.append(script);
}

boot().catch((/** @type {Error} */ error) => {
  const status = document.getElementById("status");
  if (status) status.textContent = `This file could not be opened (${error.message}). It may have been changed on its way; get an untouched copy.`;
});
