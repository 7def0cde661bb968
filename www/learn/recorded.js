/** Share of copies by step, for three numbers of ankle boots. Made by tools/learning.mjs. */
export const COMMAND = "node tools/learning.mjs";
/** @type {[count: number, found: import("./measure.js").Found[]][]} */
export const RECORDED = [];
