import assert from "node:assert/strict";
import { test } from "node:test";
import {
  canPan,
  canvasMachine,
  INITIAL_STATE,
  isMarking,
  strokeTool,
} from "../../ui/canvas/src/state_machine.js";

/** Next state for every state and event; "." ignored, "=" it stays and something is done or a flag changed. */
const TABLE = `
                 loading   looking picking ready    corners drawn    add    cut    points accepted saved
look             looking   .       .       .        .       .        .      .      .      .        .
pick             picking   .       .       .        .       .        .      .      .      .        .
begin            ready     .       .       .        .       .        .      .      .      .        .
restoreDraft     drawn     .       .       .        .       .        .      .      .      .        .
restoreAccepted  accepted  .       .       .        .       .        .      .      .      .        .
loadAccepted     accepted  .       .       accepted .       .        .      .      .      .        .
save             saved     .       .       saved    saved   saved    saved  saved  saved  saved    saved
closeLoop        .         .       .       drawn    .       drawn    .      .      .      .        .
openCorners      .         .       .       corners  .       .        .      .      .      .        .
closeCorners     .         .       .       .        drawn   .        .      .      .      .        .
restart          .         .       .       ready    ready   ready    ready  ready  ready  ready    ready
adjust           .         .       .       .        .       add      .      .      .      add      .
putBack          .         .       .       drawn    .       .        .      .      .      .        .
refuse           .         .       .       .        .       .        .      .      .      drawn    .
accept           .         .       .       .        .       accepted .      .      .      .        .
chooseAdd        .         .       .       .        .       .        add    add    add    .        .
chooseCut        .         .       .       .        .       .        cut    cut    cut    .        .
choosePoints     .         .       .       .        .       .        points points points .        .
undo             .         .       .       .        .       =        =      =      =      .        .
redo             .         .       .       .        .       =        =      =      =      .        .
stopEditing      .         .       .       .        .       .        drawn  drawn  drawn  .        .
toggleHand       .         .       .       =        .       .        =      =      .      .        .
startMarking     =         .       .       =        =       =        =      =      =      =        =
stopMarking      .         .       .       =        =       =        =      =      =      =        =
changeMarks      .         .       .       .        .       .        .      .      .      .        .
`;

const [heads, ...lines] = TABLE.trim().split("\n");
const STATES = heads.trim().split(/\s+/);
const ROWS = lines.map((line) => line.trim().split(/\s+/));
const at = (name, flags = {}) => ({ name, panning: false, marking: false, ...flags });
/** The name of the state that an event leads to, or "." when it is ignored. */
const outcome = (state, event) => {
  const { state: next, effects } = canvasMachine(state, event);
  return next === state && effects.length === 0 ? "." : next.name;
};

for (const [event, ...expected] of ROWS)
  test(`${event} makes of every state what the table says`, () => {
    const found = STATES.map((name) => outcome(at(name), event));
    assert.deepEqual(
      found,
      expected.map((cell, i) => (cell === "=" ? STATES[i] : cell)),
    );
  });

test("every state is reached from the first by events", () => {
  const reached = new Set([INITIAL_STATE.name]);
  for (const name of reached)
    for (const [event] of ROWS) reached.add(canvasMachine(at(name), event).state.name);
  assert.deepEqual([...reached].sort(), [...STATES].sort());
});

test("an event that nobody knows is ignored in every state", () => {
  for (const name of STATES) assert.equal(outcome(at(name), "fly"), ".");
});

test("marks are for an accepted drawing while edges are asked for", () => {
  for (const name of STATES) {
    const state = at(name, { marking: true });
    assert.equal(isMarking(state), name === "accepted");
    assert.equal(outcome(state, "changeMarks"), name === "accepted" ? "accepted" : ".");
  }
  assert.equal(canvasMachine(at("accepted", { marking: true }), "toggleHand").state.panning, true);
});

test("a stroke draws in four states, and in none while the hand moves the map", () => {
  const tools = Object.fromEntries(STATES.map((name) => [name, strokeTool(at(name, { marking: true }))]));
  const drawing = { ready: "lasso", add: "add", cut: "cut", accepted: "vague" };
  assert.deepEqual(tools, { ...Object.fromEntries(STATES.map((name) => [name, null])), ...drawing });
  for (const name of STATES) {
    assert.equal(strokeTool(at(name, { marking: true, panning: true })), null);
    assert.equal(canPan(at(name, { marking: true, panning: true })), name in drawing);
  }
  assert.equal(strokeTool(at("accepted")), null);
});

test("the hand lets go when drawing is begun anew, ended, or edges are asked for", () => {
  for (const [name, event] of [
    ["add", "restart"],
    ["cut", "stopEditing"],
    ["accepted", "startMarking"],
    ["accepted", "stopMarking"],
  ])
    assert.equal(canvasMachine(at(name, { panning: true }), event).state.panning, false, event);
  assert.equal(canvasMachine(at("add", { panning: true }), "chooseCut").state.panning, true);
});

test("a drawing is sent when it is accepted, and taken back when it is changed or begun anew", () => {
  assert.ok(canvasMachine(at("drawn"), "accept").effects.includes("sendSketch"));
  for (const name of ["drawn", "accepted"])
    assert.ok(canvasMachine(at(name), "adjust").effects.includes("withdraw"), name);
  for (const name of ["ready", "corners", "drawn", "add", "cut", "points", "accepted", "saved"]) {
    const { effects } = canvasMachine(at(name), "restart");
    assert.ok(effects.includes("withdraw") && effects.includes("forgetDraft"), name);
    assert.ok(effects.indexOf("clearSketch") < effects.indexOf("showSketch"), name);
  }
});

/** What is done at an event, in order: everywhere, unless a state is named. */
const EFFECTS = {
  "loading restoreDraft": "showSketch fitSketch",
  "loading restoreAccepted": "showSketch fitSketch",
  "loading loadAccepted": "showSketch",
  "loading save": "showSketch forgetDraft closeCornerTool",
  "loading startMarking": "",
  "ready loadAccepted": "showSketch fitSketch",
  "ready openCorners": "openCornerTool",
  "corners closeCorners": "closeCornerTool",
  "accepted startMarking": "showSketch scrollToMap",
  "points chooseAdd": "closeCornerTool showSketch",
  "points chooseCut": "closeCornerTool showSketch",
  "points undo": "undoChange showSketch keepDraft openPointTool",
  "points redo": "redoChange showSketch keepDraft openPointTool",
  accept: "closeCornerTool keepDraft sendSketch",
  adjust: "cleanSketch withdraw",
  changeMarks: "showSketch keepDraft sendMarks",
  choosePoints: "openPointTool",
  putBack: "putBackSketch showSketch fitSketch keepDraft",
  redo: "redoChange showSketch keepDraft",
  restart: "closeCornerTool clearSketch forgetDraft showSketch withdraw",
  save: "forgetDraft closeCornerTool",
  startMarking: "showSketch",
  stopEditing: "closeCornerTool showSketch",
  stopMarking: "showSketch",
  undo: "undoChange showSketch keepDraft",
};

test("what is done at every event in every state is what the table says", () => {
  for (const name of STATES)
    for (const [event] of ROWS) {
      const state = at(name, { marking: true });
      const expected =
        outcome(state, event) === "." ? "" : (EFFECTS[`${name} ${event}`] ?? EFFECTS[event] ?? "");
      assert.equal(canvasMachine(state, event).effects.join(" "), expected, `${name} ${event}`);
    }
});

test("a draft is forgotten only when the drawing is saved or begun anew", () => {
  const forgetting = new Set();
  for (const name of STATES)
    for (const [event] of ROWS)
      if (canvasMachine(at(name, { marking: true }), event).effects.includes("forgetDraft"))
        forgetting.add(event);
  assert.deepEqual([...forgetting].sort(), ["restart", "save"]);
});

test("whatever leaves the corner tool closes it", () => {
  for (const name of ["corners", "points"])
    for (const [event] of ROWS) {
      const { state, effects } = canvasMachine(at(name), event);
      if (state.name !== name) assert.ok(effects.includes("closeCornerTool"), `${name} ${event}`);
    }
});
