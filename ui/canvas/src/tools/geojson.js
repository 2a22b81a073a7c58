// Polygons of the drawing map as GeoJSON, and back. Pure.

/**
 * @typedef {import("./geometry.js").Geometry} Geometry
 * @typedef {import("./geometry.js").Polygon} Polygon
 * @typedef {import("./geometry.js").Position} Position
 */

/**
 * Write polygons as GeoJSON with six decimals (a decimetre).
 *
 * @param {Polygon[]} polygons
 * @returns {Geometry}
 */
export function toGeoJson(polygons) {
  const coordinates = polygons.map((polygon) => polygon.map((ring) => ring.map(roundPosition)));
  return coordinates.length === 1
    ? { type: "Polygon", coordinates: coordinates[0] }
    : { type: "MultiPolygon", coordinates };
}

/**
 * @param {Position} position
 * @returns {Position}
 */
function roundPosition([x, y]) {
  return [Number(x.toFixed(6)), Number(y.toFixed(6))];
}

/**
 * Read polygons from GeoJSON; none where there is no geometry.
 *
 * @param {Geometry | null | undefined} geometry
 * @returns {Polygon[]}
 */
export function fromGeoJson(geometry) {
  if (!geometry) return [];
  return geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
}
