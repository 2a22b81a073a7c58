// Drawing a loop on a canvas: a stroke becomes an area at once, as it will be kept, or is refused with a sentence. An open
// one can go on with a second stroke.

import { measureArea } from "./tools/geometry.js";
import { CLOSED_GAP, joinStrokes, nearEnd, OPEN_GAP, refuseStroke, strokeArea } from "./tools/stroke_area.js";

/**
 * @typedef {import("./tools/geometry.js").Position} Position
 */

/** How near an end of an open stroke another one goes on, in pixels. */
const REACH_PX = 40;
const NO_LIMITS = { min_area_m2: 0, max_area_m2: Infinity };

export class LoopDrawing {
  /** What was done to the stroke, as the key of a sentence; "" for nothing. */
  remark = "";
  /** The last stroke, where its ends lie far apart, in degrees. @type {number[][] | null} */
  #open = null;
  /** Where the stroke under way goes on from. @type {"start" | "end" | null} */
  #from = null;

  /**
   * @param {import("./canvas.js").Canvas} canvas
   * @param {import("./sketch_session.js").SketchSession} session
   * @param {import("./view.js").MapView} view
   * @param {Promise<unknown>} loading Ends when the clipper is there.
   */
  constructor(canvas, session, view, loading) {
    this.canvas = canvas;
    this.session = session;
    this.view = view;
    this.loading = loading;
  }

  /**
   * Return whether a stroke that begins here goes on from an end of the last one.
   *
   * @param {{ x: number, y: number }} point In pixels.
   */
  goesOnFrom({ x, y }) {
    const isOpen = this.canvas.state.name === "drawn" && this.#open !== null;
    this.#from = isOpen ? nearEnd(this.#pixels(this.#open ?? []), [x, y], REACH_PX) : null;
    return this.#from !== null;
  }

  /**
   * Return the whole line under way, with what it goes on from.
   *
   * @param {number[][]} track
   */
  trail(track) {
    const goesOn = this.canvas.state.name === "drawn" && this.#open && this.#from;
    return goesOn && this.#open ? joinStrokes(this.#open, track, this.#from === "start") : track;
  }

  /** @param {number[][]} track In degrees, with milliseconds. */
  #pixels(track) {
    return track.map(([lon, lat]) => this.view.toPixel([lon, lat]));
  }

  /**
   * Close a stroke as an area, or say why it is none.
   *
   * @param {number[][]} stroke In degrees, with milliseconds.
   */
  async close(stroke) {
    const { canvas, session, view } = this;
    const track = this.trail(stroke);
    session.noteWidth();
    await this.loading;
    if (canvas.isClosed) return;
    session.layers.hideTrail();
    const found = strokeArea(window.ClipperLib, this.#pixels(track));
    const polygons = (found?.polygons ?? []).map((polygon) =>
      polygon.map((ring) => ring.map((pixel) => view.toDegrees(pixel))),
    );
    const limits = canvas.data.limits ?? NO_LIMITS;
    const refusal = found ? refuseStroke(found, measureArea(polygons), limits) : "tap";
    if (refusal || !found) {
      canvas.render();
      canvas.say(refusal ?? "tap");
      return;
    }
    this.#open = found.gap > OPEN_GAP ? track : null;
    this.remark = remarkOn(found);
    session.start(polygons, { tool: "lasso", points: track });
    canvas.dispatch("closeLoop");
  }
}

/** @param {import("./tools/stroke_area.js").StrokeArea} found */
function remarkOn({ gap, isColouredIn, isUntangled }) {
  if (isColouredIn) return "coloured";
  if (gap > OPEN_GAP) return "closed_open";
  if (gap > CLOSED_GAP) return "closed_straight";
  return isUntangled ? "untangled" : "";
}
