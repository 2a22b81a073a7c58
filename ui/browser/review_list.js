// The drawings that wait for a decision: a preview of each, arrows that go through them, keys that decide while the
// list has the focus, and marks for many at once. What is decided is told again until the server says it heard it.

import { moveBy, nextOpen, pendingAfter } from "./review_steps.js";
import { createElement } from "./table_filters.js";

/**
 * @typedef {import("./review_steps.js").Act} Act
 * @typedef {{
 *   key: string,
 *   name: string,
 *   why: string,
 *   size: string,
 *   state: string,
 *   isOpen: boolean,
 *   paths: string[],
 * }} Row `paths`: of its preview, the outline first; none where single drawings are not shown.
 * @typedef {{
 *   rows: Row[],
 *   chosen: string,
 *   label: string,
 *   heard: Act | null,
 *   batch: number,
 *   keys: Record<string, string>,
 *   words: Record<string, string>,
 * }} ListData `heard`: the last act that the server knows; `batch` changes when it did something, and then no mark is
 * left; `keys`: what a key of the keyboard does.
 */

const SVG = "http://www.w3.org/2000/svg";
/** So many rows stand there at once, and so many more at each press. */
const PAGE_ROWS = 300;
/** After these one stays where one is. */
const TAKES_BACK = new Set(["undo", "back"]);

/** @type {WeakMap<HTMLElement, ReviewList>} */
const lists = new WeakMap();

/** @param {string[]} paths */
function createPreview(paths) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 100 100");
  picture.setAttribute("aria-hidden", "true");
  for (const path of paths) {
    const shape = document.createElementNS(SVG, "path");
    shape.setAttribute("d", path);
    picture.append(shape);
  }
  return picture;
}

/** The list on the page; marks and what the server has not heard yet live here. */
class ReviewList {
  /** @type {Set<string>} */
  #marked = new Set();
  /** @type {Act[]} */
  #pending = [];
  /** @type {Map<string, HTMLLIElement>} */
  #items = new Map();
  /** What each item says. @type {Map<string, string>} */
  #contents = new Map();
  #visit = crypto.randomUUID();
  #turn = 0;
  #batch = -1;
  #limit = PAGE_ROWS;
  #chosen = "";
  #content = "";

  /**
   * @param {HTMLElement} parent
   * @param {ListData} data
   */
  constructor(parent, data) {
    this.data = data;
    this.name = `review-${this.#visit}`;
    this.list = createElement("ul", { className: "buurt-review", role: "listbox", tabIndex: 0 });
    this.list.ariaMultiSelectable = "true";
    this.list.addEventListener("keydown", (event) => this.#press(event));
    this.all = createElement("button", { type: "button" });
    this.all.addEventListener("click", () => this.#markOpen());
    this.none = createElement("button", { type: "button" }, data.words.none);
    this.none.addEventListener("click", () => this.#mark(new Set()));
    this.count = createElement("span", { role: "status" });
    this.more = createElement("button", { type: "button", className: "buurt-table-more" }, data.words.more);
    this.more.addEventListener("click", () => {
      this.#limit += PAGE_ROWS;
      this.#build();
    });
    const tools = createElement("div", { className: "buurt-table-tools" }, this.all, this.none, this.count);
    const how = createElement(
      "p",
      { className: "buurt-table-count", id: `${this.name}-how` },
      data.words.how,
    );
    this.list.setAttribute("aria-describedby", how.id);
    parent.replaceChildren(tools, this.list, this.more, how);
  }

  /** @param {import("./component.js").Component<ListData>} component */
  show({ data, setStateValue, setTriggerValue }) {
    this.data = data;
    this.tell = setStateValue;
    this.choose = setTriggerValue;
    this.#pending = pendingAfter(this.#pending, data.heard);
    if (this.#batch !== data.batch && !this.#pending.length) {
      this.#batch = data.batch;
      this.#marked = new Set();
    }
    this.list.ariaLabel = data.label;
    const content = JSON.stringify(data.rows);
    if (content !== this.#content) {
      this.#content = content;
      this.#build();
    }
    // Whoever decides faster than the server hears stays where they are.
    if (!this.#pending.length) this.#point(data.chosen);
    this.#count();
  }

  #build() {
    const scrolled = this.list.scrollTop;
    const shown = this.data.rows.slice(0, this.#limit);
    this.#items = new Map(shown.map((row) => [row.key, this.#itemOf(row)]));
    this.list.replaceChildren(...this.#items.values());
    this.list.scrollTop = scrolled;
    this.more.hidden = this.data.rows.length <= this.#limit;
    this.#point(this.#chosen);
  }

  /**
   * Return the item of a row: the one there is, unless the row says something else now.
   *
   * @param {Row} row
   */
  #itemOf(row) {
    const content = JSON.stringify(row);
    const before = this.#items.get(row.key);
    if (before && this.#contents.get(row.key) === content) return before;
    this.#contents.set(row.key, content);
    return this.#createItem(row);
  }

  /** @param {Row} row */
  #createItem(row) {
    const box = createElement("span", { className: "buurt-review-box" });
    box.addEventListener("click", () => this.#toggle(row.key));
    const text = createElement(
      "span",
      { className: "buurt-review-text" },
      createElement("b", {}, row.name),
      createElement("span", {}, row.why),
    );
    const facts = createElement(
      "span",
      { className: "buurt-review-facts" },
      createElement("span", {}, row.size),
      createElement("span", {}, row.state),
    );
    const picture = row.paths.length ? [createPreview(row.paths)] : [];
    const item = createElement("li", { role: "option" }, box, ...picture, text, facts);
    item.id = `${this.name}-${row.key}`;
    item.classList.toggle("closed", !row.isOpen);
    item.ariaSelected = String(this.#marked.has(row.key));
    item.addEventListener("click", () => this.#goTo(row.key));
    return item;
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    const action = this.data.keys[event.key.toLowerCase()];
    if (step) this.#goTo(moveBy(this.data.rows, this.#chosen, step));
    else if (event.key === " ") this.#toggle(this.#chosen);
    else if (action) this.#act(action);
    else return;
    event.preventDefault();
  }

  /** @param {string} action */
  #act(action) {
    const keys = this.#marked.size ? [...this.#marked] : [this.#chosen];
    this.#turn += 1;
    this.#pending.push({ visit: this.#visit, turn: this.#turn, action, keys });
    this.tell?.("acts", this.#pending);
    if (this.#marked.size) this.#marked = new Set();
    else if (!TAKES_BACK.has(action)) this.#point(nextOpen(this.data.rows, this.#chosen, this.#pending));
    this.#count();
  }

  /** @param {string} key */
  #goTo(key) {
    if (!key || key === this.#chosen) return;
    this.#point(key);
    this.choose?.("chosen", key);
  }

  /** @param {string} key */
  #point(key) {
    this.#items.get(this.#chosen)?.classList.remove("chosen");
    this.#chosen = key;
    const item = this.#items.get(key);
    item?.classList.add("chosen");
    item?.scrollIntoView({ block: "nearest" });
    if (item) this.list.setAttribute("aria-activedescendant", item.id);
  }

  /** @param {string} key */
  #toggle(key) {
    const marked = new Set(this.#marked);
    if (!marked.delete(key)) marked.add(key);
    this.#mark(marked);
  }

  #markOpen() {
    this.#mark(new Set(this.data.rows.filter((row) => row.isOpen).map((row) => row.key)));
  }

  /** @param {Set<string>} marked */
  #mark(marked) {
    this.#marked = marked;
    this.tell?.("marked", { batch: this.data.batch, keys: [...marked] });
    this.#count();
  }

  #count() {
    const { rows, words } = this.data;
    const nOpen = rows.filter((row) => row.isOpen).length;
    this.all.textContent = words.all.replace("{n}", String(nOpen));
    this.all.disabled = nOpen === 0;
    this.none.disabled = this.#marked.size === 0;
    this.count.textContent = words.marked.replace("{n}", String(this.#marked.size));
    for (const [key, item] of this.#items) item.ariaSelected = String(this.#marked.has(key));
  }
}

/**
 * Show the list. Called by Streamlit at first sight and at every rerun that changes something.
 *
 * @param {import("./component.js").Component<ListData>} component
 */
export function open(component) {
  const { parentElement, data } = component;
  const shown = lists.get(parentElement) ?? new ReviewList(parentElement, data);
  lists.set(parentElement, shown);
  shown.show(component);
}
