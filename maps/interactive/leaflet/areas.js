// Official areas: shared borders drawn once, so that a dashed line stays dashed; fills apart.

import { arrangeLabels, createTextMarker } from "./area_labels.js";
import { announcePointer } from "./topology_layer.js";
import { createShape, findLabelPoint } from "./world.js";

/**
 * @typedef {{ color: string, weight: number, dash: string }} LineStyle
 * @typedef {import("./topology_layer.js").TopologySettings & {
 *   line: LineStyle,
 *   fills: Record<string, string>,
 *   select: boolean,
 *   hover: boolean,
 *   labels: boolean,
 * }} AreaSettings
 * @typedef {import("geojson").Feature<import("geojson").Geometry, { name?: string }>} AreaFeature
 */

const HALO_COLOR = "#fffdf8";
/** How much wider than the line the light one below it is, in pixels. */
const HALO_PX = 3;

/**
 * Compute how broad a line is at this zoom, as part of its breadth in a street: a whole town must not drown in
 * its borders.
 *
 * @param {import("leaflet").Map} map
 */
export function lineScale(map) {
  return Math.min(1, Math.max(0.35, 2 ** ((map.getZoom() - 14) / 2)));
}

/**
 * Fill a layer with official areas.
 *
 * @param {Leaflet} L
 * @param {Topojson} topojson
 * @param {AreaSettings} settings
 * @param {import("./topology_layer.js").TopologyGroup} group
 * @param {Topology} shapes
 */
export function fillAreas(L, topojson, settings, group, shapes) {
  const { line, fills, hover } = settings;
  const areas = /** @type {import("topojson-specification").GeometryCollection<{ name?: string }>} */ (
    shapes.objects.areas
  );
  const features = topojson.feature(shapes, areas).features;
  const borders = topojson.mesh(shapes, areas);
  if (hover || Object.keys(fills).length > 0) group.addLayer(fillSurfaces(L, settings, group, features));
  const stroke = { color: line.color, weight: line.weight, dashArray: line.dash || undefined };
  const shared = { interactive: false, lineCap: /** @type {const} */ ("butt") };
  const halo = L.geoJSON(borders, {
    interactive: false,
    style: { ...shared, weight: line.weight, color: HALO_COLOR, opacity: 0.85, pane: "halo" },
  });
  const drawn = L.geoJSON(borders, { interactive: false, style: { ...shared, ...stroke, pane: "lines" } });
  group.addLayer(halo);
  group.addLayer(drawn);
  const labels = settings.labels ? labelAreas(L, line, features) : [];
  for (const { marker } of labels) group.addLayer(marker);
  group.adaptToZoom = () => {
    if (!group.map) return;
    const scale = lineScale(group.map);
    halo.setStyle({ weight: scale * (line.weight + HALO_PX) });
    drawn.setStyle({ weight: scale * line.weight });
    if (labels.length > 0) arrangeLabels(group.map, group, labels);
  };
}

/**
 * @param {Leaflet} L
 * @param {AreaSettings} settings
 * @param {import("./topology_layer.js").TopologyGroup} group
 * @param {AreaFeature[]} features
 */
function fillSurfaces(L, { key, line, fills, select, hover }, group, features) {
  /** @param {string | number | undefined} code */
  const fillOf = (code) => fills[String(code)];
  const surfaces = L.geoJSON(collect(features), {
    interactive: hover,
    style: (feature) => ({
      stroke: false,
      fillColor: fillOf(feature?.id) ?? "#ffffff",
      fillOpacity: fillOf(feature?.id) ? 0.55 : 0.01,
    }),
    onEachFeature: (feature, shape) => {
      if (!hover) return;
      announcePointer(
        group,
        shape,
        { layer: key, code: feature.id, name: feature.properties.name ?? feature.id },
        { select },
      );
      const path = /** @type {import("leaflet").Path} */ (shape);
      const lit = {
        fillOpacity: fillOf(feature.id) ? 0.75 : 0.15,
        fillColor: fillOf(feature.id) ?? line.color,
      };
      path.on("mouseover", () => path.setStyle(lit));
      path.on("mouseout", () => surfaces.resetStyle(path));
    },
  });
  return surfaces;
}

/**
 * Create the names, largest area first, each in the widest part of its area.
 *
 * @param {Leaflet} L
 * @param {LineStyle} line
 * @param {AreaFeature[]} features
 * @returns {import("./area_labels.js").AreaLabel[]}
 */
function labelAreas(L, line, features) {
  const labels = [];
  for (const { geometry, properties } of features) {
    if (!properties.name || (geometry.type !== "Polygon" && geometry.type !== "MultiPolygon")) continue;
    const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
    const parts = polygons.map(([outer]) => createShape([Float64Array.from(outer.flat())]));
    const widest = parts.reduce((one, other) => (width(other) > width(one) ? other : one));
    const [lon, lat] = findLabelPoint(widest.lines[0]);
    const made = createTextMarker(L, [lat, lon], properties.name, { color: line.color, pane: "names" });
    labels.push({ ...made, west: widest.box[0], east: widest.box[2], width: width(widest) });
  }
  return labels.sort((a, b) => b.width - a.width);
}

/** @param {import("./world.js").WorldShape} shape */
function width({ box }) {
  return box[2] - box[0];
}

/**
 * Collect features as GeoJSON.
 *
 * @param {import("geojson").Feature[]} features
 * @returns {import("geojson").FeatureCollection}
 */
export function collect(features) {
  return { type: "FeatureCollection", features };
}
