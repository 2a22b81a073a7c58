// Shapes on the drawing canvas: simplify, measure, add and take away. Coordinates are [longitude, latitude].

const EARTH_M = 6371008.8;
const RADIANS = Math.PI / 180;

/** Corners of a line that matter to the eye: none moves the line more than `tolerance` (Douglas and Peucker 1973). */
export function simplified(points, tolerance) {
  if (points.length < 3) return points.slice();
  const keep = new Uint8Array(points.length);
  keep[0] = keep[points.length - 1] = 1;
  const spans = [[0, points.length - 1]];
  while (spans.length > 0) {
    const [from, to] = spans.pop();
    let worst = tolerance;
    let at = -1;
    for (let i = from + 1; i < to; i++) {
      const away = distance(points[i], points[from], points[to]);
      if (away > worst) {
        worst = away;
        at = i;
      }
    }
    if (at > 0) {
      keep[at] = 1;
      spans.push([from, at], [at, to]);
    }
  }
  return points.filter((_, i) => keep[i]);
}

function distance([x, y], [ax, ay], [bx, by]) {
  const dx = bx - ax;
  const dy = by - ay;
  const long = dx * dx + dy * dy;
  const share = long === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / long));
  return Math.hypot(x - ax - share * dx, y - ay - share * dy);
}

/**
 * Cut off what sticks out where a loop was closed: a finger that went past its own beginning did not draw
 * two areas. Looks in the first and the last `share` of the stroke; points are [x, y].
 */
export function trimmed(points, share = 0.3) {
  const head = Math.max(1, Math.floor(points.length * share));
  const tail = points.length - 1 - head;
  for (let j = points.length - 2; j >= Math.max(tail, head); j--)
    for (let i = 0; i < Math.min(head, j - 1); i++) {
      const at = crossing(points[i], points[i + 1], points[j], points[j + 1]);
      if (at) return [at, ...points.slice(i + 1, j + 1)];
    }
  return points;
}

function crossing([ax, ay], [bx, by], [cx, cy], [dx, dy]) {
  const [px, py, qx, qy] = [bx - ax, by - ay, dx - cx, dy - cy];
  const turn = px * qy - py * qx;
  if (turn === 0) return null;
  const t = ((cx - ax) * qy - (cy - ay) * qx) / turn;
  const u = ((cx - ax) * py - (cy - ay) * px) / turn;
  return t >= 0 && t <= 1 && u >= 0 && u <= 1 ? [ax + t * px, ay + t * py] : null;
}

/** A loop as a ring, simplified in halves so that where it was begun does not matter. */
export function ring(points, tolerance) {
  let far = 0;
  points.forEach((p, i) => {
    if (Math.hypot(p[0] - points[0][0], p[1] - points[0][1]) > Math.hypot(points[far][0] - points[0][0], points[far][1] - points[0][1])) far = i;
  });
  const there = simplified(points.slice(0, far + 1), tolerance);
  const back = simplified([...points.slice(far), points[0]], tolerance);
  return [...there, ...back.slice(1)];
}

/** Area of polygons on the globe in square metres (Chamberlain and Duquette 2007); crossings count as drawn. */
export function area(polygons) {
  return polygons.reduce((sum, rings) => sum + rings.reduce((part, line, i) => part + (i === 0 ? 1 : -1) * Math.abs(ringArea(line)), 0), 0);
}

function ringArea(line) {
  let sum = 0;
  for (let i = 0; i < line.length - 1; i++) {
    const [a, b] = [line[i], line[i + 1]];
    sum += (b[0] - a[0]) * RADIANS * (2 + Math.sin(a[1] * RADIANS) + Math.sin(b[1] * RADIANS));
  }
  return (sum * EARTH_M * EARTH_M) / 2;
}

/** Whole numbers for the clipper: about a centimetre. */
const STEPS = 1e7;
const whole = (line) => line.slice(0, -1).map(([x, y]) => ({ X: Math.round(x * STEPS), Y: Math.round(y * STEPS) }));
const degrees = (path) => [...path, path[0]].map(({ X, Y }) => [X / STEPS, Y / STEPS]);

/** Make polygons sound: crossings untangled, overlapping parts joined. */
export function sound(clipper, polygons) {
  return clip(clipper, clipper.ClipType.ctUnion, polygons, []);
}

export function joined(clipper, polygons, more) {
  return clip(clipper, clipper.ClipType.ctUnion, polygons, more);
}

export function without(clipper, polygons, less) {
  return clip(clipper, clipper.ClipType.ctDifference, polygons, less);
}

function clip(clipper, how, subject, other) {
  const work = new clipper.Clipper();
  const filled = clipper.PolyFillType.pftNonZero;
  for (const rings of subject) work.AddPaths(oriented(clipper, rings), clipper.PolyType.ptSubject, true);
  for (const rings of other) work.AddPaths(oriented(clipper, rings), clipper.PolyType.ptClip, true);
  const tree = new clipper.PolyTree();
  work.Execute(how, tree, filled, filled);
  return clipper.JS.PolyTreeToExPolygons(tree)
    .map(({ outer, holes }) => [degrees(outer), ...holes.map(degrees)])
    .filter((rings) => rings[0].length >= 4);
}

/** Outer line one way round, holes the other, so that "non-zero" leaves the holes open. */
function oriented(clipper, rings) {
  return rings.map((line, i) => {
    const path = whole(line);
    // A line that crosses itself has no single way round; it is left as it was drawn.
    if (clipper.Clipper.Orientation(path) !== (i === 0)) path.reverse();
    return path;
  });
}

/** The ground under a brush: everything within `reach` of the stroke, in the units of `project`. */
export function brushed(clipper, points, reach, project, unproject) {
  const path = points.map((p) => project(p)).map(({ x, y }) => ({ X: Math.round(x * 100), Y: Math.round(y * 100) }));
  const work = new clipper.ClipperOffset(2, 100);
  work.AddPath(path, clipper.JoinType.jtRound, clipper.EndType.etOpenRound);
  const found = new clipper.PolyTree();
  work.Execute(found, reach * 100);
  const back = ({ X, Y }) => unproject({ x: X / 100, y: Y / 100 });
  return clipper.JS.PolyTreeToExPolygons(found).map(({ outer, holes }) => [outer, ...holes].map((path) => [...path, path[0]].map(back)));
}

/** Metres on the ground near `origin`, flat: good for the few kilometres of a neighbourhood. */
const flat = ([lon, lat], origin) => [(lon - origin[0]) * RADIANS * EARTH_M * Math.cos(origin[1] * RADIANS), (lat - origin[1]) * RADIANS * EARTH_M];

/** The pieces of the outlines that lie within `reach` metres of a stroke; points of a stroke are [lon, lat, ms]. */
export function alongside(polygons, stroke, reach) {
  const origin = stroke[0];
  const way = stroke.map((point) => flat(point, origin));
  const near = (point) => way.slice(1).some((to, i) => distance(point, way[i], to) <= reach);
  const pieces = [];
  for (const line of polygons.flat()) {
    let piece = [];
    for (let i = 0; i < line.length - 1; i++) {
      const [from, to] = [flat(line[i], origin), flat(line[i + 1], origin)];
      // A long side is looked at in steps of a third of the reach, so that a part of it can be told.
      const steps = Math.max(1, Math.ceil((3 * Math.hypot(to[0] - from[0], to[1] - from[1])) / reach));
      for (let n = i === 0 ? 0 : 1; n <= steps; n++) {
        const share = n / steps;
        if (near([from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])])) {
          piece.push([line[i][0] + share * (line[i + 1][0] - line[i][0]), line[i][1] + share * (line[i + 1][1] - line[i][1])]);
        } else {
          if (piece.length > 1) pieces.push(piece);
          piece = [];
        }
      }
    }
    if (piece.length > 1) pieces.push(piece);
  }
  return pieces;
}

/** GeoJSON of the polygons, six decimals (a decimetre). */
export function geometry(polygons) {
  const rounded = polygons.map((rings) => rings.map((line) => line.map(([x, y]) => [Number(x.toFixed(6)), Number(y.toFixed(6))])));
  return rounded.length === 1 ? { type: "Polygon", coordinates: rounded[0] } : { type: "MultiPolygon", coordinates: rounded };
}

export function polygons(geometry) {
  if (!geometry) return [];
  return geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
}
