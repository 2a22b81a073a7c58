// A base map of pictures: square tiles by zoom level, column and row.

/**
 * @typedef {{
 *   key: string,
 *   url: string,
 *   zooms: [number, number],
 *   bounds: [[number, number], [number, number]],
 *   opacity: number,
 * }} TileSettings Bounds as south-west and north-east in latitude and longitude.
 */

/** Tiles across a base map at its coarsest level that may all be asked at once. */
const FEW_TILES = 8;
const MAX_ZOOM = 20;

/**
 * Create a base map of pictures; one that is made pale loses some of its colour too (canvas.css).
 *
 * @param {Leaflet} L
 * @param {TileSettings} settings
 */
export function createTiles(L, { key, url, zooms: [coarsest, finest], bounds, opacity }) {
  /** Tiles a pixel too wide: our zoom is not in whole steps, and then the ground would shine through between. */
  class SeamlessTileLayer extends L.TileLayer {
    /** @param {HTMLElement} tile */
    _initTile(tile) {
      super._initTile(tile);
      const { x, y } = this.getTileSize();
      Object.assign(tile.style, { width: `${x + 1}px`, height: `${y + 1}px` });
    }

    announce() {
      this._map?.fire("buurt:arrived", { key });
    }
  }
  const [[, west], [, east]] = bounds;
  const across = ((east - west) / 360) * 2 ** coarsest;
  const tiles = new SeamlessTileLayer(url, {
    bounds,
    opacity,
    className: opacity < 1 ? "quiet" : "",
    minNativeZoom: coarsest,
    maxNativeZoom: finest,
    maxZoom: MAX_ZOOM,
    // Far out a screen would ask for hundreds of tiles, too small to read, unless there are few in all.
    minZoom: across <= FEW_TILES ? 0 : Math.max(0, coarsest - 2),
  });
  return tiles.on("load", () => tiles.announce());
}
