// All layers by name, as the pieces of map code that Python makes call them: `L.buurt.areas({...})`.
// Every name that somebody gave is put on the page as text; nothing in this folder reads markup.

import { fillAreas } from "./areas.js";
import { defineBaseMap } from "./base_map.js";
import { fillFacilities } from "./facilities.js";
import { fillClasses, fillResidentPlaces, fillSelection } from "./planner_layers.js";
import { createTiles } from "./tiles.js";
import { defineTopologyLayer } from "./topology_layer.js";
import { defineWorkshopLayers } from "./workshop_layers.js";

/**
 * @typedef {{ geometry: import("geojson").GeoJsonObject, color: string, filled: number }} DrawingSettings
 * @typedef {import("./topology_layer.js").TopologySettings} TopologySettings
 */

/**
 * Register our layers with Leaflet, once.
 *
 * @param {Leaflet} L
 * @param {Topojson} topojson
 * @returns {Record<string, (settings: never) => import("leaflet").Layer>} makers of layers by name
 */
export function registerLayers(L, topojson) {
  if (L.buurt) return L.buurt;
  const TopologyLayer = defineTopologyLayer(L);
  const BaseMap = defineBaseMap(L, topojson);
  /**
   * @template {TopologySettings} S
   * @param {(
   *   L: Leaflet,
   *   topojson: Topojson,
   *   settings: S,
   *   group: import("./topology_layer.js").TopologyGroup,
   *   shapes: Topology,
   * ) => void} fill
   * @returns {(settings: S) => InstanceType<typeof TopologyLayer>}
   */
  const filledBy = (fill) => (settings) =>
    new TopologyLayer(settings, (group, shapes) => fill(L, topojson, settings, group, shapes));
  const classed = filledBy(fillClasses);
  const makers = {
    areas: filledBy(fillAreas),
    facilities: filledBy(fillFacilities),
    classed,
    chosen: filledBy(fillSelection),
    places: filledBy(fillResidentPlaces),
    /** @param {DrawingSettings} settings */
    drawing: ({ geometry, color, filled }) =>
      L.geoJSON(geometry, {
        interactive: false,
        style: { color, weight: 3, fillColor: color, fillOpacity: filled },
      }),
    /** @param {import("./base_map.js").BaseMapSettings} settings */
    ground: (settings) => new BaseMap(settings),
    /** @param {import("./tiles.js").TileSettings} settings */
    tiles: (settings) => createTiles(L, settings),
    ...defineWorkshopLayers(L, classed),
  };
  L.buurt = makers;
  return makers;
}
