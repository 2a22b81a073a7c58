import assert from "node:assert/strict";
import { test } from "node:test";
import { isTyped } from "../../ui/canvas/src/layout.js";

test("a key in a field undoes what was typed there, not what was drawn", () => {
  const typed = ["INPUT", "TEXTAREA", "DIV", "BUTTON"].filter((tagName) => isTyped({ target: { tagName } }));
  assert.deepEqual(typed, ["INPUT", "TEXTAREA"]);
  assert.equal(isTyped({ target: null }), false);
});
