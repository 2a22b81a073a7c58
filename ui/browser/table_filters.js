// What stands above a table: fields that a column is filtered by, in what opens on a press.

import { listChoices, readNumber, writeNumber } from "./table_rows.js";

/**
 * @typedef {import("./table_rows.js").Filter} Filter
 * @typedef {Pick<import("./table.js").TableData, "labels" | "numeric" | "rows" | "words">} FilteredData
 */

/**
 * Create an element.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} name
 * @param {Partial<HTMLElementTagNameMap[K]>} [properties]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function createElement(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

/**
 * Create what opens on a press and holds fields.
 *
 * @param {string} title
 * @param {(Node | string)[]} inside
 */
export function createFold(title, inside) {
  const fields = createElement("div", {}, ...inside);
  return createElement("details", {}, createElement("summary", {}, title), fields);
}

/**
 * Create what a column is filtered by, as it is filtered now: from and to for numbers, a choice for a few words; ""
 * where there is no choice.
 *
 * @param {FilteredData} data
 * @param {number} column
 * @param {Filter} filter
 * @param {(part: Filter) => void} change
 */
export function createFilter({ labels, numeric, rows, words }, column, filter, change) {
  const title = labels[column];
  const group = createElement("div", { className: "buurt-table-filter" }, createElement("span", {}, title));
  if (numeric[column]) {
    for (const end of /** @type {const} */ (["from", "to"])) {
      const field = createElement("input", { type: "text", inputMode: "decimal", placeholder: words[end] });
      field.value = writeBound(filter[end], rows, column);
      field.ariaLabel = `${title}: ${words[end]}`;
      field.addEventListener("input", () => change({ [end]: readBound(field.value, rows, column) }));
      group.append(field);
    }
    return group;
  }
  const choices = listChoices(rows, column);
  if (choices.length === 0) return "";
  const every = createElement("option", { value: "" }, words.any);
  const options = choices.map((word) => createElement("option", { value: word }, word));
  const select = createElement("select", { ariaLabel: title }, every, ...options);
  select.value = filter.word ?? "";
  select.addEventListener("change", () => change({ word: select.value || undefined }));
  group.append(select);
  return group;
}

/**
 * Read a bound in the unit that the column is written in: a share is stored as a part of one.
 *
 * @param {string} text
 * @param {import("./table_rows.js").Cell[][]} rows
 * @param {number} column
 */
function readBound(text, rows, column) {
  const value = readNumber(text.replace("%", ""), document.documentElement.lang);
  return value === null ? null : value / unitOf(rows, column);
}

/**
 * Write a bound as `readBound` reads it.
 *
 * @param {number | null | undefined} bound
 * @param {import("./table_rows.js").Cell[][]} rows
 * @param {number} column
 */
function writeBound(bound, rows, column) {
  if (bound === null || bound === undefined) return "";
  return writeNumber(bound * unitOf(rows, column), document.documentElement.lang);
}

/**
 * @param {import("./table_rows.js").Cell[][]} rows
 * @param {number} column
 */
function unitOf(rows, column) {
  return rows.some((cells) => cells[column][0].endsWith("%")) ? 100 : 1;
}
