// Written from Rust's tables by `MORPHOGEN_WRITE=1 cargo test --test names`; change those.

/**
 * The machines that the page offers, the one that foretells best first: title, what it does, whether its pixels see a
 * window, the machine for which that was calibrated, and whether pieces may come from elsewhere.
 */
export const MACHINES = {
  blend: { title: "Half pieces, half average", says: "The short-sighted machine's guess and the average's, blended: it foretells the network best (bbELS + Wiener).", window: true, as: "bbels", anywhere: true },
  bbels: { title: "Short-sighted", says: "Sees a window, may use pieces from anywhere, but knows where the border is (bbELS).", window: true, as: "bbels", anywhere: true },
  composite: { title: "Short-sighted, overlapping", says: "As the short-sighted one, but every window answers for all it covers, and a pixel is the mean of what it is told (PSPC).", window: true, as: "composite", anywhere: true },
  els: { title: "Short-sighted, lost", says: "Sees a window and has no idea where it is in the picture (ELS).", window: true, as: "els", anywhere: true },
  local: { title: "Short-sighted, in place", says: "Sees a window, and uses pieces from the same place only (LS).", window: true, as: "local", anywhere: false },
  pca: { title: "Sees what goes together", says: "Sees what varies with a pixel in the training pictures, and uses pieces from the same place only (PCA-locality).", window: false, as: "pca", anywhere: false },
  ideal: { title: "All-seeing", says: "Sees the whole picture: it can only copy (IS).", window: false, as: "ideal", anywhere: false },
  wiener: { title: "Average", says: "Knows only averages and how pixels go together: the simplest guess (Wiener).", window: false, as: "wiener", anywhere: false },
};
