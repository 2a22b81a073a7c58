// What a canvas is doing, and what an event makes of it. Pure: no DOM, no Leaflet.

/**
 * @typedef {"loading" | "looking" | "picking" | "ready" | "corners" | "drawn" | "add" | "cut" | "points"
 *   | "accepted" | "saved"} StateName
 * @typedef {{ name: StateName, panning: boolean, marking: boolean }} CanvasState
 *   `panning`: a stroke moves the map instead of drawing. `marking`: strokes on an accepted drawing tell where
 *   its edge is vague.
 * @typedef {"look" | "pick" | "begin" | "restoreDraft" | "restoreAccepted" | "loadAccepted" | "save"
 *   | "closeLoop" | "openCorners" | "closeCorners" | "restart" | "adjust" | "accept" | "chooseAdd" | "chooseCut"
 *   | "refuse" | "putBack" | "choosePoints" | "undo" | "redo" | "stopEditing" | "toggleHand" | "startMarking" | "stopMarking" | "changeMarks"
 * } CanvasEvent
 * @typedef {"closeCornerTool" | "clearSketch" | "withdraw" | "forgetDraft" | "cleanSketch" | "sendSketch"
 *   | "sendMarks" | "showSketch" | "fitSketch" | "keepDraft" | "undoChange" | "redoChange" | "openCornerTool"
 *   | "openPointTool" | "scrollToMap" | "putBackSketch"} Effect
 * @typedef {{
 *   to?: StateName,
 *   panning?: boolean | "toggle",
 *   marking?: boolean,
 *   effects?: Effect[],
 *   onlyMarking?: boolean,
 * }} Rule Effects are carried out in this order; `onlyMarking`: elsewhere the event is ignored.
 */

/** @type {CanvasState} */
export const INITIAL_STATE = { name: "loading", panning: false, marking: false };

/** @type {Effect[]} */
const CLEARING = ["closeCornerTool", "clearSketch", "forgetDraft", "showSketch", "withdraw"];
/** @type {Rule} */
const RESTART = { to: "ready", panning: false, effects: CLEARING };
/** @type {Rule} */
const SAVE = { to: "saved", effects: ["forgetDraft", "closeCornerTool"] };
/** @type {Rule} */
const ADJUST = { to: "add", effects: ["cleanSketch", "withdraw"] };

/** Rules of every state in which something is or can be drawn. @type {Partial<Record<CanvasEvent, Rule>>} */
const DRAWING = {
  restart: RESTART,
  save: SAVE,
  startMarking: { marking: true, panning: false, effects: ["showSketch"] },
  stopMarking: { marking: false, panning: false, effects: ["showSketch"] },
};
/** Rules of the states in which a drawing is being changed. @type {Partial<Record<CanvasEvent, Rule>>} */
const EDITING = {
  ...DRAWING,
  chooseAdd: { to: "add" },
  chooseCut: { to: "cut" },
  choosePoints: { to: "points", effects: ["openPointTool"] },
  undo: { effects: ["undoChange", "showSketch", "keepDraft"] },
  redo: { effects: ["redoChange", "showSketch", "keepDraft"] },
  stopEditing: { to: "drawn", panning: false, effects: ["closeCornerTool", "showSketch"] },
};
/** @type {Rule} */
const TOGGLE_HAND = { panning: "toggle" };

/** @type {Record<StateName, Partial<Record<CanvasEvent, Rule>>>} */
const RULES = {
  loading: {
    look: { to: "looking" },
    pick: { to: "picking" },
    begin: { to: "ready" },
    restoreDraft: { to: "drawn", effects: ["showSketch", "fitSketch"] },
    restoreAccepted: { to: "accepted", effects: ["showSketch", "fitSketch"] },
    loadAccepted: { to: "accepted", effects: ["showSketch"] },
    save: { to: "saved", effects: ["showSketch", ...(SAVE.effects ?? [])] },
    startMarking: { marking: true },
  },
  looking: {},
  picking: {},
  ready: {
    ...DRAWING,
    // A page that is loaded again shows an empty map before the server knows whose drawing it is.
    loadAccepted: { to: "accepted", effects: ["showSketch", "fitSketch"] },
    closeLoop: { to: "drawn" },
    openCorners: { to: "corners", effects: ["openCornerTool"] },
    putBack: { to: "drawn", effects: ["putBackSketch", "showSketch", "fitSketch", "keepDraft"] },
    toggleHand: TOGGLE_HAND,
  },
  corners: { ...DRAWING, closeCorners: { to: "drawn", effects: ["closeCornerTool"] } },
  drawn: {
    ...DRAWING,
    // A stroke that was open went on.
    closeLoop: { to: "drawn" },
    undo: { effects: ["undoChange", "showSketch", "keepDraft"] },
    redo: { effects: ["redoChange", "showSketch", "keepDraft"] },
    adjust: ADJUST,
    accept: { to: "accepted", effects: ["closeCornerTool", "keepDraft", "sendSketch"] },
  },
  add: { ...EDITING, toggleHand: TOGGLE_HAND },
  cut: { ...EDITING, toggleHand: TOGGLE_HAND },
  points: {
    ...EDITING,
    chooseAdd: { to: "add", effects: ["closeCornerTool", "showSketch"] },
    chooseCut: { to: "cut", effects: ["closeCornerTool", "showSketch"] },
    undo: { effects: ["undoChange", "showSketch", "keepDraft", "openPointTool"] },
    redo: { effects: ["redoChange", "showSketch", "keepDraft", "openPointTool"] },
  },
  accepted: {
    ...DRAWING,
    adjust: ADJUST,
    // The server found a fault that the canvas cannot see: the drawing is changed, or drawn anew.
    refuse: { to: "drawn", panning: false },
    toggleHand: { ...TOGGLE_HAND, onlyMarking: true },
    changeMarks: { effects: ["showSketch", "keepDraft", "sendMarks"], onlyMarking: true },
    // The question stands below the map, so on a phone the map is out of sight.
    startMarking: { marking: true, panning: false, effects: ["showSketch", "scrollToMap"] },
  },
  saved: { ...DRAWING },
};

/**
 * Compute the next state and what is to be done.
 *
 * @param {CanvasState} state
 * @param {CanvasEvent} event
 * @returns {{ state: CanvasState, effects: Effect[] }} the same state and no effects where the event is ignored
 */
export function canvasMachine(state, event) {
  const rule = RULES[state.name][event];
  if (!rule || (rule.onlyMarking && !state.marking)) return { state, effects: [] };
  const next = {
    name: rule.to ?? state.name,
    panning: rule.panning === "toggle" ? !state.panning : (rule.panning ?? state.panning),
    marking: rule.marking ?? state.marking,
  };
  return { state: next, effects: rule.effects ?? [] };
}

/**
 * Return whether strokes mark the edge.
 *
 * @param {CanvasState} state
 */
export function isMarking({ name, marking }) {
  return name === "accepted" && marking;
}

/**
 * Return what a stroke does; null where it moves the map.
 *
 * @param {CanvasState} state
 * @returns {"lasso" | "add" | "cut" | "vague" | null}
 */
export function strokeTool(state) {
  if (state.panning) return null;
  if (state.name === "ready") return "lasso";
  if (state.name === "add" || state.name === "cut") return state.name;
  return isMarking(state) ? "vague" : null;
}

/**
 * Return whether strokes can be switched between drawing and moving the map.
 *
 * @param {CanvasState} state
 */
export function canPan(state) {
  return strokeTool({ ...state, panning: false }) !== null;
}
