// Keys on a map that has the focus: moving it, zooming, and putting corners.

import { readMapKey } from "./tools/map_keys.js";

/**
 * Carry out what a key means. Leaflet does so for keys that arrive at the document, where none of ours does.
 *
 * @param {import("./canvas.js").Canvas} canvas
 * @param {KeyboardEvent} event
 */
export function pressMapKey(canvas, event) {
  const { drawing, layout, state, view } = canvas;
  drawing?.pressKey(event);
  if (event.target !== layout.ground || !view) return;
  const isPuttingCorners = state.name === "corners";
  const key = readMapKey(event, isPuttingCorners);
  if (!key) return;
  event.preventDefault();
  if (isPuttingCorners) drawing?.keyboard.press(key);
  else if (key.kind === "move") view.panBy(key.by);
  else if (key.kind === "zoom") view.zoomBy(key.steps);
}
