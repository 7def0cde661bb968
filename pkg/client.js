/**
 * The page's end of the worker: numbered requests, progress events, cancellation, and a new worker when one dies.
 * Every request settles: with its answer, with its error, or with the error that ended the worker.
 */
import { MorphogenError, aborted, pack, typed } from "./errors.js";
import { Heartbeat } from "./heartbeat.js";
import { host } from "./host.js";

/** @typedef {{ resolve: (value: any) => void, reject: (error: MorphogenError) => void, on: (event: string, data: any) => void }} Pending */

/** @type {Map<string, WorkerClient>} one per pair of worker and wasm */
const clients = new Map();

/**
 * The client that everyone on this page with the same addresses shares.
 * @param {import("./morphogen.js").LoadOptions | import("./morphogen.js").ReactionOptions | import("./morphogen.js").LargeOptions} options where worker and wasm are, unless as usual
 */
export function sharedClient(options) {
  const workerUrl = absolute(options.workerUrl ?? host.workerUrl);
  const given = absolute(options.wasmUrl ?? host.wasmUrl);
  // Some bundlers give it relative to the page, and the worker may be a Blob's.
  const wasmUrl = given ?? absolute(new URL("./generated/morphogen_bg.wasm", import.meta.url).href);
  const key = `${workerUrl} ${wasmUrl}`;
  const client = clients.get(key) ?? new WorkerClient(workerUrl, wasmUrl, given && new URL("theory_bg.wasm", given).href);
  clients.set(key, client);
  return client;
}

/** The address that others are relative to. */
function base() {
  if (globalThis.document) return document.baseURI;
  throw new MorphogenError("no-page", "Pictures are drawn in web pages, and here is none: on servers and in workers the package can only be imported.");
}

/** One for the page: a policy may be made but once. @type {any} */
let policy;

/**
 * The address of a worker's script in a form that the browser takes. One on another host is imported by a script of the page's own.
 * @param {string} url
 * @returns {string}
 */
export function scriptUrl(url) {
  const own = new URL(url).origin === origin || url.startsWith("blob:");
  const address = own ? url : URL.createObjectURL(new Blob([`import ${JSON.stringify(url)};`], { type: "text/javascript" }));
  policy ??= /** @type {any} */ (globalThis).trustedTypes?.createPolicy("morphogen", { createScriptURL: (/** @type {string} */ text) => text });
  return policy?.createScriptURL(address) ?? address;
}

/**
 * @template {string | URL | undefined} T
 * @param {T} url
 * @returns {T extends undefined ? undefined : string}
 */
export function absolute(url) {
  const page = base();
  try {
    return /** @type {any} */ (url === undefined ? undefined : new URL(url, page).href);
  } catch {
    throw new MorphogenError("range", `Expected an address, found “${url}”.`);
  }
}

export class WorkerClient {
  /**
   * @param {string | undefined} workerUrl
   * @param {string} wasmUrl
   * @param {string} [theoryUrl] of the second wasm, where it is not in its usual place
   */
  constructor(workerUrl, wasmUrl, theoryUrl) {
    this.workerUrl = workerUrl;
    this.wasmUrl = wasmUrl;
    this.theoryUrl = theoryUrl;
    /** Grows with each worker; what an earlier one had loaded is gone. */
    this.generation = 0;
    this.next = 1;
    /** @type {Map<number, Pending>} */
    this.pending = new Map();
    /** @type {Worker | undefined} */
    this.worker = undefined;
    /** @type {Promise<void> | undefined} */
    this.started = undefined;
    /** @type {Heartbeat | undefined} */
    this.heart = undefined;
  }

  /**
   * Starts worker and wasm unless they run. A failure is forgotten, so that the next caller tries again.
   * @param {(data: any) => void} [onProgress]
   */
  start(onProgress = () => {}) {
    if (!this.started) {
      const worker = (this.worker = this.spawn());
      this.generation += 1;
      const started = this.post("start", this.places(), { on: (_, data) => onProgress(data) });
      this.started = started;
      started.catch((error) => this.end(worker, error));
    }
    return this.started;
  }

  /** Where a new worker finds what it needs. */
  places() {
    const { wasmUrl, theoryUrl } = this;
    return { wasmUrl, theoryUrl, base: base(), resolve: host.resolve !== undefined };
  }

  /**
   * Sends one request; start first.
   * @param {string} type
   * @param {object} message
   * @param {{ signal?: AbortSignal, on?: (event: string, data: any) => void }} [options]
   * @returns {Promise<any>}
   */
  post(type, message, { signal, on = () => {} } = {}) {
    if (signal?.aborted) return Promise.reject(aborted());
    const { worker } = this;
    if (!worker) return Promise.reject(new MorphogenError("worker-lost", "The drawing worker has ended. Try again."));
    const id = this.next++;
    return new Promise((resolve, reject) => {
      const abort = () => {
        worker.postMessage({ type: "abort", id });
        this.settle(id, (pending) => pending.reject(aborted()));
      };
      const done = () => signal?.removeEventListener("abort", abort);
      this.pending.set(id, {
        resolve: (value) => (done(), resolve(value)),
        reject: (error) => (done(), reject(error)),
        on,
      });
      signal?.addEventListener("abort", abort, { once: true });
      try {
        worker.postMessage({ id, type, ...message });
      } catch (thrown) {
        return this.settle(id, (pending) => pending.reject(typed(thrown)));
      }
      this.heart?.expect({ type, ...message });
    });
  }

  made() {
    const { workerUrl } = this;
    if (workerUrl === undefined && host.worker) return host.worker();
    if (workerUrl === undefined) {
      try {
        // Written so that bundlers see the worker in it.
        return new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "morphogen" });
      } catch {
        // It is on another host, or the page wants to be sure of every script.
      }
    }
    const file = "./worker.js";
    return new Worker(scriptUrl(workerUrl ?? new URL(/* webpackIgnore: true */ file, import.meta.url).href), { type: "module", name: "morphogen" });
  }

  spawn() {
    /** @type {Worker} */
    let worker;
    try {
      worker = this.made();
    } catch (thrown) {
      throw new MorphogenError("worker-blocked", BLOCKED, { cause: thrown });
    }
    const heart = new Heartbeat(
      () => worker.postMessage({ type: "ping" }),
      () => this.end(worker, new MorphogenError("worker-lost", "The drawing worker stopped answering and was ended. Try again.")),
    );
    this.heart = heart;
    worker.addEventListener("message", ({ data }) => {
      heart.heard();
      if (data.alive) return;
      if (data.fatal) return this.end(worker, typed(data.fatal));
      if (data.ask) return void this.answer(worker, data.ask, data.url);
      if (data.event) return this.pending.get(data.id)?.on(data.event, data.data);
      this.settle(data.id, (pending) => (data.error ? pending.reject(typed(data.error)) : pending.resolve(data.result)));
    });
    worker.addEventListener("messageerror", () => this.end(worker, typed("a message could not be read")));
    // The script itself did not load: it is missing, is not JavaScript, or a policy forbids it.
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.end(worker, new MorphogenError("worker-blocked", BLOCKED, { cause: event.message }));
    });
    return worker;
  }

  /**
   * Tells the worker where the page has a file: its bytes, another address, or nothing, and then it is fetched.
   * @param {Worker} worker
   * @param {number} ask
   * @param {string} url
   */
  async answer(worker, ask, url) {
    try {
      const found = await host.resolve?.(url);
      worker.postMessage({ type: "answer", ask, found: found instanceof URL ? found.href : found });
    } catch (thrown) {
      worker.postMessage({ type: "answer", ask, error: pack(thrown) });
    }
  }

  /**
   * @param {number} id
   * @param {(pending: Pending) => void} how
   */
  settle(id, how) {
    const pending = this.pending.get(id);
    this.pending.delete(id);
    if (this.pending.size === 0) this.heart?.rest();
    if (pending) how(pending);
  }

  /**
   * Ends a worker and everything that waits for it; the next `start` makes a new one.
   * @param {Worker} worker
   * @param {MorphogenError} error
   */
  end(worker, error) {
    worker.terminate();
    if (this.worker !== worker) return;
    this.worker = undefined;
    this.started = undefined;
    this.heart?.rest();
    this.heart = undefined;
    for (const id of [...this.pending.keys()]) this.settle(id, (pending) => pending.reject(error));
  }
}

const BLOCKED =
  "The drawing worker could not start. Its script may be missing, on another host that does not open it (CORS), or forbidden by this site's security policy (worker-src 'self', or blob: for a package on another host or “morphogen/inline”, which needs no other file; trusted-types morphogen).";
