// The panes of a map by what is drawn in them; the higher one lies on top.

/** Heights of our panes; Leaflet's own overlays are at 400, its markers at 600. */
export const PANE_HEIGHTS = {
  ground: 250,
  cores: 402,
  halo: 405,
  lines: 410,
  own: 450,
  names: 620,
  spots: 640,
};

/**
 * Return a pane of a map, made when it was not there.
 *
 * @param {import("leaflet").Map} map
 * @param {keyof typeof PANE_HEIGHTS} name
 * @returns {HTMLElement}
 */
export function ensurePane(map, name) {
  const pane = map.getPane(name) ?? map.createPane(name);
  pane.style.zIndex = String(PANE_HEIGHTS[name]);
  // Hidden at once by whoever stands before the room, whatever layers come or go meanwhile.
  if (name === "cores") pane.style.visibility = "var(--buurt-shared, visible)";
  return pane;
}
