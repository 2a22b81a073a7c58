// Shapes in the plane of the web map at zoom 0, 256 wide: projection, boxes and stretches for names. Pure.

/**
 * @typedef {[number, number, number, number]} Box West, north, east and south in the world (or any x and y).
 * @typedef {{ lines: Float64Array[], box: Box, length: number, kind: string, name: string }} WorldShape
 *   Lines as x, y, x, y ..., the box around them all and their whole length.
 */

/** How far two pieces of a line may differ in direction and still be one straight stretch, in radians. */
const MAX_BEND = 0.3;

/**
 * Project longitudes and latitudes.
 *
 * @param {number[][]} line
 * @returns {Float64Array} x, y, x, y ...
 */
export function projectLine(line) {
  const projected = new Float64Array(line.length * 2);
  line.forEach(([lon, lat], i) => {
    const sine = Math.sin((lat * Math.PI) / 180);
    projected[2 * i] = (256 * (lon + 180)) / 360;
    projected[2 * i + 1] = 128 - (64 * Math.log((1 + sine) / (1 - sine))) / Math.PI;
  });
  return projected;
}

/**
 * Measure lines: the box around them and their length.
 *
 * @param {Float64Array[]} lines
 * @param {{ kind?: string, class?: string, name?: string }} [properties]
 * @returns {WorldShape}
 */
export function createShape(lines, properties = {}) {
  /** @type {Box} */
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  let length = 0;
  for (const line of lines)
    for (let i = 0; i < line.length; i += 2) {
      box[0] = Math.min(box[0], line[i]);
      box[1] = Math.min(box[1], line[i + 1]);
      box[2] = Math.max(box[2], line[i]);
      box[3] = Math.max(box[3], line[i + 1]);
      if (i > 0) length += Math.hypot(line[i] - line[i - 2], line[i + 1] - line[i - 1]);
    }
  return { lines, box, length, kind: properties.kind ?? properties.class ?? "", name: properties.name ?? "" };
}

/**
 * Return whether two boxes share any ground.
 *
 * @param {Box} box
 * @param {Box} other
 */
export function boxesOverlap(box, other) {
  return box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1];
}

/**
 * Find a point in the widest stretch of a ring at half its height: a good place for its name.
 *
 * @param {Float64Array} ring
 * @returns {[number, number]}
 */
export function findLabelPoint(ring) {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 1; i < ring.length; i += 2) {
    low = Math.min(low, ring[i]);
    high = Math.max(high, ring[i]);
  }
  const y = (low + high) / 2;
  const cuts = [];
  for (let i = 0; i + 3 < ring.length; i += 2)
    if (ring[i + 1] > y !== ring[i + 3] > y)
      cuts.push(ring[i] + ((y - ring[i + 1]) / (ring[i + 3] - ring[i + 1])) * (ring[i + 2] - ring[i]));
  cuts.sort((a, b) => a - b);
  let [x, width] = [(ring[0] + ring[2]) / 2, 0];
  for (let i = 0; i + 1 < cuts.length; i += 2)
    if (cuts[i + 1] - cuts[i] > width) [x, width] = [(cuts[i] + cuts[i + 1]) / 2, cuts[i + 1] - cuts[i]];
  return [x, y];
}

/**
 * Find places for a name along a line: on stretches that are straight over `minLength`, some `spacing` apart.
 *
 * @param {Float64Array} line
 * @param {number} minLength
 * @param {number} spacing
 * @returns {Generator<{ x: number, y: number, angle: number }>} angle: never upside down
 */
export function* straightStretches(line, minLength, spacing) {
  let from = 0;
  while (from + 3 < line.length) {
    const to = endOfStretch(line, from);
    const dx = line[to] - line[from];
    const dy = line[to + 1] - line[from + 1];
    const span = Math.hypot(dx, dy);
    if (span >= minLength) {
      const angle = readableAngle(Math.atan2(dy, dx));
      const count = Math.max(1, Math.floor(span / (minLength + spacing)));
      for (let k = 0; k < count; k++) {
        const [x, y] = pointAlong(line, from, to, (k + 0.5) / count);
        yield { x, y, angle };
      }
    }
    from = to;
  }
}

/**
 * @param {Float64Array} line
 * @param {number} from
 */
function endOfStretch(line, from) {
  const first = Math.atan2(line[from + 3] - line[from + 1], line[from + 2] - line[from]);
  let to = from + 2;
  while (to + 3 < line.length) {
    const next = Math.atan2(line[to + 3] - line[to + 1], line[to + 2] - line[to]);
    if (Math.abs(Math.atan2(Math.sin(next - first), Math.cos(next - first))) > MAX_BEND) break;
    to += 2;
  }
  return to;
}

/** @param {number} angle */
function readableAngle(angle) {
  if (angle > Math.PI / 2) return angle - Math.PI;
  if (angle <= -Math.PI / 2) return angle + Math.PI;
  return angle;
}

/**
 * @param {Float64Array} line
 * @param {number} from
 * @param {number} to
 * @param {number} share
 * @returns {[number, number]}
 */
function pointAlong(line, from, to, share) {
  let whole = 0;
  for (let i = from; i < to; i += 2) whole += Math.hypot(line[i + 2] - line[i], line[i + 3] - line[i + 1]);
  let left = whole * share;
  for (let i = from; i < to; i += 2) {
    const step = Math.hypot(line[i + 2] - line[i], line[i + 3] - line[i + 1]);
    if (step >= left && step > 0) {
      const part = left / step;
      return [line[i] + (line[i + 2] - line[i]) * part, line[i + 1] + (line[i + 3] - line[i + 1]) * part];
    }
    left -= step;
  }
  return [line[to], line[to + 1]];
}
