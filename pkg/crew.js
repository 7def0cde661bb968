/**
 * A denoising call shared between workers. It is cut into parts: of the training images for a machine, whose partial posteriors
 * merge, or picture by picture for a network on the processor. Whoever is free takes the next one. Helpers are workers of
 * the same script, started from the one that draws. Nobody waits for a helper in vain: a part that does not come back is
 * computed again by the worker that waits, and as a part is the same to the bit whoever computes it, so is the picture.
 */
import { breathe } from "./breathe.js";
import { aborted } from "./errors.js";

/** @typedef {"machine" | "network"} Kind what is shared */
/** @typedef {{ module: WebAssembly.Module, manifest: Uint8Array } & ({ wish: import("./theory.js").Wish, images: Uint8Array } | { network: string, weights: Uint8Array })} Orders what a helper needs to make a machine or a network of its own */
/** @typedef {{ x: Float32Array, t: number, trace: boolean, levels?: Float32Array, part: number, parts: number }} MachineTask with `levels` the second round of a call */
/** @typedef {MachineTask | { x: Float32Array, t: number, condition: string }} Task one part of a call */
/** @typedef {{ worker: Worker, knows: Map<Kind, string>, part: number, job: Job | undefined }} Helper `knows` is what it was told last, `job` what it works at, and which part of it */
/** @typedef {{ kind: Kind, tasks: Task[], todo: number[], answers: (Float32Array | undefined)[], wake: () => void }} Job */

/** Workers at most, this one included. */
const MOST = 4;

class Crew {
  constructor() {
    /** @type {Set<Helper>} */
    this.helpers = new Set();
    /** @type {Job | undefined} */
    this.job = undefined;
    /** @type {Map<Kind, string>} what was asked for last; a helper that was lost since is not replaced */
    this.asked = new Map();
  }

  /**
   * Has helpers that know these orders. One that cannot be had is done without.
   * @param {Kind} kind
   * @param {string} key says whether orders are new
   * @param {Orders} orders
   * @param {number} [parts] of a call: there are never more workers than that
   */
  enlist(kind, key, orders, parts = MOST) {
    const wanted = most(parts);
    if (this.enlisted(kind, key, parts)) return;
    this.asked.set(kind, `${wanted} ${key}`);
    try {
      while (this.helpers.size < wanted) this.hire();
    } catch {
      // No workers inside workers here: this one works alone.
    }
    for (const helper of this.helpers) {
      if (helper.knows.get(kind) === key) continue;
      helper.knows.set(kind, key);
      this.send(helper, { type: "enlist", kind, orders });
    }
  }

  /**
   * Whether that was done already.
   * @param {Kind} kind
   * @param {string} key
   * @param {number} parts
   */
  enlisted(kind, key, parts) {
    return this.asked.get(kind) === `${most(parts)} ${key}`;
  }

  hire() {
    const worker = new Worker(self.location.href, { type: kind(), name: "morphogen helper" });
    /** @type {Helper} */
    const helper = { worker, knows: new Map(), part: 0, job: undefined };
    this.helpers.add(helper);
    worker.addEventListener("message", ({ data }) => {
      if (data.fatal || data.error) return this.lose(helper);
      if (data.id !== undefined) this.answered(helper, data.result);
    });
    worker.addEventListener("messageerror", () => this.lose(helper));
    worker.addEventListener("error", (event) => (event.preventDefault(), this.lose(helper)));
  }

  /**
   * What the parts of one call give, in their order.
   * @param {Kind} kind
   * @param {Task[]} tasks
   * @param {(task: any) => Float32Array} work one of them, in this worker
   * @param {AbortSignal} signal
   * @returns {Promise<Float32Array[]>}
   */
  async gather(kind, tasks, work, signal) {
    /** @type {Job} */
    const job = { kind, tasks, todo: [...tasks.keys()], answers: Array(tasks.length).fill(undefined), wake: () => {} };
    this.job = job;
    try {
      for (const helper of this.helpers) this.feed(helper);
      for (let pace = 0; ; ) {
        if (signal.aborted) throw aborted();
        let part = job.todo.shift() ?? -1;
        if (part < 0) {
          // The last parts are with the helpers. One that takes twice as long as this worker would is not waited for.
          const came = job.answers.includes(undefined) && (await this.waited(job, 2 * pace));
          part = job.answers.indexOf(undefined);
          if (part < 0) return /** @type {Float32Array[]} */ (job.answers);
          if (came) continue;
        }
        const start = performance.now();
        job.answers[part] = work(tasks[part]);
        pace = performance.now() - start;
        await breathe();
      }
    } finally {
      this.job = undefined;
    }
  }

  /**
   * Whether a helper stirred within the time.
   * @param {Job} job
   * @param {number} milliseconds
   * @returns {Promise<boolean>}
   */
  waited(job, milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), milliseconds);
      job.wake = () => (clearTimeout(timer), resolve(true));
    });
  }

  /**
   * Takes part in the calls of a network of a pack on the processor.
   * @param {import("./pack.js").Pack} pack
   * @param {string} name
   * @param {import("./generated/morphogen.js").Network} network
   * @param {import("./generated/morphogen.js").NetworkPart} own what this worker does of a call
   * @param {number} count pictures of a call
   * @param {AbortSignal} signal
   */
  async take(pack, name, network, own, count, signal) {
    const key = `${name} ${pack.url}`;
    if (count > 1 && !this.enlisted("network", key, count)) {
      const { manifest, module } = await pack.open(signal);
      this.enlist("network", key, { module, manifest, network: name, weights: await pack.bytes(name, signal) }, count);
    }
    /** @type {(x: Float32Array, t: number, conditions: string[]) => Promise<Float32Array>} */
    const gather = async (x, t, conditions) => {
      const size = x.length / conditions.length;
      const tasks = conditions.map((condition, n) => ({ x: x.slice(n * size, (n + 1) * size), t, condition }));
      const answers = await this.gather("network", tasks, (task) => own.part(task.x, task.t, task.condition), signal);
      const whole = new Float32Array(x.length);
      answers.forEach((answer, n) => whole.set(answer, n * size));
      return whole;
    };
    network.share(gather);
  }

  /** @param {Helper} helper */
  feed(helper) {
    const { job } = this;
    if (!job || helper.job || !helper.knows.has(job.kind)) return;
    const part = job.todo.shift();
    if (part === undefined) return;
    helper.job = job;
    helper.part = part;
    this.send(helper, { type: "part", kind: job.kind, task: job.tasks[part] });
  }

  /**
   * @param {Helper} helper
   * @param {unknown} result
   */
  answered(helper, result) {
    // Orders are answered with nothing.
    if (!(result instanceof Float32Array)) return;
    const { job, part } = helper;
    helper.job = undefined;
    this.feed(helper);
    if (!job) return;
    job.answers[part] ??= result;
    job.wake();
  }

  /**
   * Does without a helper from now on; its part is to be done again.
   * @param {Helper} helper
   */
  lose(helper) {
    helper.worker.terminate();
    if (!this.helpers.delete(helper) || !helper.job) return;
    helper.job.todo.push(helper.part);
    helper.job.wake();
  }

  /**
   * @param {Helper} helper
   * @param {{ type: "enlist", kind: Kind, orders: Orders } | { type: "part", kind: Kind, task: Task }} message
   */
  send(helper, message) {
    try {
      helper.worker.postMessage({ id: 0, ...message });
    } catch {
      this.lose(helper);
    }
  }

  /** Sends all helpers home. */
  dismiss() {
    for (const { worker } of this.helpers) worker.terminate();
    this.helpers.clear();
    this.asked.clear();
  }
}

/** Helpers that a call of so many parts keeps busy. @param {number} parts */
const most = (parts) => Math.min(MOST, parts, navigator.hardwareConcurrency || 1) - 1;

/** What this worker's script is, and so its helpers': that of a page that carries its own is no module. */
function kind() {
  try {
    /** @type {any} */ (self).importScripts();
    return "classic";
  } catch {
    return "module";
  }
}

/** The helpers of this worker; samples are drawn one at a time, so one crew does for all. */
export const crew = new Crew();
