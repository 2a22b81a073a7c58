// Small samples of what is drawn on a map, made of the same parts as the map itself.

import { createMarkPath } from "../../../../maps/interactive/leaflet/facilities.js";
import { createPattern, createPlaceSign, createSvg } from "../../../../maps/interactive/leaflet/map_signs.js";

/**
 * @typedef {{
 *   fill: string,
 *   opacity: number,
 *   pattern: import("../../../../maps/interactive/leaflet/map_signs.js").Pattern | "",
 *   line: string,
 *   weight: number,
 *   dash: string,
 * }} AreaLook
 * @typedef {{ color: string, shape: import("../../../../maps/interactive/leaflet/facilities.js").MarkShape }} MarkLook
 * @typedef {{ text: string, area?: AreaLook, mark?: MarkLook, sign?: { kind: string, color: string } }} LegendLine
 *   One line of the legend: its text, and one of three kinds of samples.
 */

const [WIDTH, HEIGHT] = [30, 18];
/** Patterns made so far: each needs a name of its own in the page. */
let made = 0;

/**
 * Create the sample of a line of the legend.
 *
 * @param {LegendLine} line
 * @returns {SVGSVGElement}
 */
export function createSwatch({ area, mark, sign }) {
  if (sign) return createPlaceSign(sign.kind, sign.color, HEIGHT);
  const svg = createSvg("svg", {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    width: WIDTH,
    height: HEIGHT,
    "aria-hidden": "true",
  });
  if (mark)
    svg.append(
      createSvg("path", {
        d: createMarkPath(mark.shape, 6),
        transform: `translate(${WIDTH / 2},${HEIGHT / 2})`,
        fill: mark.color,
      }),
    );
  if (area) svg.append(...createSample(area));
  return svg;
}

/** @param {AreaLook} look */
function* createSample({ fill, opacity, pattern, line, weight, dash }) {
  const stroke = { stroke: line || "none", "stroke-width": weight, "stroke-dasharray": dash || "none" };
  if (!fill) {
    yield createSvg("path", { d: `M1,${HEIGHT / 2}H${WIDTH - 1}`, fill: "none", ...stroke });
    return;
  }
  let paint = fill;
  if (pattern) {
    made += 1;
    const id = `swatch-${made}`;
    yield createSvg("defs", {}, createPattern({ id, pattern, color: fill }));
    paint = `url(#${id})`;
  }
  const box = { x: 1.5, y: 1.5, width: WIDTH - 3, height: HEIGHT - 3, rx: 3 };
  yield createSvg("rect", { ...box, fill: paint, "fill-opacity": opacity, ...stroke });
}
