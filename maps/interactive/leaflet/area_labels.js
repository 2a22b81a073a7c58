// Names of areas on the map, put there as text. Of two that would touch, one is hidden, whatever layer it is of.

import { LabelBoxes } from "./label_boxes.js";

/**
 * @typedef {{
 *   marker: import("leaflet").Marker,
 *   text: HTMLElement,
 *   west: number,
 *   east: number,
 *   width: number,
 * }} AreaLabel A name, the longitudes between which it must fit, and the width of its area in degrees.
 */

/**
 * @typedef {{ labels: AreaLabel[], rank: number }} LabelGroup The names of one layer; those of a higher rank stay.
 * @typedef {{ groups: Map<object, LabelGroup>, boxes: LabelBoxes }} Arrangement
 */

/** How much wider than half its name an area must be for the name to be shown. */
const ROOM = 1.2;
/** An area of fewer pixels than this has room for no name: it is not even measured. */
const MIN_ROOM_PX = 22;

/** @type {WeakMap<import("leaflet").Map, Arrangement>} */
const arrangements = new WeakMap();

/** @param {import("leaflet").Map} map */
function arrangementOf(map) {
  const known = arrangements.get(map);
  if (known) return known;
  const made = { groups: new Map(), boxes: new LabelBoxes(1) };
  arrangements.set(map, made);
  return made;
}

/**
 * Create a marker that shows a text and does not react to the pointer.
 *
 * @param {Leaflet} L
 * @param {import("leaflet").LatLngExpression} place
 * @param {string} name
 * @param {{ color?: string, pane?: string }} [look]
 */
export function createTextMarker(L, place, name, { color = "", pane = "markerPane" } = {}) {
  const text = document.createElement("span");
  text.className = "area-name";
  text.style.color = color;
  text.textContent = name;
  const icon = L.divIcon({ html: text, className: "area-label", iconSize: [0, 0] });
  return { text, marker: L.marker(place, { interactive: false, keyboard: false, pane, icon }) };
}

/**
 * Add the names of a layer to those of a map, or arrange all of them anew at this zoom.
 *
 * @param {import("leaflet").Map} map
 * @param {object} layer
 * @param {AreaLabel[]} labels
 * @param {number} [rank]
 */
export function arrangeLabels(map, layer, labels, rank = 0) {
  const { groups } = arrangementOf(map);
  const isNew = !groups.has(layer);
  groups.set(layer, { labels, rank });
  hideOverlaps(map);
  if (isNew) map.fire("buurt:labelled");
}

/**
 * Remove the names of a layer that leaves the map: what they hid may be shown.
 *
 * @param {import("leaflet").Map} map
 * @param {object} layer
 */
export function removeLabels(map, layer) {
  if (!arrangements.get(map)?.groups.delete(layer)) return;
  hideOverlaps(map);
  map.fire("buurt:labelled");
}

/**
 * Return whether a name of an area stands where something of this size would.
 *
 * @param {import("leaflet").Map} map
 * @param {import("leaflet").Point} place Pixels of the map's layers.
 * @param {import("./label_boxes.js").HalfSize} half
 */
export function isUnderLabel(map, { x, y }, half) {
  const known = arrangements.get(map);
  return known !== undefined && !known.boxes.isFree(x, y, half);
}

/**
 * Order names by the rank of their layer, and then the widest area first.
 *
 * @param {Iterable<LabelGroup>} groups
 * @returns {AreaLabel[]}
 */
export function orderLabels(groups) {
  const ranked = [...groups].flatMap(({ labels, rank }) => labels.map((label) => ({ label, rank })));
  ranked.sort((a, b) => b.rank - a.rank || b.label.width - a.label.width);
  return ranked.map(({ label }) => label);
}

/** @param {import("leaflet").Map} map */
function hideOverlaps(map) {
  const arrangement = arrangementOf(map);
  const boxes = new LabelBoxes(1);
  const placed = orderLabels(arrangement.groups.values()).map((label) => {
    const place = label.marker.getLatLng();
    const { x, y } = map.latLngToLayerPoint(place);
    const [west, east] = [label.west, label.east].map((lng) => map.latLngToLayerPoint([place.lat, lng]).x);
    return { ...label, x, y, room: east - west };
  });
  // All are shown before the first is measured: the browser lays the page out once, not once a name.
  for (const { text, room } of placed) text.hidden = room < MIN_ROOM_PX;
  const sized = placed
    .filter(({ text }) => !text.hidden)
    .map((label) => ({
      ...label,
      half: /** @type {[number, number]} */ ([
        label.text.offsetWidth / 2 + 4,
        label.text.offsetHeight / 2 + 3,
      ]),
    }));
  for (const { text, room, x, y, half } of sized)
    text.hidden = room < ROOM * half[0] || !boxes.reserve(x, y, half);
  arrangement.boxes = boxes;
}
