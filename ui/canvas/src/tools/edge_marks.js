// Parts of the edge that are vague: told by strokes over the outline, which itself stays as it is. Pure.

import { distanceToSegment, EARTH_RADIUS_M, RADIANS } from "./geometry.js";

/**
 * @typedef {import("./geometry.js").Line} Line
 * @typedef {import("./geometry.js").Polygon} Polygon
 * @typedef {import("./geometry.js").Position} Position
 * @typedef {import("../sketch.js").Stroke} Stroke
 */

/**
 * Find the pieces of the outlines that lie within `reach_m` of a stroke.
 *
 * @param {Polygon[]} polygons
 * @param {number[][]} stroke Longitude and latitude first; what follows is left alone.
 * @param {number} reach_m
 * @returns {Line[]}
 */
export function edgesAlong(polygons, stroke, reach_m) {
  const origin = toPosition(stroke[0]);
  const way = stroke.map((point) => toPlane(toPosition(point), origin));
  /** @param {Position} position */
  const isNear = (position) => {
    const point = toPlane(position, origin);
    return way.slice(1).some((to, i) => distanceToSegment(point, way[i], to) <= reach_m);
  };
  return polygons.flat().flatMap((ring) => splitRing(densify(ring, origin, reach_m / 3), isNear));
}

/**
 * Divide the long sides of a ring into steps, so that a part of a side can be told.
 *
 * @param {Line} ring
 * @param {Position} origin
 * @param {number} step_m
 * @returns {Line}
 */
function densify(ring, origin, step_m) {
  /** @type {Line} */
  const dense = ring.slice(0, 1);
  for (let i = 0; i < ring.length - 1; i++) {
    const [[ax, ay], [bx, by]] = [ring[i], ring[i + 1]];
    const [[fx, fy], [tx, ty]] = [toPlane(ring[i], origin), toPlane(ring[i + 1], origin)];
    const steps = Math.max(1, Math.ceil(Math.hypot(tx - fx, ty - fy) / step_m));
    for (let n = 1; n <= steps; n++) dense.push([ax + (n / steps) * (bx - ax), ay + (n / steps) * (by - ay)]);
  }
  return dense;
}

/**
 * Split a closed ring into its stretches of two points and more that pass a test, wherever the ring begins.
 *
 * @param {Line} ring
 * @param {(position: Position) => boolean} test
 * @returns {Line[]}
 */
function splitRing(ring, test) {
  const first = ring.findIndex((position) => !test(position));
  if (first < 0) return [ring];
  /** @type {Line[]} */
  const pieces = [[]];
  for (const position of [...ring.slice(first, -1), ...ring.slice(0, first + 1)]) {
    if (test(position)) pieces[pieces.length - 1].push(position);
    else if (pieces[pieces.length - 1].length > 0) pieces.push([]);
  }
  return pieces.filter((piece) => piece.length > 1);
}

/**
 * Return metres on the ground near `origin`, flat: good for the few kilometres of a neighbourhood.
 *
 * @param {Position} position
 * @param {Position} origin
 * @returns {Position}
 */
function toPlane([lon, lat], [originLon, originLat]) {
  const metres = RADIANS * EARTH_RADIUS_M;
  return [(lon - originLon) * metres * Math.cos(originLat * RADIANS), (lat - originLat) * metres];
}

/**
 * @param {number[]} point
 * @returns {Position}
 */
function toPosition([lon, lat]) {
  return [lon, lat];
}

/**
 * Find all pieces of the outlines that were marked as vague.
 *
 * @param {Polygon[]} polygons
 * @param {Stroke[]} strokes
 * @returns {Line[]}
 */
export function vagueEdges(polygons, strokes) {
  return strokes.flatMap(({ tool, points, reach_m = 0 }) =>
    tool === "vague" && reach_m > 0 ? edgesAlong(polygons, points, reach_m) : [],
  );
}

/**
 * Count the marks among the strokes.
 *
 * @param {Stroke[]} strokes
 */
export function countMarks(strokes) {
  return strokes.filter(({ tool }) => tool === "vague").length;
}

/**
 * Return the strokes without the mark that was made last.
 *
 * @param {Stroke[]} strokes
 * @returns {Stroke[]}
 */
export function withoutLastMark(strokes) {
  const last = strokes.findLastIndex(({ tool }) => tool === "vague");
  return strokes.filter((_, i) => i !== last);
}
