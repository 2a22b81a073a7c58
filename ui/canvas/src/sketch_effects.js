// What each effect of the state machine does to the sketch of a drawing.

/**
 * @param {import("./drawing.js").Drawing} drawing
 * @returns {Record<import("./state_machine.js").Effect, () => void>}
 */
export function sketchEffects(drawing) {
  const { canvas, corners, session } = drawing;
  return {
    closeCornerTool: () => corners.close(),
    clearSketch: () => session.clear(),
    withdraw: () => session.sync.withdraw(),
    forgetDraft: () => session.forgetDraft(),
    cleanSketch: () => session.change(session.soundPolygons),
    sendSketch: () => session.send(),
    sendMarks: () => session.sendMarks(),
    showSketch: () => session.show(),
    fitSketch: () => session.fit(),
    keepDraft: () => session.keepDraft(),
    undoChange: () => session.undo(),
    redoChange: () => session.redo(),
    openCornerTool: () => corners.start(),
    openPointTool: () => drawing.editCorners(),
    putBackSketch: () => session.putBack(),
    scrollToMap: () => canvas.layout.stage.scrollIntoView({ block: "nearest" }),
  };
}
