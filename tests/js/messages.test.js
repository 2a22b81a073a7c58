import assert from "node:assert/strict";
import { test } from "node:test";
import { describeDrawing, fillSentence, formatArea } from "../../ui/canvas/src/messages.js";

const WORDS = {
  square_m: "{n} m2",
  hectare: "{n} ha",
  square_km: "{n} km2",
  tell_corners: "tap",
  tell_more: "{n}, go on",
  tell_enough: "{n}, enough",
  tell_corners_keys: "cross",
  tell_more_keys: "{n}, enter",
  tell_enough_keys: "{n}, enter on the first",
  tell_touch: "finger",
  tell_mouse: "mouse",
  tell_size: "is {size}",
  tell_area: "{size}, right?",
  tell_parts: "{parts} parts, {size}, right?",
  not_kept: "not kept",
};
const drawn = {
  state: "drawn",
  isTouch: false,
  isKeyed: false,
  corners: 0,
  parts: 1,
  area_m2: 250_000,
  isKept: true,
};
const describe = (facts) => describeDrawing(WORDS, "nl", { ...drawn, ...facts });

test("a sentence is filled with facts; one that is absent leaves nothing behind", () => {
  assert.equal(fillSentence({ a: "{x} of {y}" }, "a", { x: 0, y: "z" }), "0 of z");
  assert.equal(fillSentence({ a: "{x}!" }, "a"), "!");
  assert.equal(fillSentence({}, "a", { x: 1 }), "");
  assert.equal(fillSentence({ a: "{x}" }, "a", { x: "{y} $& $1" }), "{y} $& $1");
});

test("areas are said in the unit of their size, as the language writes numbers", () => {
  assert.equal(formatArea(WORDS, "nl", 999.4), "999 m2");
  assert.equal(formatArea(WORDS, "nl", 1000), "0,1 ha");
  assert.equal(formatArea(WORDS, "nl", 99_400), "9,9 ha");
  assert.equal(formatArea(WORDS, "nl", 100_000), "0,10 km2");
  assert.equal(formatArea(WORDS, "en", 1_234_567_890), "1,234.57 km2");
});

test("corners are counted: three are enough", () => {
  const said = [0, 1, 2, 3].map((corners) => describe({ state: "corners", parts: 0, corners }));
  assert.deepEqual(said, ["tap", "1, go on", "2, go on", "3, enough"]);
  const keyed = [0, 1, 3].map((corners) => describe({ state: "corners", isKeyed: true, parts: 0, corners }));
  assert.deepEqual(keyed, ["cross", "1, enter", "3, enter on the first"]);
});

test("before anything is drawn it is said how, for the pointer there is", () => {
  assert.equal(describe({ state: "ready", parts: 0 }), "mouse");
  assert.equal(describe({ state: "ready", parts: 0, isTouch: true }), "finger");
});

test("only of a drawing that is finished it is asked whether it is right", () => {
  assert.equal(describe({}), "0,25 km2, right?");
  assert.equal(describe({ parts: 2 }), "2 parts, 0,25 km2, right?");
  for (const state of ["add", "cut", "points"]) assert.equal(describe({ state }), "is 0,25 km2", state);
  for (const state of ["accepted", "saved"])
    assert.equal(describe({ state, parts: 2 }), "is 0,25 km2", state);
  assert.equal(describe({ state: "add", parts: 2 }), "2 parts, 0,25 km2, right?");
});

test("a device that keeps nothing is told of until the drawing is accepted", () => {
  for (const state of ["drawn", "add", "cut", "points"])
    assert.equal(describe({ state, isKept: false }), "not kept");
  assert.equal(describe({ state: "accepted", isKept: false }), "is 0,25 km2");
});
