/**
 * What a worker does as the helper of another: it makes a machine or a network as ordered, and computes the parts of calls that it is
 * asked for ({@link import("./crew.js")}).
 */
import { begin } from "./compile.js";
import { MorphogenError } from "./errors.js";

/** @typedef {import("./crew.js").Kind} Kind */
/** @typedef {import("./generated/theory.js").Posterior} Posterior */
/** @typedef {import("./generated/morphogen.js").NetworkPart} NetworkPart */

/** @type {Map<Kind, Promise<Posterior | NetworkPart>>} */
const own = new Map();

/** @param {{ kind: Kind, orders: import("./crew.js").Orders }} message */
export async function enlist({ kind, orders }) {
  const before = own.get(kind);
  const made = (async () => {
    (await before)?.free();
    return "network" in orders ? network(orders) : machine(orders);
  })();
  own.set(kind, made);
  await made;
}

/** @param {Extract<import("./crew.js").Orders, { network: string }>} orders */
async function network({ module, manifest, network, weights }) {
  const glue = await import("./generated/morphogen.js");
  await begin(glue, module);
  const core = glue.Pack.open(manifest);
  try {
    return core.part(network, weights);
  } finally {
    core.free();
  }
}

/** @param {Extract<import("./crew.js").Orders, { wish: object }>} orders */
async function machine({ module, manifest, wish, images }) {
  const glue = await import("./generated/theory.js");
  await begin(glue, module);
  const core = glue.Pack.open(manifest);
  try {
    return core.posterior(wish.machine, wish.network, images, wish.window);
  } finally {
    core.free();
  }
}

/**
 * @param {{ kind: Kind, task: any }} message
 * @returns {Promise<Float32Array>}
 */
export async function part({ kind, task }) {
  const made = await own.get(kind);
  if (!made) throw new MorphogenError("internal", "this helper has no orders");
  return kind === "network" ? /** @type {NetworkPart} */ (made).part(task.x, task.t, task.condition) : posteriorPart(/** @type {Posterior} */ (made), task);
}

/**
 * Part of a machine's call, of either round.
 * @param {Posterior} posterior
 * @param {import("./crew.js").MachineTask} task
 */
export function posteriorPart(posterior, { x, t, trace, levels, part, parts }) {
  return levels ? posterior.spread(x, t, levels, part, parts) : posterior.part(x, t, trace, part, parts);
}
