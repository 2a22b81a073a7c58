// What one tab of a browser does for a resident's visit: it remembers the key to their drawing until they are done, so that a
// page that is loaded again goes on where it was, and it begins every new step at its top.

const places = new WeakMap();

function kept(name) {
  try {
    return sessionStorage.getItem(name) ?? "";
  } catch {
    return "";
  }
}

function keep(name, value) {
  try {
    if (value) sessionStorage.setItem(name, value);
    else sessionStorage.removeItem(name);
  } catch {
    // A device that keeps nothing has nothing to give back either.
  }
}

/** A new step begins at its heading: for the eye, and for who listens. It may still be on its way. */
function begin(title, since = performance.now()) {
  const heading = document.querySelector("[data-testid='stMain'] h1");
  if (heading?.textContent.trim() !== title) {
    if (performance.now() - since < 4000) requestAnimationFrame(() => begin(title, since));
    return;
  }
  heading.setAttribute("tabindex", "-1");
  heading.style.outline = "none";
  heading.focus({ preventScroll: true });
  document.querySelector("[data-testid='stMain']")?.scrollTo({ top: 0, behavior: "instant" });
}

function drafted(name) {
  try {
    return localStorage.getItem(`buurt:draft:${name}`) !== null;
  } catch {
    return false;
  }
}

/** Called by Streamlit at first sight and at every rerun that changes something. */
export function open({ data, parentElement, setStateValue }) {
  const before = places.get(parentElement);
  places.set(parentElement, data.step);
  if (data.key !== null) keep(`buurt:key:${data.project}`, data.key);
  else if (before === undefined) setStateValue("kept", { key: kept(`buurt:key:${data.project}`), drafted: drafted(data.project) });
  if (before !== undefined && before !== data.step) begin(data.title);
}
