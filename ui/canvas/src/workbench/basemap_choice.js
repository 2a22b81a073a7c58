// The ground under a map, chosen from what the server offers: only the one that is shown is ever asked for.

import { createElement, createText } from "../dom.js";

/**
 * @typedef {{
 *   key: string,
 *   name: string,
 *   credit: string,
 *   maker: string,
 *   settings: Record<string, unknown>,
 * }} Basemap `maker` is the name of a layer of ours; "" for no ground at all.
 */

export class BasemapChoice {
  /** @type {import("leaflet").Layer | null} */
  layer = null;
  shown = "";

  /**
   * @param {Leaflet} L
   * @param {import("leaflet").Map} map
   * @param {string} label
   * @param {(key: string) => void} onChoice
   */
  constructor(L, map, label, onChoice) {
    this.L = L;
    this.map = map;
    this.list = createElement("select", {});
    this.list.addEventListener("change", () => onChoice(this.list.value));
    this.element = createElement("label", { class: "basemap" }, createText("span", label), this.list);
  }

  /**
   * Show one of the grounds that are offered.
   *
   * @param {Basemap[]} offered
   * @param {string} key
   * @returns {string} whose ground it is
   */
  show(offered, key) {
    const options = offered.map(({ key: value, name }) => createText("option", name, { value }));
    if (this.list.options.length !== options.length) this.list.replaceChildren(...options);
    this.list.value = key;
    const found = offered.find((one) => one.key === key) ?? offered[0];
    const shown = JSON.stringify(found);
    if (shown !== this.shown) {
      this.shown = shown;
      this.layer?.remove();
      this.layer = found.maker ? this.#create(found) : null;
    }
    return found.credit;
  }

  /** @param {Basemap} basemap */
  #create({ maker, settings }) {
    const layer = /** @type {Record<string, (settings: never) => import("leaflet").Layer>} */ (this.L.buurt)[
      maker
    ](/** @type {never} */ (settings));
    return layer.addTo(this.map);
  }
}
