// The brush: adds or takes away the ground under a stroke. Pure.

import { joinPolygons, simplifyLine, subtractPolygons } from "./geometry.js";

/**
 * @typedef {import("./geometry.js").Polygon} Polygon
 * @typedef {import("./geometry.js").Position} Position
 */

/** Half the width of the brush in pixels: a fingertip. */
export const BRUSH_PX = 20;
/** Pixels a stroke may be moved by before the brush goes over it. */
const TOLERANCE_PX = 1.5;
/** Whole numbers for the clipper: a hundredth of a pixel. */
const STEPS = 100;

/**
 * Change polygons by a stroke of the brush.
 *
 * @param {ClipperLib} clipper
 * @param {Polygon[]} polygons
 * @param {"add" | "cut"} tool
 * @param {Position[]} stroke In pixels.
 * @param {(pixel: Position) => Position} unproject Pixels to degrees.
 * @returns {Polygon[]} none when nothing is left
 */
export function brushPolygons(clipper, polygons, tool, stroke, unproject) {
  const ground = coverStroke(clipper, simplifyLine(stroke, TOLERANCE_PX), BRUSH_PX).map((polygon) =>
    polygon.map((ring) => ring.map(unproject)),
  );
  return tool === "add"
    ? joinPolygons(clipper, polygons, ground)
    : subtractPolygons(clipper, polygons, ground);
}

/**
 * Return the ground under a brush: everything within `reach` of the stroke, in the units of the stroke.
 *
 * @param {ClipperLib} clipper
 * @param {Position[]} stroke
 * @param {number} reach
 * @returns {Polygon[]}
 */
export function coverStroke(clipper, stroke, reach) {
  const path = stroke.map(([x, y]) => ({ X: Math.round(x * STEPS), Y: Math.round(y * STEPS) }));
  const work = new clipper.ClipperOffset(2, STEPS);
  work.AddPath(path, clipper.JoinType.jtRound, clipper.EndType.etOpenRound);
  const tree = new clipper.PolyTree();
  work.Execute(tree, reach * STEPS);
  return clipper.JS.PolyTreeToExPolygons(tree).map(({ outer, holes }) => [outer, ...holes].map(toRing));
}

/**
 * @param {ClipperPath} path
 * @returns {Position[]}
 */
function toRing(path) {
  return [...path, path[0]].map(({ X, Y }) => [X / STEPS, Y / STEPS]);
}
