// What is drawn on one canvas, as a value: the outline, the strokes it was made of, and how it was made. Pure.

import { fromGeoJson, toGeoJson } from "./tools/geojson.js";

/**
 * @typedef {import("./tools/geometry.js").Polygon} Polygon
 * @typedef {import("./tools/geometry.js").Geometry} Geometry
 * @typedef {"lasso" | "corners" | "add" | "cut" | "vague"} StrokeTool
 * @typedef {{ tool: StrokeTool, points: number[][], reach_m?: number }} Stroke
 *   The raw track as [longitude, latitude, milliseconds]; a vague stroke marks the edge within `reach_m`.
 * @typedef {{
 *   id: string,
 *   polygons: Polygon[],
 *   strokes: Stroke[],
 *   tool: string | null,
 *   startedAt: number | null,
 *   firstWidth_m: number | null,
 *   startWidth_m: number | null,
 *   pointer: string | null,
 * }} Sketch Widths are metres of ground across the map: at the first view, and when the first stroke ended.
 * @typedef {{
 *   id: string,
 *   polygons: Polygon[],
 *   strokes?: Stroke[],
 *   how?: string | null,
 *   started?: number | null,
 *   first?: number | null,
 *   pointer?: string | null,
 *   startWidth?: number | null,
 *   accepted?: boolean,
 * }} Draft A sketch as this device keeps it.
 * @typedef {{ id?: string, geometry?: Geometry, strokes?: Stroke[], tool?: string }} InitialSketch
 * @typedef {{
 *   id: string,
 *   geometry: Geometry,
 *   strokes: Stroke[],
 *   tool: string | null,
 *   seconds: number | null,
 *   first_width_m: number | null,
 *   start_width_m: number | null,
 *   screen: string,
 *   input: string,
 *   shown: string[],
 * }} SketchResult What is sent to the server.
 */

/** Screens by the width of the window in pixels they stay below. @type {[number, string][]} */
const SCREENS = [
  [640, "phone"],
  [1100, "tablet"],
  [1700, "laptop"],
  [Infinity, "large"],
];

/**
 * Create an empty sketch.
 *
 * @param {string} id
 * @param {number | null} startWidth_m
 * @returns {Sketch}
 */
export function createSketch(id, startWidth_m) {
  return {
    id,
    polygons: [],
    strokes: [],
    tool: null,
    startedAt: null,
    firstWidth_m: null,
    startWidth_m,
    pointer: null,
  };
}

/**
 * @param {Sketch} sketch
 * @param {boolean} isAccepted
 * @returns {Draft}
 */
export function toDraft({ id, polygons, strokes, ...made }, isAccepted) {
  return {
    id,
    polygons,
    strokes,
    how: made.tool,
    started: made.startedAt,
    first: made.firstWidth_m,
    pointer: made.pointer,
    startWidth: made.startWidth_m,
    accepted: isAccepted,
  };
}

/**
 * @param {Draft} draft
 * @returns {Sketch}
 */
export function fromDraft({ id, polygons, strokes, how, started, first, pointer, startWidth }) {
  return {
    id,
    polygons,
    strokes: strokes ?? [],
    tool: how ?? null,
    startedAt: started ?? null,
    firstWidth_m: first ?? null,
    startWidth_m: startWidth ?? null,
    pointer: pointer ?? null,
  };
}

/**
 * Return a sketch with the outline and the strokes of one that the server has.
 *
 * @param {Sketch} sketch
 * @param {InitialSketch | null | undefined} initial
 * @returns {Sketch}
 */
export function withInitial(sketch, initial) {
  return {
    ...sketch,
    id: initial?.id ?? sketch.id,
    polygons: fromGeoJson(initial?.geometry),
    strokes: initial?.strokes ?? [],
    tool: initial?.tool ?? sketch.tool,
  };
}

/**
 * Compose what is sent to the server. Of the map only its width goes along, never where it was: the middle of a
 * view is often somebody's home.
 *
 * @param {Sketch} sketch
 * @param {{ now: number, windowWidth: number, shown: string[] }} facts Time in milliseconds, width in pixels.
 * @returns {SketchResult}
 */
export function toResult(sketch, { now, windowWidth, shown }) {
  return {
    id: sketch.id,
    geometry: toGeoJson(sketch.polygons),
    strokes: sketch.strokes,
    tool: sketch.tool,
    seconds: sketch.startedAt ? Math.round((now - sketch.startedAt) / 1000) : null,
    first_width_m: sketch.firstWidth_m,
    start_width_m: sketch.startWidth_m,
    screen: SCREENS.find(([limit]) => windowWidth < limit)?.[1] ?? "large",
    input: sketch.pointer ?? "mouse",
    shown,
  };
}

/** Create a name for one contribution, made here so that sending it twice is seen. */
export function createId() {
  // Not randomUUID: that is absent on a plain http address, as in a community centre.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/**
 * Return whether two drawings have the same outline.
 *
 * @param {InitialSketch} one
 * @param {InitialSketch | null | undefined} other
 */
export function isAlike(one, other) {
  return JSON.stringify(one.geometry) === JSON.stringify(other?.geometry);
}
