// What somebody can do with their withdrawal code: copy it, send it to themselves, or have this phone remember it. All
// of it happens on the phone; nothing passes our server.

import { copyText } from "./clipboard.js";
import { readStored, writeStored } from "./storage.js";

/**
 * @typedef {{
 *   code: string,
 *   day: string,
 *   children: boolean,
 *   link: string,
 *   visit: string,
 *   canRemember: boolean,
 *   words: Record<string, string>,
 * }} CodeData `link`: the page where the code is filled in, below this one; the code itself stands in no address.
 */

const PREFIX = "buurt:remembered:";
/** How long a button says what it did. */
const DONE_MS = 4000;

/**
 * Compose what somebody sends to themselves.
 *
 * @param {Record<string, string>} words
 * @param {string} code
 * @param {string} address
 */
export function composeMessage(words, code, address) {
  return (words.message ?? "").replace("{code}", code).replace("{address}", address);
}

/**
 * Compose the addresses that open a new mail or text message, to be sent to whom they choose.
 *
 * @param {string} subject
 * @param {string} message
 */
export function messageLinks(subject, message) {
  return {
    mail: `mailto:?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(message)}`,
    text: `sms:?&body=${encodeURIComponent(message)}`,
  };
}

/**
 * Read the code that this phone remembers, the day of the drawing, and whether a child made it.
 *
 * @param {string} visit
 * @returns {{ code: string, day: string, children?: boolean } | null}
 */
export function readRemembered(visit) {
  try {
    const found = JSON.parse(readStored("localStorage", PREFIX + visit) || "null");
    return typeof found?.code === "string" && typeof found.day === "string" ? found : null;
  } catch {
    return null;
  }
}

/** @param {string} visit */
export function forgetRemembered(visit) {
  writeStored("localStorage", PREFIX + visit, "");
}

/**
 * @param {string} text
 * @param {() => void} act
 */
function createButton(text, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text;
  button.addEventListener("click", act);
  return button;
}

/**
 * @param {string} text
 * @param {string} address
 */
function createLink(text, address) {
  const link = document.createElement("a");
  link.href = address;
  link.textContent = text;
  return link;
}

/** @param {CodeData} data */
function createRemember({ visit, code, day, children, words }) {
  const tick = document.createElement("input");
  tick.type = "checkbox";
  tick.checked = readRemembered(visit)?.code === code;
  const label = document.createElement("label");
  label.append(tick, words.remember);
  tick.addEventListener("change", () => {
    forgetRemembered(visit);
    const kept = JSON.stringify({ code, day, children });
    if (!tick.checked || writeStored("localStorage", PREFIX + visit, kept)) return;
    tick.checked = false;
    label.append(` ${words.not_remembered}`);
  });
  return label;
}

/**
 * Show the buttons below a code. Called by Streamlit at first sight and at every rerun that changes something.
 *
 * @param {import("./component.js").Component<CodeData>} component
 */
export function open({ data, parentElement }) {
  const { words, code } = data;
  const box = document.createElement("div");
  box.className = "buurt-keep-code";
  const status = document.createElement("span");
  status.setAttribute("role", "status");
  const message = composeMessage(words, code, new URL(data.link, document.baseURI).href);
  const row = document.createElement("div");
  const copying = createButton(words.copy, async () => {
    status.textContent = (await copyText(code)) ? words.copied : words.not_copied;
    setTimeout(() => {
      status.textContent = "";
    }, DONE_MS);
  });
  row.append(copying);
  if (typeof navigator.share === "function") {
    // Whoever closes the share sheet sends nothing; that is no fault.
    const share = () => navigator.share({ title: words.subject, text: message }).catch(() => {});
    row.append(createButton(words.send, share));
  } else {
    const links = messageLinks(words.subject, message);
    row.append(createLink(words.mail, links.mail), createLink(words.text, links.text));
  }
  box.append(row, status);
  if (data.canRemember) box.append(createRemember(data));
  parentElement.querySelector(".buurt-keep-code")?.remove();
  parentElement.append(box);
}
