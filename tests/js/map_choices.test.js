import assert from "node:assert/strict";
import { test } from "node:test";
import { placeCard } from "../../ui/canvas/src/workbench/hover_card.js";
import {
  chooseBasemap,
  readLayers,
  withParameter,
  writeLayers,
} from "../../ui/canvas/src/workbench/map_choices.js";

test("layers of an address come back as they were written, and what is as it comes is left out", () => {
  const choices = readLayers("-cores,areas-buurt:60,places");
  assert.deepEqual(choices.get("cores"), { isHidden: true, opacity: 100 });
  assert.deepEqual(choices.get("areas-buurt"), { isHidden: false, opacity: 60 });
  assert.equal(writeLayers(choices), "-cores,areas-buurt:60");
});

test("an address that somebody typed does no harm", () => {
  assert.deepEqual(
    [...readLayers(",,<b>,a b,:50,x:0,y:900")],
    [
      ["x", { isHidden: false, opacity: 10 }],
      ["y", { isHidden: false, opacity: 100 }],
    ],
  );
});

test("the ground is that of the address, then of the device, then the first that is offered", () => {
  const offered = ["own", "aerial", "none"];
  assert.equal(chooseBasemap(offered, "aerial", "none"), "aerial");
  assert.equal(chooseBasemap(offered, "grey", "none"), "none");
  assert.equal(chooseBasemap(offered, "", ""), "own");
});

test("a parameter is set and removed, and the others stay", () => {
  const set = withParameter("http://a.example/vergelijk?deel=Grenzen", "lagen", "-cores");
  assert.equal(set, "http://a.example/vergelijk?deel=Grenzen&lagen=-cores");
  assert.equal(withParameter(set, "lagen", ""), "http://a.example/vergelijk?deel=Grenzen");
});

test("a card is never outside the map", () => {
  const [card, map] = [
    { width: 200, height: 60 },
    { width: 500, height: 300 },
  ];
  assert.deepEqual(placeCard({ x: 10, y: 10 }, card, map), { x: 24, y: 24 });
  assert.deepEqual(placeCard({ x: 490, y: 290 }, card, map), { x: 276, y: 216 });
  assert.deepEqual(placeCard({ x: 100, y: 10 }, { width: 490, height: 60 }, map), { x: 8, y: 24 });
});
