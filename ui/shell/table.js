// A table to read and to choose from: headings that sort, rows of which the arrow keys choose one, and nothing but text.

const tables = new WeakMap();

function make(name, facts = {}, ...inside) {
  const made = Object.assign(document.createElement(name), facts);
  made.append(...inside);
  return made;
}

function row(found, place, data, name, choose) {
  const cells = found.map(([text], column) => {
    const kind = data.numeric[column] ? "number" : /\s/.test(text) ? "" : "whole";
    return make("td", { className: kind }, text);
  });
  if (!data.listens) return make("tr", {}, ...cells);
  const radio = make("input", { type: "radio", name, value: place });
  radio.addEventListener("change", () => choose(place));
  cells[0].replaceChildren(make("label", {}, radio, make("span", {}, found[0][0])));
  const made = make("tr", {}, ...cells);
  made.addEventListener("click", (event) => event.target.closest("label") ?? radio.click());
  return made;
}

/** What is not known comes last, whichever way the rest runs. */
function order(one, other, way) {
  if (one === null || other === null) return (one === null) - (other === null);
  return way * (typeof one === "number" ? one - other : one.localeCompare(other, document.documentElement.lang, { numeric: true }));
}

/** The heading above a table is its name. */
function title(parent) {
  const above = [...document.querySelectorAll("h1, h2, h3")].filter(
    (heading) => heading.compareDocumentPosition(parent) & Node.DOCUMENT_POSITION_FOLLOWING,
  );
  return above.at(-1)?.textContent ?? "";
}

/** `before` is the table that stood here, if any: the new one is sorted and scrolled as that was. */
function build(parent, data, choose, before) {
  const name = `table-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
  const rows = data.rows.map((found, place) => row(found, place, data, name, choose));
  const body = make("tbody", {}, ...rows);
  const heads = data.labels.map((label, column) => {
    const button = make("button", { type: "button" }, label);
    const head = make("th", { scope: "col", className: data.numeric[column] ? "number" : "" }, button);
    button.addEventListener("click", () => sort(column, head.ariaSort !== "ascending"));
    return head;
  });
  const shown = { rows, sorted: null, box: null };
  const sort = (column, up) => {
    for (const head of heads) head.ariaSort = null;
    heads[column].ariaSort = up ? "ascending" : "descending";
    shown.sorted = [column, up];
    const places = rows.map((_, place) => place);
    places.sort((one, other) => order(data.rows[one][column][1], data.rows[other][column][1], up ? 1 : -1));
    body.append(...places.map((place) => rows[place]));
  };
  if (before?.sorted && before.sorted[0] < heads.length) sort(...before.sorted);
  const table = make("table", {}, make("thead", {}, make("tr", {}, ...heads)), body);
  shown.box = make("div", { className: "buurt-table", role: "group", ariaLabel: title(parent) }, table);
  const down = before?.box.scrollTop ?? 0;
  parent.replaceChildren(shown.box);
  shown.box.scrollTop = down;
  return shown;
}

/** Called by Streamlit at first sight and at every rerun that changes something. */
export function open({ data, parentElement, setTriggerValue }) {
  const { chosen, ...told } = data;
  const now = JSON.stringify(told);
  let shown = tables.get(parentElement);
  // Built anew only when it says something else: whoever goes through the rows by keyboard stays where they are.
  if (shown?.now !== now) {
    const choose = (place) => setTriggerValue("chosen", place);
    shown = Object.assign(build(parentElement, data, choose, shown), { now });
    tables.set(parentElement, shown);
  }
  for (const [place, made] of shown.rows.entries()) {
    made.classList.toggle("chosen", place === chosen);
    const radio = made.querySelector("input");
    if (radio) radio.checked = place === chosen;
  }
}
