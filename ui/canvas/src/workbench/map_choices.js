// What somebody made of the map: its ground, and of each layer whether it is seen and how strong. In the address, so
// that a colleague opens the same; the ground is remembered on this device as well. Pure.

/**
 * @typedef {{ isHidden: boolean, opacity: number }} LayerChoice Opacity in percent.
 * @typedef {Map<string, LayerChoice>} LayerChoices By the key of the layer; one that is not in it is as it comes.
 */

/** The address has the ground under this name, and the layers under the other. */
export const BASEMAP_PARAMETER = "ondergrond";
export const LAYERS_PARAMETER = "lagen";
/** Steps of the slider, and the least: a layer that cannot be seen is put off. */
export const OPACITY_STEP = 10;
const FULL = 100;
const LAYER = /^(-?)([a-z0-9_-]+?)(?::(\d{1,3}))?$/i;

/** How a layer comes. @type {LayerChoice} */
export const AS_IT_COMES = { isHidden: false, opacity: FULL };

/**
 * Read the layers of an address.
 *
 * @param {string} text As `-cores,areas-buurt:60`: the first is off, the second is drawn at 60 %.
 * @returns {LayerChoices}
 */
export function readLayers(text) {
  /** @type {LayerChoices} */
  const found = new Map();
  for (const part of text.split(",")) {
    const read = LAYER.exec(part.trim());
    if (!read) continue;
    const opacity = Math.min(FULL, Math.max(OPACITY_STEP, Number(read[3] ?? FULL)));
    found.set(read[2], { isHidden: read[1] === "-", opacity });
  }
  return found;
}

/**
 * Write the layers as an address has them; what is as it comes is left out.
 *
 * @param {LayerChoices} choices
 */
export function writeLayers(choices) {
  return [...choices]
    .filter(([, { isHidden, opacity }]) => isHidden || opacity < FULL)
    .map(
      ([key, { isHidden, opacity }]) => `${isHidden ? "-" : ""}${key}${opacity < FULL ? `:${opacity}` : ""}`,
    )
    .join(",");
}

/**
 * Return the key of the ground to show: that of the address, else the one of this device, else the first.
 *
 * @param {string[]} offered
 * @param {...string} wished
 */
export function chooseBasemap(offered, ...wished) {
  return wished.find((key) => offered.includes(key)) ?? offered[0];
}

/**
 * Return an address with a parameter set, or without it where the text is empty; the rest stays as it is.
 *
 * @param {string} address
 * @param {string} name
 * @param {string} text
 */
export function withParameter(address, name, text) {
  const url = new URL(address);
  if (text) url.searchParams.set(name, text);
  else url.searchParams.delete(name);
  return url.href;
}
