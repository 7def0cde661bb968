/** All figures by name. Each is fetched when the reader comes near it. */

/** @type {Record<string, () => Promise<{ default: import("./figure.js").Figure }>>} */
export const FIGURES = {
  noise: () => import("./figures/noise.js"),
  copies: () => import("./figures/copies.js"),
  locality: () => import("./figures/locality.js"),
  turing: () => import("./figures/turing.js"),
};
