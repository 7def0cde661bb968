/**
 * What a worker does as the helper of another: it makes a machine or a network as ordered, and computes the parts of calls that it is
 * asked for ({@link import("./crew.js")}).
 */
import { begin } from "./compile.js";
import { MorphogenError } from "./errors.js";
import * as glue from "./generated/morphogen.js";

/** @typedef {import("./crew.js").Kind} Kind */
/** @typedef {import("./generated/morphogen.js").Posterior} Posterior */
/** @typedef {import("./generated/morphogen.js").NetworkPart} NetworkPart */

/** @type {Map<Kind, Promise<Posterior | NetworkPart>>} */
const own = new Map();

/** @param {{ kind: Kind, orders: import("./crew.js").Orders }} message */
export async function enlist({ kind, orders }) {
  const before = own.get(kind);
  const made = (async () => {
    (await before)?.free();
    await begin(glue, orders.module);
    const core = glue.Pack.open(orders.manifest);
    try {
      if ("network" in orders) return core.part(orders.network, orders.weights);
      const { machine, network, window } = orders.wish;
      return core.posterior(machine, network, orders.images, window);
    } finally {
      core.free();
    }
  })();
  own.set(kind, made);
  await made;
}

/**
 * @param {{ kind: Kind, task: any }} message
 * @returns {Promise<Float32Array>}
 */
export async function part({ kind, task }) {
  const made = await own.get(kind);
  if (!made) throw new MorphogenError("internal", "this helper has no orders");
  const { x, t, trace, part, parts, condition } = task;
  return kind === "network" ? /** @type {NetworkPart} */ (made).part(x, t, condition) : /** @type {Posterior} */ (made).part(x, t, trace, part, parts);
}
