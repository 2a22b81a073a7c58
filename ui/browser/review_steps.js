// Going through a list of drawings: which one comes next, and which acts the server has not heard.

/**
 * @typedef {{ visit: string, turn: number, action: string, keys: string[] }} Act What somebody did with some drawings;
 *   `visit` names the list on the page, in which `turn` counts.
 * @typedef {{ key: string, isOpen: boolean }} Step
 */

/**
 * Return the key of the row so many further on; the first or last one beyond the ends.
 *
 * @param {Step[]} rows
 * @param {string} key
 * @param {number} by
 */
export function moveBy(rows, key, by) {
  const at = rows.findIndex((row) => row.key === key) + by;
  return rows[Math.max(0, Math.min(rows.length - 1, at))]?.key ?? "";
}

/**
 * Return the key of the next row that waits, after this one or else from the top; this one where none does.
 *
 * @param {Step[]} rows
 * @param {string} key
 * @param {Act[]} pending Acts of which the rows do not know yet.
 */
export function nextOpen(rows, key, pending) {
  const at = rows.findIndex((row) => row.key === key);
  const done = new Set(pending.flatMap((act) => act.keys));
  const waiting = [...rows.slice(at + 1), ...rows.slice(0, at + 1)].filter(
    (row) => row.isOpen && row.key !== key && !done.has(row.key),
  );
  return waiting[0]?.key ?? key;
}

/**
 * Return the acts that are still to be heard.
 *
 * @param {Act[]} pending
 * @param {Pick<Act, "visit" | "turn"> | null} heard The last one that was heard.
 */
export function pendingAfter(pending, heard) {
  return pending.filter((act) => act.visit !== heard?.visit || act.turn > heard.turn);
}
