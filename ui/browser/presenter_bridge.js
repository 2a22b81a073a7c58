// What a browser does for a workshop session: it keeps the facilitator's secret out of the address, hands on the keys of
// a clicker, knows one device from another for the votes, and forgets everything on a shared tablet.

import { readStored, writeStored } from "./storage.js";

/**
 * @typedef {"next" | "back" | "first" | "last" | "freeze" | "hide"} Act
 * @typedef {{ act: Act, at_ms: number }} Press
 * @typedef {{
 *   workshop_session: string | null,
 *   device: boolean,
 *   keys: Act[],
 *   done_ms: number,
 *   session: string,
 *   idle_s: number,
 *   idle_words: { still_there: string, here: string },
 *   forget: boolean,
 *   map_hidden: boolean,
 * }} BridgeData `workshop_session`: the session whose link is expected; `done_ms`: the press that was carried out last.
 */

/** Whether what is shared can be seen on a map: `panes.js` reads it. */
const SHARED = "--buurt-shared";
const FIELDS = ["INPUT", "TEXTAREA", "SELECT"];
/** @type {Record<string, Act>} */
const KEYS = {
  ArrowRight: "next",
  PageDown: "next",
  ArrowLeft: "back",
  PageUp: "back",
  Home: "first",
  End: "last",
  f: "freeze",
  F: "freeze",
  h: "hide",
  H: "hide",
};
/** How long before a screen starts anew it is said that it will. */
const WARN_S = 15;
/** A secret is at least this long. */
const MIN_SECRET = 20;

/** @type {WeakMap<HTMLElement, PresenterBridge>} */
const bridges = new WeakMap();

/**
 * Return the facilitator's secret. It stands behind the # of the link: that part is never sent to a server, and leaves
 * the address here.
 *
 * @param {string} session
 */
function takeSecret(session) {
  const name = `buurt:link:${session}`;
  const secret = location.hash.slice(1);
  if (secret.length >= MIN_SECRET) {
    writeStored("sessionStorage", name, secret);
    history.replaceState(history.state, "", location.pathname + location.search);
  }
  return readStored("sessionStorage", name);
}

/** Return the token by which this device is known for the votes; made at the first time. */
function deviceToken() {
  const name = "buurt:dots";
  const known = readStored("localStorage", name);
  if (/^[0-9a-f]{32}$/.test(known)) return known;
  const bytes = [...crypto.getRandomValues(new Uint8Array(16))];
  const token = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  writeStored("localStorage", name, token);
  return token;
}

/** What a visit leaves in a browser. */
const VISIT_PREFIXES = ["draft", "key", "typed", "unsaved", "remembered"].map((name) => `buurt:${name}:`);

/** Forget the person before: the next one at a shared tablet finds nothing. */
function forgetVisitor() {
  for (const store of [localStorage, sessionStorage])
    try {
      for (const name of Object.keys(store))
        if (VISIT_PREFIXES.some((prefix) => name.startsWith(prefix))) store.removeItem(name);
    } catch {
      // Nothing was kept.
    }
}

/**
 * Return whether a key is meant for what has the focus: on the map the arrows move the map, in a field they move the
 * cursor; a clicker has page keys.
 *
 * @param {KeyboardEvent} event
 */
function isMeantElsewhere(event) {
  const [target] = event.composedPath();
  if (!(target instanceof HTMLElement)) return false;
  if (FIELDS.includes(target.tagName) || target.isContentEditable) return true;
  return event.key.startsWith("Arrow") && target.getAttribute("role") === "application";
}

/** @param {{ still_there: string, here: string }} words */
function createWarning(words) {
  const warning = document.createElement("div");
  warning.id = "buurt-idle";
  warning.setAttribute("role", "alert");
  const sentence = document.createElement("span");
  sentence.textContent = words.still_there;
  const seconds = document.createElement("b");
  seconds.setAttribute("aria-hidden", "true"); // read out every second it would drown the sentence
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = words.here;
  warning.append(sentence, seconds, button);
  document.body.append(warning);
  return warning;
}

/**
 * Hide what is shared on every map of the page, or show it. A custom property reaches the maps, which keep the page's
 * own sheets out.
 *
 * @param {boolean} hidden
 */
function hideMap(hidden) {
  const { style } = document.documentElement;
  if (hidden) style.setProperty(SHARED, "hidden");
  else style.removeProperty(SHARED);
}

function isMapHidden() {
  return document.documentElement.style.getPropertyValue(SHARED) === "hidden";
}

class PresenterBridge {
  /** Keys that were pressed and not carried out. @type {Press[]} */
  pressed = [];
  /** The press that was sent last. @type {number | null} */
  sent_ms = null;
  touched_ms = Date.now();
  /** @type {HTMLElement | null} */
  warning = null;

  /** @param {import("./component.js").Component<BridgeData>} component */
  constructor(component) {
    this.data = component.data;
    this.setStateValue = component.setStateValue;
    this.update(component);
    this.listening = new AbortController();
    const options = { capture: true, signal: this.listening.signal };
    const touch = () => {
      this.touched_ms = Date.now();
    };
    window.addEventListener("keydown", (event) => this.#press(event), options);
    window.addEventListener("pointerdown", touch, options);
    window.addEventListener("keydown", touch, options);
    this.watch = setInterval(() => this.#watchIdle(), 1000);
    if (this.data.workshop_session) this.setStateValue("link", takeSecret(this.data.workshop_session));
    if (this.data.device) this.setStateValue("device", deviceToken());
  }

  /** @param {import("./component.js").Component<BridgeData>} component */
  update({ data, setStateValue }) {
    // A server that was started again calls nothing for a press it was told at once: what waits is sent as a new one.
    if (data.session !== this.data.session)
      this.pressed = this.pressed.map(({ act }, nth) => ({ act, at_ms: Date.now() + nth }));
    this.data = data;
    this.setStateValue = setStateValue;
    if (data.forget) forgetVisitor();
    this.#send();
    // A press that the server has yet to hear of was carried out here: what the server says is older.
    if (!this.pressed.length) hideMap(data.map_hidden);
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const act = KEYS[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || isMeantElsewhere(event)) return;
    if (!this.data.keys.includes(act)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const last_ms = this.pressed.at(-1)?.at_ms ?? this.data.done_ms;
    this.pressed.push({ act, at_ms: Math.max(Date.now(), last_ms + 1) });
    if (act === "hide") hideMap(!isMapHidden());
    this.#send();
  }

  /** Send a press when the one before was carried out: the address that goes with it is only then the new one. */
  #send() {
    this.pressed = this.pressed.filter(({ at_ms }) => at_ms > this.data.done_ms);
    const [first] = this.pressed;
    if (!first || first.at_ms === this.sent_ms) return;
    this.sent_ms = first.at_ms;
    this.setStateValue("pressed", first);
  }

  #watchIdle() {
    const left_s = Math.ceil(this.data.idle_s - (Date.now() - this.touched_ms) / 1000);
    this.#warn(this.data.idle_s > 0 && left_s > 0 && left_s <= WARN_S ? left_s : null);
    if (!this.data.idle_s || left_s > 0) return;
    this.touched_ms = Date.now();
    this.setStateValue("idle", Date.now());
  }

  /**
   * Count down before everybody's eyes; a touch anywhere ends it.
   *
   * @param {number | null} left_s
   */
  #warn(left_s) {
    if (left_s === null) {
      this.warning?.remove();
      this.warning = null;
      return;
    }
    this.warning ??= createWarning(this.data.idle_words);
    const seconds = this.warning.querySelector("b");
    if (seconds) seconds.textContent = String(left_s);
  }

  close() {
    hideMap(false);
    this.#warn(null);
    clearInterval(this.watch);
    this.listening.abort();
  }
}

/**
 * Open the bridge, or update the one that is there. Called by Streamlit at first sight and at every rerun that changes something.
 *
 * @param {import("./component.js").Component<BridgeData>} component
 */
export function open(component) {
  const place = component.parentElement;
  const existing = bridges.get(place);
  if (existing) existing.update(component);
  else bridges.set(place, new PresenterBridge(component));
  return () => {
    bridges.get(place)?.close();
    bridges.delete(place);
  };
}
