/** A brush for Turing's cells: by finger, mouse or pen, and by keyboard. */
import { ARROWS } from "../parts.js";

/**
 * @param {HTMLCanvasElement} canvas that shows the cells
 * @param {HTMLElement} ring that shows where the keyboard's brush is
 * @param {{ side: number, radius: () => number, paint: (x: number, y: number) => void }} how cells of a side, the radius in cells, and what a touch does
 */
export function brush(canvas, ring, { side, radius, paint }) {
  let painting = false;
  const put = (/** @type {PointerEvent} */ event) => {
    const { left, top, width } = canvas.getBoundingClientRect();
    paint(((event.clientX - left) / width) * side, ((event.clientY - top) / width) * side);
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    painting = true;
    canvas.setPointerCapture(event.pointerId);
    put(event);
  });
  canvas.addEventListener("pointermove", (event) => painting && put(event));
  for (const type of ["pointerup", "pointercancel"]) canvas.addEventListener(type, () => (painting = false));

  /** Where the keyboard's brush is. @type {[number, number]} */
  let cursor = [side / 2, side / 2];
  canvas.addEventListener("keydown", (event) => {
    const move = ARROWS.get(event.key);
    if (!move && event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    const round = (/** @type {number} */ at) => (at + side) % side;
    if (move) cursor = [round(cursor[0] + 4 * move[1]), round(cursor[1] + 4 * move[0])];
    else paint(...cursor);
    const { width } = canvas.getBoundingClientRect();
    ring.hidden = false;
    ring.style.width = `${(2 * radius() * width) / side}px`;
    ring.style.left = `${(cursor[0] / side) * width}px`;
    ring.style.top = `${(cursor[1] / side) * width}px`;
  });
  canvas.addEventListener("blur", () => (ring.hidden = true));
}
