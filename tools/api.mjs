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

/** @typedef {{ name: string, kind: string, words: string, declaration: any }} Entry */

/** What the types export, with the source and the comment that opens it. */
function exported() {
  const source = readFileSync(resolve(ROOT, TYPES), "utf8");
  const { program } = parse(source, { sourceType: "module", plugins: [["typescript", { dts: true }]] });
  /** @type {Entry[]} */
  const entries = program.body.flatMap((/** @type {any} */ node) => {
    const declaration = node.type === "ExportNamedDeclaration" ? node.declaration : undefined;
    return declaration?.id ? [{ name: declaration.id.name, kind: declaration.type, words: comment(source, node), declaration }] : [];
  });
  return { source, entries, opening: comment(source, program.body[0], true) };
}

/**
 * The members of an interface, inherited ones included, and whether each may be left out.
 * @param {string} name
 * @returns {Map<string, { optional: boolean }>}
 */
export function members(name) {
  const found = exported().entries.find((entry) => entry.name === name);
  if (found?.kind !== GROUPS.Interfaces) throw new Error(`${TYPES} exports no interface called ${name}`);
  const { body, extends: above } = found.declaration;
  const inherited = (above ?? []).flatMap((/** @type {any} */ node) => [...members(node.expression.name)]);
  return new Map([...inherited, ...body.body.map((/** @type {any} */ { key, optional }) => [key.name, { optional: optional === true }])]);
}

/**
 * The members of a class as the types have them, with their comments.
 * @param {string} name
 * @returns {{ name: string, kind: "field" | "method", type: string, readonly: boolean, words: string }[]}
 */
export function fields(name) {
  const { source, entries } = exported();
  const found = entries.find((entry) => entry.name === name);
  if (found?.kind !== GROUPS.Classes) throw new Error(`${TYPES} exports no class called ${name}`);
  return found.declaration.body.body.map((/** @type {any} */ member) => ({
    name: member.key.name,
    kind: member.type === "TSDeclareMethod" ? "method" : "field",
    type: plain(source, (member.typeAnnotation ?? member.returnType).typeAnnotation),
    readonly: member.readonly === true,
    words: comment(source, member).replace(/\{@link (\w+)\}/g, "$1"),
  }));
}

/** The whole reference as Markdown. */
export function reference() {
  const { source, entries, opening } = exported();
  const names = new Set(entries.map(({ name }) => name));
  const out = [
    "# API reference",
    "",
    `Made from [\`${TYPES}\`](../${TYPES}) by \`node tools/api.mjs\`; edit the types, not this page. ${opening}`,
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
  const rows = members.filter((/** @type {any} */ { accessibility }) => accessibility !== "private").map((/** @type {any} */ member) => {
    const cells = [`\`${plain(source, member).replace(/;$/, "")}\``, linked(comment(source, member), names)];
    return `| ${cells.map((cell) => cell.replace(/\|/g, "\\|")).join(" | ")} |`;
  });
  const above = declaration.superClass ? [declaration.superClass] : (declaration.extends ?? []);
  const parent = above.length ? [`Extends ${above.map((/** @type {any} */ node) => linked(`{@link ${plain(source, node)}}`, names, false)).join(", ")}.`, ""] : [];
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
 * @param {boolean} [own] whether every name must be one of the package's
 */
function linked(words, names, own = true) {
  return words.replace(/\{@link (\w+)\}/g, (_, name) => {
    if (own && !names.has(name)) throw new Error(`${TYPES} links to ${name}, which it does not export`);
    return names.has(name) ? `[\`${name}\`](#${name.toLowerCase()})` : `\`${name}\``;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(REFERENCE, reference());
