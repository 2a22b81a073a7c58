// The map and what part of the world it shows.

/**
 * @typedef {{ longitude: number, latitude: number, width_m: number }} InitialView
 * @typedef {[[number, number], [number, number]]} Corners South-west and north-east, as latitude and longitude.
 * @typedef {import("./tools/geometry.js").Position} Position
 */

const EQUATOR_M = 40075016.686;
const TILE_PX = 256;
/** The widest the scale is, in pixels. */
const SCALE_PX = 120;
/** The country, while the map has no width yet. */
const WHOLE_COUNTRY = { center: /** @type {[number, number]} */ ([52.2, 5.3]), zoom: 8 };

/**
 * Compute the zoom at which so many metres of ground lie across so many pixels.
 *
 * @param {InitialView} view
 * @param {number} width_px
 */
export function zoomForWidth({ latitude, width_m }, width_px) {
  const round_m = EQUATOR_M * Math.cos((latitude * Math.PI) / 180);
  return Math.log2((round_m * width_px) / (TILE_PX * width_m));
}

export class MapView {
  /** Metres of ground across the map at the first view, once it was shown. @type {number | null} */
  startWidth_m = null;

  /**
   * @param {Leaflet} L
   * @param {HTMLElement} element
   * @param {number} minZoom
   */
  constructor(L, element, minZoom) {
    this.element = element;
    const isCalm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map = L.map(element, {
      zoomControl: false,
      attributionControl: false,
      zoomSnap: 0,
      wheelPxPerZoomLevel: 110,
      bounceAtZoomLimits: false,
      zoomAnimation: !isCalm,
      fadeAnimation: !isCalm,
      inertia: !isCalm,
      minZoom,
      maxZoom: 20,
    });
    // Leaflet focuses the map at the first press. A page that then scrolls moves the map from under the pointer.
    element.focus = () => HTMLElement.prototype.focus.call(element, { preventScroll: true });
    L.control.scale({ imperial: false, maxWidth: SCALE_PX }).addTo(this.map);
  }

  /**
   * Show the first view: so many metres of ground across, the same for everyone, or a box.
   *
   * @param {InitialView} start
   * @param {Corners | null | undefined} bounds
   */
  showFirst(start, bounds) {
    const width_px = this.element.clientWidth;
    if (width_px === 0) {
      this.map.setView(WHOLE_COUNTRY.center, WHOLE_COUNTRY.zoom);
      return;
    }
    this.startWidth_m = Math.round(start.width_m);
    const zoom = zoomForWidth(start, width_px);
    if (bounds) this.map.fitBounds(bounds, { animate: false, padding: [16, 16] });
    else this.map.setView([start.latitude, start.longitude], zoom, { animate: false });
  }

  /**
   * Move the middle of the map to a place; how much of the ground is seen stays the same.
   *
   * @param {Position} position
   */
  moveTo([lon, lat]) {
    this.map.setView([lat, lon], this.map.getZoom(), { animate: false });
  }

  /** @param {Corners} bounds */
  showBounds(bounds) {
    this.map.fitBounds(bounds, { padding: [16, 16] });
  }

  /**
   * Show a whole drawing, where a part of it is out of sight.
   *
   * @param {import("leaflet").LatLngBounds} bounds
   */
  ensureVisible(bounds) {
    if (bounds.isValid() && !this.map.getBounds().contains(bounds))
      this.map.fitBounds(bounds, { padding: [24, 24], animate: false });
  }

  /** Measure the metres of ground across the map. */
  measureWidth() {
    const bounds = this.map.getBounds();
    const { lat } = bounds.getCenter();
    return Math.round(this.map.distance([lat, bounds.getWest()], [lat, bounds.getEast()]));
  }

  /**
   * @param {Position} pixel
   * @returns {Position} longitude and latitude
   */
  toDegrees([x, y]) {
    const { lng, lat } = this.map.containerPointToLatLng([x, y]);
    return [lng, lat];
  }

  /**
   * Project a stroke, to a decimetre.
   *
   * @param {{ x: number, y: number, t: number }[]} points
   * @returns {number[][]} longitude, latitude and milliseconds
   */
  toTrack(points) {
    return points.map(({ x, y, t }) => {
      const [lon, lat] = this.toDegrees([x, y]);
      return [Number(lon.toFixed(6)), Number(lat.toFixed(6)), t];
    });
  }

  /**
   * @param {Position} position Longitude and latitude.
   * @returns {Position} pixel
   */
  toPixel([lon, lat]) {
    const { x, y } = this.map.latLngToContainerPoint([lat, lon]);
    return [x, y];
  }

  /** @param {Position} by In pixels. */
  panBy([x, y]) {
    this.map.panBy([x, y], { animate: false });
  }

  /** @param {number} steps */
  zoomBy(steps) {
    this.map.setZoom(this.map.getZoom() + steps);
  }

  /**
   * Set what a finger does: draw, or move the map.
   *
   * @param {{ canDrag: boolean, canDoubleClick: boolean }} what
   */
  setGestures({ canDrag, canDoubleClick }) {
    this.element.style.touchAction = "none";
    this.map.dragging[canDrag ? "enable" : "disable"]();
    this.map.doubleClickZoom[canDoubleClick ? "enable" : "disable"]();
  }
}
