/** The sentences of the page that depend on what happens. */
import { number, t } from "./say.js";

/** @typedef {import("./pkg/morphogen.js").Frame} Frame */
/** @typedef {import("./pkg/morphogen.js").NetworkInfo} NetworkInfo */

/** What each solver is like. */
export const SOLVERS = {
  ddim: t("Steady: every step goes straight on."),
  "dpm-solver": t("Looks back one step; good when steps are few."),
  ddpm: t("Adds fresh noise at every step, as the first diffusion models did."),
};

/** What each grid of steps is like. */
export const GRIDS = {
  uniform: t("Steps of one size."),
  early: t("Most of them early, where it is decided what it will be."),
};

/**
 * What is to be seen at this point of the way.
 * @param {Frame} frame
 * @param {number} seed of the picture shown
 */
export function lesson({ step, steps, noise }, seed) {
  if (step === 0) {
    return t("Pure noise. Every pixel is a random number, fixed by seed {seed}: this seed always starts right here.", { seed });
  }
  const where = t("Step {step} of {steps}.", { step, steps });
  if (step === steps) return `${where} ${t("No noise is left: this is the picture. Slide back to see how it came about.")}`;
  const share = Math.round(noise * 100);
  if (noise > 0.85) {
    return `${where} ${t("Still {share} % noise. The network guesses what might be behind it; one step moves the picture a little towards that guess. Early guesses are blurs, because much is still possible.", { share })}`;
  }
  if (noise > 0.4) return `${where} ${t("{share} % noise left. Guess, move, guess again: the large shapes are settling now, and each guess is sharper than the one before.", { share })}`;
  return `${where} ${t("{share} % noise left. The shape stands; what remains is detail.", { share })}`;
}

/**
 * What makes one network differ from another, read off its architecture.
 * @param {NetworkInfo} network
 */
export function network({ config }) {
  const { kind, attention_heads: heads } = config.architecture ?? {};
  if (kind === "unet" && heads > 0) return t("Looks at the whole picture at once, so that its parts fit together.");
  if (kind === "unet") return t("Convolutions only: everything grows out of what is around it, without a plan of the whole.");
  if (kind === "resnet") return t("Very short-sighted: a small window is all that each pixel sees.");
  return "";
}

/** @param {"webgpu" | "cpu"} device */
export const device = (device) => (device === "webgpu" ? t("your graphics processor (WebGPU)") : t("your processor (CPU)"));

/** @param {number} bytes */
export const megabytes = (bytes) => `${number(bytes / 1e6, 1)} MB`;

/** @param {number} count @param {string} label */
export const pictures = (count, label) => (count === 1 ? t("{label}, one picture", { label }) : t("{label}, {count} pictures", { label, count }));

/**
 * What the seed chose, as a line under its picture.
 * @param {{ label: string, style?: string }} caption
 */
export function caption({ label, style }) {
  return style ? `${t(label)} · ${style[0].toUpperCase()}${style.slice(1)}` : t(label);
}

/** What the figures in the lines under the pictures mean. */
export const NEAR = t("Under each picture, 100 % means: as far from the nearest training picture as that one is from its own nearest.");

/** Below this share of what is usual among training pictures, a picture keeps close to one. */
export const CLOSE = 0.75;

/**
 * How near the nearest training picture is, as a line under a picture: in shares of that one's distance from its own nearest.
 * @param {import("./pkg/morphogen.js").Nearest} nearest
 */
export function near({ image, novelty, copied }) {
  const share = novelty === null ? "" : ` · ${Math.round(100 * novelty)} %`;
  // That it is one says another measure than the share.
  if (copied) return t("copy of no. {number}", { number: image + 1 });
  return novelty === null || novelty > CLOSE ? t("new") + share : t("close to no. {number}", { number: image + 1 }) + share;
}
