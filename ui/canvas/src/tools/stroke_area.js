// The area that one stroke encloses, as it will be kept: cleaned at once, or refused with a reason. Pure.

import { coverStroke } from "./brush.js";
import { isTap, TOLERANCE_PX } from "./freehand.js";
import { dropSlivers, outerBoundary, simplifyRing, trimLoop } from "./geometry.js";

/**
 * @typedef {import("./geometry.js").Position} Position
 * @typedef {import("./geometry.js").Polygon} Polygon
 * @typedef {{ min_area_m2: number, max_area_m2: number }} Limits What the server takes, in square metres.
 * @typedef {{ polygons: Polygon[], gap: number, isColouredIn: boolean, isUntangled: boolean, thinness: number }} StrokeArea
 *   Polygons in the units of the stroke. `gap`: the straight piece that closed it, as a share of the outline.
 *   `thinness`: area over the square of the longest way across; 0.785 for a disc, near 0 for a line.
 */

/** More of the outline than this was never drawn: it is no loop. */
const LINE_GAP = 0.45;
/** Thinner than this is a line that came back. */
const LINE_THINNESS = 0.02;
/** From this share on it is said that the outline was closed straight. */
export const CLOSED_GAP = 0.2;
/** From this share on another stroke may go on from an end. */
export const OPEN_GAP = 0.25;
/** A stroke this many times as long as the outline it gives colours in. */
const COLOURING = 3;
/** Of the ground under a colouring hand, less than this is enclosed by its line. */
const COLOURED_SHARE = 0.9;
/** Half the width of what a colouring hand covers, in pixels. */
const COLOUR_PX = 12;
/** Cutting off a tail leaves at least this share of the area. */
const TAIL_LEAVES = 0.85;
/** A difference in area that nobody sees. */
const SEEN = 0.01;

/** @param {Position[]} line */
function lengthOf(line) {
  return line.slice(1).reduce((sum, [x, y], i) => sum + Math.hypot(x - line[i][0], y - line[i][1]), 0);
}

/** @param {Polygon[]} polygons */
function flatArea(polygons) {
  return polygons.flat().reduce((sum, ring) => sum + Math.abs(signedArea(ring)), 0);
}

/** @param {Position[]} ring Closed. */
function signedArea(ring) {
  return ring.slice(1).reduce((sum, [x, y], i) => sum + ring[i][0] * y - x * ring[i][1], 0) / 2;
}

/**
 * Compute the share of a closed outline that was not drawn but closed straight.
 *
 * @param {Position[]} stroke
 */
export function gapShare(stroke) {
  const [[ax, ay], [bx, by]] = [stroke[0], stroke[stroke.length - 1]];
  const gap = Math.hypot(bx - ax, by - ay);
  return gap / (lengthOf(stroke) + gap || 1);
}

/**
 * Cut off what sticks out where the loop was closed; not where that encloses ground of its own, as the points of a star do.
 *
 * @param {ClipperLib} clipper
 * @param {Position[]} stroke
 */
function withoutTail(clipper, stroke) {
  const trimmed = trimLoop(stroke);
  if (trimmed === stroke) return stroke;
  const [left, whole] = [trimmed, stroke].map((line) =>
    flatArea(outerBoundary(clipper, simplifyRing(line, TOLERANCE_PX))),
  );
  return left < TAIL_LEAVES * whole ? stroke : trimmed;
}

/**
 * Compute the area that a stroke encloses: the outer boundary of all faces of its line, without specks. A hand that
 * colours in has coloured the ground under it.
 *
 * @param {ClipperLib} clipper
 * @param {Position[]} stroke In pixels.
 * @returns {StrokeArea | null} null when the stroke was a tap
 */
export function strokeArea(clipper, stroke) {
  if (isTap(stroke)) return null;
  const trimmed = withoutTail(clipper, stroke);
  const ring = simplifyRing(trimmed, TOLERANCE_PX);
  let polygons = dropSlivers(outerBoundary(clipper, ring));
  const drawn = flatArea(polygons);
  const isUntangled = polygons.length > 1 || Math.abs(Math.abs(signedArea(ring)) - drawn) > SEEN * drawn;
  const covered = coverStroke(clipper, stroke, COLOUR_PX).map(([outer]) => [outer]);
  const isColouredIn =
    lengthOf(stroke) > COLOURING * lengthOf(covered[0][0]) && drawn < COLOURED_SHARE * flatArea(covered);
  if (isColouredIn) polygons = covered;
  const xs = stroke.map(([x]) => x);
  const ys = stroke.map(([, y]) => y);
  const across = Math.hypot(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
  return {
    polygons,
    gap: trimmed === stroke && !isColouredIn ? gapShare(stroke) : 0,
    isColouredIn,
    isUntangled: isUntangled && !isColouredIn,
    thinness: flatArea(polygons) / across ** 2,
  };
}

/**
 * Return why a stroke is no area, as the key of a sentence; null when it is one.
 *
 * @param {Pick<StrokeArea, "gap" | "thinness">} stroke
 * @param {number} area_m2
 * @param {Limits} limits
 * @returns {"line" | "too_large" | null}
 */
export function refuseStroke({ gap, thinness }, area_m2, { min_area_m2, max_area_m2 }) {
  if (gap > LINE_GAP || thinness < LINE_THINNESS || area_m2 <= min_area_m2) return "line";
  return area_m2 > max_area_m2 ? "too_large" : null;
}

/**
 * Join a stroke that goes on from an end of an open one.
 *
 * @template {number[]} P
 * @param {P[]} open
 * @param {P[]} next
 * @param {boolean} fromStart Whether it goes on from the beginning of the open one.
 * @returns {P[]}
 */
export function joinStrokes(open, next, fromStart) {
  return fromStart ? [...open.slice().reverse(), ...next] : [...open, ...next];
}

/**
 * Return at which end of an open stroke a point is.
 *
 * @param {Position[]} open
 * @param {Position} point
 * @param {number} reach
 * @returns {"start" | "end" | null}
 */
export function nearEnd(open, [x, y], reach) {
  const away = (/** @type {Position} */ [ax, ay]) => Math.hypot(x - ax, y - ay);
  const [toStart, toEnd] = [away(open[0]), away(open[open.length - 1])];
  if (Math.min(toStart, toEnd) > reach) return null;
  return toEnd <= toStart ? "end" : "start";
}
