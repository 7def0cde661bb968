// Written from Rust's tables by `MORPHOGEN_WRITE=1 cargo test --test names`; change those.

/** What options may say. */
export const MACHINES = /** @type {const} */ (["ideal", "local", "equivariant", "els", "bbels", "wiener", "blend", "pca", "composite"]);
export const SOLVERS = /** @type {const} */ (["ddim", "ddpm", "dpm-solver"]);
export const GRIDS = /** @type {const} */ (["uniform", "early"]);
export const SIDES = /** @type {const} */ (["above", "below", "left", "right", "inside", "outside"]);
