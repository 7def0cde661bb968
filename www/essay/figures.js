/** All figures by name. Each is fetched when the reader comes near it. */

/** @type {Record<string, () => Promise<{ default: import("./figure.js").Figure }>>} */
export const FIGURES = {
  noise: () => import("./figures/noise.js"),
  copies: () => import("./figures/copies.js"),
  locality: () => import("./figures/locality.js"),
  blindness: () => import("./figures/blindness.js"),
  prediction: () => import("./figures/prediction.js"),
  learning: () => import("./figures/learning.js"),
  origins: () => import("./figures/origins.js"),
  uturn: () => import("./figures/uturn.js"),
  fingers: () => import("./figures/fingers.js"),
  mixing: () => import("./figures/mixing.js"),
  words: () => import("./figures/words.js"),
  guidance: () => import("./figures/guidance.js"),
  turing: () => import("./figures/turing.js"),
  pictures: () => import("./figures/pictures.js"),
};
