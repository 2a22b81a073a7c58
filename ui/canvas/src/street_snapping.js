// Corners that jump to a street, on the canvas: where the base map has streets of its own, and only by choice.

import { followStreets, streetsNear } from "./tools/streets.js";

/**
 * @typedef {import("./tools/geometry.js").Position} Position
 * @typedef {import("./tools/streets.js").Street} Street
 */

/** How near a corner comes to a street to jump to it, in pixels. */
const REACH_PX = 30;
/** How far a corner on a street may lie off it by rounding, in metres. */
const ROUNDING_M = 0.1;
/** Metres round the globe, across the whole plane of zoom 0. */
const METRES_PER_UNIT = 40075016.686 / 256;

export class StreetSnapping {
  isOn = false;

  /**
   * @param {import("./canvas.js").Canvas} canvas
   * @param {import("./view.js").MapView} view
   */
  constructor(canvas, view) {
    this.canvas = canvas;
    this.map = view.map;
  }

  /** Streets of the base map; none where it comes in pictures. @returns {Street[]} */
  get streets() {
    for (const { layer } of this.canvas.layers?.current.values() ?? []) {
      const base = /** @type {{ shapes?: { roads?: Street[] } | null } | null} */ (
        /** @type {unknown} */ (layer)
      );
      if (base?.shapes?.roads) return base.shapes.roads;
    }
    return [];
  }

  /**
   * Find the street that a place jumps to.
   *
   * @param {Position} position Longitude and latitude.
   * @returns {{ position: Position, name: string } | null}
   */
  nearest(position) {
    const reach = REACH_PX / 2 ** this.map.getZoom();
    const [found] = streetsNear(this.streets, this.#toPlane(position), reach);
    return found ? { position: this.#toDegrees(found.point), name: found.name } : null;
  }

  /**
   * Return the corners, with the bends of the streets between them where they follow streets.
   *
   * @param {Position[]} corners
   * @returns {Position[]}
   */
  follow(corners) {
    if (!this.isOn) return corners;
    const stretched = Math.cos((corners[0][1] * Math.PI) / 180);
    const tolerance = ROUNDING_M / METRES_PER_UNIT / stretched;
    const plane = corners.map((corner) => this.#toPlane(corner));
    return followStreets(this.streets, plane, tolerance).map((point) => this.#toDegrees(point));
  }

  /**
   * @param {Position} position
   * @returns {Position}
   */
  #toPlane([lon, lat]) {
    const { x, y } = this.map.project([lat, lon], 0);
    return [x, y];
  }

  /**
   * @param {Position} point
   * @returns {Position}
   */
  #toDegrees([x, y]) {
    const { lng, lat } = this.map.unproject([x, y], 0);
    return [Number(lng.toFixed(7)), Number(lat.toFixed(7))];
  }
}
