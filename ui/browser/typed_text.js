// What is being typed is never lost: it goes to the server when the typing rests, and stays in this tab until the
// server has it. A page that is loaded again gets back what was not there yet.

import { readStored, writeStored } from "./storage.js";

/** Widgets with such a key hold text that somebody tells us. */
const FIELDS = "[class*='st-key-text_'] :is(input, textarea)";
/** How long nothing is typed before it is sent. */
const REST_MS = 600;
/** How long a field may take to arrive. */
const FIELD_MS = 4000;
const PREFIX = "buurt:typed:";

/**
 * Return the texts that the server does not have yet; blanks at the ends and in a row do not count.
 *
 * @param {Record<string, string>} typed
 * @param {Record<string, string>} stored
 * @returns {Record<string, string>}
 */
export function withoutStored(typed, stored) {
  const plain = (/** @type {string | undefined} */ text) => (text ?? "").trim().replace(/\s+/g, " ");
  return Object.fromEntries(
    Object.entries(typed).filter(([key, text]) => !(key in stored) || plain(text) !== plain(stored[key])),
  );
}

/**
 * @param {string} visit
 * @returns {Record<string, string>}
 */
function readTyped(visit) {
  try {
    return JSON.parse(readStored("sessionStorage", PREFIX + visit) || "{}");
  } catch {
    return {};
  }
}

/**
 * @param {string} visit
 * @param {Record<string, string>} typed
 */
function writeTyped(visit, typed) {
  const text = Object.keys(typed).length > 0 ? JSON.stringify(typed) : "";
  writeStored("sessionStorage", PREFIX + visit, text);
}

/** @param {string} visit */
export function forgetTyped(visit) {
  writeTyped(visit, {});
}

/** @param {Element} field */
function keyOf(field) {
  const place = field.closest("[class*='st-key-text_']");
  return [...(place?.classList ?? [])].find((name) => name.startsWith("st-key-text_"))?.slice(7) ?? "";
}

/**
 * Send a text as leaving its field would, while the cursor stays in it.
 *
 * @param {HTMLElement} field
 */
function send(field) {
  field.dispatchEvent(new FocusEvent("focusout", { bubbles: true }));
  if (document.activeElement === field) field.dispatchEvent(new FocusEvent("focusin", { bubbles: true }));
}

/**
 * Write a text into a field as typing would.
 *
 * @param {HTMLInputElement | HTMLTextAreaElement} field
 * @param {string} text
 */
function writeInto(field, text) {
  const kind = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
  Object.getOwnPropertyDescriptor(kind.prototype, "value")?.set?.call(field, text);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  send(field);
}

export class TypedText {
  /** @type {Map<Element, ReturnType<typeof setTimeout>>} */
  #waiting = new Map();

  /** @param {() => string} visit Names the visit that is on the page; "" where nothing is to be remembered. */
  constructor(visit) {
    this.visit = visit;
    document.addEventListener("input", (event) => this.#note(event.target), { capture: true });
  }

  /** @param {EventTarget | null} field */
  #note(field) {
    const isText = field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement;
    if (!isText || !field.matches(FIELDS) || !this.visit()) return;
    writeTyped(this.visit(), { ...readTyped(this.visit()), [keyOf(field)]: field.value });
    clearTimeout(this.#waiting.get(field));
    this.#waiting.set(
      field,
      setTimeout(() => send(field), REST_MS),
    );
  }

  /**
   * Drop what the server has.
   *
   * @param {Record<string, string>} stored
   */
  acknowledge(stored) {
    const typed = readTyped(this.visit());
    if (Object.keys(typed).length > 0) writeTyped(this.visit(), withoutStored(typed, stored));
  }

  /**
   * Restore what the server has not heard in the fields of this step as they arrive.
   *
   * @param {number} [since]
   */
  putBack(since = performance.now()) {
    const typed = readTyped(this.visit());
    let isMissing = false;
    for (const [key, text] of Object.entries(typed)) {
      const field = document.querySelector(`.st-key-${CSS.escape(key)} :is(input, textarea)`);
      const isText = field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement;
      if (!isText) isMissing = true;
      else if (field.value !== text && document.activeElement !== field) writeInto(field, text);
    }
    if (isMissing && performance.now() - since < FIELD_MS) setTimeout(() => this.putBack(since), 100);
  }
}
