// Scripts and style sheets that come after the page.

/** @typedef {{ url: string, integrity: string }} ScriptAddress */

/** A script that has not come by then does not come: who waits hears so. */
const PATIENCE_MS = 30_000;

/** @type {Map<string, Promise<void>>} */
const scripts = new Map();

/**
 * Load a script once; the browser checks it against its digest. A failure is not remembered.
 *
 * @param {ScriptAddress} address
 * @returns {Promise<void>}
 */
export function loadScript({ url, integrity }) {
  const known = scripts.get(url);
  if (known) return known;
  /** @type {Promise<void>} */
  const loading = new Promise((resolve, reject) => {
    const tag = document.createElement("script");
    tag.src = new URL(url, document.baseURI).href;
    tag.integrity = integrity;
    tag.async = false;
    tag.onload = () => resolve();
    tag.onerror = () => reject(new Error(url));
    setTimeout(() => reject(new Error(`${url} is late`)), PATIENCE_MS);
    document.head.append(tag);
  });
  loading.catch(() => scripts.delete(url));
  scripts.set(url, loading);
  return loading;
}

/**
 * Load a style sheet into a part of the page; one that does not come stops nothing.
 *
 * @param {HTMLElement} place
 * @param {string} url
 * @returns {Promise<void>}
 */
export function loadStyleSheet(place, url) {
  return new Promise((resolve) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = new URL(url, document.baseURI).href;
    link.onload = () => resolve();
    link.onerror = () => resolve();
    place.append(link);
  });
}
