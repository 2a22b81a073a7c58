import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { forgetDraft, loadDraft, saveDraft } from "../../ui/canvas/src/autosave.js";
import {
  createId,
  createSketch,
  fromDraft,
  toDraft,
  toResult,
  withInitial,
} from "../../ui/canvas/src/sketch.js";
import { Sync } from "../../ui/canvas/src/sync.js";

const RING = [
  [5, 52],
  [5.01, 52],
  [5.01, 52.01],
  [5, 52],
];
const STROKE = { tool: "lasso", points: [[5, 52, 0]] };
const sketch = {
  ...createSketch("a", 1500),
  polygons: [[RING]],
  strokes: [STROKE],
  tool: "lasso",
  startedAt: 1_000_000,
  firstWidth_m: 900,
  pointer: "touch",
};
const result = (facts) => toResult(sketch, { now: 1_012_400, windowWidth: 500, shown: ["ground"], ...facts });

test("a sketch comes back from its draft as it was", () => {
  assert.deepEqual(fromDraft(JSON.parse(JSON.stringify(toDraft(sketch, false)))), sketch);
  assert.equal(toDraft(sketch, true).accepted, true);
});

test("a draft of today is read: its names on the device do not change", () => {
  const kept = {
    id: "b",
    polygons: [[RING]],
    strokes: [STROKE],
    how: "corners",
    started: 5,
    first: 7,
    pointer: "pen",
  };
  const restored = fromDraft({ ...kept, startWidth: 1500, accepted: false });
  assert.deepEqual(
    [restored.tool, restored.startedAt, restored.firstWidth_m, restored.pointer, restored.startWidth_m],
    ["corners", 5, 7, "pen", 1500],
  );
  assert.deepEqual(fromDraft({ id: "c", polygons: [] }).strokes, []);
});

test("what is sent says how long it took and how wide the map was, never where it was", () => {
  assert.deepEqual(result(), {
    id: "a",
    geometry: { type: "Polygon", coordinates: [RING] },
    strokes: [STROKE],
    tool: "lasso",
    seconds: 12,
    first_width_m: 900,
    start_width_m: 1500,
    screen: "phone",
    input: "touch",
    shown: ["ground"],
  });
});

test("screens are classed by the width of the window", () => {
  const screens = [639, 640, 1099, 1100, 1699, 1700, 5000].map(
    (windowWidth) => result({ windowWidth }).screen,
  );
  assert.deepEqual(screens, ["phone", "tablet", "tablet", "laptop", "laptop", "large", "large"]);
});

test("what the server has replaces outline and strokes, and nothing that was measured here", () => {
  const loaded = withInitial(sketch, {
    id: "z",
    geometry: { type: "Polygon", coordinates: [RING] },
    strokes: [],
  });
  assert.deepEqual([loaded.id, loaded.strokes, loaded.tool, loaded.firstWidth_m], ["z", [], "lasso", 900]);
  assert.deepEqual(withInitial(sketch, null).polygons, []);
});

test("names are of version 4 and never the same", () => {
  const ids = new Set(Array.from({ length: 1000 }, createId));
  assert.equal(ids.size, 1000);
  for (const id of ids)
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

/** @param {object | undefined} storage What scripts find as `localStorage`. */
function setStorage(storage) {
  Object.defineProperty(globalThis, "localStorage", { value: storage, configurable: true });
}

/** A device that keeps so many drafts and no more. */
function device(room = 10) {
  const kept = new Map();
  setStorage({
    getItem: (name) => kept.get(name) ?? null,
    removeItem: (name) => kept.delete(name),
    setItem: (name, value) => {
      if (kept.size >= room) throw new Error("full");
      kept.set(name, value);
    },
  });
  return kept;
}

test("a draft is kept under its name until it is forgotten", () => {
  const kept = device();
  assert.equal(saveDraft("demo", toDraft(sketch, false)), true);
  assert.deepEqual([...kept.keys()], ["buurt:draft:demo"]);
  assert.equal(loadDraft("demo")?.id, "a");
  assert.equal(loadDraft("other"), null);
  forgetDraft("demo");
  assert.equal(loadDraft("demo"), null);
});

test("a device that is full or keeps nothing says so and breaks nothing", () => {
  device(0);
  assert.equal(saveDraft("demo", toDraft(sketch, false)), false);
  setStorage(undefined);
  assert.equal(saveDraft("demo", toDraft(sketch, false)), false);
  assert.equal(loadDraft("demo"), null);
  forgetDraft("demo");
});

test("what is no draft is not read as one", () => {
  const kept = device();
  for (const text of ["{", "null", "3", "{}", '{"id": 3, "polygons": []}', '{"id": "a", "polygons": {}}']) {
    kept.set("buurt:draft:demo", text);
    assert.equal(loadDraft("demo"), null, text);
  }
});

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

/** A line to a server that hears what is sent. */
function line() {
  const sent = [];
  return { sent, sync: new Sync({ tellPage: (value) => sent.push(value), target: () => null }) };
}

test("a drawing is sent again every four seconds until the server has heard of it", () => {
  const { sent, sync } = line();
  sync.send(result());
  mock.timers.tick(3999);
  assert.equal(sent.length, 1);
  mock.timers.tick(1);
  mock.timers.tick(4000);
  assert.equal(sent.length, 3);
  assert.deepEqual(new Set(sent.map(({ turn }) => turn)).size, 1);
  sync.acknowledge(sent[0].turn);
  mock.timers.tick(20_000);
  assert.equal(sent.length, 3);
});

test("that another drawing was heard is no answer to this one", () => {
  const { sent, sync } = line();
  sync.send(result());
  mock.timers.tick(3000);
  // The server is there, and has four more seconds for this one.
  sync.acknowledge(sent[0].turn + 1);
  mock.timers.tick(3999);
  assert.equal(sent.length, 1);
  mock.timers.tick(1);
  assert.equal(sent.length, 2);
});

test("what is taken back is not sent again; without anything sent there is nothing to take back", () => {
  const { sent, sync } = line();
  sync.withdraw();
  assert.deepEqual(sent, []);
  sync.send(result());
  sync.withdraw();
  sync.withdraw();
  mock.timers.tick(20_000);
  assert.deepEqual(sent.slice(1), [{ changing: true }]);
  assert.equal(sync.result, null);
});

test("a line that is closed sends nothing any more", () => {
  const { sent, sync } = line();
  sync.send(result());
  sync.close();
  mock.timers.tick(20_000);
  assert.equal(sent.length, 1);
});
