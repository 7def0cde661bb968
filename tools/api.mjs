/**
 * Writes `docs/api.md` from the package's types: every export of `pkg/morphogen.d.ts` with its signature, its members and
 * the comments that stand before them. A test compares, so that the reference cannot fall behind.
 *
 *     node tools/api.mjs
 */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "@babel/parser";

const ROOT = resolve(fileURLToPath(import.meta.url), "../..");
const TYPES = "pkg/morphogen.d.ts";
export const REFERENCE = resolve(ROOT, "docs/api.md");

/** Headings, in the order in which a reader looks for things. */
const GROUPS = /** @type {const} */ ({
  Functions: "TSDeclareFunction",
  Classes: "ClassDeclaration",
  Interfaces: "TSInterfaceDeclaration",
  "Named types": "TSTypeAliasDeclaration",
});

/** The whole reference as Markdown. */
export function reference() {
  const source = readFileSync(resolve(ROOT, TYPES), "utf8");
  const { program } = parse(source, { sourceType: "module", plugins: [["typescript", { dts: true }]] });
  /** @typedef {{ name: string, kind: string, words: string, declaration: any }} Entry */
  /** @type {Entry[]} */
  const entries = program.body.flatMap((/** @type {any} */ node) => {
    const declaration = node.type === "ExportNamedDeclaration" ? node.declaration : undefined;
    return declaration?.id ? [{ name: declaration.id.name, kind: declaration.type, words: comment(source, node), declaration }] : [];
  });
  const names = new Set(entries.map(({ name }) => name));
  const out = [
    "# API reference",
    "",
    `Made from [\`${TYPES}\`](../${TYPES}) by \`node tools/api.mjs\`; edit the types, not this page. ${comment(source, program.body[0], true)}`,
    "What the package is and how it is used: [its README](../pkg/README.md); how to put it on a site: [embed.md](embed.md).",
    "",
  ];
  for (const [title, kind] of Object.entries(GROUPS)) {
    out.push(`## ${title}`, "");
    for (const { name, words, declaration } of entries.filter((entry) => entry.kind === kind)) {
      out.push(`### ${name}`, "");
      if (words) out.push(linked(words, names), "");
      out.push(...body(source, declaration, names));
    }
  }
  return `${out.join("\n").trim()}\n`;
}

/**
 * What stands below a heading.
 * @param {string} source
 * @param {any} declaration
 * @param {Set<string>} names
 */
function body(source, declaration, names) {
  const members = declaration.body?.body;
  if (!members) return ["```ts", plain(source, declaration).replace(/^declare /, ""), "```", ""];
  const rows = members.map((/** @type {any} */ member) => {
    const cells = [`\`${plain(source, member).replace(/;$/, "")}\``, linked(comment(source, member), names)];
    return `| ${cells.map((cell) => cell.replace(/\|/g, "\\|")).join(" | ")} |`;
  });
  const parent = declaration.superClass ? [`Extends \`${plain(source, declaration.superClass)}\`.`, ""] : [];
  return [...parent, "| | |", "|---|---|", ...rows, ""];
}

/**
 * A piece of the source on one line.
 * @param {string} source
 * @param {{ start: number, end: number }} node
 */
const plain = (source, { start, end }) => source.slice(start, end).replace(/\s+/g, " ").replace(/\( /g, "(").replace(/, \)/g, ")");

/**
 * The comment that stands right before a node, or, for the first, the one that opens the file.
 * @param {string} source
 * @param {any} node
 * @param {boolean} [opening]
 */
function comment(source, node, opening = false) {
  const found = (node.leadingComments ?? []).filter((/** @type {any} */ { end }) => opening === /\n\s*\n/.test(source.slice(end, node.start)));
  const words = found.at(-1)?.value ?? "";
  return words.replace(/^\*/, "").replace(/^\s*\* ?/gm, "").replace(/\s+/g, " ").trim();
}

/**
 * `{@link Name}` as a link within the page.
 * @param {string} words
 * @param {Set<string>} names
 */
function linked(words, names) {
  return words.replace(/\{@link (\w+)\}/g, (_, name) => {
    if (!names.has(name)) throw new Error(`${TYPES} links to ${name}, which it does not export`);
    return `[\`${name}\`](#${name.toLowerCase()})`;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(REFERENCE, reference());
