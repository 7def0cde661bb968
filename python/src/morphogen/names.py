"""What options may say; a test compares with the names that JavaScript has from Rust's tables (`pkg/names.js`)."""

MACHINES = ("ideal", "local", "equivariant", "els", "bbels", "wiener", "blend", "pca", "composite")
SOLVERS = ("ddim", "ddpm", "dpm-solver")
GRIDS = ("uniform", "early")
DEVICES = ("auto", "webgpu", "cpu")
