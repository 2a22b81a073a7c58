// Streets that an outline can follow: the nearest one, and the way along it between two corners. In the plane of the web
// map at zoom 0. Pure.

import { distanceToSegment } from "./geometry.js";

/**
 * @typedef {import("./geometry.js").Position} Position
 * @typedef {Pick<import("../../../../maps/interactive/leaflet/world.js").WorldShape, "lines" | "box" | "name">} Street
 * @typedef {{ line: Float64Array, at: number, point: Position, away: number, name: string }} OnStreet
 *   `at`: how many corners of the line lie before, with the share of the piece under way.
 */

/** A way along a street so many times as long as the straight one is a detour. */
const DETOUR = 3;

/**
 * Find where every street within reach comes nearest to a point.
 *
 * @param {Street[]} streets
 * @param {Position} point
 * @param {number} reach
 * @returns {OnStreet[]} the nearest first
 */
export function streetsNear(streets, point, reach) {
  const found = [];
  const [x, y] = point;
  for (const { lines, box, name } of streets) {
    if (x < box[0] - reach || x > box[2] + reach || y < box[1] - reach || y > box[3] + reach) continue;
    for (const line of lines) {
      const nearest = nearestOnLine(line, point);
      if (nearest.away <= reach) found.push({ ...nearest, line, name });
    }
  }
  return found.sort((a, b) => a.away - b.away);
}

/**
 * @param {Float64Array} line
 * @param {Position} point
 */
function nearestOnLine(line, point) {
  let best = { at: 0, point: cornerOf(line, 0), away: Infinity };
  for (let i = 0; i + 1 < line.length / 2; i++) {
    const [from, to] = [cornerOf(line, i), cornerOf(line, i + 1)];
    const away = distanceToSegment(point, from, to);
    if (away >= best.away) continue;
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    const square = dx * dx + dy * dy;
    const along = square === 0 ? 0 : ((point[0] - from[0]) * dx + (point[1] - from[1]) * dy) / square;
    const share = Math.max(0, Math.min(1, along));
    best = { at: i + share, point: [from[0] + share * dx, from[1] + share * dy], away };
  }
  return best;
}

/**
 * @param {Float64Array} line
 * @param {number} i
 * @returns {Position}
 */
function cornerOf(line, i) {
  return [line[2 * i], line[2 * i + 1]];
}

/**
 * Return a ring of corners with the bends of a street between two corners that lie on the same one.
 *
 * @param {Street[]} streets
 * @param {Position[]} corners Without the first one again.
 * @param {number} tolerance How near a street a corner lies on it.
 * @returns {Position[]}
 */
export function followStreets(streets, corners, tolerance) {
  const on = corners.map((corner) => streetsNear(streets, corner, tolerance));
  return corners.flatMap((corner, i) => {
    const next = (i + 1) % corners.length;
    const ways = on[i].flatMap((from) =>
      on[next].filter(({ line }) => line === from.line).map((to) => bendsBetween(from.line, from.at, to.at)),
    );
    const straight = Math.hypot(corners[next][0] - corner[0], corners[next][1] - corner[1]);
    const short = ways
      .map((bends) => ({ bends, length: wayLength([corner, ...bends, corners[next]]) }))
      .filter(({ length }) => length <= DETOUR * straight)
      .sort((a, b) => a.length - b.length);
    return [corner, ...(short[0]?.bends ?? [])];
  });
}

/**
 * @param {Float64Array} line
 * @param {number} from
 * @param {number} to
 * @returns {Position[]}
 */
function bendsBetween(line, from, to) {
  const [low, high] = from < to ? [from, to] : [to, from];
  const bends = [];
  for (let i = Math.floor(low) + 1; i < high; i++) bends.push(cornerOf(line, i));
  return from < to ? bends : bends.reverse();
}

/** @param {Position[]} way */
function wayLength(way) {
  return way.slice(1).reduce((sum, [x, y], i) => sum + Math.hypot(x - way[i][0], y - way[i][1]), 0);
}
