import assert from "node:assert/strict";
import { test } from "node:test";
import { normalisedName, suggestPlaces } from "../../ui/canvas/src/place_names.js";

const PLACES = [
  ["Oude Kerkstraat", 5.1, 52.1],
  ["Kerkstraat", 5.2, 52.2],
  ["Kerkpad", 5.3, 52.3],
  ["'s-Gravenweg", 5.4, 52.4],
  ["Súdwest-Fryslânlaan", 5.5, 52.5],
  ["2651 AB", 5.6, 52.6],
];
const suggested = (typed) => suggestPlaces(PLACES, typed).map(([name]) => name);

test("a name is compared without case, accents, spaces and signs", () => {
  assert.equal(normalisedName("'s-Gravenweg"), "sgravenweg");
  assert.equal(normalisedName("Súdwest-Fryslân"), "sudwestfryslan");
});

test("names that begin so come before names that hold it, the shortest first", () => {
  assert.deepEqual(suggested("kerk"), ["Kerkpad", "Kerkstraat", "Oude Kerkstraat"]);
  assert.deepEqual(suggested("sgraven"), ["'s-Gravenweg"]);
});

test("a house number is passed over, a postcode is not", () => {
  assert.deepEqual(suggested("Kerkstraat 12b"), ["Kerkstraat", "Oude Kerkstraat"]);
  assert.deepEqual(suggested("2651ab"), ["2651 AB"]);
  assert.deepEqual(suggested("2651 a"), ["2651 AB"]);
});

test("one letter suggests nothing, and five names are enough", () => {
  assert.deepEqual(suggested("k"), []);
  const many = Array.from({ length: 9 }, (_, n) => [`Laan ${n}`, 5, 52]);
  assert.equal(suggestPlaces(many, "laan").length, 5);
});
