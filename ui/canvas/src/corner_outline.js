// An outline of corners on a canvas: begun, put along streets by choice, and closed.

import { isTouchScreen } from "./dom.js";

export class CornerOutline {
  /** @param {import("./drawing.js").Drawing} drawing */
  constructor(drawing) {
    this.drawing = drawing;
  }

  async start() {
    const { canvas, corners, loading, session } = this.drawing;
    const isKeyed = canvas.layout.isButtonKeyed;
    await corners.prepare(loading);
    session.begin(isTouchScreen() ? "touch" : "mouse");
    session.noteWidth();
    canvas.dispatch("openCorners");
    if (isKeyed) canvas.layout.ground.focus();
  }

  /** Switch whether corners jump to streets. */
  toggleSnapping() {
    const { canvas, corners, streets } = this.drawing;
    streets.isOn = !streets.isOn;
    corners.snapTo(streets.isOn ? streets : null);
    canvas.renderToolbar();
  }

  close() {
    const { canvas, corners, session, streets } = this.drawing;
    const tapped = corners.tappedCorners;
    if (tapped.length < 3) {
      canvas.say("few_corners");
      return;
    }
    const points = tapped.map(([lon, lat]) => [lon, lat, 0]);
    // The tool is still busy with the corner that closed the area; it is cleared after its turn.
    queueMicrotask(() => {
      const ring = streets.follow(tapped);
      session.start([[[...ring, ring[0]]]], { tool: "corners", points });
      canvas.dispatch("closeCorners");
    });
  }
}
