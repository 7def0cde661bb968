/** How every figure walks from noise to picture, network and machine alike. */

/**
 * So many even DDIM steps, whatever a network's makers suggest: what the essay says of its figures was found in these.
 * @param {number} steps
 */
export const walk = (steps) => ({ steps, grid: /** @type {const} */ ("uniform"), solver: /** @type {const} */ ("ddim") });
