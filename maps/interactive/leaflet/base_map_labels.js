// Names on the base map: of water, green and roads, none of which touch. Placing is pure; painting is at the end.

import { LabelBoxes } from "./label_boxes.js";
import { boxesOverlap, findLabelPoint, straightStretches } from "./world.js";

/**
 * @typedef {{
 *   text: string,
 *   x: number,
 *   y: number,
 *   angle: number,
 *   font: string,
 *   color: string,
 *   half: import("./label_boxes.js").HalfSize,
 * }} PlacedLabel Middle in the world, and how far from there it reaches; colour by name.
 * @typedef {(text: string, font: string) => number} MeasureText Gives the width of a text in pixels.
 */

const FAMILY = '"Source Sans", "Source Sans 3", system-ui, sans-serif';
/** Pixels between two places of one road's name. */
const REPEAT_PX = 460;

/**
 * Place names for a zoom in whole steps: areas first, then roads, main roads and long ones first.
 *
 * @param {import("./base_map.js").BaseMapShapes} shapes
 * @param {number} zoom
 * @param {MeasureText} measure
 * @returns {PlacedLabel[]}
 */
export function placeLabels(shapes, zoom, measure) {
  const scale = 2 ** zoom;
  const boxes = new LabelBoxes(scale);
  /** @type {PlacedLabel[]} */
  const placed = [];
  for (const { width, height, ...label } of candidates(shapes, zoom, measure)) {
    const cos = Math.abs(Math.cos(label.angle));
    const sin = Math.abs(Math.sin(label.angle));
    const halfWidth = ((width * cos + height * sin) / 2 + 6) / scale;
    const halfHeight = ((width * sin + height * cos) / 2 + 3) / scale;
    if (boxes.reserve(label.x, label.y, [halfWidth, halfHeight]))
      placed.push({ ...label, half: [halfWidth, halfHeight] });
  }
  return placed;
}

/**
 * @typedef {Omit<PlacedLabel, "half"> & { width: number, height: number }} Candidate Sizes in pixels.
 *
 * @param {import("./base_map.js").BaseMapShapes} shapes
 * @param {number} zoom
 * @param {MeasureText} measure
 * @returns {Generator<Candidate>}
 */
function* candidates(shapes, zoom, measure) {
  yield* areaCandidates(shapes.water, zoom, measure, { color: "label_water", minWidth: 80 });
  yield* areaCandidates(shapes.green, zoom, measure, { color: "label_green", minWidth: 70 });
  const roads = shapes.roads.filter(({ name, style }) => name && zoom >= minLabelZoom(style.rank));
  roads.sort((a, b) => b.style.rank - a.style.rank || b.length - a.length);
  for (const road of roads) yield* roadCandidates(road, zoom, measure);
}

/**
 * @param {import("./world.js").WorldShape[]} areas
 * @param {number} zoom
 * @param {MeasureText} measure
 * @param {{ color: string, minWidth: number }} look
 * @returns {Generator<Candidate>}
 */
function* areaCandidates(areas, zoom, measure, { color, minWidth }) {
  const font = `italic 500 ${zoom >= 15 ? 14 : 13}px ${FAMILY}`;
  for (const { name, box, lines } of areas) {
    if (!name) continue;
    const width = measure(name, font);
    if ((box[2] - box[0]) * 2 ** zoom < Math.max(minWidth, width * 0.8)) continue;
    const [x, y] = findLabelPoint(lines[0]);
    yield { text: name, x, y, angle: 0, font, width, height: 16, color };
  }
}

/**
 * @param {import("./base_map.js").Road} road
 * @param {number} zoom
 * @param {MeasureText} measure
 * @returns {Generator<Candidate>}
 */
function* roadCandidates({ name, lines, length, style }, zoom, measure) {
  const isMain = style.rank >= 3;
  const size = (isMain ? 13.5 : 12.5) + (zoom >= 17 ? 1.5 : 0);
  const font = `${isMain ? 600 : 500} ${size}px ${FAMILY}`;
  const width = measure(name, font);
  const scale = 2 ** zoom;
  if (length * scale < width) return; // most stretches of a street are shorter than its name
  for (const line of lines)
    for (const { x, y, angle } of straightStretches(line, (width * 1.08) / scale, REPEAT_PX / scale))
      yield { text: name, x, y, angle, font, width, height: 15, color: "label" };
}

/** @param {number} rank */
function minLabelZoom(rank) {
  if (rank >= 3) return 13;
  return rank === 2 ? 15 : 16;
}

/**
 * Paint the names that are in view.
 *
 * @param {CanvasRenderingContext2D} paint
 * @param {PlacedLabel[]} labels
 * @param {import("./base_map_painter.js").View} view
 * @param {Record<string, string>} colors
 */
export function paintLabels(paint, labels, { left, top, width, height, scale }, colors) {
  paint.textAlign = "center";
  paint.textBaseline = "middle";
  paint.lineJoin = "round";
  for (const { text, x, y, angle, font, color, half } of labels) {
    const seen = boxesOverlap(
      [x - half[0], y - half[1], x + half[0], y + half[1]],
      [left, top, left + width / scale, top + height / scale],
    );
    if (!seen) continue;
    paint.save();
    paint.translate((x - left) * scale, (y - top) * scale);
    paint.rotate(angle);
    paint.font = font;
    paint.lineWidth = 3.5;
    paint.strokeStyle = colors.halo;
    paint.strokeText(text, 0, 0);
    paint.fillStyle = colors[color];
    paint.fillText(text, 0, 0);
    paint.restore();
  }
}
