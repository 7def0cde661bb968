/** What all browsers must agree on, bit for bit. */

/** Bits of the first four values of seed 7's noise; `sampler::noise` pins the same ones natively. */
export const PINNED = [1064463727, 1070991724, 3187259722, 3209958448];
