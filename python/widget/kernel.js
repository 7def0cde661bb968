/** Files of a pack from the kernel, as bytes in messages: hosts have no folder beside a widget. */
import { MorphogenError } from "../../pkg/errors.js";

/** @typedef {import("./tolerant.js").Tolerant} Tolerant */

/** A kernel that works at something else answers when it is done; after this long the reader is told. */
export const PATIENCE = 60_000;

/**
 * @param {Tolerant} model
 * @param {() => void} late told of a file that came after it was given up
 * @returns {{ ask: import("./engine.js").Ask, close: () => void }}
 */
export function kernel(model, late) {
  /** @type {Map<number, { answer: (bytes: Uint8Array<ArrayBuffer>) => void, fail: (error: MorphogenError) => void, over: boolean }>} */
  const asked = new Map();
  let questions = 0;
  /** @param {any} content @param {(DataView | ArrayBuffer | Uint8Array)[]} buffers */
  const heard = (content, buffers) => {
    if (content?.type !== "file") return;
    const question = asked.get(content.ask);
    asked.delete(content.ask);
    if (!question) return;
    if (question.over) return late();
    if (content.error) return question.fail(new MorphogenError("kernel-refused", String(content.error)));
    const [buffer] = buffers ?? [];
    if (!buffer) return question.fail(new MorphogenError("kernel-refused", "The kernel answered without the file that was asked for."));
    question.answer(buffer instanceof ArrayBuffer ? new Uint8Array(buffer) : Uint8Array.from(new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)));
  };
  model.on("msg:custom", heard);
  return {
    ask: (file) =>
      new Promise((answer, fail) => {
        const ask = (questions += 1);
        const silent = () => {
          const question = asked.get(ask);
          if (question) question.over = true;
          fail(new MorphogenError("kernel-silent", SILENT));
        };
        const timer = setTimeout(silent, PATIENCE);
        const done = (/** @type {() => void} */ then) => (clearTimeout(timer), then());
        asked.set(ask, { answer: (bytes) => done(() => answer(bytes)), fail: (error) => done(() => fail(error)), over: false });
        if (!model.send({ type: "file", ask, file })) done(() => fail(new MorphogenError("kernel-silent", NOBODY)));
      }),
    close: () => model.off("msg:custom", heard),
  };
}

const NOBODY = "There is no kernel here to send the model: set “model” to the address of a pack's folder.";
const SILENT =
  "The kernel has not sent the model for a minute: it is busy, was restarted, or is not there. Where it was restarted, run the cell again; else the picture comes once it answers.";
