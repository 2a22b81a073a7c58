// What one tab of a browser does for a resident's visit: it remembers the key to their drawing until they are done, and
// what is not saved yet, so that a page that is loaded again goes on where it was; and it begins every new step at its top.

import { listenToSecondTaps } from "./clear_choice.js";
import { forgetRemembered, readRemembered } from "./keep_code.js";
import { guardSteps } from "./step_gate.js";
import { readStored, writeStored } from "./storage.js";
import { forgetTyped, TypedText } from "./typed_text.js";

/**
 * @typedef {{
 *   step: string,
 *   title: string,
 *   project: string,
 *   key: string | null,
 *   children: boolean,
 *   stored: Record<string, string>,
 *   unsaved: Record<string, object>,
 *   forget: boolean,
 * }} TabData `children`: whether a child made the drawing; `stored`: the texts of this visit that the server has; `unsaved`: places that are not complete yet; `forget`: the
 *   code that this phone remembers opens nothing any more.
 */

/** How long the heading of a new step may take to arrive. */
const HEADING_MS = 4000;

/** Steps that are on the page. @type {WeakMap<HTMLElement, string>} */
const steps = new WeakMap();

/** The component that is on the page. @type {import("./component.js").Component<TabData> | null} */
let current = null;

guardSteps();
const typed = new TypedText(() => current?.data.project ?? "");
listenToSecondTaps((key) => current?.setStateValue("cleared", { key, at_ms: Date.now() }));

/**
 * Go to the heading of a new step: for the eye, and for who listens. It may still be on its way.
 *
 * @param {string} title
 * @param {number} [since]
 */
function goToHeading(title, since = performance.now()) {
  const heading = document.querySelector("[data-testid='stMain'] h1");
  if (!(heading instanceof HTMLElement) || heading.textContent?.trim() !== title) {
    if (performance.now() - since < HEADING_MS) requestAnimationFrame(() => goToHeading(title, since));
    return;
  }
  heading.setAttribute("tabindex", "-1");
  heading.style.outline = "none";
  heading.focus({ preventScroll: true });
  document.querySelector("[data-testid='stMain']")?.scrollTo({ top: 0, behavior: "instant" });
}

/**
 * Read the places that were not complete when the page was left.
 *
 * @param {string} project
 */
function readUnsaved(project) {
  try {
    return JSON.parse(readStored("sessionStorage", `buurt:unsaved:${project}`) || "{}");
  } catch {
    return {};
  }
}

/** @param {string} project */
function hasDraft(project) {
  return readStored("localStorage", `buurt:draft:${project}`) !== "";
}

/**
 * Remember the visit and go to the top of a new step. Called by Streamlit at first sight and at every rerun that changes something.
 *
 * @param {import("./component.js").Component<TabData>} component
 */
export function open(component) {
  const { data, parentElement, setStateValue } = component;
  const before = steps.get(parentElement);
  // A step whose title changes, as when a drawing is saved, is a new one to who sees or hears it.
  const step = `${data.step}: ${data.title}`;
  steps.set(parentElement, step);
  current = component;
  const name = `buurt:key:${data.project}`;
  const child = `buurt:child:${data.project}`;
  if (data.key !== null) {
    writeStored("sessionStorage", name, data.key);
    writeStored("sessionStorage", child, data.key && data.children ? "1" : "");
  }
  if (data.key === "") {
    forgetTyped(data.project);
    writeStored("sessionStorage", `buurt:unsaved:${data.project}`, "");
  } else typed.acknowledge(data.stored);
  // Also who is done and comes from another page: the server waits for what the tab holds, if that is nothing.
  if (before === undefined && !data.key) {
    const { project } = data;
    setStateValue("kept", {
      key: readStored("sessionStorage", name),
      children: readStored("sessionStorage", child) === "1",
      drafted: hasDraft(project),
      unsaved: readUnsaved(project),
      remembered: readRemembered(project),
    });
  } else if (data.key) {
    const hasUnsaved = Object.keys(data.unsaved).length > 0;
    writeStored(
      "sessionStorage",
      `buurt:unsaved:${data.project}`,
      hasUnsaved ? JSON.stringify(data.unsaved) : "",
    );
  }
  if (data.forget) forgetRemembered(data.project);
  typed.putBack();
  if (before !== undefined && before !== step) goToHeading(data.title);
  return () => {
    if (current === component) current = null;
  };
}
