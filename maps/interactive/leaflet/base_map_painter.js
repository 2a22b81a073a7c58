// Painting of the base map on a canvas: ground, green, water, buildings, roads and rail, from the bottom up.

import { boxesOverlap } from "./world.js";

/**
 * @typedef {{ zoom: number, scale: number, left: number, top: number, width: number, height: number }} View
 *   What part of the world is painted: its upper left corner, pixels in one unit of the world, and the size of
 *   the canvas in pixels.
 * @typedef {import("./world.js").WorldShape} WorldShape
 */

/**
 * Paint everything but the names.
 *
 * @param {CanvasRenderingContext2D} paint
 * @param {import("./base_map.js").BaseMapShapes} shapes
 * @param {View} view
 * @param {import("./base_map.js").BaseMapSettings} settings
 */
export function paintBaseMap(paint, shapes, view, { colors, greens }) {
  const { zoom } = view;
  const widening = Math.min(2.2, Math.max(0.16, 2 ** ((zoom - 16) * 0.78)));
  paint.lineJoin = paint.lineCap = "round";
  paint.fillStyle = colors.land;
  paint.fillRect(0, 0, view.width, view.height);
  fillShapes(paint, view, inView(shapes.built, view), colors.built);
  // Each by itself: overlapping parks must not cut holes in each other.
  for (const shape of inView(shapes.green, view))
    fillShapes(paint, view, [shape], colors[greens[shape.kind] ?? "green"]);
  for (const shape of inView(shapes.water, view))
    fillShapes(paint, view, [shape], colors.water, zoom > 13 ? colors.shore : null);
  strokeShapes(paint, view, inView(shapes.canals, view), Math.max(1, 5 * widening), colors.water);
  if (zoom >= 14.5) {
    const edge = zoom >= 16 ? colors.building_edge : null;
    fillShapes(paint, view, inView(shapes.buildings, view), colors.building, edge);
  }
  paintRoads(paint, view, inView(shapes.roads, view), widening, colors);
  const rail = inView(shapes.rail, view);
  strokeShapes(paint, view, rail, Math.max(1.5, 3.5 * widening), colors.rail);
  if (zoom >= 14) strokeShapes(paint, view, rail, Math.max(0.8, 1.8 * widening), colors.road, [7, 7]);
}

/**
 * Paint roads, all edges of one style before its fills, so that crossings are open.
 *
 * @param {CanvasRenderingContext2D} paint
 * @param {View} view
 * @param {import("./base_map.js").Road[]} roads
 * @param {number} widening
 * @param {Record<string, string>} colors
 */
function paintRoads(paint, view, roads, widening, colors) {
  const visible = roads.filter(({ style }) => view.zoom >= style.minZoom);
  const byStyle = [...new Set(visible.map(({ style }) => style))].map((style) => ({
    style,
    lines: visible.filter((road) => road.style === style),
  }));
  for (const { style, lines } of byStyle)
    if (style.edge) strokeShapes(paint, view, lines, style.width * widening + 2, colors[style.edge]);
  for (const { style, lines } of byStyle)
    strokeShapes(paint, view, lines, Math.max(1, style.width * widening), colors[style.color], style.dash);
}

/**
 * @template {WorldShape} T
 * @param {T[]} shapes
 * @param {View} view
 * @returns {T[]}
 */
function inView(shapes, { left, top, width, height, scale }) {
  /** @type {import("./world.js").Box} */
  const seen = [left, top, left + width / scale, top + height / scale];
  return shapes.filter(({ box }) => boxesOverlap(box, seen));
}

/**
 * @param {CanvasRenderingContext2D} paint
 * @param {View} view
 * @param {WorldShape[]} shapes
 * @param {string} color
 * @param {string | null} [edge]
 */
function fillShapes(paint, view, shapes, color, edge = null) {
  if (shapes.length === 0) return;
  paint.beginPath();
  for (const shape of shapes) traceShape(paint, view, shape, true);
  paint.fillStyle = color;
  paint.fill("evenodd");
  if (!edge) return;
  paint.strokeStyle = edge;
  paint.lineWidth = 1;
  paint.stroke();
}

/**
 * @param {CanvasRenderingContext2D} paint
 * @param {View} view
 * @param {WorldShape[]} shapes
 * @param {number} width
 * @param {string} color
 * @param {number[]} [dash]
 */
function strokeShapes(paint, view, shapes, width, color, dash = []) {
  if (shapes.length === 0) return;
  paint.beginPath();
  for (const shape of shapes) traceShape(paint, view, shape, false);
  paint.lineWidth = width;
  paint.strokeStyle = color;
  paint.setLineDash(dash);
  paint.stroke();
  paint.setLineDash([]);
}

/**
 * @param {CanvasRenderingContext2D} paint
 * @param {View} view
 * @param {WorldShape} shape
 * @param {boolean} close
 */
function traceShape(paint, { left, top, scale }, { lines }, close) {
  for (const line of lines) {
    for (let i = 0; i < line.length; i += 2) {
      const x = (line[i] - left) * scale;
      const y = (line[i + 1] - top) * scale;
      if (i === 0) paint.moveTo(x, y);
      else paint.lineTo(x, y);
    }
    if (close) paint.closePath();
  }
}
