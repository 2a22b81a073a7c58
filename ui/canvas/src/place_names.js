// Which names are suggested for what is being typed. Pure. What only resembles a name is found on *Zoek*, by the server.

/** @typedef {[string, number, number, string]} NamedPlace Name, longitude, latitude and kind. */

const MIN_LETTERS = 2;
const MAX_SUGGESTED = 5;

/**
 * Return a name without case, accents, spaces and signs, as `layers.search.name_matching` does.
 *
 * @param {string} text
 */
export function normalisedName(text) {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]/gu, "");
}

/**
 * Return a text without the house number: nobody needs to give it. A postcode stays whole.
 *
 * @param {string} text
 */
function withoutNumber(text) {
  const isPostcode = /^\d{4}(\s?[a-z]{0,2})?$/i.test(text.trim());
  return isPostcode ? text : text.replace(/\s+\d+\s*\w?$/, "");
}

/**
 * Return the places whose name holds what was typed; those that begin so first, the shortest of them before.
 *
 * @param {NamedPlace[]} places
 * @param {string} typed
 */
export function suggestPlaces(places, typed) {
  const wanted = normalisedName(withoutNumber(typed));
  if (wanted.length < MIN_LETTERS) return [];
  return places
    .map((place) => ({ place, at: normalisedName(place[0]).indexOf(wanted) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => Math.min(a.at, 1) - Math.min(b.at, 1) || a.place[0].length - b.place[0].length)
    .slice(0, MAX_SUGGESTED)
    .map(({ place }) => place);
}
