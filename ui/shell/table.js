// A table to read and to choose from: headings that sort, rows of which the arrow keys choose one, and nothing but text.

const tables = new WeakMap();

function make(name, facts = {}, ...inside) {
  const made = Object.assign(document.createElement(name), facts);
  made.append(...inside);
  return made;
}

function row(found, place, data, name, choose) {
  const cells = found.map(([text], column) => make("td", { className: data.numeric[column] ? "number" : "" }, text));
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

function build(parent, data, choose) {
  const name = `table-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
  const rows = data.rows.map((found, place) => row(found, place, data, name, choose));
  const body = make("tbody", {}, ...rows);
  const heads = data.labels.map((label, column) => {
    const button = make("button", { type: "button" }, label);
    const head = make("th", { scope: "col", className: data.numeric[column] ? "number" : "" }, button);
    button.addEventListener("click", () => {
      const up = head.ariaSort !== "ascending";
      for (const other of heads) other.ariaSort = null;
      head.ariaSort = up ? "ascending" : "descending";
      const places = rows.map((_, place) => place);
      places.sort((one, other) => order(data.rows[one][column][1], data.rows[other][column][1], up ? 1 : -1));
      body.append(...places.map((place) => rows[place]));
    });
    return head;
  });
  const box = make("div", { className: "buurt-table" }, make("table", {}, make("thead", {}, make("tr", {}, ...heads)), body));
  parent.replaceChildren(box);
  return rows;
}

/** Called by Streamlit at first sight and at every rerun that changes something. */
export function open({ data, parentElement, setTriggerValue }) {
  const { chosen, ...told } = data;
  const now = JSON.stringify(told);
  let shown = tables.get(parentElement);
  // Built anew only when it says something else: whoever goes through the rows by keyboard stays where they are.
  if (shown?.now !== now) {
    shown = { now, rows: build(parentElement, data, (place) => setTriggerValue("chosen", place)) };
    tables.set(parentElement, shown);
  }
  for (const [place, made] of shown.rows.entries()) {
    made.classList.toggle("chosen", place === chosen);
    const radio = made.querySelector("input");
    if (radio) radio.checked = place === chosen;
  }
}
