// How strong a layer is drawn: over what its own style says, so that neither changes the other.

/**
 * Set how strong a layer is drawn, with all that is in it.
 *
 * @param {import("leaflet").Layer} layer
 * @param {number} opacity From 0 to 1.
 */
export function setOpacity(layer, opacity) {
  const group = /** @type {import("leaflet").LayerGroup} */ (layer);
  if (typeof group.eachLayer === "function") {
    group.eachLayer((part) => setOpacity(part, opacity));
    return;
  }
  const drawn = /** @type {import("leaflet").Path | import("leaflet").Marker} */ (layer).getElement?.();
  if (drawn instanceof HTMLElement || drawn instanceof SVGElement)
    drawn.style.opacity = opacity < 1 ? String(opacity) : "";
}
