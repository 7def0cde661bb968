/**
 * The host as the widget sees it. A page without a kernel refuses what only a kernel could take, each host in a way of its own: MyST
 * throws, others have no such method.
 */

/** @typedef {import("./afm.js").Host} Host */

/** @typedef {Pick<Host, "get" | "set" | "on" | "off" | "save_changes"> & { send: (content: unknown) => boolean }} Tolerant `send` says whether there is anybody */

/**
 * @param {Host} model
 * @returns {Tolerant}
 */
export function tolerant(model) {
  const tried = (/** @type {() => void} */ work) => {
    try {
      work();
      return true;
    } catch {
      return false;
    }
  };
  return {
    get: (name) => model.get(name),
    set: (name, value) => model.set(name, value),
    on: (event, listener) => model.on(event, listener),
    off: (event, listener) => void tried(() => model.off(event, listener)),
    save_changes: () => void tried(() => model.save_changes()),
    send: (content) => tried(() => /** @type {any} */ (model).send(content)),
  };
}
