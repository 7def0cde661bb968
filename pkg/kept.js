/** What was fetched and may be wanted again, up to a limit; what was used longest ago is let go first. */
import { Shared } from "./download.js";

/** @template {{ bytes: Uint8Array }} T */
export class Kept {
  /** @param {number} limit most bytes, those that were asked for last on top */
  constructor(limit) {
    this.limit = limit;
    /** The one used last stands last. @type {Map<string, Shared<T>>} */
    this.held = new Map();
    /** @type {Map<string, T>} what has arrived of them */
    this.arrived = new Map();
  }

  /**
   * What `start` brings, or what it has brought.
   * @param {string} name
   * @param {(signal: AbortSignal) => Promise<T>} start
   * @param {AbortSignal} signal
   * @returns {Promise<T>}
   */
  async get(name, start, signal) {
    const shared = this.held.get(name) ?? new Shared(start);
    this.held.delete(name);
    this.held.set(name, shared);
    const found = await shared.get(signal);
    if (this.held.get(name) === shared) this.arrived.set(name, found);
    this.trim(name);
    return found;
  }

  /**
   * What is here already.
   * @param {string} name
   */
  here(name) {
    return this.arrived.get(name);
  }

  /** @param {string} last what stays, whatever its size */
  trim(last) {
    let left = this.limit;
    for (const [name, { bytes }] of this.arrived) left -= name === last ? 0 : bytes.length;
    for (const name of [...this.held.keys()]) {
      const old = this.arrived.get(name);
      if (left >= 0) return;
      if (!old || name === last) continue;
      left += old.bytes.length;
      this.held.delete(name);
      this.arrived.delete(name);
    }
  }
}
