import assert from "node:assert/strict";
import { test } from "node:test";
import { createShape } from "../../maps/interactive/leaflet/world.js";
import { followStreets, streetsNear } from "../../ui/canvas/src/tools/streets.js";

const street = (name, ...corners) => createShape([new Float64Array(corners.flat())], { name });
// Dorpsstraat bends at (10, 0) and (10, 10); Kade is straight; Lus goes a long way round.
const DORPSSTRAAT = street("Dorpsstraat", [0, 0], [10, 0], [10, 10], [20, 10]);
const KADE = street("Kade", [0, 30], [20, 30]);
const LUS = street("Lus", [50, 0], [50, 90], [52, 90], [52, 0]);
const STREETS = [DORPSSTRAAT, KADE, LUS];

test("a corner jumps to the nearest street within reach, and to none beyond", () => {
  const [found] = streetsNear(STREETS, [4, 1], 2);
  assert.deepEqual([found.name, found.point, found.away, found.at], ["Dorpsstraat", [4, 0], 1, 0.4]);
  assert.deepEqual(streetsNear(STREETS, [4, 3], 2), []);
  assert.deepEqual(
    streetsNear(STREETS, [9, 20], 30).map(({ name }) => name),
    ["Kade", "Dorpsstraat"],
  );
});

test("a corner past the end of a street jumps to its end", () => {
  assert.deepEqual(streetsNear(STREETS, [22, 31], 3)[0].point, [20, 30]);
});

test("between two corners on one street the outline takes its bends, either way round", () => {
  const bends = [
    [10, 0],
    [10, 10],
  ];
  assert.deepEqual(
    followStreets(
      STREETS,
      [
        [4, 0],
        [16, 10],
        [16, 30],
      ],
      0.1,
    ),
    [[4, 0], ...bends, [16, 10], [16, 30]],
  );
  assert.deepEqual(
    followStreets(
      STREETS,
      [
        [16, 10],
        [4, 0],
        [4, 30],
      ],
      0.1,
    ),
    [[16, 10], ...bends.toReversed(), [4, 0], [4, 30]],
  );
});

test("the last side follows a street as well; corners off the streets stay as they are", () => {
  assert.deepEqual(
    followStreets(
      STREETS,
      [
        [12, 10],
        [5, 20],
        [10, 5],
      ],
      0.1,
    ),
    [
      [12, 10],
      [5, 20],
      [10, 5],
      [10, 10],
    ],
  );
  assert.deepEqual(
    followStreets(
      STREETS,
      [
        [1, 5],
        [3, 5],
        [3, 9],
      ],
      0.1,
    ),
    [
      [1, 5],
      [3, 5],
      [3, 9],
    ],
  );
});

test("a street that goes a long way round is not followed", () => {
  assert.deepEqual(
    followStreets(
      STREETS,
      [
        [50, 5],
        [52, 5],
        [51, 2],
      ],
      0.1,
    ).length,
    3,
  );
});
