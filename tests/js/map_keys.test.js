import assert from "node:assert/strict";
import { test } from "node:test";
import { readMapKey } from "../../ui/canvas/src/tools/map_keys.js";

const key = (name, isPuttingCorners, flags = {}) =>
  readMapKey(
    { key: name, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...flags },
    isPuttingCorners,
  );

test("arrows move the map; while corners are put by a small step, with shift by a larger one", () => {
  assert.deepEqual(key("ArrowLeft", false), { kind: "move", by: [-80, 0] });
  assert.deepEqual(key("ArrowDown", false, { shiftKey: true }), { kind: "move", by: [0, 240] });
  assert.deepEqual(key("ArrowRight", true), { kind: "move", by: [4, 0] });
  assert.deepEqual(key("ArrowUp", true, { shiftKey: true }), { kind: "move", by: [0, -40] });
});

test("plus and minus zoom, with shift or without", () => {
  assert.deepEqual(key("+", false, { shiftKey: true }), { kind: "zoom", steps: 1 });
  assert.deepEqual(key("-", true), { kind: "zoom", steps: -1 });
});

test("Enter and Backspace are for corners only", () => {
  assert.deepEqual(
    ["Enter", "Backspace"].map((name) => key(name, true)?.kind),
    ["put", "back"],
  );
  assert.deepEqual(
    ["Enter", "Backspace"].map((name) => key(name, false)),
    [null, null],
  );
});

test("keys of the browser and of others are left alone", () => {
  for (const flags of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }])
    assert.equal(key("ArrowLeft", true, flags), null);
  for (const name of ["Tab", "Escape", "a", "constructor"]) assert.equal(key(name, true), null);
});
