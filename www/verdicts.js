/** The sentences about copies and theory: how alike two pictures are, how near the training pictures are, and what that means. */
import { number, t } from "./say.js";
import { CLOSE, megabytes } from "./words.js";

/** @typedef {import("./pkg/morphogen.js").Frame} Frame */

export const LOOKING = t("Looking through the training pictures …");

/** Fewer training pictures than this are too few for a mosaic. */
const FEW = 100;
/** From this share of what is usual among training pictures on, a picture lies apart from them. */
const FAR = 1.5;

/**
 * Where the training pictures are.
 * @param {{ count: number, bytes: number } | undefined} shelf
 */
export function shelf(shelf) {
  if (!shelf) return t("the training pictures that show what you asked for");
  return t("{count} training pictures ({size})", { count: number(shelf.count), size: megabytes(shelf.bytes) });
}

/**
 * What the evidence will be.
 * @param {{ count: number } | undefined} shelf
 */
export function expect(shelf) {
  if (!shelf) return t("The training pictures that show the same can be fetched, to see how near the nearest is. They are few for each thing, so expect no mosaic of them: the theory below is sharpest for garments.");
  if (shelf.count < FEW) return t("It was shown {count} pictures of this. A mosaic needs hundreds, so expect a likeness at most.", shelf);
  return t("The nearest training picture comes first, then what the theory makes of the same noise.");
}

/**
 * What the correlation of two guesses means.
 * @param {number | undefined} r undefined where nothing is guessed yet
 */
export function agreement(r) {
  if (r === undefined) return t("both start from the same noise; nothing is guessed yet.");
  if (r > 0.95) return t("almost the same picture.");
  if (r > 0.85) return t("the same picture in other words.");
  if (r > 0.6) return t("a likeness, no more.");
  return t("two different pictures.");
}

/**
 * How well a machine foretold the picture.
 * @param {string} machine
 * @param {number} r of both
 * @param {number} floor r that any picture of the kind would have
 */
export function foretold(machine, r, floor) {
  const figures = t("(r = {r}; others of the kind have {floor} on average)", { r: number(r, 2), floor: number(floor, 2) });
  if (machine === "ideal" || machine === "wiener") return t("The machine agrees with it so far: {figures}.", { figures });
  if (machine === "blend" && r > 0.85 && r - floor > 0.1) return t("The theory, which was never trained, foretold it from the same noise {figures}: pieces of many of them, blended with what is usual.", { figures });
  if (r > 0.85 && r - floor > 0.1) return t("The theory, which was never trained, foretold it from the same noise {figures}: a mosaic of pieces from many of them.", { figures });
  if (r - floor > 0.1) return t("The theory foretold a likeness {figures}.", { figures });
  return t("The theory did not foretell it {figures}.", { figures });
}

/**
 * How the size of the window changes what a machine draws.
 * @param {string} machine
 */
export function window(machine) {
  if (machine === "els") return t("Left: as calibrated against the network. Then from 3 × 3, a collage, to everything, which even so does not tell it where it is.");
  return t("Left: as calibrated against the network. Then from 3 × 3, a collage, to everything, a copy.");
}

/**
 * Where a pixel comes from.
 * @param {{ row: number, column: number }} pixel
 * @param {{ image: number, row: number, column: number, weight: number, patches: number }} found
 * @param {number} window pixels that each pixel sees
 * @param {number} side of the picture
 */
export function vote(pixel, found, window, side) {
  const values = { row: pixel.row + 1, column: pixel.column + 1, window };
  const sees =
    window >= 2 * side - 1
      ? t("The pixel in row {row}, column {column} sees the whole picture.", values)
      : t("The pixel in row {row}, column {column} sees {window} × {window} pixels around it.", values);
  const place = { image: found.image + 1, row: found.row + 1, column: found.column + 1 };
  const share = found.weight > 0.995 ? t("all") : found.weight < 0.01 ? t("less than 1 %") : `${Math.round(100 * found.weight)} %`;
  const best = t("The patch that fits best is in training picture {image}, row {row}, column {column}: it has {share} of the vote.", { ...place, share });
  const patches = Math.round(found.patches);
  const others = patches <= 1 ? t("No other patch has a say.") : t("About {patches} patches share the vote.", { patches: number(patches) });
  return `${sees} ${best} ${others}`;
}

/**
 * Why no patch is shown.
 * @param {Frame | undefined} frame the machine's, as shown
 */
export function noVote(frame) {
  if (!frame) return t("Press Compare. Then point at a pixel of the machine's picture, tap it, or walk over it with the arrow keys.");
  if (frame.step === 0) return t("This is the noise that both start from: no patch has been looked up yet. Go a step on.");
  if (!frame.provenance) return t("This machine works with averages, not with patches: no pixel comes from anywhere in particular.");
  return t("Point at a pixel of the machine's picture, tap it, or walk over it with the arrow keys, to see where it comes from.");
}

/**
 * Whether a picture is a copy.
 * @param {string} who
 * @param {import("./pkg/morphogen.js").Nearest} nearest
 */
export function copy(who, { image, distance, second, novelty, copied }) {
  const away = second === null ? "" : ` ${t("({distance} away; the second nearest is {second} away)", { distance: number(distance, 1), second: number(second, 1) })}`;
  const values = { who, which: t("training picture {number}", { number: image + 1 }) + away };
  if (copied) return t("{who} is a copy of {which}.", values);
  if (novelty !== null && novelty > FAR) return t("{who} is no copy. The nearest to it is {which}, and it lies farther from it than training pictures lie from each other.", values);
  if (novelty === null || novelty > CLOSE) return t("{who} is no copy. The nearest to it is {which}, about as different as training pictures are from each other.", values);
  return t("{who} is no copy, but it keeps close to {which}.", values);
}
