/** What few pages use: its code is fetched when it is first called. */
import { loadModel } from "./model.js";

/**
 * Turing's cells on a torus, in the shared worker.
 * @param {import("./morphogen.js").ReactionOptions} [options]
 */
export const reaction = async (options) => (await import("./reaction.js")).reaction(options);

/**
 * A pack made of pictures, as a zip file.
 * @param {import("./morphogen.js").PicturesOptions} options
 */
export const picturesPack = async (options) => (await import("./pictures.js")).picturesPack(options);

/**
 * A model made of pictures, for the analytic machines.
 * @param {import("./morphogen.js").PicturesOptions} pictures
 * @param {import("./morphogen.js").LoadOptions} [options]
 */
export const picturesModel = async (pictures, options) => loadModel(await picturesPack(pictures), options);
