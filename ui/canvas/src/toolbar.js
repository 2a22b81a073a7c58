// The buttons below the map: which, in every state, from one table.

import { createElement, createIcon } from "./dom.js";

/**
 * @typedef {import("./state_machine.js").StateName} StateName
 * @typedef {import("./dom.js").IconName} IconName
 * @typedef {"middle" | "corners" | "stop" | "point_back" | "finish" | "snap" | "again" | "adjust" | "right" | "add" | "cut"
 *   | "points" | "undo" | "redo" | "ready" | "unmark" | "put_back"} Action
 * @typedef {{
 *   corners: number,
 *   marks: number,
 *   hasStreets: boolean,
 *   isSnapping: boolean,
 *   canUndo: boolean,
 *   canRedo: boolean,
 *   canPutBack: boolean,
 *   isMarking: boolean,
 * }} ToolbarFacts
 * @typedef {{
 *   action: Action,
 *   icon: IconName,
 *   isMain?: boolean,
 *   pressedIn?: StateName,
 *   isPressed?: (facts: ToolbarFacts) => boolean,
 *   isDisabled?: (facts: ToolbarFacts) => boolean,
 *   onlyMarking?: boolean,
 *   isHidden?: (facts: ToolbarFacts) => boolean,
 * }} Button
 */

/** Where nothing is drawn. @type {Omit<ToolbarFacts, "isMarking">} */
export const NO_FACTS = {
  corners: 0,
  marks: 0,
  hasStreets: false,
  isSnapping: false,
  canUndo: false,
  canRedo: false,
  canPutBack: false,
};

/** @type {Button[][]} */
const EDITING = [
  [
    { action: "add", icon: "plus", pressedIn: "add" },
    { action: "cut", icon: "minus", pressedIn: "cut" },
    { action: "points", icon: "corners", pressedIn: "points" },
  ],
  [
    { action: "undo", icon: "undo", isDisabled: ({ canUndo }) => !canUndo },
    { action: "redo", icon: "redo", isDisabled: ({ canRedo }) => !canRedo },
    { action: "ready", icon: "right", isMain: true },
  ],
];
/** @type {Button} */
const AGAIN = { action: "again", icon: "again" };
/** @type {Button} */
const ADJUST = { action: "adjust", icon: "adjust" };

/** Rows of buttons by state; in the others there are none. @type {Partial<Record<StateName, Button[][]>>} */
export const TOOLBARS = {
  picking: [[{ action: "middle", icon: "right" }]],
  ready: [
    [
      { action: "put_back", icon: "undo", isHidden: ({ canPutBack }) => !canPutBack },
      { action: "corners", icon: "corners" },
    ],
  ],
  corners: [
    [
      { action: "stop", icon: "stop" },
      {
        action: "snap",
        icon: "street",
        isPressed: ({ isSnapping }) => isSnapping,
        isHidden: ({ hasStreets }) => !hasStreets,
      },
      { action: "point_back", icon: "undo", isDisabled: ({ corners }) => corners === 0 },
      { action: "finish", icon: "right", isMain: true, isDisabled: ({ corners }) => corners < 3 },
    ],
  ],
  drawn: [[AGAIN, ADJUST, { action: "right", icon: "right", isMain: true }]],
  add: EDITING,
  cut: EDITING,
  points: EDITING,
  accepted: [
    [
      AGAIN,
      ADJUST,
      { action: "unmark", icon: "undo", onlyMarking: true, isDisabled: ({ marks }) => marks === 0 },
    ],
  ],
};

/**
 * Show the buttons of a state. Whoever pressed a button with the keyboard stays where they were.
 *
 * @param {HTMLElement} bar
 * @param {StateName} state
 * @param {ToolbarFacts} facts
 * @param {Record<string, string>} words
 * @param {(action: Action) => void} act
 */
export function renderToolbar(bar, state, facts, words, act) {
  const rows = TOOLBARS[state] ?? [];
  const root = /** @type {Document | ShadowRoot} */ (bar.getRootNode());
  const focused = root.activeElement instanceof HTMLElement ? root.activeElement.dataset.act : undefined;
  bar.replaceChildren(
    ...rows.map((row) => {
      const buttons = row.filter(
        ({ onlyMarking, isHidden }) => (!onlyMarking || facts.isMarking) && !isHidden?.(facts),
      );
      return createElement(
        "div",
        { class: "row" },
        ...buttons.map((button) => createButton(button, state, facts, words, act)),
      );
    }),
  );
  bar.hidden = rows.length === 0;
  if (!focused) return;
  const again = bar.querySelector(`[data-act="${focused}"]:not([disabled])`);
  if (again instanceof HTMLElement) again.focus();
}

/**
 * @param {Button} button
 * @param {StateName} state
 * @param {ToolbarFacts} facts
 * @param {Record<string, string>} words
 * @param {(action: Action) => void} act
 */
function createButton({ action, icon, isMain, pressedIn, isPressed, isDisabled }, state, facts, words, act) {
  const attributes = {
    type: "button",
    class: isMain ? "main" : "plain",
    "data-act": action,
    "aria-pressed": pressedIn ? String(state === pressedIn) : isPressed ? String(isPressed(facts)) : null,
    disabled: isDisabled?.(facts) ?? false,
  };
  const label = createElement("span");
  label.textContent = words[action] ?? "";
  const button = createElement("button", attributes, createIcon(icon), label);
  button.addEventListener("click", () => act(action));
  return button;
}

/**
 * Return what a key does while a drawing is being changed: undo or redo, or null.
 *
 * @param {Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey">} event
 * @returns {"undo" | "redo" | null}
 */
export function actionOfKey({ key, ctrlKey, metaKey, shiftKey }) {
  const letter = key.toLowerCase();
  if (!(ctrlKey || metaKey) || (letter !== "z" && letter !== "y")) return null;
  return letter === "y" || shiftKey ? "redo" : "undo";
}
