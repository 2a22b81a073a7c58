import assert from "node:assert/strict";
import { test } from "node:test";
import ClipperLib from "clipper-lib";
import { followStrokes } from "../../ui/canvas/src/tools/pointer_stroke.js";
import {
  gapShare,
  joinStrokes,
  nearEnd,
  refuseStroke,
  strokeArea,
} from "../../ui/canvas/src/tools/stroke_area.js";

const LIMITS = { min_area_m2: 100, max_area_m2: 100e6 };
const area = (polygons) =>
  polygons
    .flat()
    .reduce(
      (all, ring) =>
        all +
        Math.abs(ring.slice(1).reduce((sum, [x, y], i) => sum + ring[i][0] * y - x * ring[i][1], 0)) / 2,
      0,
    );
/** Points along corners, five pixels apart. */
const along = (corners) =>
  corners.slice(1).flatMap(([bx, by], i) => {
    const [ax, ay] = corners[i];
    const n = Math.ceil(Math.hypot(bx - ax, by - ay) / 5);
    return Array.from({ length: n + (i === corners.length - 2 ? 1 : 0) }, (_, k) => [
      ax + ((bx - ax) * k) / n,
      ay + ((by - ay) * k) / n,
    ]);
  });
/** Part of a spiral round (200, 200): radius at the start and at the end, and how many turns. */
const turn = (from, to, turns, n = 200) =>
  Array.from({ length: n }, (_, i) => {
    const share = i / (n - 1);
    const r = from + (to - from) * share;
    const a = 2 * Math.PI * turns * share;
    return [200 + r * Math.cos(a), 200 + r * Math.sin(a)];
  });
const near = (found, expected, within) =>
  assert.ok(Math.abs(found / expected - 1) < within, `${found} is not ${expected}`);

test("a circle drawn twice with some drift is a disc without a hole", () => {
  const { polygons } = strokeArea(ClipperLib, turn(100, 114, 1.98));
  assert.equal(polygons.length, 1);
  assert.equal(polygons[0].length, 1);
  assert.ok(area(polygons) > Math.PI * 100 ** 2 && area(polygons) < Math.PI * 114 ** 2);
});

test("a spiral of two turns is what it goes round, without a hole", () => {
  const { polygons, isUntangled } = strokeArea(ClipperLib, turn(60, 120, 2.1));
  assert.deepEqual([polygons.length, polygons[0].length, isUntangled], [1, 1, true]);
  assert.ok(area(polygons) > Math.PI * 90 ** 2);
});

test("an eight is two areas that touch, each of them whole", () => {
  const eight = along([
    [0, 0],
    [180, 120],
    [180, 0],
    [0, 120],
    [0, 0],
  ]);
  const { polygons, isUntangled } = strokeArea(ClipperLib, eight);
  assert.deepEqual([polygons.length, isUntangled], [2, true]);
  near(area(polygons), 10_800, 0.02);
});

test("colouring in takes the coloured ground and closes the gaps", () => {
  const stripes = Array.from({ length: 15 }, (_, i) => [
    [i % 2 ? 200 : 0, i * 14],
    [i % 2 ? 0 : 200, i * 14],
  ]).flat();
  const found = strokeArea(ClipperLib, along(stripes));
  assert.equal(found.isColouredIn, true);
  assert.equal(found.polygons.length, 1);
  // 200 by 196 with a rim of 12 all round, but for its corners.
  near(area(found.polygons), 224 * 220, 0.02);
  assert.equal(strokeArea(ClipperLib, turn(100, 100, 1)).isColouredIn, false);
});

test("a swipe, a line there and back, and a bow are lines; a loop and a narrow street are not", () => {
  const judge = (stroke, m2 = 50_000) => refuseStroke(strokeArea(ClipperLib, stroke), m2, LIMITS);
  assert.equal(
    judge(
      along([
        [0, 0],
        [0, 200],
      ]),
    ),
    "line",
  );
  assert.equal(
    judge(
      along([
        [0, 0],
        [300, 2],
        [0, 5],
      ]),
    ),
    "line",
  );
  assert.equal(judge(turn(300, 300, 0.2)), "line");
  assert.equal(judge(turn(100, 100, 0.97)), null);
  assert.equal(judge(turn(100, 100, 0.6)), null);
  assert.equal(
    judge(
      along([
        [0, 0],
        [300, 0],
        [300, 12],
        [0, 12],
        [0, 1],
      ]),
    ),
    null,
  );
});

test("what the server would refuse for its size is refused before it is accepted", () => {
  const loop = strokeArea(ClipperLib, turn(100, 100, 0.97));
  assert.equal(refuseStroke(loop, 100, LIMITS), "line");
  assert.equal(refuseStroke(loop, 101, LIMITS), null);
  assert.equal(refuseStroke(loop, 100e6, LIMITS), null);
  assert.equal(refuseStroke(loop, 100e6 + 1, LIMITS), "too_large");
});

test("a tap is no area", () => {
  assert.equal(
    strokeArea(ClipperLib, [
      [0, 0],
      [5, 5],
      [3, 8],
      [1, 1],
    ]),
    null,
  );
});

test("half a circle is closed by its diameter: 2 of the 2 + pi radii round", () => {
  near(gapShare(turn(100, 100, 0.5)), 2 / (2 + Math.PI), 0.001);
});

test("two halves make the whole, from whichever end the second goes on", () => {
  const [first, second] = [turn(100, 100, 0.5), turn(100, 100, 1).slice(100)];
  assert.equal(nearEnd(first, second[0], 40), "end");
  assert.equal(nearEnd(first, second.at(-1), 40), "start");
  assert.equal(nearEnd(first, [200, 200], 40), null);
  const whole = Math.PI * 100 ** 2;
  near(area(strokeArea(ClipperLib, joinStrokes(first, second, false)).polygons), whole, 0.03);
  near(
    area(strokeArea(ClipperLib, joinStrokes(first, second.slice().reverse(), true)).polygons),
    whole,
    0.03,
  );
});

/** What an element is to strokes. */
class Surface extends EventTarget {
  dataset = {};

  getBoundingClientRect() {
    return { left: 0, top: 0 };
  }
  setPointerCapture() {}
  send(type, facts = {}) {
    const event = new Event(type, { cancelable: true });
    const usual = { pointerId: 1, pointerType: "touch", isPrimary: true, button: 0, clientX: 0, clientY: 0 };
    this.dispatchEvent(Object.assign(event, { ...usual, ...facts }));
    return event;
  }
  line(n, facts = {}) {
    for (let x = 1; x <= n; x += 1) this.send("pointermove", { clientX: 5 * x, ...facts });
  }
}
globalThis.HTMLElement = Surface;

function follow() {
  const surface = new Surface();
  const heard = [];
  followStrokes(surface, {
    canBegin: () => true,
    begin: (event) => heard.push(`begin ${event.pointerType}`),
    move: () => {},
    end: (points) => heard.push(`end ${points.length}`),
    cancel: () => heard.push("cancel"),
  });
  return { surface, heard };
}

test("a palm beside a line that is under way is ignored; before that a second finger pinches", () => {
  for (const [n, expected] of [
    [11, ["begin touch", "end 12"]],
    [8, ["begin touch", "cancel"]],
  ]) {
    const { surface, heard } = follow();
    surface.send("pointerdown");
    surface.line(n);
    surface.send("pointerdown", { pointerId: 2, isPrimary: false });
    surface.send("pointerup");
    surface.send("pointerup", { pointerId: 2, isPrimary: false });
    assert.deepEqual(heard, expected);
  }
});

test("a pen takes over from a palm, and no touch disturbs it", () => {
  const { surface, heard } = follow();
  const pen = { pointerId: 7, pointerType: "pen" };
  surface.send("pointerdown");
  surface.send("pointerdown", pen);
  surface.line(3, pen);
  surface.send("pointerdown", { pointerId: 3, isPrimary: false });
  surface.line(20, { pointerId: 3, isPrimary: false });
  surface.send("pointerup", pen);
  assert.deepEqual(heard, ["begin touch", "cancel", "begin pen", "end 4"]);
});

test("a lift that nobody heard does not block the next stroke", () => {
  const { surface, heard } = follow();
  surface.send("pointerdown");
  surface.line(20);
  surface.send("pointerdown", { pointerId: 2 });
  surface.line(5, { pointerId: 2 });
  surface.send("pointerup", { pointerId: 2 });
  assert.deepEqual(heard, ["begin touch", "cancel", "begin touch", "end 6"]);
});
