// Which rows of a table are shown, and in which order: searched, filtered and sorted. Pure.

/**
 * @typedef {string | number | null} SortValue
 * @typedef {[text: string, value: SortValue]} Cell
 * @typedef {{ from?: number | null, to?: number | null, word?: string }} Filter
 * @typedef {{
 *   search: string,
 *   filters: Map<number, Filter>,
 *   sorting: [column: number, isAscending: boolean] | null,
 * }} Question `filters` by number of the column.
 */

/** More words than this in a column are to search for, not to choose from. */
const MAX_CHOICES = 30;

/**
 * Find the rows that answer a question, in its order.
 *
 * @param {Cell[][]} rows
 * @param {Question} question
 * @param {string} language
 * @returns {number[]} places in `rows`
 */
export function findRows(rows, { search, filters, sorting }, language) {
  const words = fold(search).split(/\s+/).filter(Boolean);
  const places = rows.map((_, place) => place).filter((place) => isAsked(rows[place], words, filters));
  if (!sorting) return places;
  const [column, isAscending] = sorting;
  const direction = isAscending ? 1 : -1;
  return places.sort((one, other) =>
    compare(rows[one][column][1], rows[other][column][1], direction, language),
  );
}

/**
 * @param {Cell[]} cells
 * @param {string[]} words
 * @param {Map<number, Filter>} filters
 */
function isAsked(cells, words, filters) {
  for (const [column, filter] of filters) if (!passes(cells[column], filter)) return false;
  if (words.length === 0) return true;
  const text = fold(cells.map(([written]) => written).join(" "));
  return words.every((word) => text.includes(word));
}

/**
 * @param {Cell} cell
 * @param {Filter} filter
 */
function passes([text, value], { from, to, word }) {
  if (word !== undefined && text !== word) return false;
  if (isBound(from) && !(typeof value === "number" && value >= from)) return false;
  return !(isBound(to) && !(typeof value === "number" && value <= to));
}

/**
 * @param {number | null | undefined} bound
 * @returns {bound is number}
 */
function isBound(bound) {
  return bound !== null && bound !== undefined;
}

/**
 * Compare two values; what is not known comes last, whichever way the rest runs.
 *
 * @param {SortValue} one
 * @param {SortValue} other
 * @param {1 | -1} direction
 * @param {string} language
 */
function compare(one, other, direction, language) {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  if (typeof one === "number" && typeof other === "number") return direction * (one - other);
  return direction * collator(language).compare(String(one), String(other));
}

/** @type {Map<string, Intl.Collator>} */
const collators = new Map();

/** @param {string} language */
function collator(language) {
  const known = collators.get(language) ?? new Intl.Collator(language || undefined, { numeric: true });
  collators.set(language, known);
  return known;
}

/**
 * List the words of a column to choose from; none where there are too many, or no choice.
 *
 * @param {Cell[][]} rows
 * @param {number} column
 * @returns {string[]}
 */
export function listChoices(rows, column) {
  const words = new Set(rows.map((cells) => cells[column][0]));
  return words.size > 1 && words.size <= MAX_CHOICES && words.size < rows.length ? [...words].sort() : [];
}

/**
 * Return the filters that still have a field: bounds of numbers, and words that the column still holds.
 *
 * @param {Map<number, Filter>} filters
 * @param {Cell[][]} rows
 * @param {boolean[]} numeric
 * @returns {Map<number, Filter>}
 */
export function keepFilters(filters, rows, numeric) {
  return new Map(
    [...filters].filter(
      ([column, { word }]) => numeric[column] || (word && listChoices(rows, column).includes(word)),
    ),
  );
}

/**
 * Read a number as a table in this language writes it, or with the other decimal sign; null for none.
 *
 * @param {string} text
 * @param {string} language
 */
export function readNumber(text, language) {
  const written = text.trim();
  const group = writeNumber(12_345, language).charAt(2);
  const isGrouped = /^-?[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})*(?:(?!\1)[.,]\d*)?$/.exec(written)?.[1] === group;
  const value = Number((isGrouped ? written.replaceAll(group, "") : written).replace(",", "."));
  return written === "" || Number.isNaN(value) ? null : value;
}

/**
 * Write a number as `readNumber` reads it.
 *
 * @param {number} value
 * @param {string} language
 */
export function writeNumber(value, language) {
  return value.toLocaleString(language || undefined, { maximumFractionDigits: 9 });
}

/**
 * Fold what makes no difference to who searches: capitals and accents.
 *
 * @param {string} text
 */
function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
