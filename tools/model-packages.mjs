/**
 * The packs as npm packages of their own, `dist/packages/morphogen-fashion/` and `dist/packages/morphogen-emoji/`: each a pack as one file, which every
 * bundler carries along, and a function that opens it. They are shortened to what `KEPT` says, so that none has more than 4 MB.
 *
 *     node tools/model-packages.mjs [FOLDER]
 */
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";
import { zip } from "../pkg/zip.js";
import { versions } from "./version.mjs";

const ROOT = resolve(fileURLToPath(import.meta.url), "../..");
/** Bytes that a package may have. */
export const LIMIT = 4_000_000;

/**
 * @typedef {object} Kept
 * @property {string} draws what it draws, for people
 * @property {string[]} networks
 * @property {boolean} training
 * @property {string[]} [languages] besides English
 * @property {string} without what is left out, for people
 * @property {string} prompt that it draws in the read-me
 */

/** @type {Record<string, Kept>} */
export const KEPT = {
  fashion: {
    draws: "ten garments, 28 × 28 pixels in grey",
    networks: ["resnet", "unet"],
    training: true,
    without: "The network with attention is not in it: with it, the package would have 5.2 MB.",
    prompt: "sneaker",
  },
  emoji: {
    draws: "emoji from free text in English, German and emoji, 64 × 64 pixels in colour",
    networks: ["unet"],
    training: false,
    languages: ["de", "emoji"],
    without: "Its training pictures (9 MB), from which the machines of the theory draw, and seven languages are not in it.",
    prompt: "cat with a hat",
  },
};

const PACKED = /\.safetensors$/;

/**
 * The files of a shortened pack, the manifest first.
 * @param {string} name
 * @param {Kept} kept
 * @returns {[name: string, bytes: Uint8Array<ArrayBuffer>][]}
 */
function shortened(name, { networks, training, languages }) {
  const folder = join(ROOT, "www/models", name);
  const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
  manifest.networks = Object.fromEntries(networks.map((network) => [network, manifest.networks[network]]));
  const names = new Set(Object.values(manifest.networks).map(({ file }) => file));
  if (manifest.text) {
    const { text } = manifest;
    if (languages) text.languages = Object.fromEntries(languages.map((language) => [language, text.languages[language]]));
    for (const file of [text.words, text.captions, ...Object.values(text.languages)]) if (file) names.add(file);
  }
  const shelves = Object.values(manifest.training ?? {}).map(({ file }) => file);
  if (training) for (const file of shelves) names.add(file);
  const stated = manifest.files;
  /** @type {[string, Uint8Array<ArrayBuffer>][]} */
  const files = [];
  manifest.files = {};
  // Where training pictures are is still said: whoever asks for them is told that they are not here.
  for (const file of Object.keys(stated).filter((file) => names.has(file) || shelves.includes(file))) {
    if (!names.has(file)) {
      manifest.files[file] = stated[file];
      continue;
    }
    const content = readFileSync(join(folder, file));
    const packed = PACKED.test(file);
    const bytes = Uint8Array.from(packed ? deflateSync(content, { level: 9 }) : content);
    const there = packed ? `${file}.zz` : file;
    for (const network of Object.values(manifest.networks)) if (network.file === file) network.file = there;
    manifest.files[there] = packed ? { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") } : stated[file];
    files.push([there, bytes]);
  }
  return [["manifest.json", Uint8Array.from(Buffer.from(JSON.stringify(manifest)))], ...files];
}

/** @param {string} name */
const code = (name) => `/** The pack of morphogen-${name} as one file: \`loadModel(await ${name}())\`. */
import { MorphogenError } from "morphogen";

/**
 * Fetches the pack.
 * @param {{ signal?: AbortSignal, url?: string | URL }} [options] \`url\` is where ${name}.zip is, unless beside this module
 */
export default async function ${name}({ signal, url } = {}) {
  // Written so that bundlers see the file in it; some give it relative to the page.
  const address = new URL(url ?? new URL("./${name}.zip", import.meta.url).href, document.baseURI).href;
  let response;
  try {
    response = await fetch(address, { signal });
  } catch (cause) {
    if (signal?.aborted) throw new MorphogenError("aborted", "Cancelled.", { cause });
    throw new MorphogenError("network", \`The pack at \${address} could not be fetched. Check the connection, and whether that host opens it to this page.\`, { cause });
  }
  if (!response.ok) throw new MorphogenError("http", \`Expected the pack at \${address}, found the answer \${response.status}. Copy ${name}.zip there, or say where it is: ${name}({ url }).\`);
  return response.blob();
}
`;

/** @param {string} name */
const types = (name) => `/** Fetches the pack of morphogen-${name} for \`loadModel\`. \`url\` is where ${name}.zip is, unless beside the module. */
export default function ${name}(options?: { signal?: AbortSignal; url?: string | URL }): Promise<Blob>;
`;

/** @param {string} name @param {Kept} kept */
const readMe = (name, { draws, without, prompt }) => `# morphogen-${name}

A model for [morphogen](https://www.npmjs.com/package/morphogen): ${draws}.

\`\`\`js
import { loadModel } from "morphogen";
import ${name} from "morphogen-${name}";

const model = await loadModel(await ${name}());
const sample = await model.sample({ prompt: "${prompt}", seed: 7 });
\`\`\`

Vite, webpack, Parcel and Next find the file by themselves. With Rollup and esbuild copy \`node_modules/morphogen-${name}/${name}.zip\` beside the output, or say where it
is: \`${name}({ url: "/models/${name}.zip" })\`. ${without} The whole pack is a folder of the project, \`www/models/${name}\`.

What it was made of, how, and under which licences stands in MODEL_CARD.md.
`;

/**
 * Writes the packages.
 * @param {string} out folder
 * @returns {Promise<{ name: string, folder: string, bytes: number }[]>} bytes of the pack
 */
export async function modelPackages(out) {
  const [{ version }] = versions();
  const made = [];
  for (const [name, kept] of Object.entries(KEPT)) {
    const folder = join(out, `morphogen-${name}`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const pack = Buffer.from(await zip(shortened(name, kept)).arrayBuffer());
    const about = {
      name: `morphogen-${name}`,
      version,
      description: `A model for morphogen: ${kept.draws}`,
      keywords: ["morphogen", "diffusion", "model"],
      license: "SEE LICENSE IN MODEL_CARD.md",
      type: "module",
      main: "./index.js",
      types: "./index.d.ts",
      exports: { ".": { types: "./index.d.ts", default: "./index.js" }, [`./${name}.zip`]: `./${name}.zip`, "./package.json": "./package.json" },
      sideEffects: false,
      files: ["index.js", "index.d.ts", `${name}.zip`, "MODEL_CARD.md", "README.md"],
      peerDependencies: { morphogen: version },
    };
    writeFileSync(join(folder, "package.json"), `${JSON.stringify(about, undefined, 2)}\n`);
    writeFileSync(join(folder, "index.js"), code(name));
    writeFileSync(join(folder, "index.d.ts"), types(name));
    writeFileSync(join(folder, "README.md"), readMe(name, kept));
    writeFileSync(join(folder, `${name}.zip`), pack);
    copyFileSync(join(ROOT, "www/models", name, "MODEL_CARD.md"), join(folder, "MODEL_CARD.md"));
    if (pack.length > LIMIT) throw new Error(`morphogen-${name} has ${pack.length} bytes, more than ${LIMIT}: shorten what it carries, in KEPT`);
    made.push({ name: `morphogen-${name}`, folder, bytes: pack.length });
  }
  return made;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { folder, bytes } of await modelPackages(resolve(process.argv[2] ?? join(ROOT, "dist/packages")))) console.log(`${folder}: ${bytes} bytes of ${LIMIT}`);
}
