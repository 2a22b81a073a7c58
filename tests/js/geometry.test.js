import assert from "node:assert/strict";
import { test } from "node:test";
import ClipperLib from "clipper-lib";
import { fromGeoJson, toGeoJson } from "../../ui/canvas/src/tools/geojson.js";
import {
  cleanPolygons,
  joinPolygons,
  measureArea,
  simplifyLine,
  simplifyRing,
  subtractPolygons,
  trimLoop,
} from "../../ui/canvas/src/tools/geometry.js";

/** A square ring with its lower left corner at x, y. */
const square = (x, y, side) => [
  [x, y],
  [x + side, y],
  [x + side, y + side],
  [x, y + side],
  [x, y],
];
/** Area of a ring in the plane. */
const planeArea = (ring) =>
  Math.abs(ring.slice(1).reduce((sum, [x, y], i) => sum + ring[i][0] * y - x * ring[i][1], 0)) / 2;
const planeAreas = (polygons) =>
  polygons.reduce(
    (sum, [outer, ...holes]) => sum + planeArea(outer) - holes.reduce((h, hole) => h + planeArea(hole), 0),
    0,
  );
const near = (found, expected, tolerance = 1e-9) =>
  assert.ok(Math.abs(found - expected) <= tolerance, `${found} is not ${expected}`);

test("a corner that moves the line less than the tolerance is left out", () => {
  const line = [
    [0, 0],
    [5, 1],
    [10, 0],
    [10, 10],
  ];
  assert.deepEqual(simplifyLine(line, 2), [
    [0, 0],
    [10, 0],
    [10, 10],
  ]);
  assert.deepEqual(simplifyLine(line, 0.5), line);
  assert.deepEqual(simplifyLine([[1, 2]], 5), [[1, 2]]);
});

test("no point that was left out lies farther from the simplified line than the tolerance", () => {
  const wave = Array.from({ length: 200 }, (_, i) => [i, 10 * Math.sin(i / 9) + (i % 7) / 3]);
  const kept = simplifyLine(wave, 2);
  assert.ok(kept.length < wave.length / 3);
  let at = 0;
  for (const [x, y] of wave) {
    while (at + 1 < kept.length - 1 && kept[at + 1][0] < x) at++;
    const [[ax, ay], [bx, by]] = [kept[at], kept[at + 1]];
    const away = Math.abs((by - ay) * (x - ax) - (bx - ax) * (y - ay)) / Math.hypot(bx - ax, by - ay);
    assert.ok(away <= 2 + 1e-9, `${x}: ${away}`);
  }
});

test("a ring is closed, and the same wherever it was begun", () => {
  const round = [
    [0, 0],
    [10, 0],
    [20, 0],
    [20, 20],
    [0, 20],
  ];
  const one = simplifyRing(round, 1);
  const other = simplifyRing([...round.slice(2), ...round.slice(0, 2)], 1);
  assert.deepEqual(one[0], one.at(-1));
  near(planeArea(one), 400);
  near(planeArea(other), 400);
  assert.equal(one.length, 5);
});

test("what sticks out where a loop was closed is cut off", () => {
  // Begun at -5, 0 to the right, round, and down past the beginning: it crosses at 0, 0.
  const stroke = [
    [-5, 0],
    [10, 0],
    [10, 10],
    [0, 10],
    [0, -5],
  ];
  assert.deepEqual(trimLoop(stroke), [
    [0, 0],
    [10, 0],
    [10, 10],
    [0, 10],
  ]);
  assert.deepEqual(trimLoop(square(0, 0, 1).slice(0, 4)), square(0, 0, 1).slice(0, 4));
});

test("a crossing in the middle of a stroke is no end that sticks out", () => {
  const eight = Array.from({ length: 100 }, (_, i) => {
    const turn = (2 * Math.PI * (i + 0.5)) / 100;
    return [Math.sin(turn), Math.sin(2 * turn)];
  });
  // Begun at a far end of the eight, so that it crosses itself a quarter and three quarters on.
  const begun = [...eight.slice(25), ...eight.slice(0, 25)];
  assert.equal(trimLoop(begun, 0.2).length, begun.length);
  assert.ok(trimLoop(begun).length < 60);
});

test("a hundredth of a degree at the equator is 1.112 km wide: a square of 1.2364 square km", () => {
  const [radius_m, side] = [6371008.8, (0.01 * Math.PI) / 180];
  const expected = radius_m * radius_m * side * Math.sin(side);
  near(measureArea([[square(0, 0, 0.01)]]), expected, 1);
  near(measureArea([[square(0, 0, 0.01).reverse()]]), expected, 1);
});

test("a hole is not part of the area", () => {
  const [whole, hole] = [square(5, 52, 0.01), square(5.002, 52.002, 0.005)];
  near(measureArea([[whole, hole]]), measureArea([[whole]]) - measureArea([[hole]]), 1e-6);
});

test("a bow-tie becomes its two halves", () => {
  const bow = [
    [0, 0],
    [2, 2],
    [2, 0],
    [0, 2],
    [0, 0],
  ];
  const clean = cleanPolygons(ClipperLib, [[bow]]);
  assert.equal(clean.length, 2);
  near(planeAreas(clean), 2, 1e-6);
});

test("joined squares that overlap by half count the overlap once; subtracted, half remains", () => {
  const [one, other] = [[square(0, 0, 2)], [square(1, 0, 2)]];
  const joined = joinPolygons(ClipperLib, [one], [other]);
  assert.equal(joined.length, 1);
  near(planeAreas(joined), 6, 1e-6);
  near(planeAreas(subtractPolygons(ClipperLib, [one], [other])), 2, 1e-6);
});

test("a square cut from the middle is a hole, and stays one when ground is added elsewhere", () => {
  const ring = subtractPolygons(ClipperLib, [[square(0, 0, 9)]], [[square(3, 3, 3)]]);
  assert.equal(ring[0].length, 2);
  near(planeAreas(ring), 72, 1e-6);
  const more = joinPolygons(ClipperLib, ring, [[square(20, 0, 1)]]);
  assert.equal(more.length, 2);
  near(planeAreas(more), 73, 1e-6);
});

test("what is subtracted whole leaves nothing", () => {
  assert.deepEqual(subtractPolygons(ClipperLib, [[square(0, 0, 1)]], [[square(-1, -1, 3)]]), []);
});

test("GeoJSON is of one polygon or of more, with six decimals, and reads back", () => {
  const one = [[square(5.12345678, 52, 1)]];
  const geometry = toGeoJson(one);
  assert.equal(geometry.type, "Polygon");
  assert.equal(geometry.coordinates[0][0][0], 5.123457);
  const two = [...one, [square(0, 0, 1)]];
  assert.equal(toGeoJson(two).type, "MultiPolygon");
  assert.deepEqual(fromGeoJson(toGeoJson(two))[1], two[1]);
  assert.deepEqual(fromGeoJson(geometry)[0][0].length, 5);
  assert.deepEqual(fromGeoJson(null), []);
});
