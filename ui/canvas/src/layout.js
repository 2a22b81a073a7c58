// The elements of a canvas: the map with what lies on it, the sentence and the buttons below it.

import { createElement, createIcon, createText } from "./dom.js";

/**
 * @typedef {{
 *   kind: "show" | "pick" | "draw",
 *   own?: boolean,
 *   fills?: boolean,
 *   language: string,
 *   look: Record<string, string>,
 *   words: Record<string, string>,
 *   credit?: string,
 * }} LayoutData
 * @typedef {{ zoom: (steps: number) => void, toggleHand: () => void, key: (event: KeyboardEvent) => void }} Handlers
 */

/** The widest a scale is with its margins, in pixels. */
const SCALE_PX = 150;
/** Canvases opened since the page was loaded. */
let opened = 0;

export class Layout {
  /**
   * @param {LayoutData} data
   * @param {Handlers} handlers
   */
  constructor(data, handlers) {
    const { words } = data;
    opened += 1;
    this.ground = createElement("div", {
      class: "map",
      tabindex: "0",
      role: "application",
      "aria-label": words.map,
    });
    this.hint = createElement("p", { class: "hint", hidden: true });
    this.top = createElement("div", { class: "top" }, this.hint);
    this.tip = createElement("p", { class: "tip", hidden: true });
    this.handLabel = createText("span", words.hand);
    this.hand = createElement(
      "button",
      { class: "hand", type: "button", "aria-pressed": "false", "data-not-map": true, hidden: true },
      createIcon("hand"),
      this.handLabel,
    );
    this.hand.addEventListener("click", handlers.toggleHand);
    this.credit = createText("p", data.credit ?? "", { class: "credit" });
    this.zooms = createElement(
      "div",
      { class: "zooms", "data-not-map": true },
      createZoomButton(words.zoom_in, "plus", () => handlers.zoom(1)),
      createZoomButton(words.zoom_out, "minus", () => handlers.zoom(-1)),
    );
    const over = [this.top, this.tip, this.hand, this.zooms, this.credit];
    this.stage = createElement("div", { class: "stage" }, this.ground, ...over);
    this.message = createElement("p", { class: "message", role: "status", "aria-live": "polite" });
    this.bar = createElement("div", { class: "bar", role: "group", "aria-label": words.tools });
    this.box = createElement(
      "div",
      {
        class: "canvas",
        "data-state": "loading",
        "data-opened": opened,
        "data-kind": data.kind,
        "data-own": String(Boolean(data.own)),
        "data-fills": String(Boolean(data.fills)),
        lang: data.language,
      },
      this.stage,
    );
    for (const [name, value] of Object.entries(data.look)) this.box.style.setProperty(`--${name}`, value);
    if (data.kind !== "show") this.box.append(this.message, this.bar);
    // Streamlit listens for single letters on the whole page; typing on the map is not meant for it.
    for (const kind of /** @type {const} */ (["keydown", "keyup", "keypress"]))
      this.box.addEventListener(kind, (event) => {
        event.stopPropagation();
        if (kind === "keydown" && !isTyped(event)) handlers.key(event);
      });
    this.box.style.visibility = "hidden";
  }

  /**
   * Show, in the place of the map, that it does not come.
   *
   * @param {string} sentence
   * @param {string} label
   * @param {() => void} reload
   */
  showBroken(sentence, label, reload) {
    const button = createText("button", label, { type: "button" });
    button.addEventListener("click", reload);
    const said = createText("p", sentence, { role: "alert" });
    this.stage.replaceChildren(createElement("div", { class: "broken" }, said, button));
    this.message.remove();
    this.bar.remove();
  }

  /** Whether somebody is on the map by keyboard. */
  get isKeyed() {
    return this.ground.matches(":focus-visible");
  }

  /** Whether the last button was pressed by keyboard: who did so goes on by keyboard. */
  get isButtonKeyed() {
    return this.bar.querySelector(":focus-visible") !== null;
  }

  reveal() {
    this.box.style.visibility = "";
  }

  /**
   * Show the search field above everything, and a button above those that zoom.
   *
   * @param {HTMLElement} field
   * @param {HTMLElement} button
   */
  addSearch(field, button) {
    this.top.prepend(field);
    const place = createElement("div", { class: "zooms locating", "data-not-map": true }, button);
    this.stage.insertBefore(place, this.zooms);
  }

  /** @param {string} text */
  say(text) {
    if (this.message.textContent !== text) this.message.textContent = text;
  }

  /** @param {string} text */
  showTip(text) {
    this.tip.hidden = !text;
    this.tip.textContent = text;
  }

  /** @param {string} text */
  showHint(text) {
    this.hint.textContent = text;
    this.hint.hidden = !text;
  }

  /** @param {{ isHidden: boolean, isPressed: boolean, label: string }} hand */
  showHand({ isHidden, isPressed, label }) {
    this.hand.hidden = isHidden;
    this.hand.setAttribute("aria-pressed", String(isPressed));
    this.handLabel.textContent = label;
    this.hand.setAttribute("aria-label", label); // the narrowest screens show the icon only
  }

  /** @param {string} key */
  addArrived(key) {
    const arrived = (this.box.dataset.arrived ?? "").split(" ").filter(Boolean);
    this.box.dataset.arrived = [...new Set([...arrived, key])].join(" ");
  }

  /** What stands at the bottom of the map stands above its makers where these leave no room beside them. */
  liftBottom() {
    const free = this.stage.clientWidth - this.credit.offsetWidth;
    this.box.style.setProperty("--lift", free < SCALE_PX ? `${this.credit.offsetHeight}px` : "0px");
  }
}

/**
 * Return whether a key is meant for a text that is being typed.
 *
 * @param {{ target: unknown }} event
 */
export function isTyped({ target }) {
  const { tagName } = /** @type {{ tagName?: string }} */ (target ?? {});
  return tagName === "INPUT" || tagName === "TEXTAREA";
}

/**
 * @param {string} label
 * @param {"plus" | "minus"} icon
 * @param {() => void} zoom
 */
function createZoomButton(label, icon, zoom) {
  const attributes = {
    class: "zoom",
    type: "button",
    "aria-label": label,
    title: label,
    "data-not-map": true,
  };
  const button = createElement("button", attributes, createIcon(icon));
  button.addEventListener("click", zoom);
  return button;
}
