/** How alike two pictures are, as a number and as a curve over the steps. */

/**
 * Pearson's r of two pictures.
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 */
export function correlation(a, b) {
  const mean = (/** @type {ArrayLike<number>} */ values) => {
    let sum = 0;
    for (let i = 0; i < values.length; i += 1) sum += values[i];
    return sum / values.length;
  };
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i += 1) {
    ab += (a[i] - meanA) * (b[i] - meanB);
    aa += (a[i] - meanA) ** 2;
    bb += (b[i] - meanB) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

const SPACE = "http://www.w3.org/2000/svg";
/** Room above r = 1 and below r = 0, so that the dot is never cut. */
const MARGIN = 6;

/**
 * Draws the curves of r over the steps, with a dot where the reader is.
 * @param {SVGElement} svg
 * @param {(number | undefined)[][]} curves r by step, for each; undefined where it is not known
 * @param {number} steps
 * @param {number} at the step shown
 */
export function plot(svg, curves, steps, at) {
  const height = Number(svg.getAttribute("height"));
  const x = (/** @type {number} */ step) => `${(100 * step) / steps}%`;
  const y = (/** @type {number} */ r) => String(MARGIN + (1 - Math.max(0, r)) * (height - 2 * MARGIN));
  const draw = (/** @type {string} */ name, /** @type {Record<string, string>} */ attributes) => {
    const shape = document.createElementNS(SPACE, name);
    for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
    return shape;
  };
  const shapes = [1, 0].flatMap((r) => {
    const label = draw("text", { x: "-8", y: y(r), "text-anchor": "end", "dominant-baseline": "central" });
    label.textContent = String(r);
    return [label, draw("line", { class: "grid", x1: "0", x2: "100%", y1: y(r), y2: y(r) })];
  });
  for (const values of curves) {
    values.forEach((r, step) => {
      const before = values[step - 1];
      if (r === undefined || before === undefined) return;
      shapes.push(draw("line", { class: "curve", x1: x(step - 1), y1: y(before), x2: x(step), y2: y(r) }));
    });
    const here = values[at];
    if (here !== undefined) shapes.push(draw("circle", { class: "dot", cx: x(at), cy: y(here), r: "5" }));
  }
  svg.replaceChildren(...shapes);
}
