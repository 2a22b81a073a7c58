// What a browser keeps for us, where it may keep anything: in some private windows, or when it is full, it keeps nothing.

/** @typedef {"localStorage" | "sessionStorage"} Place Of the device, or of this tab. */

/**
 * Return what is kept under a name; "" where there is nothing.
 *
 * @param {Place} place
 * @param {string} name
 */
export function readStored(place, name) {
  try {
    return window[place].getItem(name) ?? "";
  } catch {
    return "";
  }
}

/**
 * Store a text under a name; an empty one removes what is there.
 *
 * @param {Place} place
 * @param {string} name
 * @param {string} text
 * @returns {boolean} whether the browser could
 */
export function writeStored(place, name, text) {
  try {
    if (text) window[place].setItem(name, text);
    else window[place].removeItem(name);
    return true;
  } catch {
    return false;
  }
}
