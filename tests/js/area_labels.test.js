import assert from "node:assert/strict";
import { test } from "node:test";
import {
  arrangeLabels,
  isUnderLabel,
  orderLabels,
  removeLabels,
} from "../../maps/interactive/leaflet/area_labels.js";

/** A map of one pixel a degree. */
const createMap = () => ({
  fired: 0,
  latLngToLayerPoint: (place) =>
    Array.isArray(place) ? { x: place[1], y: place[0] } : { x: place.lng, y: place.lat },
  fire() {
    this.fired += 1;
  },
});
const label = (lng, width, size = 60) => ({
  marker: { getLatLng: () => ({ lat: 100, lng }) },
  text: { hidden: false, offsetWidth: size, offsetHeight: 16 },
  west: lng - width / 2,
  east: lng + width / 2,
  width,
});

test("of two names of different layers that touch, the one of the higher rank stays", () => {
  const map = createMap();
  const [official, own] = [label(100, 200), label(120, 90)];
  arrangeLabels(map, "areas", [official]);
  assert.equal(official.text.hidden, false);
  arrangeLabels(map, "cores", [own], 1);
  assert.deepEqual([official.text.hidden, own.text.hidden], [true, false]);
  removeLabels(map, "cores");
  assert.equal(official.text.hidden, false);
});

test("an area that is narrower than half its name shows none", () => {
  const map = createMap();
  const narrow = label(100, 30);
  arrangeLabels(map, "areas", [narrow]);
  assert.equal(narrow.text.hidden, true);
});

test("a name of the ground gives way, and hears of it when a layer comes or goes, not at every zoom", () => {
  const map = createMap();
  assert.equal(isUnderLabel(map, { x: 100, y: 100 }, [20, 8]), false);
  arrangeLabels(map, "areas", [label(100, 200)]);
  arrangeLabels(map, "areas", [label(100, 200)]);
  assert.equal(map.fired, 1);
  assert.equal(isUnderLabel(map, { x: 100, y: 100 }, [20, 8]), true);
  assert.equal(isUnderLabel(map, { x: 300, y: 100 }, [20, 8]), false);
});

test("names come by rank, then by the width of their area", () => {
  const groups = [
    { labels: [{ width: 1 }, { width: 3 }], rank: 0 },
    { labels: [{ width: 2 }], rank: 1 },
  ];
  assert.deepEqual(
    orderLabels(groups).map(({ width }) => width),
    [2, 3, 1],
  );
});
