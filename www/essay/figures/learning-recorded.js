/** @typedef {{ step: number, loss: number, copies: number, pixels: string }} Look */
export const RECORDED = { set: "", near: /** @type {Look[]} */ ([]), far: /** @type {Look[]} */ ([]) };
