// A table to read and to choose from: headings that sort, rows of which the arrow keys choose one, and nothing but
// text. Above it one searches, filters and chooses columns; of a long one so many rows stand there as one reads.

import { copyText } from "./clipboard.js";
import { createElement, createFilter, createFold } from "./table_filters.js";
import { findRows, keepFilters } from "./table_rows.js";

/**
 * @typedef {import("./table_rows.js").Cell} Cell
 * @typedef {import("./table_rows.js").Question} Question
 * @typedef {{
 *   labels: string[],
 *   numeric: boolean[],
 *   extra: boolean[],
 *   rows: Cell[][],
 *   listens: boolean,
 *   chosen: number | null,
 *   words: Record<string, string>,
 *   public: string,
 * }} TableData `public`: the rows of the latest edition, to copy; empty for none.
 * @typedef {Question & { columns: Set<number>, limit: number }} View What somebody made of the table.
 */

/** So many rows stand there at once, and so many more at each press. */
const PAGE_ROWS = 200;
/** A text of more characters than this takes some lines. */
const LONG_TEXT = 24;
/** Fewer rows than this are seen at once: nothing to search. */
const MIN_TO_SEARCH = 8;

/** @type {WeakMap<HTMLElement, TableView>} */
const tables = new WeakMap();

/**
 * Find the heading above a table: it is its name.
 *
 * @param {HTMLElement} parent
 */
function findTitle(parent) {
  const above = [...document.querySelectorAll("h1, h2, h3")].filter(
    (heading) => heading.compareDocumentPosition(parent) & Node.DOCUMENT_POSITION_FOLLOWING,
  );
  return above.at(-1)?.textContent ?? "";
}

/**
 * Return the view that a table begins with.
 *
 * @param {TableData} data
 * @returns {View}
 */
function firstView({ extra }) {
  const columns = new Set([...extra.keys()].filter((column) => !extra[column]));
  return { search: "", filters: new Map(), sorting: null, columns, limit: PAGE_ROWS };
}

/**
 * Return the view of a table whose rows changed: what somebody made of it, as far as there is still a field for it.
 *
 * @param {TableView} before
 * @param {TableData} data
 * @returns {View}
 */
function nextView({ data: old, view }, data) {
  const first = firstView(data);
  if (old.labels.join() !== data.labels.join()) return first;
  const columns = old.extra.join() === data.extra.join() ? view.columns : first.columns;
  if (!canSearch(data)) return { ...view, columns, search: "", filters: new Map() };
  return { ...view, columns, filters: keepFilters(view.filters, data.rows, data.numeric) };
}

/** @param {TableData} data */
function canSearch({ rows }) {
  return rows.length >= MIN_TO_SEARCH;
}

/** A table on the page; what somebody made of it stays when its rows change. */
class TableView {
  /** @type {TableData} */
  data;
  /** @type {View} */
  view;
  /** @type {HTMLElement} */
  box;
  /** @type {Map<number, HTMLTableRowElement>} */
  #rows = new Map();
  /** Place of the row that is chosen. @type {number | null} */
  #chosen = null;

  /**
   * @param {HTMLElement} parent
   * @param {TableData} data
   * @param {string} content
   * @param {(place: number) => void} choose
   * @param {TableView | undefined} before
   */
  constructor(parent, data, content, choose, before) {
    this.data = data;
    this.content = content;
    this.choose = choose;
    this.name = `table-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
    this.view = before ? nextView(before, data) : firstView(data);
    this.body = createElement("tbody");
    this.heads = data.labels.map((label, column) => this.#createHead(label, column));
    const top = createElement("thead", {}, createElement("tr", {}, ...this.heads));
    const table = createElement("table", {}, top, this.body);
    this.box = createElement(
      "div",
      { className: "buurt-table", role: "group", ariaLabel: findTitle(parent) },
      table,
    );
    this.count = createElement("p", { className: "buurt-table-count", role: "status" });
    this.more = createElement("button", { type: "button", className: "buurt-table-more" }, data.words.more);
    this.more.addEventListener("click", () => {
      this.view.limit += PAGE_ROWS;
      this.render();
    });
    const scrolled = before ? before.box.scrollTop : 0;
    parent.replaceChildren(this.#createTools(), this.box, createElement("div", {}, this.count, this.more));
    this.render();
    this.box.scrollTop = scrolled;
  }

  /**
   * @param {string} label
   * @param {number} column
   */
  #createHead(label, column) {
    const button = createElement("button", { type: "button" }, label);
    const className = this.data.numeric[column] ? "number" : "";
    const head = createElement("th", { scope: "col", className }, button);
    button.addEventListener("click", () => {
      this.view.sorting = [column, head.ariaSort !== "ascending"];
      this.render();
    });
    return head;
  }

  #createTools() {
    const { data, view } = this;
    const tools = createElement("div", { className: "buurt-table-tools" });
    if (canSearch(data)) {
      const { search: label } = data.words;
      const search = createElement("input", { type: "search", placeholder: label, ariaLabel: label });
      search.value = view.search;
      search.addEventListener("input", () => {
        view.search = search.value;
        view.limit = PAGE_ROWS;
        this.render();
      });
      const filters = data.labels.map((_, column) =>
        createFilter(data, column, view.filters.get(column) ?? {}, (part) => this.#filter(column, part)),
      );
      tools.append(search, createFold(data.words.filter, filters));
    }
    if (data.extra.some(Boolean)) {
      const boxes = data.labels.slice(1).map((title, at) => this.#createColumnBox(title, at + 1));
      tools.append(createFold(data.words.columns, boxes));
    }
    if (data.public) tools.append(this.#createCopy());
    return tools;
  }

  /**
   * @param {string} title
   * @param {number} column
   */
  #createColumnBox(title, column) {
    const { columns } = this.view;
    const box = createElement("input", { type: "checkbox", checked: columns.has(column) });
    box.addEventListener("change", () => {
      if (box.checked) columns.add(column);
      else columns.delete(column);
      this.render();
    });
    return createElement("label", {}, box, createElement("span", {}, title));
  }

  /**
   * @param {number} column
   * @param {import("./table_rows.js").Filter} part
   */
  #filter(column, part) {
    this.view.filters.set(column, { ...this.view.filters.get(column), ...part });
    this.view.limit = PAGE_ROWS;
    this.render();
  }

  #createCopy() {
    const { words } = this.data;
    const button = createElement("button", { type: "button", className: "buurt-table-copy" }, words.copy);
    button.addEventListener("click", async () => {
      if (await copyText(this.data.public)) this.count.textContent = words.copied;
    });
    return button;
  }

  /** Show the rows that answer the question, in its order, in the columns that were chosen. */
  render() {
    const { data, view } = this;
    const found = findRows(data.rows, view, document.documentElement.lang);
    const chosen = this.#chosen === null ? -1 : found.indexOf(this.#chosen);
    if (chosen >= view.limit) view.limit = chosen + 1;
    this.body.replaceChildren(...found.slice(0, view.limit).map((place) => this.#row(place)));
    for (const [column, head] of this.heads.entries()) {
      head.hidden = !this.#isShown(column);
      const isSorted = view.sorting?.[0] === column;
      head.ariaSort = isSorted ? (view.sorting?.[1] ? "ascending" : "descending") : null;
    }
    this.more.hidden = found.length <= view.limit;
    const isWhole = found.length === data.rows.length;
    this.count.textContent = isWhole
      ? ""
      : data.words.count.replace("{n}", String(found.length)).replace("{of}", String(data.rows.length));
  }

  /** @param {number} column */
  #isShown(column) {
    return column === 0 || this.view.columns.has(column);
  }

  /** @param {number} place */
  #row(place) {
    const row = this.#rows.get(place) ?? this.#createRow(place);
    this.#rows.set(place, row);
    for (const [column, cell] of [...row.cells].entries()) cell.hidden = !this.#isShown(column);
    this.#mark(place, row);
    return row;
  }

  /** @param {number} place */
  #createRow(place) {
    const { rows, numeric, listens } = this.data;
    const cells = rows[place].map(([text], column) => {
      const className = numeric[column] ? "number" : widthOf(text);
      return createElement("td", { className }, text);
    });
    const row = createElement("tr", {}, ...cells);
    if (!listens) return row;
    const radio = createElement("input", { type: "radio", name: this.name, value: String(place) });
    radio.addEventListener("change", () => this.choose(place));
    const name = createElement("span", {}, rows[place][0][0]);
    cells[0].replaceChildren(createElement("label", {}, radio, name));
    row.addEventListener("click", (event) => {
      if (event.target instanceof Element && !event.target.closest("label")) radio.click();
    });
    return row;
  }

  /**
   * @param {number} place
   * @param {HTMLTableRowElement} row
   */
  #mark(place, row) {
    row.classList.toggle("chosen", place === this.#chosen);
    const radio = row.querySelector("input");
    if (radio) radio.checked = place === this.#chosen;
  }

  /** @param {number | null} chosen */
  showChosen(chosen) {
    this.#chosen = chosen;
    const isFar = chosen !== null && !this.#rows.has(chosen);
    if (isFar) this.render();
    for (const [place, row] of this.#rows) this.#mark(place, row);
  }
}

/**
 * Return the class of a text: "whole" stays on one line, a word or an interval; "long" has room to be read.
 *
 * @param {string} text
 */
function widthOf(text) {
  if (!/\s/.test(text) || /^[\d\s%–,.-]+$/.test(text)) return "whole";
  return text.length > LONG_TEXT ? "long" : "";
}

/**
 * Show a table. Called by Streamlit at first sight and at every rerun that changes something.
 *
 * @param {import("./component.js").Component<TableData>} component
 */
export function open({ data, parentElement, setTriggerValue }) {
  const { chosen, ...told } = data;
  const content = JSON.stringify(told);
  let shown = tables.get(parentElement);
  // Built anew only when it says something else: whoever goes through the rows by keyboard stays where they are.
  if (shown?.content !== content) {
    shown = new TableView(parentElement, data, content, (place) => setTriggerValue("chosen", place), shown);
    tables.set(parentElement, shown);
  }
  shown.showChosen(chosen);
}
