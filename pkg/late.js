/** What few pages use: its code is fetched when it is first called. */
import { settling } from "./errors.js";
import { loadModel } from "./model.js";

export const reaction = settling(
  /**
   * Turing's cells on a torus, in the shared worker.
   * @param {import("./morphogen.js").ReactionOptions} [options]
   */
  async (options) => (await import("./reaction.js")).reaction(options),
);

export const largeVariation = settling(
  /**
   * A new picture of the same stuff as one photograph or texture.
   * @param {ImageData | Blob} image
   * @param {import("./morphogen.js").LargeOptions} [options]
   */
  async (image, options) => (await import("./large.js")).largeVariation(image, options),
);

export const picturesPack = settling(
  /**
   * A pack made of pictures, as a zip file.
   * @param {import("./morphogen.js").PicturesOptions} options
   */
  async (options) => (await import("./pictures.js")).picturesPack(options),
);

export const picturesModel = settling(
  /**
   * A model made of pictures, for the analytic machines.
   * @param {import("./morphogen.js").PicturesOptions} pictures
   * @param {import("./morphogen.js").LoadOptions} [options]
   */
  async (pictures, options) => loadModel(await picturesPack(pictures), options),
);
