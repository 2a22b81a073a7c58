import assert from "node:assert/strict";
import { test } from "node:test";
import { History } from "../../ui/canvas/src/history.js";

test("undo gives what was there before, redo what was undone", () => {
  const history = new History();
  history.record("nothing");
  history.record("one");
  assert.equal(history.undo("two"), "one");
  assert.equal(history.undo("one"), "nothing");
  assert.equal(history.canUndo, false);
  assert.equal(history.redo("nothing"), "one");
  assert.equal(history.redo("one"), "two");
  assert.equal(history.canRedo, false);
  assert.equal(history.undo("two"), "one");
});

test("without a step there is nothing to undo or redo, and nothing is lost by trying", () => {
  const history = new History();
  assert.equal(history.undo("now"), undefined);
  assert.equal(history.redo("now"), undefined);
  assert.deepEqual([history.canUndo, history.canRedo], [false, false]);
});

test("a change after undo takes away what could be redone", () => {
  const history = new History();
  history.record("nothing");
  history.undo("one");
  assert.equal(history.canRedo, true);
  history.record("nothing");
  assert.equal(history.canRedo, false);
});

test("fifty steps can be undone, of more the oldest are gone", () => {
  const history = new History();
  for (let step = 0; step < 60; step++) history.record(step);
  let now = 60;
  let undone = 0;
  for (let before = history.undo(now); before !== undefined; before = history.undo(now)) {
    assert.equal(before, now - 1);
    now = before;
    undone++;
  }
  assert.deepEqual([undone, now], [50, 10]);
});

test("after clearing there is nothing left", () => {
  const history = new History();
  history.record("nothing");
  history.record("one");
  history.undo("two");
  history.clear();
  assert.deepEqual([history.canUndo, history.canRedo], [false, false]);
});
