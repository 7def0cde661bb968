/** The worker that all models of a page share: what it does for each message, as {@link import("./service.js").serve} answers it. */
import { compile, further } from "./compile.js";
import { page } from "./download.js";
import { Packs } from "./engine.js";
import { MorphogenError } from "./errors.js";
import * as glue from "./generated/morphogen.js";
import { ask, serve } from "./service.js";

/** @typedef {import("./engine.js").Context} Context */

/** @type {Promise<import("./compile.js").Core> | undefined} */
let core;
/** @type {Promise<typeof import("./helper.js")> | undefined} */
let lazy;
// One promise for all, so that orders and parts are taken in the order in which they came.
const helper = () => (lazy ??= import("./helper.js"));
const packs = new Packs(() => core ?? Promise.reject(new MorphogenError("internal", "the worker was not started")));

/** @type {Record<string, (message: any, context: Context) => Promise<unknown>>} */
const handlers = {
  start: async ({ wasmUrl, theoryUrl, base, resolve }, { signal, event }) => {
    Object.assign(further, { url: theoryUrl, base });
    if (resolve) page.ask = ask;
    core ??= compile(glue, wasmUrl, signal, (loaded, total) => event("progress", { phase: "code", loaded, total }));
    await core;
  },
  load: (message, context) => packs.load(message, context),
  ask: (message, context) => packs.ask(message, context),
  words: (message, context) => packs.words(message, context),
  sample: (message, context) => packs.sample(message, context),
  training: (message, context) => packs.training(message, context),
  sticker: (message, context) => packs.sticker(message, context),
  release: (message) => packs.release(message),
  // Without a pack; its code comes when it is first asked for.
  cells: async (message, context) => {
    await core;
    return (await import("./cells.js")).cells(message, context);
  },
  large: async (message, context) => {
    await core;
    return (await import("./patches.js")).large(message, context);
  },
  film: async (message, context) => {
    await core;
    return (await import("./second.js")).film(message, context);
  },
  // These two come from a worker that has taken this one as its helper.
  enlist: async (message) => (await helper()).enlist(message),
  part: async (message) => (await helper()).part(message),
};

serve(handlers);
