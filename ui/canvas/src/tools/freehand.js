// One stroke around an area: a loop, closed by itself. Pure.

import { simplifyRing, trimLoop } from "./geometry.js";

/**
 * @typedef {import("./geometry.js").Position} Position
 */

/** Pixels a drawn line may be moved by when it is simplified: less than a finger sees. */
export const TOLERANCE_PX = 2;
/** A loop smaller than this many pixels each way was a tap. */
const TAP_PX = 24;

/**
 * Return whether a stroke stayed within a fingertip.
 *
 * @param {Position[]} stroke In pixels.
 */
export function isTap(stroke) {
  const xs = stroke.map(([x]) => x);
  const ys = stroke.map(([, y]) => y);
  const width = Math.max(...xs) - Math.min(...xs);
  const height = Math.max(...ys) - Math.min(...ys);
  return width < TAP_PX && height < TAP_PX;
}

/**
 * Close a stroke as a ring.
 *
 * @param {Position[]} stroke In pixels.
 * @returns {Position[] | null} the ring in pixels, or null when the stroke was a tap
 */
export function closeStroke(stroke) {
  return isTap(stroke) ? null : simplifyRing(trimLoop(stroke), TOLERANCE_PX);
}
