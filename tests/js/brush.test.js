import assert from "node:assert/strict";
import { test } from "node:test";
import ClipperLib from "clipper-lib";
import { BRUSH_PX, brushPolygons, coverStroke } from "../../ui/canvas/src/tools/brush.js";

const bounds = (ring) => [
  Math.min(...ring.map(([x]) => x)),
  Math.min(...ring.map(([, y]) => y)),
  Math.max(...ring.map(([x]) => x)),
  Math.max(...ring.map(([, y]) => y)),
];
const area = (ring) =>
  Math.abs(ring.slice(1).reduce((sum, [x, y], i) => sum + ring[i][0] * y - x * ring[i][1], 0)) / 2;
const identity = (position) => position;
const square = [
  [0, 0],
  [200, 0],
  [200, 200],
  [0, 200],
  [0, 0],
];

test("the ground under a straight stroke is a sausage: length times width and a disc", () => {
  const [[outer, ...holes]] = coverStroke(
    ClipperLib,
    [
      [0, 0],
      [100, 0],
    ],
    20,
  );
  assert.equal(holes.length, 0);
  assert.deepEqual(outer[0], outer.at(-1));
  for (const [i, expected] of [-20, -20, 120, 20].entries())
    assert.ok(Math.abs(bounds(outer)[i] - expected) < 1, `${bounds(outer)}`);
  const expected = 100 * 40 + Math.PI * 400;
  assert.ok(Math.abs(area(outer) - expected) < 0.02 * expected, `${area(outer)}`);
});

test("a stroke round and back to its beginning leaves the middle open", () => {
  const ring = Array.from({ length: 41 }, (_, i) => [
    100 * Math.cos((i * Math.PI) / 20),
    100 * Math.sin((i * Math.PI) / 20),
  ]);
  const [[, hole]] = coverStroke(ClipperLib, ring, 20);
  assert.ok(Math.abs(area(hole) - Math.PI * 80 * 80) < 0.03 * Math.PI * 80 * 80);
});

test("adding over the edge makes the area larger by what lies outside", () => {
  const stroke = [
    [150, 100],
    [300, 100],
  ];
  const [[outer]] = brushPolygons(ClipperLib, [[square]], "add", stroke, identity);
  assert.ok(Math.abs(bounds(outer)[2] - (300 + BRUSH_PX)) < 1);
  const expected = 200 * 200 + 100 * 40 + (Math.PI * 400) / 2;
  assert.ok(Math.abs(area(outer) - expected) < 0.01 * expected);
});

test("cutting right across makes two parts, cutting everything leaves none", () => {
  const across = [
    [100, -50],
    [100, 250],
  ];
  const parts = brushPolygons(ClipperLib, [[square]], "cut", across, identity);
  assert.equal(parts.length, 2);
  for (const [ring] of parts) assert.ok(Math.abs(area(ring) - 80 * 200) < 200);
  const small = [[square.map(([x, y]) => [x / 20, y / 20])]];
  assert.deepEqual(
    brushPolygons(
      ClipperLib,
      small,
      "cut",
      across.map(([, y]) => [5, y]),
      identity,
    ),
    [],
  );
});

test("the brush goes over the map as it is projected", () => {
  const toDegrees = ([x, y]) => [5 + x / 1e5, 52 - y / 1e5];
  const [[outer]] = brushPolygons(
    ClipperLib,
    [],
    "add",
    [
      [0, 0],
      [100, 0],
    ],
    toDegrees,
  );
  assert.ok(Math.abs(bounds(outer)[0] - (5 - 20 / 1e5)) < 1e-5);
  assert.ok(Math.abs(bounds(outer)[3] - (52 + 20 / 1e5)) < 1e-5);
});
