import assert from "node:assert/strict";
import { test } from "node:test";
import { countMarks, edgesAlong, vagueEdges, withoutLastMark } from "../../ui/canvas/src/tools/edge_marks.js";
import { closeStroke } from "../../ui/canvas/src/tools/freehand.js";
import { followStrokes } from "../../ui/canvas/src/tools/pointer_stroke.js";

test("a stroke smaller than a fingertip both ways is a tap", () => {
  const tap = [
    [0, 0],
    [23, 0],
    [23, 23],
    [0, 23],
  ];
  assert.equal(closeStroke(tap), null);
  const loop = tap.map(([x, y]) => [x, 2 * y]);
  assert.deepEqual(closeStroke(loop)?.length, 5);
});

test("many points of a circle become few, and stay within two pixels of it", () => {
  const circle = Array.from({ length: 400 }, (_, i) => [
    150 * Math.cos((i * Math.PI) / 200),
    150 * Math.sin((i * Math.PI) / 200),
  ]);
  const ring = closeStroke(circle) ?? [];
  assert.ok(ring.length > 12 && ring.length < 60, `${ring.length}`);
  for (const [i, [x, y]] of ring.slice(1).entries()) {
    const middle = Math.hypot((x + ring[i][0]) / 2, (y + ring[i][1]) / 2);
    assert.ok(150 - middle <= 2 + 1e-9);
  }
});

test("what sticks out where the loop was closed is not part of the area", () => {
  const side = (from, to) =>
    Array.from({ length: 10 }, (_, i) => from.map((x, k) => x + ((to[k] - x) * i) / 10));
  const corners = [
    [-60, 0],
    [200, 0],
    [200, 200],
    [0, 200],
    [0, -60],
  ];
  const stroke = corners.slice(1).flatMap((corner, i) => side(corners[i], corner));
  for (const [x, y] of closeStroke(stroke) ?? []) assert.ok(x >= -3 && y >= -3, `${x}, ${y}`);
});

/** A degree of latitude is 111,195 m; a square of about 111 m north to south at the equator. */
const square = [
  [
    [0, 0],
    [0.001, 0],
    [0.001, 0.001],
    [0, 0.001],
    [0, 0],
  ],
];

test("the edge within reach of a stroke is marked, and nothing of the other sides", () => {
  const alongSouth = [
    [0.0003, -0.00005, 0],
    [0.0007, -0.00005, 90],
  ];
  const pieces = edgesAlong([square], alongSouth, 12);
  assert.equal(pieces.length, 1);
  for (const [lon, lat] of pieces[0]) {
    assert.equal(lat, 0);
    assert.ok(lon > 0.0001 && lon < 0.0009, `${lon}`);
  }
  assert.deepEqual(edgesAlong([square], alongSouth, 4), []);
});

test("where a stroke touches the edge in one point there is no piece to draw", () => {
  const touching = [
    [-0.0005, 0.0005, 0],
    [-0.00009, 0.0005, 90],
  ];
  assert.deepEqual(edgesAlong([square], touching, 10.5), []);
  assert.equal(edgesAlong([square], touching, 12).length, 1);
});

test("a mark over the corner where the ring begins is one piece", () => {
  const roundCorner = [
    [-0.00005, 0.0003, 0],
    [-0.00005, -0.00005, 90],
    [0.0003, -0.00005, 180],
  ];
  const pieces = edgesAlong([square], roundCorner, 12);
  assert.equal(pieces.length, 1);
  assert.ok(pieces[0].some(([lon, lat]) => lon === 0 && lat > 0.0002));
  assert.ok(pieces[0].some(([lon, lat]) => lat === 0 && lon > 0.0002));
});

test("a mark without a reach marks nothing", () => {
  assert.deepEqual(vagueEdges([square], [{ tool: "vague", points: [[0, 0, 0]] }]), []);
});

test("only marks are drawn vague, and the last one is taken back first", () => {
  const points = [
    [0.0003, 0, 0],
    [0.0007, 0, 90],
  ];
  const strokes = [
    { tool: "lasso", points },
    { tool: "vague", points, reach_m: 10 },
    { tool: "vague", points: points.map(([lon, , t]) => [lon, 0.001, t]), reach_m: 10 },
    { tool: "add", points },
  ];
  assert.equal(countMarks(strokes), 2);
  assert.equal(vagueEdges([square], strokes).length, 2);
  const fewer = withoutLastMark(strokes);
  assert.deepEqual(fewer, [strokes[0], strokes[1], strokes[3]]);
  assert.equal(vagueEdges([square], fewer).length, 1);
  assert.deepEqual(withoutLastMark([strokes[0]]), [strokes[0]]);
});

/** What an element is to strokes: it hears events, has a place, and holds pointers. */
class Surface extends EventTarget {
  dataset = {};

  getBoundingClientRect() {
    return { left: 10, top: 20 };
  }
  setPointerCapture() {}
  /** Send a pointer event; it says whether it was used. */
  send(type, facts = {}) {
    const event = new Event(type, { cancelable: true });
    Object.assign(event, {
      pointerId: 1,
      pointerType: "touch",
      button: 0,
      clientX: 10,
      clientY: 20,
      ...facts,
    });
    this.dispatchEvent(event);
    return event.defaultPrevented;
  }
}
globalThis.HTMLElement = Surface;

/** Follow strokes on a surface and write down what was heard. */
function follow(canBegin = () => true) {
  const surface = new Surface();
  const heard = [];
  const stop = followStrokes(surface, {
    canBegin,
    begin: () => heard.push("begin"),
    move: (points) => heard.push(`move ${points.length}`),
    end: (points) => heard.push(`end ${points.map(({ x, y }) => `${x},${y}`).join(" ")}`),
    cancel: () => heard.push("cancel"),
  });
  return { surface, heard, stop };
}

test("a finger that presses, moves and lifts makes one stroke, in pixels of the element", () => {
  const { surface, heard } = follow();
  assert.equal(surface.send("pointerdown"), true);
  for (const x of [11, 12, 13]) surface.send("pointermove", { clientX: x });
  surface.send("pointerup");
  assert.deepEqual(heard, ["begin", "move 2", "move 3", "move 4", "end 0,0 1,0 2,0 3,0"]);
});

test("all steps between two frames count", () => {
  const { surface, heard } = follow();
  surface.send("pointerdown");
  const steps = [11, 12, 13].map((clientX) => ({ clientX, clientY: 20, timeStamp: 0 }));
  surface.send("pointermove", { getCoalescedEvents: () => steps });
  surface.send("pointerup");
  assert.deepEqual(heard, ["begin", "move 4", "end 0,0 1,0 2,0 3,0"]);
});

test("a second finger takes the stroke back, and what follows draws nothing", () => {
  const { surface, heard } = follow();
  surface.send("pointerdown");
  surface.send("pointermove", { clientX: 11 });
  surface.send("pointerdown", { pointerId: 2 });
  surface.send("pointermove", { clientX: 12 });
  surface.send("pointerup");
  surface.send("pointerup", { pointerId: 2 });
  assert.deepEqual(heard, ["begin", "move 2", "cancel"]);
  surface.send("pointerdown", { pointerId: 3 });
  assert.equal(heard.at(-1), "begin");
});

test("too short a stroke, a lost pointer, another button and a stopped surface draw nothing", () => {
  const short = follow();
  short.surface.send("pointerdown");
  short.surface.send("pointerup");
  assert.deepEqual(short.heard, ["begin", "cancel"]);
  const lost = follow();
  lost.surface.send("pointerdown");
  lost.surface.send("pointercancel");
  assert.deepEqual(lost.heard, ["begin", "cancel"]);
  const right = follow();
  right.surface.send("pointerdown", { button: 2, pointerType: "mouse" });
  assert.deepEqual(right.heard, []);
  const stopped = follow();
  stopped.stop();
  stopped.surface.send("pointerdown");
  assert.deepEqual(stopped.heard, []);
});

test("what lies on the map but is not the map draws nothing", () => {
  const { surface, heard } = follow();
  surface.dataset.notMap = "";
  assert.equal(surface.send("pointerdown"), false);
  assert.deepEqual(heard, []);
});

test("where no stroke may begin the page scrolls as it always does", () => {
  const { surface, heard } = follow(() => false);
  assert.equal(surface.send("touchstart"), false);
  assert.equal(surface.send("pointerdown"), false);
  assert.deepEqual(heard, []);
  assert.equal(follow().surface.send("touchstart"), true);
});
