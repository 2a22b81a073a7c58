// The browser's side of the planner's layers: shapes in classes, each with a pattern beside its colour.

import { arrangeLabels, createTextMarker } from "./area_labels.js";
import { collect, lineScale } from "./areas.js";
import { createPattern, createPlaceSign } from "./map_signs.js";
import { announcePointer } from "./topology_layer.js";

/**
 * @typedef {import("./topology_layer.js").TopologySettings} TopologySettings
 * @typedef {import("./topology_layer.js").TopologyGroup} TopologyGroup
 * @typedef {{
 *   line: string,
 *   weight: number,
 *   dash: string,
 *   fill: string,
 *   opacity: number,
 *   pattern: import("./map_signs.js").Pattern | "",
 * }} ClassStyle
 * @typedef {TopologySettings & {
 *   name: string,
 *   styles: Record<string, ClassStyle>,
 *   classes: Record<string, string>,
 *   select: boolean,
 *   labels: boolean,
 *   pane: string,
 * }} ClassifiedSettings
 * @typedef {TopologySettings & {
 *   name: string,
 *   code: string,
 *   line: import("./areas.js").LineStyle,
 *   pane: string,
 * }} SelectionSettings
 * @typedef {TopologySettings & { marks: Record<string, string>, size: number }} ResidentPlaceSettings
 * @typedef {{ name?: string, class?: string, weight?: number, theme?: string, kind?: string }} Properties
 * @typedef {import("geojson").Feature<import("geojson").Geometry, Properties>} ClassFeature
 */

const HALO_COLOR = "#fffdf8";
const HALO_PX = 3;
/** Width of the line nobody sees that takes the clicks for one of two pixels. */
const CLICK_PX = 18;
/** What residents call a neighbourhood stays where an official name would touch it. */
const CORE_RANK = 1;

/**
 * @param {Topojson} topojson
 * @param {Topology} shapes
 * @param {string} name
 * @returns {ClassFeature[]}
 */
function readFeatures(topojson, shapes, name) {
  const object = /** @type {import("topojson-specification").GeometryCollection<Properties>} */ (
    shapes.objects[name]
  );
  return topojson.feature(shapes, object).features;
}

/**
 * Fill a layer with shapes in classes.
 *
 * @param {Leaflet} L
 * @param {Topojson} topojson
 * @param {ClassifiedSettings} settings
 * @param {TopologyGroup} group
 * @param {Topology} shapes
 */
export function fillClasses(L, topojson, settings, group, shapes) {
  const { key, name, styles, select, labels, pane } = settings;
  const features = readFeatures(topojson, shapes, name);
  const renderer = createPatternRenderer(L, pane, key, styles);
  const isLines = features[0]?.geometry.type.endsWith("LineString") ?? false;
  /** @type {(feature: ClassFeature, shape: import("leaflet").Layer) => void} */
  const announce = (feature, shape) => {
    const facts = { layer: key, code: feature.id, name: feature.properties.name ?? "" };
    announcePointer(group, shape, facts, { select });
  };
  const drawing = { features, pane, renderer, look: (/** @type {ClassFeature} */ f) => lookOf(f, settings) };
  if (isLines) addLines(L, group, drawing, select ? announce : undefined);
  else addSurfaces(L, group, drawing, select ? announce : undefined);
  if (!labels) return;
  const named = features.map((feature) => labelFeature(L, feature));
  for (const { marker } of named) group.addLayer(marker);
  group.adaptToZoom = () => {
    if (group.map) arrangeLabels(group.map, group, named, CORE_RANK);
  };
}

/**
 * @typedef {{
 *   features: ClassFeature[],
 *   pane: string,
 *   renderer: import("leaflet").Renderer,
 *   look: (feature: ClassFeature) => import("leaflet").PathOptions & { weight: number },
 * }} Drawing
 * @typedef {((feature: ClassFeature, shape: import("leaflet").Layer) => void) | undefined} Announce
 */

/**
 * @param {ClassFeature} feature
 * @param {ClassifiedSettings} settings
 */
function lookOf({ id, properties }, { key, styles, classes }) {
  const kind = classes[String(id)] ?? properties.class;
  const style = styles[kind];
  if (!style) return { stroke: false, fill: false, weight: 0 };
  return {
    stroke: Boolean(style.line),
    color: style.line || undefined,
    weight: properties.weight ?? style.weight,
    dashArray: style.dash || undefined,
    lineCap: /** @type {const} */ ("butt"),
    fill: Boolean(style.fill),
    fillColor: style.pattern ? `url(#${key}-${kind})` : style.fill,
    fillOpacity: style.opacity,
  };
}

/**
 * @param {Leaflet} L
 * @param {TopologyGroup} group
 * @param {Drawing} drawing
 * @param {Announce} announce
 */
function addSurfaces(L, group, { features, pane, renderer, look }, announce) {
  const options = {
    pane,
    renderer,
    interactive: Boolean(announce),
    style: styled(look),
    onEachFeature: announce,
  };
  group.addLayer(L.geoJSON(collect(features), options));
}

/**
 * Add lines with a light one below each and, where they can be clicked, a broad one that nobody sees on top.
 *
 * @param {Leaflet} L
 * @param {TopologyGroup} group
 * @param {Drawing} drawing
 * @param {Announce} announce
 */
function addLines(L, group, { features, pane, renderer, look }, announce) {
  const lines = collect(features);
  const still = { pane, renderer, interactive: false };
  const haloStyle = styled((feature) => ({ ...look(feature), color: HALO_COLOR, dashArray: undefined }));
  const halo = L.geoJSON(lines, { ...still, style: haloStyle });
  const shown = L.geoJSON(lines, { ...still, style: styled(look) });
  group.addLayer(halo);
  group.addLayer(shown);
  if (announce) {
    const style = { color: "#ffffff", weight: CLICK_PX, opacity: 0.001 };
    group.addLayer(L.geoJSON(lines, { pane, renderer, interactive: true, style, onEachFeature: announce }));
  }
  group.adaptToZoom = () => {
    if (!group.map) return;
    const scale = lineScale(group.map);
    shown.setStyle(
      styled((feature) => {
        const { weight, dashArray } = look(feature);
        return { weight: scale * weight, dashArray: scaleDash(dashArray, scale) };
      }),
    );
    halo.setStyle(styled((feature) => ({ weight: scale * (look(feature).weight + HALO_PX) })));
  };
}

/**
 * @param {(feature: ClassFeature) => import("leaflet").PathOptions} look
 * @returns {import("leaflet").StyleFunction<Properties>}
 */
function styled(look) {
  return (feature) => (feature ? look(feature) : {});
}

/**
 * @param {string | number[] | undefined} dash
 * @param {number} scale
 */
function scaleDash(dash, scale) {
  if (typeof dash !== "string") return undefined;
  return dash
    .split(" ")
    .map((step) => scale * Number(step))
    .join(" ");
}

/**
 * Create a renderer whose first child holds the patterns that shapes are filled with.
 *
 * @param {Leaflet} L
 * @param {string} pane
 * @param {string} key
 * @param {Record<string, ClassStyle>} styles
 */
function createPatternRenderer(L, pane, key, styles) {
  class PatternRenderer extends L.SVG {
    _initContainer() {
      super._initContainer();
      const patterns = document.createElementNS("http://www.w3.org/2000/svg", "defs");
      for (const [kind, { pattern, fill }] of Object.entries(styles))
        if (pattern) patterns.append(createPattern({ id: `${key}-${kind}`, pattern, color: fill }));
      this._container?.prepend(patterns);
    }
  }
  return new PatternRenderer({ pane });
}

/**
 * Create the name of a class of shapes. It always has room: a core may be smaller than what it is called.
 *
 * @param {Leaflet} L
 * @param {ClassFeature} feature
 * @returns {import("./area_labels.js").AreaLabel}
 */
function labelFeature(L, feature) {
  const bounds = L.geoJSON(feature).getBounds();
  const made = createTextMarker(L, bounds.getCenter(), feature.properties.name ?? "", { pane: "names" });
  return { ...made, west: -180, east: 180, width: bounds.getEast() - bounds.getWest() };
}

/**
 * Fill a layer with the outline of the one area that was chosen.
 *
 * @param {Leaflet} L
 * @param {Topojson} topojson
 * @param {SelectionSettings} settings
 * @param {TopologyGroup} group
 * @param {Topology} shapes
 */
export function fillSelection(L, topojson, { name, code, line, pane }, group, shapes) {
  const chosen = collect(readFeatures(topojson, shapes, name).filter(({ id }) => id === code));
  const halo = { color: HALO_COLOR, weight: line.weight + 4, fill: false };
  const drawn = { color: line.color, weight: line.weight, dashArray: line.dash || undefined, fill: false };
  for (const style of [halo, drawn]) group.addLayer(L.geoJSON(chosen, { pane, interactive: false, style }));
}

/**
 * Fill a layer with places that residents pointed at.
 *
 * @param {Leaflet} L
 * @param {Topojson} topojson
 * @param {ResidentPlaceSettings} settings
 * @param {TopologyGroup} group
 * @param {Topology} shapes
 */
export function fillResidentPlaces(L, topojson, { key, marks, size }, group, shapes) {
  for (const { id, geometry, properties } of readFeatures(topojson, shapes, "places")) {
    if (geometry.type !== "Point") continue;
    const { theme = "", kind = "", name = "" } = properties;
    const [lon, lat] = geometry.coordinates;
    const html = /** @type {HTMLElement} */ (
      /** @type {unknown} */ (createPlaceSign(kind, marks[theme], size))
    );
    const icon = L.divIcon({ html, className: "place-sign", iconSize: [size, size] });
    const marker = L.marker([lat, lon], { icon, alt: name, title: name, keyboard: false });
    announcePointer(group, marker, { layer: key, code: id, name });
    group.addLayer(marker);
  }
}
