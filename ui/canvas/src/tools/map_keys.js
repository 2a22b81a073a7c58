// What a key does on a map that has the focus. Pure.

/**
 * @typedef {{ kind: "move", by: [number, number] } | { kind: "zoom", steps: number } | { kind: "put" } | { kind: "back" }} MapKey
 *   `move`: so many pixels; `put` and `back`: a corner under the cross-hair, and one less.
 */

/** Pixels a press moves the map by, and with shift. */
const PAN = [80, 240];
/** The same while corners are put: exact, and quick. */
const NUDGE = [4, 40];

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/** @type {Record<string, number>} */
const ZOOMS = { "+": 1, "=": 1, "-": -1, _: -1 };

/**
 * Return what a key does; null where it is not for the map.
 *
 * @param {Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey">} event
 * @param {boolean} isPuttingCorners
 * @returns {MapKey | null}
 */
export function readMapKey({ key, shiftKey, ctrlKey, metaKey, altKey }, isPuttingCorners) {
  if (ctrlKey || metaKey || altKey) return null;
  if (Object.hasOwn(ARROWS, key)) {
    const step = (isPuttingCorners ? NUDGE : PAN)[shiftKey ? 1 : 0];
    const [x, y] = ARROWS[key];
    return { kind: "move", by: [x * step, y * step] };
  }
  if (Object.hasOwn(ZOOMS, key)) return { kind: "zoom", steps: ZOOMS[key] };
  if (!isPuttingCorners) return null;
  if (key === "Enter") return { kind: "put" };
  return key === "Backspace" ? { kind: "back" } : null;
}
