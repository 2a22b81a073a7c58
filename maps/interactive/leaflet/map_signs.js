// Signs drawn as SVG: patterns that tell classes apart without colour, and signs for places of residents.

/**
 * @typedef {"stripes" | "back" | "lattice" | "dots"} Pattern
 */

/** @type {Record<Exclude<Pattern, "dots">, string>} */
const PATTERN_PATHS = {
  stripes: "M-2,12L12,-2M-2,2L2,-2M8,12L12,8",
  back: "M-2,-2L12,12M8,-2L12,2M-2,8L2,12",
  lattice: "M0,5H10M5,0V10",
};

const PALE = "#fffdf8";

/**
 * Create an element of SVG.
 *
 * @template {keyof SVGElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | number>} attributes
 * @param {...Element} children
 * @returns {SVGElementTagNameMap[K]}
 */
export function createSvg(tag, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/**
 * Create a tile of stripes, dots or a lattice.
 *
 * @param {{ id: string, pattern: Pattern, color: string }} fill
 */
export function createPattern({ id, pattern, color }) {
  const ground = createSvg("rect", { width: 10, height: 10, fill: color, "fill-opacity": 0.22 });
  const drawn =
    pattern === "dots"
      ? createSvg("circle", { cx: 5, cy: 5, r: 2.1, fill: color })
      : createSvg("path", { stroke: color, "stroke-width": 2.4, fill: "none", d: PATTERN_PATHS[pattern] });
  return createSvg("pattern", { id, width: 10, height: 10, patternUnits: "userSpaceOnUse" }, ground, drawn);
}

/**
 * Create the sign of a place. Met: a filled disc. Missing: a ring with a plus. Vanished: a ring with a cross.
 *
 * @param {string} kind
 * @param {string} color
 * @param {number} size
 */
export function createPlaceSign(kind, color, size) {
  const isMet = kind === "met";
  const disc = createSvg("circle", {
    r: 8.5,
    fill: isMet ? color : PALE,
    stroke: isMet ? PALE : color,
    "stroke-width": 2.5,
  });
  const svg = createSvg(
    "svg",
    { viewBox: "-11 -11 22 22", width: size, height: size, "aria-hidden": "true" },
    disc,
  );
  if (!isMet) {
    const d = kind === "missing" ? "M-5,0H5M0,-5V5" : "M-4,-4L4,4M-4,4L4,-4";
    svg.append(createSvg("path", { d, stroke: color, "stroke-width": 2.5 }));
  }
  return svg;
}
