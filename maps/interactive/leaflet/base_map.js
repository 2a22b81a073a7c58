// The base map from a municipality's own shapes: one canvas under everything, drawn anew when the map has moved.
// Sharp at every zoom, without seams.

import { isUnderLabel } from "./area_labels.js";
import { paintLabels, placeLabels } from "./base_map_labels.js";
import { paintBaseMap } from "./base_map_painter.js";
import { fetchTopology } from "./topology_cache.js";
import { createShape, projectLine } from "./world.js";

/**
 * @typedef {import("./topology_layer.js").TopologySettings & {
 *   colors: Record<string, string>,
 *   greens: Record<string, string>,
 *   roads: Record<string, RoadStyle>,
 * }} BaseMapSettings Colours by name; names of colours by kind of green; looks of roads by kind.
 * @typedef {{
 *   rank: number,
 *   color: string,
 *   edge: string | null,
 *   width: number,
 *   minZoom: number,
 *   dash: number[],
 * }} RoadStyle Painted in the order of rank, from `minZoom` on; `width` in pixels at zoom 16; colours by name
 * @typedef {import("./world.js").WorldShape} WorldShape
 * @typedef {WorldShape & { style: RoadStyle }} Road
 * @typedef {{
 *   water: WorldShape[],
 *   green: WorldShape[],
 *   built: WorldShape[],
 *   buildings: WorldShape[],
 *   roads: Road[],
 *   rail: WorldShape[],
 *   canals: WorldShape[],
 * }} BaseMapShapes
 */

/** More pixels a point than this cannot be seen, and cost time. */
const MAX_PIXEL_RATIO = 2;
/** Ground drawn beyond each side of the map, as part of its size. */
const PADDING = 0.35;

/**
 * Define the base map for this Leaflet; the page loads Leaflet after this module.
 *
 * @param {Leaflet} L
 * @param {Topojson} topojson
 */
export function defineBaseMap(L, topojson) {
  return class BaseMap extends L.Renderer {
    /** @param {BaseMapSettings} settings */
    constructor(settings) {
      super({ padding: PADDING, pane: "tilePane" });
      this.settings = settings;
      /** @type {BaseMapShapes | null} */
      this.shapes = null;
      /** Names by zoom in whole steps. @type {Map<number, import("./base_map_labels.js").PlacedLabel[]>} */
      this.labels = new Map();
      fetchTopology(settings.url).then(
        (topology) => {
          this.shapes = readShapes(topojson, topology, settings.roads);
          if (!this._map) return;
          this._update();
          this._map.fire("buurt:arrived", { key: settings.key });
        },
        () => this._map?.fire("buurt:absent", { key: settings.key }),
      );
    }

    _initContainer() {
      const canvas = document.createElement("canvas");
      canvas.setAttribute("aria-hidden", "true");
      // A finger on the base map is a finger on the map.
      canvas.style.pointerEvents = "none";
      this.paint = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      this._container = canvas;
    }

    _destroyContainer() {
      this._container?.remove();
      this._container = undefined;
    }

    getEvents() {
      return { ...super.getEvents?.(), "buurt:labelled": this._update };
    }

    _updatePaths() {}

    _onZoomEnd() {}

    _update() {
      if (!this._map || (this._map._animatingZoom && this._bounds)) return;
      super._update();
      const size = this._bounds.getSize();
      const ratio = Math.min(window.devicePixelRatio || 1, MAX_PIXEL_RATIO);
      const canvas = /** @type {HTMLCanvasElement} */ (this._container);
      const corner = this._bounds.min ?? L.point(0, 0);
      L.DomUtil.setPosition(canvas, corner);
      canvas.width = ratio * size.x;
      canvas.height = ratio * size.y;
      canvas.style.width = `${size.x}px`;
      canvas.style.height = `${size.y}px`;
      this.paint?.setTransform(ratio, 0, 0, ratio, 0, 0);
      this.#draw(this._map, corner, size);
      this.fire("update");
    }

    /**
     * @param {import("leaflet").Map} map
     * @param {import("leaflet").Point} corner
     * @param {import("leaflet").Point} size
     */
    #draw(map, corner, size) {
      if (!this.shapes || !this.paint) return;
      const zoom = map.getZoom();
      const scale = 2 ** zoom;
      const origin = map.getPixelOrigin();
      const left = (origin.x + corner.x) / scale;
      const top = (origin.y + corner.y) / scale;
      const view = { zoom, scale, left, top, width: size.x, height: size.y };
      paintBaseMap(this.paint, this.shapes, view, this.settings);
      // A name of the ground gives way to that of an area.
      const free = this.#labelsAt(zoom).filter(({ x, y, half: [width, height] }) => {
        const place = L.point(x * scale - origin.x, y * scale - origin.y);
        return !isUnderLabel(map, place, [width * scale, height * scale]);
      });
      paintLabels(this.paint, free, view, this.settings.colors);
    }

    /**
     * Return the names; where a name stands depends on the zoom only, so that panning moves none.
     *
     * @param {number} zoom
     */
    #labelsAt(zoom) {
      if (zoom < 13 || !this.shapes) return [];
      const step = Math.round(zoom);
      const known = this.labels.get(step);
      if (known) return known;
      const { paint } = this;
      const placed = placeLabels(this.shapes, step, (text, font) => {
        if (!paint) return 0;
        paint.font = font;
        return paint.measureText(text).width;
      });
      this.labels.set(step, placed);
      return placed;
    }
  };
}

/**
 * Project every shape and measure it, sorted as it will be painted.
 *
 * @param {Topojson} topojson
 * @param {Topology} topology
 * @param {Record<string, RoadStyle>} roadStyles
 * @returns {BaseMapShapes}
 */
function readShapes(topojson, topology, roadStyles) {
  /** @param {string} name */
  const read = (name) => {
    const object =
      /** @type {import("topojson-specification").GeometryCollection<{ kind?: string, name?: string }>} */ (
        topology.objects[name]
      );
    if (!object) return [];
    const features = topojson.feature(topology, object).features.filter(({ geometry }) => geometry);
    return features.map(({ geometry, properties }) =>
      createShape(linesOf(geometry).map(projectLine), properties),
    );
  };
  const roads = read("roads").map((road) => ({ ...road, style: roadStyles[road.kind] ?? roadStyles.street }));
  roads.sort((a, b) => a.style.rank - b.style.rank);
  return {
    water: read("water"),
    green: read("green"),
    built: read("built"),
    buildings: read("buildings"),
    roads,
    rail: read("rail"),
    canals: read("canals"),
  };
}

/**
 * @param {import("geojson").Geometry} geometry
 * @returns {import("geojson").Position[][]}
 */
function linesOf(geometry) {
  switch (geometry.type) {
    case "LineString":
      return [geometry.coordinates];
    case "MultiLineString":
    case "Polygon":
      return geometry.coordinates;
    case "MultiPolygon":
      return geometry.coordinates.flat();
    default:
      return [];
  }
}
