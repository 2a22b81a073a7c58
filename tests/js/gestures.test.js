// Gestures that hands make, each with the area it must give, worked out by hand.

import assert from "node:assert/strict";
import { test } from "node:test";
import ClipperLib from "clipper-lib";
import { refuseStroke, strokeArea } from "../../ui/canvas/src/tools/stroke_area.js";

const LIMITS = { min_area_m2: 100, max_area_m2: 100e6 };
/** Points along corners, four pixels apart, as a hand leaves them. */
const along = (...corners) =>
  corners.slice(1).flatMap(([bx, by], i) => {
    const [ax, ay] = corners[i];
    const n = Math.max(1, Math.ceil(Math.hypot(bx - ax, by - ay) / 4));
    return Array.from({ length: n }, (_, k) => [
      ax + ((bx - ax) * (k + 1)) / n,
      ay + ((by - ay) * (k + 1)) / n,
    ]);
  });
const round = (radius, turns = 1, from = 0, n = 120) =>
  Array.from({ length: Math.ceil(n * Math.abs(turns)) + 1 }, (_, i) => {
    const a = from + ((2 * Math.PI * i) / n) * Math.sign(turns);
    return [300 + radius * Math.cos(a), 300 + radius * Math.sin(a)];
  });
const ringArea = (ring) =>
  Math.abs(ring.slice(1).reduce((sum, [x, y], i) => sum + ring[i][0] * y - x * ring[i][1], 0)) / 2;
const SQUARE = [
  [0, 0],
  [200, 0],
  [200, 200],
  [0, 200],
  [0, 0],
];
const DISC = Math.PI * 100 ** 2;
const star = [0, 2, 4, 1, 3, 0].map((k) => {
  const a = (2 * Math.PI * k) / 5 - Math.PI / 2;
  return [300 + 150 * Math.cos(a), 300 + 150 * Math.sin(a)];
});
/** Of a pentagram: ten triangles between the radii 150 and 150 / golden ratio squared. */
const STAR = 5 * 150 * 150 * 0.381966 * Math.sin(Math.PI / 5);

/** Name, stroke, area and number of parts. */
const AREAS = [
  ["a circle to the right", round(100), DISC, 1],
  ["a circle to the left", round(100, -1), DISC, 1],
  ["a circle from below", round(100, 1, Math.PI / 2), DISC, 1],
  ["three times round", round(100, 3), DISC, 1],
  ["a square", along(...SQUARE), 40_000, 1],
  ["a square twice", along(...SQUARE, ...SQUARE.slice(1)), 40_000, 1],
  ["a square on its corner", along([0, 100], [100, 0], [200, 100], [100, 200], [0, 100]), 20_000, 1],
  ["a triangle", along([0, 0], [200, 0], [100, 150], [0, 0]), 15_000, 1],
  ["a house", along([0, 0], [200, 0], [200, 200], [100, 300], [0, 200], [0, 0]), 50_000, 1],
  ["an L", along([0, 0], [200, 0], [200, 100], [100, 100], [100, 200], [0, 200], [0, 0]), 30_000, 1],
  [
    "a U",
    along([0, 0], [50, 0], [50, 150], [150, 150], [150, 0], [200, 0], [200, 200], [0, 200], [0, 0]),
    25_000,
    1,
  ],
  ["past its own beginning", along(...SQUARE, [30, 0]), 40_000, 1],
  ["not quite to its beginning", along(...SQUARE.slice(0, 4), [0, 12]), 40_000, 1],
  ["three sides", along(...SQUARE.slice(0, 4)), 40_000, 1],
  [
    "a curl in a corner",
    along([0, 0], [200, 0], [200, 190], [210, 200], [210, 190], [200, 190], [200, 200], [0, 200], [0, 0]),
    40_000,
    1,
  ],
  ["a star", along(...star), STAR, 1],
  ["a ring inside, by a line there and back", [...round(100), ...round(60)], DISC, 1],
  ["a bow tie", along([0, 0], [200, 200], [200, 0], [0, 200], [0, 0]), 20_000, 2],
];

for (const [name, stroke, area, parts] of AREAS)
  test(`${name} is the ground it goes round`, () => {
    const found = strokeArea(ClipperLib, stroke);
    assert.ok(found);
    assert.equal(found.polygons.length, parts);
    assert.ok(
      found.polygons.every((rings) => rings.length === 1),
      "a hole",
    );
    const drawn = found.polygons.reduce((sum, [outer]) => sum + ringArea(outer), 0);
    assert.ok(Math.abs(drawn / area - 1) < 0.02, `${drawn} is not ${area}`);
    assert.equal(refuseStroke(found, area, LIMITS), null);
  });

/** What is no area: a line is said to be one, a tap as well. */
const REFUSED = [
  ["a swipe up", along([0, 300], [0, 0])],
  ["a slanting swipe", along([0, 0], [150, 220])],
  ["there and back", along([0, 0], [200, 0], [0, 0])],
  ["a trembling finger", round(3.5, 2)],
];

for (const [name, stroke] of REFUSED)
  test(`${name} is no area`, () => {
    const found = strokeArea(ClipperLib, stroke);
    const drawn = (found?.polygons ?? []).reduce((sum, [outer]) => sum + ringArea(outer), 0);
    assert.ok(found === null || refuseStroke(found, drawn, LIMITS) === "line");
  });
