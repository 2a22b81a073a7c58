// The layers of a map, each from a piece of code; only what changed is swapped.

/**
 * @typedef {{ key: string, digest: string, code: string }} Piece Code is the body of a function (L, map, topojson).
 * @typedef {(L: Leaflet, map: import("leaflet").Map, topojson: Topojson) => import("leaflet").Layer | null} MakeLayer
 */

/** Functions by the digest of their code. @type {Map<string, Promise<MakeLayer>>} */
const compiled = new Map();

/**
 * Compile a piece of map code. As a module of its own: the page forbids `eval`.
 *
 * @param {Piece} piece
 * @returns {Promise<MakeLayer>}
 */
function compilePiece({ code, digest }) {
  const known = compiled.get(digest);
  if (known) return known;
  const module = `export default function (L, map, topojson) {\n${code}\n}`;
  const url = URL.createObjectURL(new Blob([module], { type: "text/javascript" }));
  const compiling = import(url).then(({ default: make }) => make).finally(() => URL.revokeObjectURL(url));
  compiled.set(digest, compiling);
  return compiling;
}

export class LayerSwap {
  /**
   * @param {Leaflet} L
   * @param {import("leaflet").Map} map
   * @param {Topojson} topojson
   */
  constructor(L, map, topojson) {
    this.L = L;
    this.map = map;
    this.topojson = topojson;
    this.isClosed = false;
    /** @type {Map<string, { digest: string, layer: import("leaflet").Layer | null }>} */
    this.current = new Map();
  }

  /**
   * Show these pieces: those that are gone or changed are removed, new ones added, the others left alone.
   *
   * @param {Piece[]} pieces
   */
  async swap(pieces) {
    const digests = new Map(pieces.map(({ key, digest }) => [key, digest]));
    for (const [key, { digest, layer }] of this.current) {
      if (digests.get(key) === digest) continue;
      layer?.remove();
      this.current.delete(key);
    }
    for (const piece of pieces) if (!this.current.has(piece.key)) await this.#add(piece);
  }

  /**
   * Return the layers on the map by the name that a page gave each of them.
   *
   * @param {Piece[]} pieces
   * @param {string[]} names In the order of the pieces.
   */
  byName(pieces, names) {
    return new Map(pieces.map(({ key }, place) => [names[place], this.current.get(key)?.layer ?? null]));
  }

  /** @param {Piece} piece */
  async #add(piece) {
    /** @type {{ digest: string, layer: import("leaflet").Layer | null }} */
    const entry = { digest: piece.digest, layer: null };
    this.current.set(piece.key, entry);
    const make = await compilePiece(piece);
    // Another rerun may have come by meanwhile.
    if (this.isClosed || this.current.get(piece.key) !== entry) return;
    entry.layer = make(this.L, this.map, this.topojson);
  }
}
