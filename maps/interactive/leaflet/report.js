// The maps of a report that is one file: all shapes are in the page, and nothing is ever asked for.
// Python joins this module and all it imports to one (`script_bundle`).

import { createTextMarker } from "./area_labels.js";
import { collect } from "./areas.js";
import { registerLayers } from "./registry.js";
import { fetchTopology, provideTopology } from "./topology_cache.js";

/**
 * @typedef {{ line: string, weight: number, dash: string }} BorderLook
 * @typedef {{ maker: string, settings: object, toggle: string }} ReportLayer
 * @typedef {{
 *   shapes: Record<string, Topology>,
 *   maps: Record<string, { layers: ReportLayer[], box: [number, number, number, number] }>,
 *   words: { zoom_in: string, zoom_out: string },
 * }} ReportData
 * @typedef {import("geojson").Feature<import("geojson").Geometry, { kind?: string }>} Border
 */

const { L, topojson } = window;
const HALO_COLOR = "#fffdf9";
/** Pixels between names that do not touch: beside and above each other. */
const [GAP_X, GAP_Y] = [4, 2];

/**
 * Create the lines of one class, a light casing under each, so that they stand out on any ground.
 *
 * @param {{ url: string, kind: string, look: BorderLook }} settings
 */
function createLines({ url, kind, look }) {
  const group = L.featureGroup();
  fetchTopology(url).then((shapes) => {
    const borders = /** @type {import("topojson-specification").GeometryCollection<{ kind?: string }>} */ (
      shapes.objects.borders
    );
    const features = topojson.feature(shapes, borders).features;
    const lines = collect(features.filter(({ properties }) => properties.kind === kind));
    const drawn = { interactive: false, lineCap: /** @type {const} */ ("butt"), opacity: 1 };
    group.addLayer(L.geoJSON(lines, { style: { ...drawn, color: HALO_COLOR, weight: look.weight + 3 } }));
    const style = { ...drawn, color: look.line, weight: look.weight, dashArray: look.dash || undefined };
    group.addLayer(L.geoJSON(lines, { style }));
  });
  return group;
}

/** Names on the map, put there as text; of two that would touch, the first stays. */
class NameLayer extends L.LayerGroup {
  /** @param {{ spots: [number, number, string][] }} settings */
  constructor({ spots }) {
    const made = spots.map(([lat, lon, name]) => createTextMarker(L, [lat, lon], name));
    super(made.map(({ marker }) => marker));
    this.texts = made.map(({ text }) => text);
  }

  /** @param {import("leaflet").Map} map */
  onAdd(map) {
    super.onAdd(map);
    map.on("zoomend", this.hideOverlapping, this);
    this.hideOverlapping();
    return this;
  }

  /** @param {import("leaflet").Map} map */
  onRemove(map) {
    map.off("zoomend", this.hideOverlapping, this);
    super.onRemove(map);
    return this;
  }

  hideOverlapping() {
    /** @type {DOMRect[]} */
    const shown = [];
    for (const text of this.texts) {
      text.hidden = false;
      const box = text.getBoundingClientRect();
      text.hidden = shown.some((other) => touches(box, other));
      if (!text.hidden) shown.push(box);
    }
  }
}

/**
 * @param {DOMRect} box
 * @param {DOMRect} other
 */
function touches(box, other) {
  return (
    box.left < other.right + GAP_X &&
    other.left < box.right + GAP_X &&
    box.top < other.bottom + GAP_Y &&
    other.top < box.bottom + GAP_Y
  );
}

/**
 * @param {HTMLElement} place
 * @param {string} name
 * @param {ReportData} data
 * @param {Record<string, (settings: never) => import("leaflet").Layer>} makers
 */
function createMap(place, name, data, makers) {
  const { layers, box } = data.maps[name];
  const options = { zoomSnap: 0.25, scrollWheelZoom: false, attributionControl: false, zoomControl: false };
  const map = L.map(place, options);
  L.control.zoom({ zoomInTitle: data.words.zoom_in, zoomOutTitle: data.words.zoom_out }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  const [west, south, east, north] = box;
  map.fitBounds([
    [south, west],
    [north, east],
  ]);
  for (const { maker, settings, toggle } of layers) {
    const layer = makers[maker](/** @type {never} */ (settings)).addTo(map);
    const box = document.querySelector(`[data-toggle="${toggle}"][data-of="${name}"]`);
    if (!(box instanceof HTMLInputElement)) continue;
    box.addEventListener("change", () => (box.checked ? layer.addTo(map) : layer.remove()));
  }
  place.dataset.ready = "true";
}

/** @type {ReportData} */
const data = JSON.parse(document.getElementById("shapes")?.textContent ?? "");
for (const [name, shapes] of Object.entries(data.shapes)) provideTopology(name, shapes);
const makers = {
  ...registerLayers(L, topojson),
  lines: createLines,
  names: (/** @type {{ spots: [number, number, string][] }} */ settings) => new NameLayer(settings),
};
for (const place of document.querySelectorAll("[data-map]"))
  if (place instanceof HTMLElement) createMap(place, place.dataset.map ?? "", data, makers);
