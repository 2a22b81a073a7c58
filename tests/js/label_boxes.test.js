import assert from "node:assert/strict";
import { test } from "node:test";
import { placeLabels } from "../../maps/interactive/leaflet/base_map_labels.js";
import { LabelBoxes } from "../../maps/interactive/leaflet/label_boxes.js";
import { createShape } from "../../maps/interactive/leaflet/world.js";

test("a box that touches one that was taken is refused, one beside it is not", () => {
  const boxes = new LabelBoxes(1);
  assert.equal(boxes.reserve(0, 0, [10, 5]), true);
  assert.equal(boxes.reserve(19, 0, [10, 5]), false);
  assert.equal(boxes.reserve(20, 0, [10, 5]), true);
  assert.equal(boxes.reserve(0, 9, [10, 5]), false);
  assert.equal(boxes.reserve(0, 10, [10, 5]), true);
});

test("a box that was refused takes no room", () => {
  const boxes = new LabelBoxes(1);
  boxes.reserve(0, 0, [10, 5]);
  boxes.reserve(15, 0, [10, 5]);
  assert.equal(boxes.isFree(22, 0, [10, 5]), true);
});

test("boxes in different cells of the grid see each other, at any scale", () => {
  for (const scale of [1, 2 ** 16]) {
    const boxes = new LabelBoxes(scale);
    const at = (x) => x / scale;
    assert.equal(boxes.reserve(at(158), at(-2), [at(30), at(10)]), true);
    assert.equal(boxes.reserve(at(190), at(3), [at(30), at(10)]), false);
    assert.equal(boxes.reserve(at(-160), at(-2), [at(30), at(10)]), true);
  }
});

test("any boxes that were taken touch no other", () => {
  const boxes = new LabelBoxes(1);
  const taken = [];
  for (let i = 0; i < 400; i++) {
    const [x, y, half] = [(i * 379) % 1000, (i * 211) % 700, [20 + (i % 60), 8]];
    if (boxes.reserve(x, y, half)) taken.push([x, y, half]);
  }
  assert.ok(taken.length > 20);
  for (const [i, [x, y, [w, h]]] of taken.entries())
    for (const [ox, oy, [ow, oh]] of taken.slice(i + 1))
      assert.ok(Math.abs(x - ox) >= w + ow || Math.abs(y - oy) >= h + oh);
});

const NONE = { water: [], green: [], built: [], buildings: [], roads: [], rail: [], canals: [] };
/** A straight road of so many pixels at zoom 16, from x, y in pixels. */
const road = (name, rank, x, y, length) => ({
  ...createShape([Float64Array.of(x, y, x + length, y).map((pixel) => pixel / 2 ** 16)], { name }),
  style: { rank },
});
const measure = (text) => 10 * text.length;

test("where two roads share a place the main road keeps its name", () => {
  const roads = [road("Steeg", 2, 0, 0, 200), road("Hoofdweg", 4, 0, 5, 200)];
  assert.deepEqual(
    placeLabels({ ...NONE, roads }, 16, measure).map(({ text }) => text),
    ["Hoofdweg"],
  );
});

test("a road shorter than its name has none, and a long one has it more than once", () => {
  const roads = [road("Kort", 2, 0, 0, 30), road("Lang", 2, 0, 300, 1200)];
  assert.deepEqual(
    placeLabels({ ...NONE, roads }, 16, measure).map(({ text }) => text),
    ["Lang", "Lang"],
  );
});

test("farther out only main roads have names", () => {
  const roads = [road("Steeg", 2, 0, 0, 3000), road("Hoofdweg", 4, 0, 900, 3000)];
  const names = (zoom) => new Set(placeLabels({ ...NONE, roads }, zoom, measure).map(({ text }) => text));
  assert.deepEqual(names(12), new Set());
  assert.deepEqual(names(14), new Set(["Hoofdweg"]));
  assert.deepEqual(names(15), new Set(["Hoofdweg", "Steeg"]));
});

test("water and green have names where these fit, before any road", () => {
  const side = 200 / 2 ** 16;
  const pond = createShape([Float64Array.of(0, 0, side, 0, side, side, 0, side, 0, 0)], { name: "Vijver" });
  const [label, ...others] = placeLabels(
    { ...NONE, water: [pond], roads: [road("Dijk", 2, 0, 100, 200)] },
    16,
    measure,
  );
  assert.deepEqual([label.text, label.color, others], ["Vijver", "label_water", []]);
  assert.deepEqual(placeLabels({ ...NONE, water: [pond] }, 14, measure), []);
});
