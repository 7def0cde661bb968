/** All figures by name. Each is fetched when the reader comes near it. */

/** @type {Record<string, () => Promise<{ default: import("./figure.js").Figure }>>} */
export const FIGURES = {
  locality: () => import("./figures/locality.js"),
};
