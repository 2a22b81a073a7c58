// The layer that most others are: a group that fills itself once its shapes have arrived.

import { removeLabels } from "./area_labels.js";
import { ensurePane } from "./panes.js";
import { fetchTopology } from "./topology_cache.js";

/**
 * @typedef {import("leaflet").FeatureGroup & {
 *   readonly map: import("leaflet").Map | null,
 *   adaptToZoom: (() => void) | null,
 * }} TopologyGroup
 * @typedef {{ key: string, url: string }} TopologySettings Name of the layer, and where its shapes are.
 */

/**
 * Define the layer for this Leaflet; the page loads Leaflet after this module.
 *
 * @param {Leaflet} L
 */
export function defineTopologyLayer(L) {
  return class TopologyLayer extends L.FeatureGroup {
    /**
     * Fires "arrived" when it is filled, or "absent"; the map it is on hears "buurt:arrived".
     *
     * @param {TopologySettings} settings
     * @param {(group: TopologyGroup, shapes: Topology) => void} fill
     */
    constructor(settings, fill) {
      super();
      this.settings = settings;
      /** Adapts the layer to the zoom, once it is filled. @type {(() => void) | null} */
      this.adaptToZoom = null;
      this.arrival = fetchTopology(settings.url).then(
        (shapes) => {
          fill(this, shapes);
          this.fire("arrived");
        },
        () => {
          this.fire("absent");
        },
      );
    }

    /** The map this layer is on, or null. */
    get map() {
      return this._map ?? null;
    }

    /** @param {import("leaflet").Map} map */
    onAdd(map) {
      ensurePane(map, "ground");
      ensurePane(map, "cores");
      ensurePane(map, "halo");
      ensurePane(map, "lines");
      ensurePane(map, "names").style.pointerEvents = "none";
      super.onAdd(map);
      this.arrival.then(() => {
        this.adaptToZoom?.();
        map.fire("buurt:arrived", { key: this.settings.key });
      });
      map.on("zoomend", this.zoomed, this);
      return this;
    }

    /** @param {import("leaflet").Map} map */
    onRemove(map) {
      map.off("zoomend", this.zoomed, this);
      super.onRemove(map);
      removeLabels(map, this);
      return this;
    }

    zoomed() {
      this.adaptToZoom?.();
    }
  };
}

/**
 * Announce on the map what is under the pointer, and what is clicked where `select` is true.
 *
 * @param {TopologyGroup} group
 * @param {import("leaflet").Layer} shape
 * @param {import("./vendor.js").FeatureFacts} facts
 * @param {{ select?: boolean }} [options]
 */
export function announcePointer(group, shape, facts, { select = false } = {}) {
  if (select) shape.on("click", () => group.map?.fire("buurt:select", facts));
  shape.on("mouseover", () => group.map?.fire("buurt:point", facts));
  shape.on("mouseout", () => group.map?.fire("buurt:point"));
}
