// Elements of the page, and the icons on our buttons.

/** @type {Record<string, string>} */
const ICONS = {
  again: "M4 12a8 8 0 1 0 2.6-5.9M4 4v4.5h4.5",
  adjust: "M4 20l1-4L16 5l3 3L8 19l-4 1zM14 7l3 3",
  right: "M5 12.5l4.5 4.5L19 7",
  hand:
    "M8 12V6.5a1.5 1.5 0 0 1 3 0V11m0-5.5a1.5 1.5 0 0 1 3 0V11m0-4a1.5 1.5 0 0 1 3 0v7a6 6 0 0 1-6 6" +
    "c-2.500 0-4-1-5.200-3L3.600 13.800a1.500 1.500 0 0 1 2.500-1.600L8 14.500",
  corners:
    "M5 6l13-1 1 12-9 3zM5 6m-1.600 0a1.600 1.600 0 1 0 3.200 0a1.600 1.600 0 1 0-3.200 0" +
    "M18 5m-1.600 0a1.600 1.600 0 1 0 3.200 0a1.600 1.600 0 1 0-3.200 0" +
    "M19 17m-1.600 0a1.600 1.600 0 1 0 3.200 0a1.600 1.600 0 1 0-3.200 0" +
    "M10 20m-1.600 0a1.600 1.600 0 1 0 3.200 0a1.600 1.600 0 1 0-3.200 0",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  undo: "M4 9h10a5.500 5.500 0 0 1 0 11H9M4 9l4.500-4.500M4 9l4.500 4.500",
  redo: "M20 9H10a5.500 5.500 0 0 0 0 11h5M20 9l-4.500-4.500M20 9l-4.500 4.500",
  stop: "M6 6l12 12M18 6L6 18",
  find: "M10.500 4a6.500 6.500 0 1 0 0 13a6.500 6.500 0 0 0 0-13M15.500 15.500L20.500 20.500",
  locate:
    "M12 6.500a5.500 5.500 0 1 0 0 11a5.500 5.500 0 0 0 0-11M12 2v4.500M12 17.500V22M2 12h4.500M17.500 12H22",
  street: "M5 20L9.500 4M19 20L14.500 4M12 5v2.500M12 11v2.500M12 17v2.500",
  home: "M3.500 12L12 4l8.500 8M6 10.500V20h12v-9.500",
  screen: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
};

/** @typedef {"again" | "adjust" | "right" | "hand" | "corners" | "plus" | "minus" | "undo" | "redo" | "stop"
 *   | "find" | "locate" | "street" | "home" | "screen"} IconName */

/**
 * Create an element. An attribute of null or false is left out; of true it has no value.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | number | boolean | null>} [attributes]
 * @param {...Node} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function createElement(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : String(value));
  made.append(...children);
  return made;
}

/**
 * Create an element that holds a text.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} text
 * @param {Record<string, string | number | boolean | null>} [attributes]
 */
export function createText(tag, text, attributes = {}) {
  return createElement(tag, attributes, document.createTextNode(text));
}

/** @param {IconName} name */
export function createIcon(name) {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  const path = document.createElementNS(namespace, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Return whether the main pointer of this device is a finger. */
export function isTouchScreen() {
  return matchMedia("(pointer: coarse)").matches;
}
