import assert from "node:assert/strict";
import { test } from "node:test";
import { actionOfKey, TOOLBARS } from "../../ui/canvas/src/toolbar.js";

const FACTS = {
  corners: 0,
  marks: 0,
  hasStreets: true,
  isSnapping: false,
  canUndo: false,
  canRedo: false,
  isMarking: false,
};
const disabled = (state, facts = {}) =>
  TOOLBARS[state]
    .flat()
    .filter(({ isDisabled }) => isDisabled?.({ ...FACTS, ...facts }))
    .map(({ action }) => action);

test("every state has the buttons of what can be done in it", () => {
  const buttons = Object.entries(TOOLBARS).map(([state, rows]) => [
    state,
    rows.flat().map(({ action }) => action),
  ]);
  const editing = ["add", "cut", "points", "undo", "redo", "ready"];
  assert.deepEqual(Object.fromEntries(buttons), {
    picking: ["middle"],
    ready: ["put_back", "corners"],
    corners: ["stop", "snap", "point_back", "finish"],
    drawn: ["again", "adjust", "right"],
    add: editing,
    cut: editing,
    points: editing,
    accepted: ["again", "adjust", "unmark"],
  });
});

test("a button that would do nothing cannot be pressed", () => {
  assert.deepEqual(disabled("corners"), ["point_back", "finish"]);
  assert.deepEqual(disabled("corners", { corners: 2 }), ["finish"]);
  assert.deepEqual(disabled("corners", { corners: 3 }), []);
  assert.deepEqual(disabled("add"), ["undo", "redo"]);
  assert.deepEqual(disabled("add", { canUndo: true }), ["redo"]);
  assert.deepEqual(disabled("accepted"), ["unmark"]);
  assert.deepEqual(disabled("accepted", { marks: 1 }), []);
});

test("corners follow streets by choice, and only where there are streets", () => {
  const snap = TOOLBARS.corners.flat().find(({ action }) => action === "snap");
  assert.equal(snap.isPressed(FACTS), false);
  assert.equal(snap.isPressed({ ...FACTS, isSnapping: true }), true);
  assert.deepEqual([snap.isHidden(FACTS), snap.isHidden({ ...FACTS, hasStreets: false })], [false, true]);
});

test("no row has two main buttons", () => {
  for (const rows of Object.values(TOOLBARS))
    assert.ok(rows.flat().filter(({ isMain }) => isMain).length <= 1);
});

test("control and Z undoes, with shift or Y it redoes, on a Mac as well", () => {
  const key = (name, flags = {}) =>
    actionOfKey({ key: name, ctrlKey: false, metaKey: false, shiftKey: false, ...flags });
  assert.equal(key("z", { ctrlKey: true }), "undo");
  assert.equal(key("Z", { metaKey: true, shiftKey: true }), "redo");
  assert.equal(key("y", { ctrlKey: true }), "redo");
  assert.equal(key("z"), null);
  assert.equal(key("a", { ctrlKey: true }), null);
});
