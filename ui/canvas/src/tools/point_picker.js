// One point on the map: tap it, or bring it to the middle and press the button. Earlier points are shown numbered.

import { ensurePane } from "../../../../maps/interactive/leaflet/panes.js";

/**
 * @typedef {{ longitude: number, latitude: number }} PickedPoint
 * @typedef {PickedPoint & { text: string, kind: string }} NumberedPoint
 */

const PANE = "spots";

export class PointPicker {
  /** @type {import("leaflet").Marker | null} */
  #pin = null;

  /**
   * @param {Leaflet} L
   * @param {import("leaflet").Map} map
   * @param {(point: PickedPoint) => void} choose Called at every tap.
   */
  constructor(L, map, choose) {
    ensurePane(map, PANE);
    this.L = L;
    this.map = map;
    this.choose = choose;
    this.earlier = L.layerGroup().addTo(map);
    map.on("click", ({ latlng }) => this.#pick(latlng));
  }

  pickMiddle() {
    this.#pick(this.map.getCenter());
  }

  /** @param {PickedPoint | null | undefined} point */
  showPoint(point) {
    this.#pin?.remove();
    this.#pin = point ? this.#createMarker(point, "", "pin").addTo(this.map) : null;
  }

  /** @param {NumberedPoint[]} points */
  showEarlier(points) {
    this.earlier.clearLayers();
    for (const point of points) this.earlier.addLayer(this.#createMarker(point, point.text, point.kind));
  }

  /** @param {import("leaflet").LatLng} latlng */
  #pick({ lat, lng }) {
    const point = { longitude: Number(lng.toFixed(6)), latitude: Number(lat.toFixed(6)) };
    this.showPoint(point);
    this.choose(point);
  }

  /**
   * @param {PickedPoint} point
   * @param {string} text
   * @param {string} kind
   */
  #createMarker({ latitude, longitude }, text, kind) {
    const html = document.createElement("span");
    html.className = `spot spot-${kind}`;
    html.textContent = text;
    const icon = this.L.divIcon({ html, className: "spot-box", iconSize: [0, 0] });
    return this.L.marker([latitude, longitude], { pane: PANE, interactive: false, keyboard: false, icon });
  }
}
