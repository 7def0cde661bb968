/**
 * Whether WebGPU is more than a name here: one round trip from the adapter to memory that can be read, before the core relies on it. A
 * device may never answer, and WebGPU may lack parts; here such a wait can be given up, and nobody else waits along. Runs in the worker.
 */
import { MorphogenError } from "./errors.js";

/** @typedef {Pick<typeof import("./generated/morphogen.js"), "afterFailure">} Glue of the wasm that failed, which knows what follows */
/** @typedef {import("./pack.js").Device} Device */

/** Milliseconds to wait where the processor can draw instead, and where it may not. */
const PATIENCE = { auto: 5000, webgpu: 30_000 };
/** The same for an answer in the middle of work: shaders are compiled in it, by software at worst. */
const ANSWER = 120_000;
/** How the buffer is used and mapped; the names of these numbers may be missing, too. */
const [MAP_READ, READABLE] = [1, 9];

/** What is wrong, or nothing: once for all models of the worker. @type {Promise<string> | undefined} */
let trip;
/** Whether an answer was waited for in vain. */
let silent = false;

/** @param {string} code @param {string} what */
const refused = (code, what) => new MorphogenError(code, `The graphics device ${what}. Choose the device “auto” or “cpu”.`);
const unanswered = () => refused("gpu-silent", "does not answer");

/** The error to tell of: a device that does not answer is lost, as the core sees it. @param {unknown} thrown */
export const told = (thrown) => (silent && Object(thrown).code === "device-lost" ? unanswered() : thrown);

/**
 * Goes on after a failure as the core says: again on a new device, or on the processor with the notice that this gives; or throws.
 * @param {Glue} glue
 * @param {unknown} thrown
 * @param {boolean} insisted whether nothing but WebGPU will do
 * @param {boolean} again whether this was the second try
 * @param {() => void} drop gives up the device
 * @returns {string | undefined}
 */
export function after(glue, thrown, insisted, again, drop) {
  const { code, message } = Object(thrown);
  // What has no code may be a trap, after which nothing of the core may be touched.
  const next = typeof code === "string" ? glue.afterFailure(code, message, silent, insisted, again) : "other";
  if (next === "other") throw thrown;
  drop();
  if (next === "fail") throw told(thrown);
  return next === "again" ? undefined : next;
}

/**
 * The device to draw on, as far as can be said before drawing, and why not the other.
 * @param {Device} device
 * @returns {Promise<{ device: Device, why: (glue: Glue) => string }>}
 */
export async function tried(device) {
  const able = { device, why: () => "" };
  if (device === "cpu") return able;
  trip ??= roundTrip().then(() => "", (thrown) => `${Object(thrown).message ?? thrown}`);
  const fault = await Promise.race([trip, device === "auto" && silent ? undefined : later(PATIENCE[device])]);
  silent = fault === undefined;
  if (fault === "") return able;
  if (device === "webgpu") throw silent ? unanswered() : refused("no-webgpu", `could not be used (${fault})`);
  const code = silent ? "gpu-silent" : "gpu-unavailable";
  return { device: "cpu", why: (glue) => glue.afterFailure(code, fault ?? "", false, false, true) };
}

/** @param {number} milliseconds @returns {Promise<undefined>} */
const later = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds, undefined));

/** Rejects where a part of it is missing; that there is none at all, the core says. */
async function roundTrip() {
  const { gpu } = navigator;
  const adapter = await gpu?.requestAdapter();
  if (!adapter) return;
  const { info, limits, features } = adapter;
  if (![info?.vendor, limits?.maxBufferSize, features?.size].every((value) => value !== undefined)) throw new Error("it does not describe itself");
  const device = await adapter.requestDevice();
  const { queue } = device;
  const buffer = device.createBuffer({ size: 4, usage: READABLE });
  device.pushErrorScope("validation");
  queue.submit([device.createCommandEncoder().finish()]);
  await Promise.all([device.popErrorScope(), queue.onSubmittedWorkDone(), buffer.mapAsync(MAP_READ)]);
  device.destroy();
  limit(gpu, "requestAdapter");
  limit(adapter, "requestDevice");
  limit(device, "popErrorScope");
  limit(queue, "onSubmittedWorkDone");
  limit(buffer, "mapAsync");
}

/**
 * Gives the answers of a method an end. The core, which alone uses WebGPU in this worker, takes a rejection for a device that is lost.
 * @param {object} object one of those that have it
 * @param {string} name
 */
function limit(object, name) {
  const owner = Object.getPrototypeOf(object);
  const method = owner[name];
  if (!Object.hasOwn(owner, name)) return;
  owner[name] = function (/** @type {unknown[]} */ ...all) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        silent = true;
        trip = new Promise(() => {});
        reject();
      }, ANSWER);
      method.apply(this, all).finally(() => clearTimeout(timer)).then(resolve, reject);
    });
  };
}
