/**
 * Gathers the licences of everything that is compiled into the wasm, which the site must carry: each crate with its
 * licence, and the text of its licence files, equal texts once.
 *
 *     node tools/notices.mjs OUT.txt
 */
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const TARGET = "wasm32-unknown-unknown";

/** @param {string[]} options */
const cargo = (...options) =>
  execFileSync("cargo", options, { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "inherit"] });

/** @type {{ packages: { name: string, version: string, license: string | null, manifest_path: string }[] }} */
const { packages } = JSON.parse(cargo("metadata", "--locked", "--format-version", "1", "--all-features", "--filter-platform", TARGET));
// Ordinary dependencies only: build scripts and macros run on the builder's machine and are not shipped.
const tree = cargo("tree", "--locked", "--package", "morphogen", "--features", "web-drawing,web-theory,web-learn", "--target", TARGET, "--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}");
const shipped = new Set(tree.split("\n").map((line) => line.split(" ").slice(0, 2).join(" ")));

/** @type {Map<string, string[]>} crates by licence text */
const texts = new Map();
const lines = [];
for (const one of packages) {
  const title = `${one.name} ${one.version}`;
  if (one.name === "morphogen" || !shipped.has(`${one.name} v${one.version}`)) continue;
  lines.push(`${title}: ${one.license ?? "see its text below"}`);
  const folder = dirname(one.manifest_path);
  for (const file of readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice|unlicense)/i.test(file))) {
    const text = readFileSync(join(folder, file), { encoding: "utf8", flag: "r" }).trim();
    texts.set(text, [...(texts.get(text) ?? []), title]);
  }
}
const rule = `\n\n${"─".repeat(80)}\n`;
const parts = [...texts].map(([text, users]) => `${users.sort().join(", ")}\n\n${text}`);
const intro = "Morphogen's WebAssembly contains these Rust crates. Their licences follow, each text once.";
writeFileSync(process.argv[2], `${intro}\n\n${lines.sort().join("\n")}${rule}${parts.join(rule)}\n`);
