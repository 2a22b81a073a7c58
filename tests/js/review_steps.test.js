// Going through the list of drawings that wait: one on, one back, to the next that is open, and what was not heard.

import assert from "node:assert/strict";
import { test } from "node:test";

import { moveBy, nextOpen, pendingAfter } from "../../ui/browser/review_steps.js";

const rows = ["a", "b", "c", "d"].map((key) => ({ key, isOpen: key !== "c" }));

test("an arrow goes one row on, and stays at the ends", () => {
  assert.equal(moveBy(rows, "b", 1), "c");
  assert.equal(moveBy(rows, "a", -1), "a");
  assert.equal(moveBy(rows, "d", 1), "d");
  assert.equal(moveBy([], "a", 1), "");
});

test("a decision goes to the next that waits: over what is closed, and round to the top", () => {
  assert.equal(nextOpen(rows, "b", []), "d");
  assert.equal(nextOpen(rows, "d", []), "a");
});

test("what was just decided waits no more, though the server has not heard it", () => {
  const pending = [{ visit: "v", turn: 1, action: "accept", keys: ["a", "d"] }];
  assert.equal(nextOpen(rows, "d", pending), "b");
  const all = [{ visit: "v", turn: 2, action: "accept", keys: ["a", "b", "d"] }];
  assert.equal(nextOpen(rows, "d", all), "d");
});

test("an act is told until it was heard; that of another list on the page says nothing of it", () => {
  const pending = [1, 2, 3].map((turn) => ({ visit: "v", turn, action: "accept", keys: ["a"] }));
  assert.deepEqual(
    pendingAfter(pending, { visit: "v", turn: 2 }).map((act) => act.turn),
    [3],
  );
  assert.equal(pendingAfter(pending, { visit: "other", turn: 9 }).length, 3);
  assert.equal(pendingAfter(pending, null).length, 3);
});
