// Drawing and changing a sketch by its corners, on the canvas: loads the corner tool and knows about holes.

import { CornerTool } from "./tools/corner_tool.js";
import { TOLERANCE_PX } from "./tools/freehand.js";
import { simplifyRing, subtractPolygons } from "./tools/geometry.js";

/**
 * @typedef {import("./tools/geometry.js").Polygon} Polygon
 * @typedef {import("./tools/geometry.js").Line} Line
 * @typedef {import("./tools/geometry.js").Position} Position
 * @typedef {import("./tools/corner_tool.js").CornerHandlers} CornerHandlers
 */

/** A ring whose corners are to be dragged is simplified by so many pixels. */
const CORNER_TOLERANCE_PX = 3 * TOLERANCE_PX;

export class CornerEditing {
  /** @type {CornerTool | null} */
  tool = null;
  /** Holes, kept apart while corners are dragged: the tool knows none. @type {Polygon[]} */
  holes = [];

  /**
   * @param {Leaflet} L
   * @param {import("./view.js").MapView} view
   * @param {string} color
   * @param {CornerHandlers} handlers
   */
  constructor(L, view, color, handlers) {
    this.L = L;
    this.view = view;
    this.color = /** @type {`#${string}`} */ (color);
    this.handlers = handlers;
  }

  /**
   * Make the tool, once its scripts are there.
   *
   * @param {Promise<unknown>} loading
   */
  async prepare(loading) {
    await loading;
    this.tool ??= new CornerTool(this.L, this.view.map, this.color, this.handlers);
  }

  /** Return the corners that were tapped. */
  get tappedCorners() {
    return this.tool?.tappedCorners() ?? [];
  }

  start() {
    this.tool?.startPolygon();
  }

  removeCorner() {
    this.tool?.removeCorner();
  }

  /**
   * Add a corner at a pixel of the map, as a tap there does.
   *
   * @param {Position} pixel
   */
  put(pixel) {
    this.tool?.put(pixel);
  }

  /**
   * Move the end of the line under way to a pixel of the map.
   *
   * @param {Position} pixel
   */
  follow(pixel) {
    this.tool?.follow(pixel);
  }

  /** @param {import("./street_snapping.js").StreetSnapping | null} streets */
  snapTo(streets) {
    this.tool?.snapTo(streets && ((position) => streets.nearest(position)?.position));
  }

  /**
   * Show every part with corners to drag.
   *
   * @param {Polygon[]} polygons
   */
  edit(polygons) {
    this.holes = polygons.flatMap(([, ...holes]) => holes.map((hole) => [hole]));
    this.tool?.editRings(polygons.map(([outer]) => this.#simplify(outer)));
  }

  /** Return the sketch as it is after dragging, the holes cut out again. */
  editedPolygons() {
    return subtractPolygons(window.ClipperLib, this.tool?.editedPolygons() ?? [], this.holes);
  }

  close() {
    this.tool?.close();
  }

  stop() {
    this.tool?.stop();
  }

  /**
   * @param {Line} ring
   * @returns {Line}
   */
  #simplify(ring) {
    const pixels = ring.slice(0, -1).map((position) => this.view.toPixel(position));
    return simplifyRing(pixels, CORNER_TOLERANCE_PX).map((pixel) => {
      const [lon, lat] = this.view.toDegrees(pixel);
      return [Number(lon.toFixed(7)), Number(lat.toFixed(7))];
    });
  }
}
