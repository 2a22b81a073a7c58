// Sentences below the map, composed from the visitor's words. Pure.

import { isMarking } from "./state_machine.js";

/**
 * @typedef {Record<string, string>} Words
 * @typedef {{
 *   state: import("./state_machine.js").StateName,
 *   isTouch: boolean,
 *   isKeyed: boolean,
 *   corners: number,
 *   parts: number,
 *   area_m2: number,
 *   isKept: boolean,
 * }} DrawingFacts `isKeyed`: whether the map has the focus by keyboard; `isKept`: whether this device could keep the draft.
 */

/** Areas below these are said in square metres and in hectares. */
const MIN_HECTARES_M2 = 1000;
const MIN_SQUARE_KM_M2 = 100_000;

/**
 * Fill the places in a sentence; a fact that is absent leaves its place empty.
 *
 * @param {Words} words
 * @param {string} key
 * @param {Record<string, string | number>} [facts]
 */
export function fillSentence(words, key, facts = {}) {
  return (words[key] ?? "").replace(/\{(\w+)\}/g, (_, name) => String(facts[name] ?? ""));
}

/**
 * Write the size of an area: in hectares when small, in square kilometres when large, in square metres when it is
 * hardly one.
 *
 * @param {Words} words
 * @param {string} language
 * @param {number} area_m2
 */
export function formatArea(words, language, area_m2) {
  /** @type {(value: number, digits: number) => string} */
  const format = (value, digits) =>
    new Intl.NumberFormat(language, { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(
      value,
    );
  if (area_m2 < MIN_HECTARES_M2) return fillSentence(words, "square_m", { n: format(area_m2, 0) });
  if (area_m2 < MIN_SQUARE_KM_M2) return fillSentence(words, "hectare", { n: format(area_m2 / 1e4, 1) });
  return fillSentence(words, "square_km", { n: format(area_m2 / 1e6, 2) });
}

/**
 * Compose the sentence on what to do next, or on what there is.
 *
 * @param {Words} words
 * @param {string} language
 * @param {DrawingFacts} facts
 */
export function describeDrawing(words, language, facts) {
  const { state, isTouch, isKeyed, corners, parts, area_m2, isKept } = facts;
  if (state === "corners") return fillSentence(words, cornersKey(corners, isKeyed), { n: corners });
  if (parts === 0) return fillSentence(words, isTouch ? "tell_touch" : "tell_mouse");
  const size = formatArea(words, language, area_m2);
  if (state === "accepted" || state === "saved") return fillSentence(words, "tell_size", { size });
  // A device that keeps nothing must be known before anything is lost.
  if (!isKept) return fillSentence(words, "not_kept");
  // While it is being changed, nobody is asked whether it is right.
  if (state !== "drawn" && parts === 1) return fillSentence(words, "tell_size", { size });
  return fillSentence(words, parts > 1 ? "tell_parts" : "tell_area", { size, parts });
}

/**
 * @param {number} corners
 * @param {boolean} isKeyed
 */
function cornersKey(corners, isKeyed) {
  const key = corners === 0 ? "tell_corners" : corners < 3 ? "tell_more" : "tell_enough";
  return isKeyed ? `${key}_keys` : key;
}

/**
 * Return the key of the hint above the map.
 *
 * @param {import("./state_machine.js").CanvasState} state
 * @param {boolean} isKeyed
 * @param {boolean} isTouch
 */
export function hintKey(state, isKeyed, isTouch) {
  const { name, panning } = state;
  if (panning) return "hint_pan";
  if (isMarking(state)) return "hint_vague";
  if (name === "corners" && isKeyed) return "hint_corners_keys";
  return name === "ready" && isTouch ? "hint_ready_touch" : `hint_${name}`;
}
