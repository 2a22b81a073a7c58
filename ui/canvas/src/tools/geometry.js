// Shapes on the drawing map: simplify, measure, join and subtract. Coordinates are [longitude, latitude]. Pure.

/**
 * @typedef {[number, number]} Position
 * @typedef {Position[]} Line
 * @typedef {Line[]} Polygon The outer ring and the holes, each closed: its last position is its first.
 * @typedef {{ type: "Polygon", coordinates: Polygon } | { type: "MultiPolygon", coordinates: Polygon[] }} Geometry
 */

export const EARTH_RADIUS_M = 6371008.8;
export const RADIANS = Math.PI / 180;

/**
 * Simplify a line to the corners that matter to the eye: none that is left out moves the line more than `tolerance`
 * (Douglas and Peucker 1973).
 *
 * @param {Line} points
 * @param {number} tolerance
 * @returns {Line}
 */
export function simplifyLine(points, tolerance) {
  if (points.length < 3) return points.slice();
  const keep = new Uint8Array(points.length);
  keep[0] = keep[points.length - 1] = 1;
  const spans = [[0, points.length - 1]];
  for (let span = spans.pop(); span; span = spans.pop()) {
    const [from, to] = span;
    const at = findFarthest(points, from, to, tolerance);
    if (at === null) continue;
    keep[at] = 1;
    spans.push([from, at], [at, to]);
  }
  return points.filter((_, i) => keep[i]);
}

/**
 * @param {Line} points
 * @param {number} from
 * @param {number} to
 * @param {number} tolerance
 * @returns {number | null} the point between that is farthest from the straight line, if beyond the tolerance
 */
function findFarthest(points, from, to, tolerance) {
  let worst = tolerance;
  let at = null;
  for (let i = from + 1; i < to; i++) {
    const away = distanceToSegment(points[i], points[from], points[to]);
    if (away > worst) {
      worst = away;
      at = i;
    }
  }
  return at;
}

/**
 * Compute the distance of a point to a piece of a straight line.
 *
 * @param {Position} point
 * @param {Position} from
 * @param {Position} to
 */
export function distanceToSegment([x, y], [ax, ay], [bx, by]) {
  const dx = bx - ax;
  const dy = by - ay;
  const square = dx * dx + dy * dy;
  const share = square === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / square));
  return Math.hypot(x - ax - share * dx, y - ay - share * dy);
}

/**
 * Cut off what sticks out where a loop was closed: a finger that went past its own beginning did not draw two
 * areas. Looks in the first and the last `share` of the stroke.
 *
 * @param {Line} points
 * @param {number} [share]
 * @returns {Line}
 */
export function trimLoop(points, share = 0.3) {
  const head = Math.max(1, Math.floor(points.length * share));
  const tail = points.length - 1 - head;
  for (let j = points.length - 2; j >= Math.max(tail, head); j--)
    for (let i = 0; i < Math.min(head, j - 1); i++) {
      const at = findCrossing(points[i], points[i + 1], points[j], points[j + 1]);
      if (at) return [at, ...points.slice(i + 1, j + 1)];
    }
  return points;
}

/**
 * @param {Position} a
 * @param {Position} b
 * @param {Position} c
 * @param {Position} d
 * @returns {Position | null} where a to b crosses c to d
 */
function findCrossing([ax, ay], [bx, by], [cx, cy], [dx, dy]) {
  const [px, py, qx, qy] = [bx - ax, by - ay, dx - cx, dy - cy];
  const turn = px * qy - py * qx;
  if (turn === 0) return null;
  const t = ((cx - ax) * qy - (cy - ay) * qx) / turn;
  const u = ((cx - ax) * py - (cy - ay) * px) / turn;
  return t >= 0 && t <= 1 && u >= 0 && u <= 1 ? [ax + t * px, ay + t * py] : null;
}

/**
 * Close a loop as a ring and simplify it. The first cut is where it is farthest from its beginning, so that it hardly
 * matters where it was begun.
 *
 * @param {Line} points
 * @param {number} tolerance
 * @returns {Line}
 */
export function simplifyRing(points, tolerance) {
  return simplifyLine([...points, points[0]], tolerance);
}

/**
 * Compute the area of polygons on the globe in square metres (Chamberlain and Duquette 2007).
 *
 * @param {Polygon[]} polygons
 */
export function measureArea(polygons) {
  let area_m2 = 0;
  for (const [outer, ...holes] of polygons) {
    area_m2 += Math.abs(ringArea(outer));
    for (const hole of holes) area_m2 -= Math.abs(ringArea(hole));
  }
  return area_m2;
}

/** @param {Line} ring */
function ringArea(ring) {
  let sum = 0;
  for (let i = 0; i < ring.length - 1; i++) {
    const [a, b] = [ring[i], ring[i + 1]];
    sum += (b[0] - a[0]) * RADIANS * (2 + Math.sin(a[1] * RADIANS) + Math.sin(b[1] * RADIANS));
  }
  return (sum * EARTH_RADIUS_M * EARTH_RADIUS_M) / 2;
}

/** Whole numbers for the clipper: about a centimetre. */
const STEPS = 1e7;

/**
 * @param {Line} ring
 * @returns {ClipperPath}
 */
function toPath(ring) {
  return ring.slice(0, -1).map(([x, y]) => ({ X: Math.round(x * STEPS), Y: Math.round(y * STEPS) }));
}

/**
 * @param {ClipperPath} path
 * @returns {Line}
 */
function toRing(path) {
  return [...path, path[0]].map(({ X, Y }) => [X / STEPS, Y / STEPS]);
}

/**
 * Untangle crossings and join parts that overlap.
 *
 * @param {ClipperLib} clipper
 * @param {Polygon[]} polygons
 */
export function cleanPolygons(clipper, polygons) {
  return clip(clipper, clipper.ClipType.ctUnion, polygons, []);
}

/** A part smaller than this share of the whole is a speck; more than this in specks together is no slip. */
const SLIVER_SHARE = 0.01;
const SLIVERS_TOGETHER = 0.05;
/** Whole numbers for the clipper where a ring is in pixels: a thousandth of one. */
const PIXEL_STEPS = 1000;

/**
 * Compute the outer boundary of all faces of a line that may cross itself: what it goes round any number of times is
 * inside, and a hole between two turns is no hole ("non-zero", without the holes).
 *
 * @param {ClipperLib} clipper
 * @param {Line} ring Closed, in pixels.
 * @returns {Polygon[]}
 */
export function outerBoundary(clipper, ring) {
  const path = ring.slice(0, -1).map(([x, y]) => ({
    X: Math.round(x * PIXEL_STEPS),
    Y: Math.round(y * PIXEL_STEPS),
  }));
  const filled = clipper.PolyFillType.pftNonZero;
  /** @param {ClipperPath[]} paths */
  const union = (paths) => {
    const work = new clipper.Clipper();
    work.AddPaths(paths, clipper.PolyType.ptSubject, true);
    const tree = new clipper.PolyTree();
    work.Execute(clipper.ClipType.ctUnion, tree, filled, filled);
    return clipper.JS.PolyTreeToExPolygons(tree).map(({ outer }) => outer);
  };
  const outers = union([path]);
  return (outers.length > 1 ? union(outers) : outers)
    .filter((outer) => outer.length >= 3)
    .map((outer) => [[...outer, outer[0]].map(({ X, Y }) => [X / PIXEL_STEPS, Y / PIXEL_STEPS])]);
}

/**
 * Drop the specks that untangling made, as the server does.
 *
 * @param {Polygon[]} polygons Without holes.
 * @returns {Polygon[]}
 */
export function dropSlivers(polygons) {
  const areas = polygons.map(([outer]) =>
    Math.abs(outer.slice(1).reduce((sum, [x, y], i) => sum + outer[i][0] * y - x * outer[i][1], 0) / 2),
  );
  const whole = areas.reduce((sum, area) => sum + area, 0);
  const specks = areas.filter((area) => area < SLIVER_SHARE * whole);
  if (specks.reduce((sum, area) => sum + area, 0) > SLIVERS_TOGETHER * whole) return polygons;
  return polygons.filter((_, i) => areas[i] >= SLIVER_SHARE * whole);
}

/**
 * @param {ClipperLib} clipper
 * @param {Polygon[]} polygons
 * @param {Polygon[]} more
 */
export function joinPolygons(clipper, polygons, more) {
  return clip(clipper, clipper.ClipType.ctUnion, polygons, more);
}

/**
 * @param {ClipperLib} clipper
 * @param {Polygon[]} polygons
 * @param {Polygon[]} less
 */
export function subtractPolygons(clipper, polygons, less) {
  return clip(clipper, clipper.ClipType.ctDifference, polygons, less);
}

/**
 * @param {ClipperLib} clipper
 * @param {number} operation
 * @param {Polygon[]} subject
 * @param {Polygon[]} other
 * @returns {Polygon[]}
 */
function clip(clipper, operation, subject, other) {
  const work = new clipper.Clipper();
  const filled = clipper.PolyFillType.pftNonZero;
  for (const polygon of subject)
    work.AddPaths(orientRings(clipper, polygon), clipper.PolyType.ptSubject, true);
  for (const polygon of other) work.AddPaths(orientRings(clipper, polygon), clipper.PolyType.ptClip, true);
  const tree = new clipper.PolyTree();
  work.Execute(operation, tree, filled, filled);
  return clipper.JS.PolyTreeToExPolygons(tree)
    .map(({ outer, holes }) => [toRing(outer), ...holes.map(toRing)])
    .filter(([outer]) => outer.length >= 4);
}

/**
 * Turn the outer ring one way round and the holes the other, so that "non-zero" leaves the holes open.
 *
 * @param {ClipperLib} clipper
 * @param {Polygon} polygon
 */
function orientRings(clipper, polygon) {
  return polygon.map((ring, i) => {
    const path = toPath(ring);
    // A ring that crosses itself has no single way round; it is left as it was drawn.
    if (clipper.Clipper.Orientation(path) !== (i === 0)) path.reverse();
    return path;
  });
}
