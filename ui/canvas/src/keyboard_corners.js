// Putting corners by keyboard: a cross-hair in the middle of the map, which keys move over the ground.

import { fillSentence } from "./messages.js";

/** The cross-hair is on the first corner when it is so near, in pixels. */
const CLOSING_PX = 12;
/** After so long without a key it is said where the cross-hair is. */
const REST_MS = 600;

export class KeyboardCorners {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #resting = undefined;

  /** @param {import("./drawing.js").Drawing} drawing */
  constructor(drawing) {
    this.drawing = drawing;
  }

  /** Where the cross-hair is, in pixels. @returns {import("./tools/geometry.js").Position} */
  get #middle() {
    const { clientWidth, clientHeight } = this.drawing.view.element;
    return [clientWidth / 2, clientHeight / 2];
  }

  /** Whether the cross-hair is on the first corner of an area that can be closed. */
  get #isOnFirst() {
    const { corners, view } = this.drawing;
    const [first, ...others] = corners.tappedCorners;
    if (others.length < 2) return false;
    const [x, y] = view.toPixel(first);
    const [middleX, middleY] = this.#middle;
    return Math.hypot(x - middleX, y - middleY) <= CLOSING_PX;
  }

  /** @param {import("./tools/map_keys.js").MapKey} key */
  press(key) {
    const { canvas, corners, view } = this.drawing;
    canvas.renderHint(); // whoever took the mouse before is told of keys now
    if (key.kind === "move") {
      view.panBy(key.by);
      corners.follow(this.#middle);
      this.#sayWhenStill();
      return;
    }
    this.close();
    if (key.kind === "zoom") view.zoomBy(key.steps);
    else if (key.kind === "back") this.drawing.act("point_back");
    else if (this.#isOnFirst) this.drawing.outline.close();
    else corners.put(this.#middle);
  }

  /** Announce where the cross-hair is once it stands still: whoever holds a key down hears the end of it only. */
  #sayWhenStill() {
    this.close();
    this.#resting = setTimeout(() => {
      const { canvas, streets, view } = this.drawing;
      if (canvas.state.name !== "corners") return;
      const street = streets.nearest(view.toDegrees(this.#middle))?.name;
      if (this.#isOnFirst) canvas.say("tell_first_corner");
      else if (street) canvas.layout.say(fillSentence(canvas.data.words, "tell_at_street", { street }));
    }, REST_MS);
  }

  close() {
    clearTimeout(this.#resting);
  }
}
