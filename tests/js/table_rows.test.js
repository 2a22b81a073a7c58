import assert from "node:assert/strict";
import { test } from "node:test";
import { findRows, keepFilters, listChoices, readNumber, writeNumber } from "../../ui/browser/table_rows.js";

/** Name, size and verdict; of Oost nothing is known. */
const ROWS = [
  [
    ["Zuid", "Zuid"],
    ["12", 12],
    ["past", "past"],
  ],
  [
    ["Één", "Één"],
    ["3", 3],
    ["past niet", "past niet"],
  ],
  [
    ["Oost", "Oost"],
    ["onbekend", null],
    ["past", "past"],
  ],
  [
    ["Buurt 10", "Buurt 10"],
    ["7", 7],
    ["past", "past"],
  ],
  [
    ["Buurt 9", "Buurt 9"],
    ["8", 8],
    ["past", "past"],
  ],
];
const ALL = { search: "", filters: new Map(), sorting: null };
const find = (asked) => findRows(ROWS, { ...ALL, ...asked }, "nl");

test("without a question every row stands in its own order", () => {
  assert.deepEqual(find({}), [0, 1, 2, 3, 4]);
});

test("every word is looked for in all columns, whatever its capitals and accents", () => {
  assert.deepEqual(find({ search: " EEN niet " }), [1]);
  assert.deepEqual(find({ search: "past" }).length, 5);
  assert.deepEqual(find({ search: "past west" }), []);
});

test("what is not known comes last both ways, and numbers in names count as numbers", () => {
  assert.deepEqual(find({ sorting: [1, true] }), [1, 3, 4, 0, 2]);
  assert.deepEqual(find({ sorting: [1, false] }), [0, 4, 3, 1, 2]);
  assert.deepEqual(find({ sorting: [0, true] }), [4, 3, 1, 2, 0]);
});

test("bounds hold for what is known alone, and a word is the whole word", () => {
  assert.deepEqual(find({ filters: new Map([[1, { from: 7, to: null }]]) }), [0, 3, 4]);
  assert.deepEqual(find({ filters: new Map([[1, { from: 7, to: 8 }]]) }), [3, 4]);
  assert.deepEqual(find({ filters: new Map([[2, { word: "past niet" }]]) }), [1]);
});

test("a column of a few words is one to choose from", () => {
  assert.deepEqual(listChoices(ROWS, 2), ["past", "past niet"]);
  assert.deepEqual(listChoices(ROWS, 0), []);
});

test("a filter stays as long as the field and the word it was made with", () => {
  const filters = new Map([
    [1, { from: 7 }],
    [2, { word: "past niet" }],
  ]);
  const numeric = [false, true, false];
  assert.deepEqual(keepFilters(filters, ROWS, numeric), filters);
  const fitting = ROWS.filter((cells) => cells[2][0] === "past");
  assert.deepEqual([...keepFilters(filters, fitting, numeric).keys()], [1]);
  assert.deepEqual([...keepFilters(filters, ROWS, [false, false, false]).keys()], [2]);
});

test("a number is read as the table writes it, and with a comma or a point", () => {
  for (const language of ["nl", "en"]) {
    const read = (text) => readNumber(text, language);
    assert.deepEqual(["0,5", " 0.5 ", "", "veel"].map(read), [0.5, 0.5, null, null]);
    for (const value of [0.25, 30, 1234, -1_234_567.5])
      assert.equal(read(writeNumber(value, language)), value);
  }
  assert.deepEqual(
    ["1.234", "1.234,5", "1,234"].map((text) => readNumber(text, "nl")),
    [1234, 1234.5, 1.234],
  );
  assert.deepEqual(
    ["1,234", "1,234.5", "1.234"].map((text) => readNumber(text, "en")),
    [1234, 1234.5, 1.234],
  );
});

test("ten thousand rows are found and sorted while nobody notices", () => {
  const many = Array.from({ length: 10_000 }, (_, at) => [
    [`Gebied${at}`, `Gebied${at}`],
    [`${at % 97}`, at % 97],
  ]);
  const start = performance.now();
  const found = findRows(many, { search: "gebied9", filters: new Map(), sorting: [0, false] }, "nl");
  assert.equal(found.length, 1111);
  assert.ok(performance.now() - start < 5000, "a look that grows with the square of the rows takes minutes");
});
