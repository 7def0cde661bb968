/** How many garments keep their kind on a way into noise and back. Made by tools/essay/uturn.mjs. */

/** @typedef {{ t: number, all: number, families: number, own: number, stranger: number, kept: Record<string, number> }} Turn shares by where they turned: that kept their kind, their family, and their kind by kind; r of those that changed it with what they had been, and with another of its kind */
/** @typedef {typeof RECORDED} Recorded */

export const RECORDED = {
  network: "unet",
  weights: "fdfa1866a8cac498bb41c906a6d101d7cc7db07337829207bfe7fdcab8f3028f",
  pictures: 400,
  steps: 20,
  /** @type {Turn[]} */
  turns: [
    { t: 0.2, all: 0.968, families: 0.995, own: 0.976, stranger: 0.534, kept: { "ankle-boot": 0.975, bag: 1, coat: 0.952, dress: 0.973, pullover: 0.902, sandal: 1, shirt: 0.889, sneaker: 1, "t-shirt": 1, trouser: 0.976 } },
    { t: 0.4, all: 0.94, families: 0.99, own: 0.932, stranger: 0.538, kept: { "ankle-boot": 0.975, bag: 0.974, coat: 0.929, dress: 0.973, pullover: 0.902, sandal: 1, shirt: 0.722, sneaker: 1, "t-shirt": 0.933, trouser: 0.976 } },
    { t: 0.5, all: 0.89, families: 0.978, own: 0.88, stranger: 0.552, kept: { "ankle-boot": 0.9, bag: 0.947, coat: 0.833, dress: 0.973, pullover: 0.829, sandal: 1, shirt: 0.639, sneaker: 0.975, "t-shirt": 0.844, trouser: 0.951 } },
    { t: 0.6, all: 0.82, families: 0.963, own: 0.855, stranger: 0.575, kept: { "ankle-boot": 0.85, bag: 0.947, coat: 0.667, dress: 0.919, pullover: 0.756, sandal: 0.975, shirt: 0.556, sneaker: 0.925, "t-shirt": 0.711, trouser: 0.902 } },
    { t: 0.65, all: 0.79, families: 0.96, own: 0.821, stranger: 0.553, kept: { "ankle-boot": 0.85, bag: 0.921, coat: 0.571, dress: 0.892, pullover: 0.732, sandal: 0.9, shirt: 0.583, sneaker: 0.875, "t-shirt": 0.689, trouser: 0.902 } },
    { t: 0.7, all: 0.758, families: 0.955, own: 0.801, stranger: 0.572, kept: { "ankle-boot": 0.825, bag: 0.895, coat: 0.524, dress: 0.838, pullover: 0.78, sandal: 0.9, shirt: 0.5, sneaker: 0.8, "t-shirt": 0.667, trouser: 0.854 } },
    { t: 0.75, all: 0.698, families: 0.925, own: 0.767, stranger: 0.54, kept: { "ankle-boot": 0.825, bag: 0.816, coat: 0.476, dress: 0.784, pullover: 0.683, sandal: 0.8, shirt: 0.472, sneaker: 0.7, "t-shirt": 0.6, trouser: 0.829 } },
    { t: 0.8, all: 0.608, families: 0.888, own: 0.729, stranger: 0.526, kept: { "ankle-boot": 0.7, bag: 0.658, coat: 0.429, dress: 0.703, pullover: 0.512, sandal: 0.75, shirt: 0.361, sneaker: 0.625, "t-shirt": 0.533, trouser: 0.805 } },
    { t: 0.85, all: 0.507, families: 0.818, own: 0.668, stranger: 0.514, kept: { "ankle-boot": 0.625, bag: 0.605, coat: 0.357, dress: 0.541, pullover: 0.439, sandal: 0.65, shirt: 0.306, sneaker: 0.475, "t-shirt": 0.422, trouser: 0.659 } },
    { t: 0.9, all: 0.373, families: 0.683, own: 0.581, stranger: 0.468, kept: { "ankle-boot": 0.5, bag: 0.421, coat: 0.238, dress: 0.432, pullover: 0.366, sandal: 0.45, shirt: 0.25, sneaker: 0.275, "t-shirt": 0.378, trouser: 0.415 } },
    { t: 0.95, all: 0.21, families: 0.558, own: 0.475, stranger: 0.416, kept: { "ankle-boot": 0.325, bag: 0.132, coat: 0.214, dress: 0.216, pullover: 0.122, sandal: 0.275, shirt: 0.278, sneaker: 0.075, "t-shirt": 0.267, trouser: 0.195 } },
    { t: 1, all: 0.105, families: 0.41, own: 0.362, stranger: 0.358, kept: { "ankle-boot": 0.125, bag: 0.053, coat: 0.071, dress: 0.135, pullover: 0.171, sandal: 0.125, shirt: 0.083, sneaker: 0.075, "t-shirt": 0.111, trouser: 0.098 } },
  ],
};
