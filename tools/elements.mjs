/**
 * Writes what editors and documentation tools know of `<morphogen-sampler>`, from its types and its source, so that neither can
 * fall behind (a test compares):
 *
 * - `pkg/custom-elements.json`, the Custom Elements Manifest (schema 1.0.0);
 * - `pkg/react.d.ts`, the element as a tag of React's JSX, and `pkg/jsx.d.ts`, of any other's (Preact, Solid, Astro).
 *
 *     node tools/elements.mjs
 */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { MorphogenSampler } from "../pkg/element.js";
import { fields } from "./api.mjs";

const ROOT = resolve(fileURLToPath(import.meta.url), "../..");
const PARTS = readFileSync(resolve(ROOT, "pkg/element-parts.js"), "utf8");

const SLOTS = { poster: "Shown until something is drawn.", fallback: "Shown where nothing can be drawn." };
/** @type {Record<string, [type: string, words: string]>} */
const EVENTS = {
  load: ["CustomEvent<Model>", "The model is loaded."],
  step: ["CustomEvent<Frame>", "A step was taken."],
  sample: ["CustomEvent<Sample>", "The pictures are finished."],
  error: ["CustomEvent<MorphogenError>", "What went wrong."],
};
/** @type {Record<string, string>} */
const STYLES = {
  "--morphogen-size": "Width of the element.",
  "--morphogen-radius": "Radius of the corners.",
  "--morphogen-accent": "Colour of progress and focus.",
  "--morphogen-background": "Colour behind the picture.",
  "--morphogen-color": "Colour of text.",
  "--morphogen-font": "Font of text.",
};

/** What the source has, beside what is said of it here. @param {string} what @param {Iterable<string>} found @param {object} said */
function same(what, found, said) {
  const [left, right] = [[...new Set(found)].sort().join(", "), Object.keys(said).sort().join(", ")];
  if (left !== right) throw new Error(`pkg/element-parts.js has the ${what} ${left}, tools/elements.mjs tells of ${right}`);
}

const attributes = () => fields("MorphogenSampler").filter(({ name, kind }) => kind === "field" && MorphogenSampler.observedAttributes.includes(name));

/** The manifest. */
export function manifest() {
  same("slots", [...PARTS.matchAll(/"slot", \{ name: "(\w+)" \}/g)].map(([, name]) => name), SLOTS);
  const defaults = Object.fromEntries([...PARTS.matchAll(/var\((--morphogen-\w+), ([^)]+)\)/g)].map(([, name, value]) => [name, value]));
  same("custom properties", Object.keys(defaults), STYLES);
  const parts = [...new Set([...PARTS.matchAll(/\bpart: "([\w ]+)"/g)].flatMap(([, names]) => names.split(" ")))];
  const declared = fields("MorphogenSampler");
  const undeclared = MorphogenSampler.observedAttributes.filter((name) => !declared.some((field) => field.name === name));
  if (undeclared.length > 0) throw new Error(`pkg/morphogen.d.ts lacks ${undeclared.join(", ")} of MorphogenSampler`);
  const element = {
    kind: "class",
    customElement: true,
    name: "MorphogenSampler",
    tagName: "morphogen-sampler",
    summary: "A diffusion model as an element: it draws what the prompt says, step by step.",
    superclass: { name: "HTMLElement" },
    attributes: attributes().map(({ name, type, words }) => ({ name, fieldName: name, type: { text: type }, description: words })),
    members: declared.map(({ name, kind, type, readonly, words }) =>
      kind === "method" ? { kind, name, return: { type: { text: type } }, description: words } : { kind, name, type: { text: type }, description: words, ...(readonly ? { readonly } : {}) },
    ),
    events: Object.entries(EVENTS).map(([name, [type, description]]) => ({ name, type: { text: type }, description })),
    slots: Object.entries(SLOTS).map(([name, description]) => ({ name, description })),
    cssParts: parts.map((name) => ({ name })),
    cssProperties: Object.entries(STYLES).map(([name, description]) => ({ name, description, default: defaults[name] })),
  };
  const declaration = { name: "MorphogenSampler", module: "morphogen.js" };
  const exports = [
    { kind: "js", name: "MorphogenSampler", declaration },
    { kind: "custom-element-definition", name: "morphogen-sampler", declaration },
  ];
  return { schemaVersion: "1.0.0", modules: [{ kind: "javascript-module", path: "morphogen.js", declarations: [element], exports }] };
}

/** @param {string} opening @param {string} around where the tag is declared, with `TAG` in its place */
const types = (opening, around) => `/** ${opening} Made by tools/elements.mjs. */
import type { Frame, Model, MorphogenError, MorphogenSampler, Sample } from "./morphogen.js";

/** What may stand in the tag: each property of the element, and its events. */
export interface SamplerAttributes extends Partial<Pick<MorphogenSampler, ${attributes().map(({ name }) => `"${name}"`).join(" | ")}>> {
${Object.entries(EVENTS).map(([name, [type]]) => `  on${name}?: (event: ${type}) => void;`).join("\n")}
  /** As any element's. */
  [other: string]: unknown;
}

${around.replace("TAG", '"morphogen-sampler": SamplerAttributes;')}
`;

/** By file, what is written. @returns {Record<string, string>} */
export const written = () => ({
  "pkg/custom-elements.json": `${JSON.stringify(manifest(), null, 2)}\n`,
  "pkg/react.d.ts": types("`import \"morphogen/react\"`: the package, and its element as a tag of React's JSX.", 'declare module "react" {\n  namespace JSX {\n    interface IntrinsicElements {\n      TAG\n    }\n  }\n}\n\nexport * from "./morphogen.js";'),
  "pkg/jsx.d.ts": types("`import \"morphogen/jsx\"`: the package, and its element as a tag of the global JSX (Preact, Solid, Astro).", 'declare global {\n  namespace JSX {\n    interface IntrinsicElements {\n      TAG\n    }\n  }\n}\n\nexport * from "./morphogen.js";'),
});

if (process.argv[1] === fileURLToPath(import.meta.url)) for (const [file, content] of Object.entries(written())) writeFileSync(resolve(ROOT, file), content);
