/** The sentences of the page that depend on what happens. */

/** @typedef {import("./pkg/morphogen.js").Frame} Frame */
/** @typedef {import("./pkg/morphogen.js").NetworkInfo} NetworkInfo */

/** What each solver is like. */
export const SOLVERS = {
  ddim: "Steady: every step goes straight on.",
  "dpm-solver": "Looks back one step; good when steps are few.",
  ddpm: "Adds fresh noise at every step, as the first diffusion models did.",
};

/** What each grid of steps is like. */
export const GRIDS = {
  uniform: "Steps of one size.",
  early: "Most of them early, where it is decided what it will be.",
};

/**
 * What is to be seen at this point of the way.
 * @param {Frame} frame
 * @param {number} seed of the picture shown
 */
export function lesson({ step, steps, noise }, seed) {
  if (step === 0) {
    return `Pure noise. Every pixel is a random number, fixed by seed ${seed}: this seed always starts right here.`;
  }
  const where = `Step ${step} of ${steps}.`;
  if (step === steps) return `${where} No noise is left: this is the picture. Slide back to see how it came about.`;
  const share = `${Math.round(noise * 100)} % noise`;
  if (noise > 0.85) {
    return `${where} Still ${share}. The network guesses what might be behind it; one step moves the picture a little towards that guess. Early guesses are blurs, because much is still possible.`;
  }
  if (noise > 0.4) return `${where} ${share} left. Guess, move, guess again: the large shapes are settling now, and each guess is sharper than the one before.`;
  return `${where} ${share} left. The shape stands; what remains is detail.`;
}

/**
 * What makes one network differ from another, read off its architecture.
 * @param {NetworkInfo} network
 */
export function network({ config }) {
  const { kind, attention_heads: heads } = config.architecture ?? {};
  if (kind === "unet" && heads > 0) return "Looks at the whole picture at once, so that its parts fit together.";
  if (kind === "unet") return "Convolutions only: everything grows out of what is around it, without a plan of the whole.";
  if (kind === "resnet") return "Very short-sighted: a small window is all that each pixel sees.";
  return "";
}

/** @param {"webgpu" | "cpu"} device */
export const device = (device) => (device === "webgpu" ? "your graphics processor (WebGPU)" : "your processor (CPU)");

/** @param {number} bytes */
export const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

/** @param {number} count @param {string} label */
export const pictures = (count, label) => (count === 1 ? `${label}, one picture` : `${label}, ${count} pictures`);

/**
 * What a correlation means.
 * @param {number} r
 * @param {boolean} noise whether it is of the common noise
 */
export function agreement(r, noise) {
  if (noise) return "both start from the same noise.";
  if (r > 0.95) return "almost the same picture.";
  if (r > 0.85) return "the same picture in other words.";
  if (r > 0.6) return "a likeness, no more.";
  return "two different pictures.";
}

/**
 * Where a pixel comes from.
 * @param {{ row: number, column: number }} pixel
 * @param {{ image: number, row: number, column: number, weight: number, patches: number }} found
 * @param {number} window pixels that each pixel sees
 * @param {number} side of the picture
 */
export function vote(pixel, found, window, side) {
  const here = `The pixel in row ${pixel.row + 1}, column ${pixel.column + 1}`;
  const sees = window >= 2 * side - 1 ? "sees the whole picture" : `sees ${window} × ${window} pixels around it`;
  const where = `training picture ${found.image + 1}, row ${found.row + 1}, column ${found.column + 1}`;
  const share = found.weight > 0.995 ? "all" : found.weight < 0.01 ? "less than 1 %" : `${Math.round(100 * found.weight)} %`;
  const patches = Math.round(found.patches);
  const others = patches <= 1 ? "No other patch has a say." : `About ${patches.toLocaleString("en")} patches share the vote.`;
  return `${here} ${sees}. The patch that fits best is in ${where}: it has ${share} of the vote. ${others}`;
}

/**
 * Why no patch is shown.
 * @param {Frame | undefined} frame the machine's, as shown
 */
export function noVote(frame) {
  if (!frame) return "Press Compare. Then point at a pixel of the machine's picture, tap it, or walk over it with the arrow keys.";
  if (frame.step === 0) return "This is the noise that both start from: no patch has been looked up yet. Go a step on.";
  if (!frame.provenance) return "This machine works with averages, not with patches: no pixel comes from anywhere in particular.";
  return "Point at a pixel of the machine's picture, tap it, or walk over it with the arrow keys, to see where it comes from.";
}

/**
 * What the seed chose, as a line under its picture.
 * @param {{ label: string, style?: string }} caption
 */
export function caption({ label, style }) {
  return style ? `${label} · ${style[0].toUpperCase()}${style.slice(1)}` : label;
}

/** Below this share of what is usual among training pictures, a picture keeps close to one. */
const CLOSE = 0.75;

/**
 * How near the nearest training picture is, as a line under a picture: in shares of that one's distance from its own nearest.
 * @param {import("./pkg/morphogen.js").Nearest} nearest
 */
export function near({ image, novelty, copied }) {
  const share = novelty === null ? "" : ` · ${Math.round(100 * novelty)} %`;
  if (copied) return `copy of no. ${image + 1}${share}`;
  return novelty === null || novelty > CLOSE ? `new${share}` : `close to no. ${image + 1}${share}`;
}

/** What the figures in those lines mean. */
export const NEAR = "100 %: as far from the nearest training picture as that one is from its own nearest.";

/**
 * Whether a picture is a copy.
 * @param {string} who
 * @param {import("./pkg/morphogen.js").Nearest} nearest
 */
export function copy(who, { image, distance, second, novelty, copied }) {
  const number = `training picture ${image + 1}`;
  const figures = second === null ? "" : ` (${distance.toFixed(1)} away; the second nearest is ${second.toFixed(1)} away)`;
  if (copied) return `${who} is a copy of ${number}${figures}.`;
  if (novelty === null || novelty > CLOSE) return `${who} is no copy. The nearest to it is ${number}${figures}, as different as training pictures are from each other.`;
  return `${who} is no copy, but it keeps close to ${number}${figures}.`;
}
