// A sketch on the map: its outline, the parts of its edge that are vague, and the trail of a stroke.

import { ensurePane } from "../../../maps/interactive/leaflet/panes.js";
import { BRUSH_PX } from "./tools/brush.js";

/**
 * @typedef {import("./tools/geometry.js").Line} Line
 * @typedef {import("./tools/geometry.js").Polygon} Polygon
 */

const PANE = "own";
const LINE_PX = 4;

/** @param {number[][]} track In degrees. */
function toLatLngs(track) {
  return track.map(([lon, lat]) => /** @type {[number, number]} */ ([lat, lon]));
}

export class SketchLayers {
  /**
   * @param {Leaflet} L
   * @param {import("leaflet").Map} map
   * @param {{ color: string, landColor: string }} look
   */
  constructor(L, map, { color, landColor }) {
    ensurePane(map, PANE);
    const still = { pane: PANE, interactive: false };
    // Filled as it is kept: what a line goes round twice is inside.
    const style = {
      fillRule: /** @type {const} */ ("nonzero"),
      color,
      weight: LINE_PX,
      fillColor: color,
      lineJoin: /** @type {const} */ ("round"),
    };
    this.outline = L.geoJSON(undefined, { ...still, style: { ...style, fillOpacity: 0.2 } }).addTo(map);
    // Gaps in the colour of the ground make the outline a broken line where its maker called it vague.
    const gaps = { color: landColor, weight: 6, dashArray: "3 9", lineCap: /** @type {const} */ ("butt") };
    this.gaps = L.polyline([], { ...still, smoothFactor: 0, ...gaps }).addTo(map);
    const trail = { ...style, fillOpacity: 0.12, lineCap: /** @type {const} */ ("round") };
    this.trail = L.polygon([], { ...still, smoothFactor: 0, ...trail }).addTo(map);
  }

  /**
   * @param {Polygon[]} polygons
   * @param {Line[]} vague
   */
  showSketch(polygons, vague) {
    this.hideOutline();
    const geometry = { type: /** @type {const} */ ("MultiPolygon"), coordinates: polygons };
    if (polygons.length > 0) this.outline.addData(geometry);
    const gaps = vague.map((piece) =>
      piece.map(([lon, lat]) => /** @type {[number, number]} */ ([lat, lon])),
    );
    this.gaps.setLatLngs(gaps);
    this.gaps.bringToFront();
  }

  /** Leave only the corners that can be dragged. */
  hideOutline() {
    this.outline.clearLayers();
  }

  /**
   * Show the loop that is being drawn.
   *
   * @param {number[][]} track In degrees.
   */
  showLoop(track) {
    this.trail.setStyle({ weight: LINE_PX, fill: true, opacity: 1 }).setLatLngs(toLatLngs(track));
  }

  /**
   * Show the brush at its own width; there and back again makes one broad line of a polygon.
   *
   * @param {number[][]} track In degrees.
   */
  showBrush(track) {
    const line = toLatLngs(track);
    const thereAndBack = [...line, ...line.slice(1, -1).reverse()];
    this.trail.setStyle({ weight: 2 * BRUSH_PX, fill: false, opacity: 0.45 }).setLatLngs(thereAndBack);
  }

  hideTrail() {
    this.trail.setLatLngs([]);
  }

  getBounds() {
    return this.outline.getBounds();
  }
}
