/**
 * Whether WebGPU is more than a name here: one round trip from the adapter to bytes that are read back, before the core relies on it. A
 * device may never answer, and WebGPU may lack parts; here such a wait can be given up, and nobody else waits along. Runs in the worker.
 */
import { MorphogenError } from "./errors.js";

/** @typedef {import("./pack.js").Device} Device */

/** Milliseconds to wait where the processor can draw instead, and where it may not. */
const PATIENCE = { auto: 5000, webgpu: 30_000 };
/** The same for an answer in the middle of work: shaders are compiled in it, by software at worst. */
const ANSWER = 120_000;
/** What makes the trip. */
const WORD = 0x6d6f7270;
/** How the buffers are used; the names of these numbers may be missing, too. */
const [MAP_READ, COPY_SRC, COPY_DST] = [1, 4, 8];

/** What is wrong, or nothing: once for all models of the worker. @type {Promise<string> | undefined} */
let trip;
/** Whether an answer was waited for in vain. */
let silent = false;

/** The error to tell of where a device fails because it does not answer. */
export const unanswered = () => (silent ? new MorphogenError("gpu-silent", `The graphics device does not answer. ${CHOOSE}`) : undefined);
const CHOOSE = "Choose the device “auto” or “cpu”.";

/**
 * The device to draw on, as far as can be said before drawing, and why not the other.
 * @param {Device} device
 * @returns {Promise<{ device: Device, notice: string }>}
 */
export async function tried(device) {
  if (device === "cpu") return { device, notice: "" };
  trip ??= roundTrip().then(() => "", (thrown) => `its WebGPU does not work: ${Object(thrown).message ?? thrown}`);
  const fault = await Promise.race([trip, device === "auto" && silent ? undefined : later(PATIENCE[device])]);
  silent = fault === undefined;
  if (fault === "") return { device, notice: "" };
  const [code, what] = silent ? ["gpu-silent", "does not answer"] : ["no-webgpu", `could not be used (${fault})`];
  if (device === "webgpu") throw new MorphogenError(code, `The graphics device ${what}. ${CHOOSE}`);
  return { device: "cpu", notice: `The graphics device ${what}, so the processor draws: the same pictures, more slowly.` };
}

/** @param {number} milliseconds @returns {Promise<undefined>} */
const later = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds, undefined));

/** Rejects where a part of it is missing; that there is none at all, the core says. */
async function roundTrip() {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) return;
  const { info, limits, features } = adapter;
  if (![info?.vendor, limits?.maxBufferSize, features?.size].every((value) => value !== undefined)) throw new Error("it does not describe itself");
  const device = await adapter.requestDevice();
  const [from, to] = [COPY_SRC, MAP_READ].map((usage) => device.createBuffer({ size: 4, usage: usage | COPY_DST }));
  device.pushErrorScope("validation");
  device.queue.writeBuffer(from, 0, new Uint32Array([WORD]));
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(from, 0, to, 0, 4);
  device.queue.submit([encoder.finish()]);
  await Promise.all([device.popErrorScope(), device.queue.onSubmittedWorkDone(), to.mapAsync(MAP_READ)]);
  if (new Uint32Array(to.getMappedRange())[0] !== WORD) throw new Error("it answers wrongly");
  device.destroy();
  limit(Object.getPrototypeOf(navigator.gpu), "requestAdapter");
  limit(Object.getPrototypeOf(adapter), "requestDevice");
  limit(Object.getPrototypeOf(device), "popErrorScope");
  limit(Object.getPrototypeOf(device.queue), "onSubmittedWorkDone");
  limit(Object.getPrototypeOf(to), "mapAsync");
}

/**
 * Gives a method's answer an end. The core, which alone uses WebGPU in this worker, takes a rejection for a device that is lost.
 * @param {any} owner
 * @param {string} name
 */
function limit(owner, name) {
  const method = Object.hasOwn(owner, name) && owner[name];
  if (method) owner[name] = function (/** @type {unknown[]} */ ...all) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => ((silent = true), reject(new Error("no answer"))), ANSWER);
      method.apply(this, all).finally(() => clearTimeout(timer)).then(resolve, reject);
    });
  };
}
