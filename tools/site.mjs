/**
 * Writes `site.js` for the service worker (`www/sw.js`): every file of the built site with its SHA-256, and a version that
 * follows from them, so that any change of any file is another version.
 *
 *     node tools/site.mjs FOLDER [ADDRESS]
 *
 * With the address at which the site will stand, its pages say where their picture for links is: other sites want it whole.
 */
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { PACK_FILE } from "./wrap.mjs";

/** What the page itself runs: its own files and the package, without the forms that are for other sites. */
const CODE = /^(index\.html|de\.html|learn(-\w+)?\.html|learn\/[\w/-]+\.(js|css)|strings\/[\w-]+\.js|manifest\.webmanifest|(?!sw\.js|site\.js|embed\.)[\w-]+\.(js|css|svg)|icons\/[\w-]+\.png|essay\/(?!embedded\.)[\w/-]+\.(html|js|css|png)|pkg\/(?!inline\.js)[\w-]+\.js|pkg\/generated\/(morphogen|theory|learn)(\.js|_bg\.wasm))$/;
const DATA = /^models\//;

/**
 * @param {[prefix: string, folder: string][]} folders and where they stand on the site
 * @returns {string} the content of `site.js`
 */
export function site(folders) {
  /** @type {Record<"code" | "data", Record<string, string>>} */
  const files = { code: {}, data: {} };
  /** Of all models together, for whoever keeps them all. */
  let bytes = 0;
  for (const [prefix, folder] of folders) {
    for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
      const path = prefix + name.split(sep).join("/");
      const kind = CODE.test(path) ? "code" : DATA.test(path) && PACK_FILE.test(path) ? "data" : undefined;
      if (!kind) continue;
      const content = readFileSync(join(folder, name));
      files[kind][path] = sha256(content);
      if (kind === "data") bytes += content.length;
    }
  }
  const version = sha256(JSON.stringify(files)).slice(0, 16);
  return `self.SITE = ${JSON.stringify({ version, bytes, ...files }, null, 1)};\n`;
}

/**
 * Says in a page's head where it stands and where its picture is.
 * @param {string} folder
 * @param {string} name
 * @param {string} address of the folder
 */
function place(folder, name, address) {
  const page = new URL(name.replace(/(^|\/)index\.html$/, "$1"), address.replace(/\/?$/, "/"));
  const html = readFileSync(join(folder, name), "utf8");
  const image = /(<meta property="og:image" content=")([^"]*)"/;
  if (!image.test(html)) throw new Error(`${name} names no picture: expected <meta property="og:image" …>`);
  const beside = name.replace(/\.html$/, ".oembed.json");
  const link = `<link rel="alternate" type="application/json+oembed" href="${new URL(beside, address.replace(/\/?$/, "/")).href}">`;
  writeFileSync(join(folder, name), html.replace(image, (_, start, path) => `<meta property="og:url" content="${page.href}">\n    ${link}\n    ${start}${new URL(path, page).href}"`));
  writeFileSync(join(folder, beside), `${JSON.stringify(oembed(html, address.replace(/\/?$/, "/"), image), null, 1)}\n`);
}

/**
 * What sites are told that show a frame where a link to a page was pasted (oEmbed 1.0). A static host answers the same whatever is asked.
 * @param {string} html of the page
 * @param {string} address of the folder
 * @param {RegExp} image
 */
function oembed(html, address, image) {
  const [, title] = /<title>([^<]*)<\/title>/.exec(html) ?? [];
  const [, lang] = /<html lang="(\w+)"/.exec(html) ?? [];
  if (!title || !lang) throw new Error("a page has no title or no language");
  const story = /<body[^>]*\bessay\b|essay\.css/.test(html);
  const query = story ? `figure=locality${lang === "en" ? "" : `&lang=${lang}`}` : "model=emoji&prompt=cat&seed=3";
  const [width, height] = story ? [720, 640] : [320, 420];
  const frame = new URL(`embed.html?${query}`, address).href.replace(/&/g, "&amp;");
  const [, , card] = image.exec(html) ?? [];
  return {
    version: "1.0",
    type: "rich",
    title,
    provider_name: "Morphogen",
    provider_url: address,
    html: `<iframe src="${frame}" title="${title}" sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox" width="${width}" height="${height}" style="border: 0"></iframe>`,
    width,
    height,
    thumbnail_url: new URL(card.replace(/^(\.\.\/)+/, ""), address).href,
    thumbnail_width: 1200,
    thumbnail_height: 630,
  };
}

/** @param {string | Buffer} content */
const sha256 = (content) => createHash("sha256").update(content).digest("hex");

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , folder, address] = process.argv;
  if (address && !URL.canParse(address)) throw new Error(`expected an address such as https://example.org/morphogen/, found ${address}`);
  if (address) for (const name of ["index.html", "de.html", "essay/index.html", "essay/de.html"]) place(folder, name, address);
  writeFileSync(join(folder, "site.js"), site([["", folder]]));
}
