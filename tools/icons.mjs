/**
 * Draws the icons of the installed page, `www/icons/*.png`, from `www/icon.svg`. They are kept in the repository, so this is
 * run only when the picture changes.
 *
 *     node tools/icons.mjs
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Resvg } from "@resvg/resvg-js";

const WWW = resolve(fileURLToPath(import.meta.url), "../../www");

/**
 * @param {number} width in pixels, and height
 * @param {{ maskable?: boolean }} [options] for platforms that cut icons to shape: all that matters within the middle 80 %
 * @returns {Buffer} a PNG
 */
export function icon(width, { maskable = false } = {}) {
  let svg = readFileSync(resolve(WWW, "icon.svg"), "utf8");
  if (maskable) svg = svg.replace('viewBox="0 0 8 8"', 'viewBox="-2 -2 12 12"');
  return new Resvg(svg, { fitTo: { mode: "width", value: width }, background: "#000" }).render().asPng();
}

/** @type {Record<string, Buffer>} */
export const icons = { "icon-192": icon(192), "icon-512": icon(512), "maskable-512": icon(512, { maskable: true }) };

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(resolve(WWW, "icons"), { recursive: true });
  for (const [name, png] of Object.entries(icons)) writeFileSync(resolve(WWW, `icons/${name}.png`), png);
}
