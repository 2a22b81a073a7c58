// What each button of the toolbar does to a drawing.

import { withoutLastMark } from "./tools/edge_marks.js";

/**
 * @param {import("./drawing.js").Drawing} drawing
 * @returns {Record<Exclude<import("./toolbar.js").Action, "middle">, () => void>}
 */
export function toolbarActions(drawing) {
  const { canvas, corners, session } = drawing;
  return {
    corners: () => drawing.outline.start(),
    stop: () => canvas.dispatch("restart"),
    snap: () => drawing.outline.toggleSnapping(),
    point_back: () => corners.removeCorner(),
    finish: () => drawing.outline.close(),
    again: () => canvas.dispatch("restart"),
    adjust: () => drawing.loading.then(() => canvas.dispatch("adjust")),
    right: () => canvas.dispatch("accept"),
    add: () => canvas.dispatch("chooseAdd"),
    cut: () => canvas.dispatch("chooseCut"),
    points: () => corners.prepare(drawing.loading).then(() => canvas.dispatch("choosePoints")),
    put_back: () => session.erased && canvas.dispatch("putBack"),
    undo: () => drawing.undo(),
    redo: () => session.history.canRedo && canvas.dispatch("redo"),
    ready: () => canvas.dispatch("stopEditing"),
    unmark: () => {
      session.sketch.strokes = withoutLastMark(session.sketch.strokes);
      canvas.dispatch("changeMarks");
    },
  };
}
