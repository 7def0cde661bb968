/** The colours of Turing's cells: from the page's paper over its accent to its ink, in light and in dark. */

/** What is shown as full, for each system. */
const FULL = { "gray-scott": 0.4, "gierer-meinhardt": 2.2 };

/**
 * @param {Float32Array} pattern `[side, side]`
 * @param {number} side
 * @param {keyof typeof FULL} system
 * @param {Element} place whose colours are meant
 */
export function ramp(pattern, side, system, place) {
  const style = getComputedStyle(place);
  const [low, middle, high] = ["--card", "--accent", "--ink"].map((name) => rgb(style.getPropertyValue(name)));
  const colours = new Uint32Array(256);
  const bytes = new Uint8ClampedArray(colours.buffer);
  for (let i = 0; i < 256; i += 1) {
    const share = i / 255;
    const [from, to, part] = share < 0.6 ? [low, middle, share / 0.6] : [middle, high, (share - 0.6) / 0.4];
    for (let c = 0; c < 3; c += 1) bytes[4 * i + c] = from[c] + (to[c] - from[c]) * part;
    bytes[4 * i + 3] = 255;
  }
  const image = new ImageData(side, side);
  const words = new Uint32Array(image.data.buffer);
  const full = 255 / FULL[system];
  for (let i = 0; i < words.length; i += 1) words[i] = colours[Math.max(0, Math.min(255, pattern[i] * full)) | 0];
  return image;
}

/** @param {string} text `#rgb` or `#rrggbb` */
function rgb(text) {
  const hex = text.trim().slice(1);
  const full = hex.length === 3 ? [...hex].map((digit) => digit + digit).join("") : hex;
  return [0, 2, 4].map((at) => Number.parseInt(full.slice(at, at + 2), 16));
}
