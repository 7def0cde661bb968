/**
 * Morphogen for web pages: `loadModel` and the element `<morphogen-sampler>`. See README.md.
 */
import { define } from "./element.js";

export { MorphogenError } from "./errors.js";
export { configure } from "./host.js";
export { Frame, Sample } from "./sample.js";
export { Model, loadModel } from "./model.js";
export { largeVariation, picturesModel, picturesPack, reaction } from "./late.js";
export { MorphogenSampler } from "./element.js";

define();
