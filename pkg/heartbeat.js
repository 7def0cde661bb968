/**
 * Notices a worker that neither answers nor dies: while something is asked of it, it is asked for a sign of life every
 * few seconds. It answers between steps, so patience must outlast the slowest step on the slowest machine.
 */

/** Milliseconds between two questions. */
const BEAT = 5000;
/** Unanswered questions in a row after which a worker is given up: a minute, and three for its script to arrive. */
const PATIENCE = 12;
const ARRIVAL = 36;

export class Heartbeat {
  /**
   * @param {() => void} ask asks for a sign of life
   * @param {() => void} gone called once when there was none for too long
   */
  constructor(ask, gone) {
    this.ask = ask;
    this.gone = gone;
    this.silent = 0;
    this.arrived = false;
    /** How many times slower than a plain request the work under way may be. */
    this.weight = 1;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** The worker said something. */
  heard() {
    this.arrived = true;
    this.silent = 0;
  }

  /**
   * Something is asked of the worker.
   * @param {{ type: string, machine?: string, request?: { count: number } }} message
   */
  expect({ machine = "network", request }) {
    this.weight = Math.max(this.weight, (request?.count ?? 1) / 4, machine === "network" ? 1 : 10);
    if (this.timer === undefined) this.beat();
  }

  /** Nothing is asked of it any more. */
  rest() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.silent = 0;
    this.weight = 1;
  }

  beat() {
    const due = performance.now() + BEAT;
    this.timer = setTimeout(() => {
      // A late beat, or one on a hidden page, proves nothing: the machine slept, or is busy, or holds the page back.
      if (document.hidden || performance.now() - due > BEAT / 2) this.silent = 0;
      else this.silent += 1;
      if (this.silent > this.weight * (this.arrived ? PATIENCE : ARRIVAL)) return this.gone();
      this.ask();
      this.beat();
    }, BEAT);
  }
}
