/**
 * Holds the package's types against what its modules really export, both ways: `npm run check` runs it.
 *
 * For every entry of `pkg/package.json` that has types:
 * - the names that the `.d.ts` exports as values are those that Node gets from the module;
 * - each export has a type that can stand for the declared one, construction and return values included;
 * - an exported class has the public members that are declared and no others, properties of the same types. What the package alone calls,
 *   or the browser, is marked `@internal`;
 * - every option that is declared is read somewhere in the package;
 * - machines, solvers, grids and regions have the names that `pkg/names.js` has from Rust.
 *
 *     node tools/types.mjs
 */
import { readFileSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isIdentifier, isObjectBindingPattern, isPropertyAccessExpression } from "typescript/unstable/ast/is";
import { API, ModifierFlags, SignatureKind, SymbolFlags } from "typescript/unstable/sync";
import { GRIDS, MACHINES, SIDES, SOLVERS } from "../pkg/names.js";

/** @typedef {import("typescript/unstable/sync").Checker} Checker */
/** @typedef {import("typescript/unstable/sync").Program} Program */
/** @typedef {import("typescript/unstable/sync").Type} Type */
/** @typedef {import("typescript/unstable/ast").Node} Node */
/** @typedef {ReturnType<Checker["getAliasedSymbol"]>} Declared a symbol of the checker */

const ROOT = resolve(fileURLToPath(import.meta.url), "../..");
const PACKAGE = resolve(ROOT, "pkg");
/** Interfaces that users fill in; all others are filled in by the package. */
const OPTIONS = ["LoadOptions", "SampleOptions", "Origin", "MorphOptions", "FilmOptions", "PicturesOptions", "StickerOptions", "ReactionRule", "ReactionOptions", "LargeOptions", "Host", "LearnOptions", "LearnSampleOptions", "LearnPackOptions"];

/** What the types of names allow. @type {Record<string, readonly string[]>} */
const NAMES = { Machine: ["network", ...MACHINES], Solver: SOLVERS, Grid: GRIDS, Region: ["everywhere", ...SIDES] };

/** Where module and types differ, a sentence each. */
export async function differences() {
  const api = new API({ cwd: ROOT });
  try {
    const config = resolve(ROOT, "tsconfig.json");
    const project = api.updateSnapshot({ openProjects: [config] }).getProject(config);
    if (!project) throw new Error(`${config} could not be opened`);
    const { program, checker } = project;
    /** @type {string[]} */
    const found = [];
    /** @type {Map<string, Declared>} */
    const all = new Map();
    for (const [types, module] of entries()) {
      const declared = exported(program, checker, types);
      const real = exported(program, checker, module);
      found.push(...(await names(types, module, declared, checker)));
      for (const [name, symbol] of declared) {
        const other = real.get(name);
        if (other && symbol !== other && symbol.flags & SymbolFlags.Value) found.push(...compared(name, symbol, other, checker));
      }
      for (const [name, symbol] of declared) all.set(name, symbol);
    }
    return [...found, ...misnamed(all, checker), ...unread(all, program, checker)];
  } finally {
    api.close();
  }
}

/** The package's ways in that have types: `[types, module]`, in the package's folder. Those that only add a tag to JSX are made from these. */
function entries() {
  const { exports } = JSON.parse(readFileSync(resolve(PACKAGE, "package.json"), "utf8"));
  return Object.values(exports).flatMap((entry) => (entry.types && !/(react|jsx)\.d\.ts$/.test(entry.types) ? [[entry.types, entry.default]] : []));
}

/**
 * What a file exports, by name.
 * @param {Program} program
 * @param {Checker} checker
 * @param {string} file
 */
function exported(program, checker, file) {
  const source = program.getSourceFile(resolve(PACKAGE, file));
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`${file} is not a module that tsconfig.json includes`);
  const all = checker.getExportsOfModule(module);
  return new Map(all.map((symbol) => [symbol.name, symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol]));
}

/**
 * Names that stand on one side only.
 * @param {string} types
 * @param {string} module
 * @param {Map<string, Declared>} declared
 * @param {Checker} checker
 */
async function names(types, module, declared, checker) {
  const real = Object.keys(await import(resolve(PACKAGE, module)));
  const values = [...declared].filter(([, { flags }]) => flags & SymbolFlags.Value).map(([name]) => name);
  return [
    ...values.filter((name) => !real.includes(name)).map((name) => `${types} declares ${name}, which ${module} does not export`),
    ...real.filter((name) => !values.includes(name)).map((name) => `${module} exports ${name}, which ${types} does not declare`),
  ];
}

/**
 * Where one export differs from its declaration.
 * @param {string} name
 * @param {Declared} declared
 * @param {Declared} real
 * @param {Checker} checker
 */
function compared(name, declared, real, checker) {
  /** @type {string[]} */
  const found = [];
  const [promise, given] = [declared, real].map((symbol) => /** @type {Type} */ (checker.getTypeOfSymbol(symbol)));
  // What a class makes, where nobody but the package may make one.
  const fits = hidden(promise, checker)
    ? checker.isTypeAssignableTo(checker.getDeclaredTypeOfSymbol(real), checker.getDeclaredTypeOfSymbol(declared))
    : checker.isTypeAssignableTo(given, promise);
  if (!fits) found.push(`${name} is ${checker.typeToString(given)}, which does not do for what is declared`);
  if (!(declared.flags & SymbolFlags.Class)) return found;
  const base = new Set(bases(declared, checker));
  for (const of of /** @type {const} */ (["instance", "static"])) {
    const left = members(of === "static" ? promise : checker.getDeclaredTypeOfSymbol(declared), base, checker);
    const right = members(of === "static" ? given : checker.getDeclaredTypeOfSymbol(real), base, checker);
    for (const [member, symbol] of left) {
      const other = right.get(member);
      if (!other) found.push(`${name}.${member} is declared (${of}), and is not there`);
      else if (!(symbol.flags & SymbolFlags.Method) && !same(symbol, other, checker)) found.push(`${name}.${member} is of another type than declared`);
    }
    for (const [member, symbol] of right) {
      const internal = symbol.getJsDocTags(checker).some((tag) => tag.name === "internal");
      if (left.has(member) === internal) found.push(`${name}.${member} (${of}) is ${internal ? "declared, but @internal" : "not declared: declare it, or mark it @internal"}`);
    }
  }
  return found;
}

/**
 * Whether a type is a class that is declared with a private constructor.
 * @param {Type} type
 * @param {Checker} checker
 */
function hidden(type, checker) {
  const made = checker.getSignaturesOfType(type, SignatureKind.Construct);
  return made.some(({ declaration }) => ((/** @type {any} */ (declaration?.resolve())?.modifierFlags ?? 0) & ModifierFlags.Private) !== 0);
}

/**
 * Names of what a class inherits, by its declaration.
 * @param {Declared} declared
 * @param {Checker} checker
 */
function bases(declared, checker) {
  const type = /** @type {import("typescript/unstable/sync").InterfaceType} */ (checker.getDeclaredTypeOfSymbol(declared));
  return checker.getBaseTypes(type).flatMap((base) => checker.getPropertiesOfType(base).map(({ name }) => name));
}

/**
 * The public members of a type that it does not inherit, by name.
 * @param {Type} type
 * @param {Set<string>} inherited
 * @param {Checker} checker
 */
function members(type, inherited, checker) {
  const own = checker.getPropertiesOfType(type).filter(({ name }) => !name.includes("#") && name !== "prototype" && !inherited.has(name));
  return new Map(own.map((symbol) => [symbol.name, symbol]));
}

/**
 * Whether two properties can stand for each other.
 * @param {Declared} left
 * @param {Declared} right
 * @param {Checker} checker
 */
function same(left, right, checker) {
  const [one, other] = [left, right].map((symbol) => /** @type {Type} */ (checker.getTypeOfSymbol(symbol)));
  return checker.isTypeAssignableTo(one, other) && checker.isTypeAssignableTo(other, one);
}

/**
 * Types of names that do not allow what Rust has, or more.
 * @param {Map<string, Declared>} declared
 * @param {Checker} checker
 */
function misnamed(declared, checker) {
  return Object.entries(NAMES).flatMap(([name, expected]) => {
    const symbol = declared.get(name);
    const allowed = symbol ? parts(checker.getDeclaredTypeOfSymbol(symbol)).map((type) => /** @type {any} */ (type).value) : [];
    const odd = [...expected.filter((one) => !allowed.includes(one)), ...allowed.filter((one) => !expected.includes(one))];
    return odd.map((one) => `${name} and pkg/names.js differ in “${one}”`);
  });
}

/**
 * Options that nobody reads.
 * @param {Map<string, Declared>} declared
 * @param {Program} program
 * @param {Checker} checker
 */
function unread(declared, program, checker) {
  const options = OPTIONS.flatMap((name) => [...(declared.get(name)?.getMembers().values() ?? [])].map((option) => ({ name, option })));
  const wanted = new Set(options.map(({ option }) => option.name));
  const missing = OPTIONS.filter((name) => !declared.has(name)).map((name) => `OPTIONS names ${name}, which the types do not declare`);
  const read = new Set();
  for (const file of readdirSync(PACKAGE).filter((name) => name.endsWith(".js"))) {
    const source = program.getSourceFile(resolve(PACKAGE, file));
    for (const { owner, name } of source ? reads(source) : []) {
      if (!wanted.has(name)) continue;
      const type = checker.getTypeAtLocation(owner);
      for (const one of type ? parts(type) : []) read.add(checker.getPropertyOfType(one, name)?.id);
    }
  }
  return [...missing, ...options.filter(({ option }) => !read.has(option.id)).map(({ name, option }) => `${name}.${option.name} is declared, and nothing reads it`)];
}

/**
 * Every place that reads a property, `owner.name` or `{ name } = owner`.
 * @param {Node} node
 * @returns {{ owner: Node, name: string }[]}
 */
function reads(node) {
  const found = isPropertyAccessExpression(node)
    ? [{ owner: node.expression, name: node.name.text }]
    : isObjectBindingPattern(node)
      ? node.elements.flatMap(({ propertyName, name = node }) => {
          const key = propertyName ?? name;
          return isIdentifier(key) ? [{ owner: /** @type {Node} */ (node), name: key.text }] : [];
        })
      : [];
  node.forEachChild((child) => void found.push(...reads(child)));
  return found;
}

/**
 * The members of a union, or the type alone.
 * @param {Type} type
 * @returns {readonly Type[]}
 */
const parts = (type) => (type.isUnionType() ? type.getTypes() : [type]);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const found = await differences();
  for (const sentence of found) console.error(sentence);
  if (found.length > 0) process.exitCode = 1;
}
