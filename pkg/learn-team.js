/**
 * Who takes the steps of a run: its worker, alone or with helpers that share the parts of each batch. Parts are summed in
 * their order whoever computed them, so a run is the same to the bit with any number of helpers. Nobody waits for a helper in
 * vain: what does not come back in time is computed here, and the helper is done without.
 */

/** @typedef {import("./generated/learn.js").LearningRun} LearningRun */
/** @typedef {{ worker: Worker, wake: (parts: Float32Array[] | undefined) => void }} Helper */

/** Milliseconds that a helper may take at least, and the longest that its code and pictures may take to arrive. */
const PATIENCE = 1000;
const ARRIVAL = 30_000;

export class Team {
  /**
   * @param {LearningRun} learner
   * @param {number} parts of a batch
   * @param {WebAssembly.Module} module
   * @param {number} wanted workers, this one included
   */
  constructor(learner, parts, module, wanted) {
    this.learner = learner;
    this.parts = parts;
    /** @type {Set<Helper>} */
    this.helpers = new Set();
    try {
      for (let n = 1; n < wanted; n += 1) this.hire(module);
    } catch {
      // No workers inside workers here: this one works alone.
    }
  }

  /** @param {WebAssembly.Module} module */
  hire(module) {
    const worker = new Worker(self.location.href, { type: "module", name: "morphogen learning helper" });
    /** @type {Helper} */
    const helper = { worker, wake: () => {} };
    const lose = () => this.lose(helper);
    const late = setTimeout(lose, ARRIVAL);
    worker.addEventListener("message", ({ data }) => {
      if (data.fatal || data.error) return lose();
      if (data.id === 0) {
        clearTimeout(late);
        this.helpers.add(helper);
      } else if (data.event) helper.wake(data.data);
    });
    worker.addEventListener("messageerror", lose);
    worker.addEventListener("error", (event) => (event.preventDefault(), lose()));
    worker.postMessage({ id: 0, type: "help", module, saved: this.learner.save() });
  }

  /** @param {Helper} helper */
  lose(helper) {
    helper.worker.terminate();
    this.helpers.delete(helper);
    helper.wake(undefined);
  }

  /**
   * Takes a step.
   * @param {number} taken steps before it
   * @returns {Promise<Float64Array>} its number and its loss
   */
  async step(taken) {
    const { learner, parts } = this;
    const helpers = [...this.helpers];
    if (helpers.length === 0) return learner.step();
    const workers = helpers.length + 1;
    const share = (/** @type {number} */ worker) => Array.from({ length: parts }, (_, part) => part).filter((part) => part % workers === worker);
    /** @type {Float32Array[]} */
    const found = Array(parts);
    const answers = helpers.map((helper, n) => this.ask(helper, taken, share(n + 1)));
    const start = performance.now();
    this.place(found, share(0), learner.gradients(Uint32Array.from(share(0))));
    const limit = PATIENCE + 4 * (performance.now() - start);
    for (const [n, answer] of answers.entries()) {
      const came = await within(answer, limit);
      if (came) this.place(found, share(n + 1), came);
      else this.lose(helpers[n]);
    }
    const missing = missed(found);
    if (missing.length > 0) this.place(found, missing, learner.gradients(Uint32Array.from(missing)));
    return learner.advance(found);
  }

  /**
   * Asks for parts of a step. What is sent is handed over, not copied.
   * @param {Helper} helper
   * @param {number} step
   * @param {number[]} parts
   * @returns {Promise<Float32Array[] | undefined>}
   */
  ask(helper, step, parts) {
    return new Promise((resolve) => {
      helper.wake = resolve;
      const weights = this.learner.weights();
      helper.worker.postMessage({ id: 1, type: "parts", step, weights, parts: Uint32Array.from(parts) }, [weights.buffer]);
    });
  }

  /**
   * @param {Float32Array[]} all
   * @param {number[]} places
   * @param {Float32Array[]} parts
   */
  place(all, places, parts) {
    places.forEach((place, n) => (all[place] = parts[n]));
  }
}

/** Places that nothing came for. @param {Float32Array[]} found */
const missed = (found) => Array.from(found, (part, place) => (part ? -1 : place)).filter((place) => place >= 0);

/**
 * @template T
 * @param {Promise<T>} answer
 * @param {number} milliseconds
 * @returns {Promise<T | undefined>}
 */
function within(answer, milliseconds) {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), milliseconds);
    answer.then((value) => (clearTimeout(timer), resolve(value)));
  });
}
