import assert from "node:assert/strict";
import { test } from "node:test";
import {
  boxesOverlap,
  createShape,
  findLabelPoint,
  projectLine,
  straightStretches,
} from "../../maps/interactive/leaflet/world.js";

const near = (found, expected, tolerance = 1e-6) =>
  assert.ok(Math.abs(found - expected) <= tolerance, `${found} is not ${expected}`);

test("the middle of the world is at 128, 128, its corners at 0 and 256", () => {
  const [x, y, east, north, , south] = projectLine([
    [0, 0],
    [180, 85.0511287798],
    [0, -85.0511287798],
  ]);
  assert.deepEqual([x, y, east], [128, 128, 256]);
  near(north, 0);
  near(south, 256);
});

test("a tile of zoom 1 ends where the web map's tiles do: 66.51326 degrees north", () => {
  const [x, y] = projectLine([[-90, 66.5132604]]);
  assert.equal(x, 64);
  near(y, 64, 1e-5);
});

test("a shape knows its box, its length over all lines, its kind and its name", () => {
  const shape = createShape([Float64Array.of(0, 0, 3, 4), Float64Array.of(10, -1, 10, 1)], {
    class: "main",
    name: "A",
  });
  assert.deepEqual(shape.box, [0, -1, 10, 4]);
  assert.equal(shape.length, 5 + 2);
  assert.deepEqual([shape.kind, shape.name], ["main", "A"]);
  assert.deepEqual([createShape([]).kind, createShape([]).length], ["", 0]);
});

test("boxes that only touch share no ground", () => {
  assert.equal(boxesOverlap([0, 0, 2, 2], [1, 1, 3, 3]), true);
  assert.equal(boxesOverlap([0, 0, 2, 2], [2, 0, 3, 2]), false);
  assert.equal(boxesOverlap([0, 0, 9, 9], [4, 4, 5, 5]), true);
});

test("the name of a U stands in its widest arm, never in the open middle", () => {
  // Arms of 1 and 3 wide, 10 high, on a foot of 2 high.
  const u = Float64Array.of(0, 0, 10, 0, 10, 10, 7, 10, 7, 2, 1, 2, 1, 10, 0, 10, 0, 0);
  assert.deepEqual(findLabelPoint(u), [8.5, 5]);
});

test("the name of a square stands in its middle", () => {
  assert.deepEqual(findLabelPoint(Float64Array.of(0, 0, 4, 0, 4, 4, 0, 4, 0, 0)), [2, 2]);
});

test("a straight line has one place for a name when it is short, more when it is long", () => {
  const line = Float64Array.of(0, 0, 100, 0);
  const places = (least, apart) => [...straightStretches(line, least, apart)];
  assert.deepEqual(places(101, 10), []);
  assert.deepEqual(places(60, 40), [{ x: 50, y: 0, angle: 0 }]);
  assert.deepEqual(
    places(20, 30).map(({ x }) => x),
    [25, 75],
  );
});

test("a name goes round no corner, and over a gentle bend it does", () => {
  const corner = Float64Array.of(0, 0, 50, 0, 50, 50);
  assert.equal([...straightStretches(corner, 60, 10)].length, 0);
  assert.equal([...straightStretches(corner, 40, 10)].length, 2);
  const bend = Float64Array.of(0, 0, 50, 0, 100, 10);
  assert.equal([...straightStretches(bend, 90, 10)].length, 1);
});

test("a name is never upside down, whichever way the line was drawn", () => {
  for (const [dx, dy] of [
    [-100, 0],
    [0, 100],
    [0, -100],
    [-70, 70],
    [-70, -70],
  ]) {
    const [{ angle }] = straightStretches(Float64Array.of(0, 0, dx, dy), 50, 10);
    assert.ok(angle > -Math.PI / 2 && angle <= Math.PI / 2, `${dx}, ${dy}: ${angle}`);
  }
});

test("a place lies on the line, halfway along it", () => {
  const bend = Float64Array.of(0, 0, 60, 0, 100, 10);
  const [{ x, y }] = straightStretches(bend, 90, 1000);
  const half = (60 + Math.hypot(40, 10)) / 2;
  near(x, half, 1e-9);
  near(y, 0, 1e-9);
});
