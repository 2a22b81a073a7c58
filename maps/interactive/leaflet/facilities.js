// Facilities: one mark a place, told apart by shape as well as by colour.

import { announcePointer } from "./topology_layer.js";

/**
 * @typedef {"circle" | "square" | "triangle" | "diamond"} MarkShape
 * @typedef {import("./topology_layer.js").TopologySettings & {
 *   mark: { color: string, shape: MarkShape },
 * }} FacilitySettings
 */

/** Outlines as SVG paths around 0, 0 by radius. @type {Record<MarkShape, (r: number) => string>} */
const OUTLINES = {
  circle: (r) => `M${-r},0a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0z`,
  square: (r) => `M${-r},${-r}h${2 * r}v${2 * r}h${-2 * r}z`,
  triangle: (r) => `M0,${-r * 1.15}L${r * 1.15},${r * 0.85}H${-r * 1.15}z`,
  diamond: (r) => `M0,${-r * 1.3}L${r * 1.3},0L0,${r * 1.3}L${-r * 1.3},0z`,
};

/**
 * Create the outline of a mark around 0, 0, as a path of SVG.
 *
 * @param {MarkShape} shape
 * @param {number} radius
 */
export function createMarkPath(shape, radius) {
  return OUTLINES[shape](radius);
}

/**
 * Fill a layer with facilities.
 *
 * @param {Leaflet} L
 * @param {Topojson} topojson
 * @param {FacilitySettings} settings
 * @param {import("./topology_layer.js").TopologyGroup} group
 * @param {Topology} shapes
 */
export function fillFacilities(L, topojson, { key, mark }, group, shapes) {
  class ShapeMarker extends L.CircleMarker {
    _updatePath() {
      const { x, y } = this._point;
      this._path.setAttribute("transform", `translate(${x},${y})`);
      this._path.setAttribute("d", createMarkPath(mark.shape, this._radius));
    }
  }
  // Marks are a few hundred SVG paths: sharp, and each can be pointed at.
  const renderer = L.svg({ pane: "lines" });
  const look = { renderer, radius: 6, color: "#fffdf8", weight: 1.5, fillColor: mark.color, fillOpacity: 1 };
  const facilities =
    /** @type {import("topojson-specification").GeometryCollection<{ name?: string, kind?: string }>} */ (
      shapes.objects.facilities
    );
  for (const { id, geometry, properties } of topojson.feature(shapes, facilities).features) {
    if (geometry.type !== "Point") continue;
    const [lon, lat] = geometry.coordinates;
    const marker = new ShapeMarker([lat, lon], look);
    const { name = "", kind = "" } = properties;
    announcePointer(group, marker, { layer: key, code: id, name, kind });
    group.addLayer(marker);
  }
}
