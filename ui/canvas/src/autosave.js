// The draft: what was drawn stays on this device until it is saved or begun anew.

/** @typedef {import("./sketch.js").Draft} Draft */

const PREFIX = "buurt:draft:";

/**
 * Save a draft on this device.
 *
 * @param {string} key
 * @param {Draft} draft
 * @returns {boolean} whether the device could (it can't in some private windows, or when it is full)
 */
export function saveDraft(key, draft) {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(draft));
    return true;
  } catch {
    return false;
  }
}

/**
 * Load the draft that is on this device.
 *
 * @param {string} key
 * @returns {Draft | null} null when there is none that can be read
 */
export function loadDraft(key) {
  try {
    const draft = JSON.parse(localStorage.getItem(PREFIX + key) ?? "null");
    return draft && Array.isArray(draft.polygons) && typeof draft.id === "string" ? draft : null;
  } catch {
    return null;
  }
}

/** @param {string | null} key */
export function forgetDraft(key) {
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    // A device that keeps nothing has nothing to forget.
  }
}
