// What we keep in the address of a page: Streamlit writes that too, with nothing in it but what it knows.

import { withParameter } from "./map_choices.js";

/** Text by the name of its parameter, and the page it belongs to. @type {Map<string, { text: string, page: string }>} */
const kept = new Map();
let isListening = false;

/**
 * Return a text that the address has under a name; "" for none.
 *
 * @param {string} name
 */
export function readAddress(name) {
  return new URLSearchParams(location.search).get(name) ?? "";
}

/**
 * Write a text into the address, and keep it there as long as this page is not left; an empty one is removed.
 *
 * @param {string} name
 * @param {string} text
 */
export function keepInAddress(name, text) {
  listen();
  kept.set(name, { text, page: location.pathname });
  history.replaceState(history.state, "", location.href);
}

/**
 * Add what is kept to an address of the same page.
 *
 * @param {string} address
 */
function withKept(address) {
  const { pathname } = new URL(address);
  let whole = address;
  for (const [name, { text, page }] of kept) if (page === pathname) whole = withParameter(whole, name, text);
  return whole;
}

/** See to it, once, that whoever writes the address writes what we keep in it. */
function listen() {
  if (isListening) return;
  isListening = true;
  for (const way of /** @type {const} */ (["pushState", "replaceState"])) {
    const write = history[way].bind(history);
    history[way] = (state, unused, url) =>
      write(state, unused, url ? withKept(new URL(url, location.href).href) : url);
  }
}
