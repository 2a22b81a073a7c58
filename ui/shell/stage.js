// What a browser does for an evening: it keeps the facilitator's secret out of the address, hands on the keys of a
// clicker, knows one device from another for the dots, and forgets everything on a shared tablet.

const stages = new WeakMap();
const ASIDE = ["INPUT", "TEXTAREA", "SELECT"];
const KEYS = { ArrowRight: "next", PageDown: "next", ArrowLeft: "back", PageUp: "back", Home: "first", End: "last", f: "freeze", F: "freeze", h: "hide", H: "hide" };

function kept(store, name) {
  try {
    return store.getItem(name) ?? "";
  } catch {
    return "";
  }
}

function keep(store, name, value) {
  try {
    store.setItem(name, value);
  } catch {
    // A browser that keeps nothing asks again.
  }
}

/** The secret stands behind the # of the link: that part is never sent to a server, and leaves the address here. */
function secret(evening) {
  const name = `buurt:link:${evening}`;
  const found = location.hash.slice(1);
  if (found.length >= 20) {
    keep(sessionStorage, name, found);
    history.replaceState(history.state, "", location.pathname + location.search);
  }
  return kept(sessionStorage, name);
}

function device() {
  const name = "buurt:dots";
  const known = kept(localStorage, name);
  if (/^[0-9a-f]{32}$/.test(known)) return known;
  const made = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  keep(localStorage, name, made);
  return made;
}

/** The next person at a shared tablet finds nothing of the one before. */
function forget() {
  for (const store of [localStorage, sessionStorage])
    try {
      for (const name of Object.keys(store)) if (name.startsWith("buurt:draft:") || name.startsWith("buurt:key:")) store.removeItem(name);
    } catch {
      // Nothing was kept.
    }
}

class Stage {
  constructor(component) {
    this.pressed = [];
    this.take(component);
    this.heard = Date.now();
    this.key = (event) => {
      const act = KEYS[event.key];
      if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
      const at = event.composedPath()[0];
      // On the map the arrows move the map, in a field they move the pen; a clicker has page keys.
      if (ASIDE.includes(at.tagName) || at.isContentEditable || (event.key.startsWith("Arrow") && at.getAttribute?.("role") === "application")) return;
      if (!this.data.keys.includes(act)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      this.pressed.push({ act, at_ms: Math.max(Date.now(), (this.pressed.at(-1)?.at_ms ?? this.data.done_ms) + 1) });
      this.tell();
    };
    this.awake = () => (this.heard = Date.now());
    window.addEventListener("keydown", this.key, true);
    for (const kind of ["pointerdown", "keydown"]) window.addEventListener(kind, this.awake, true);
    this.watch = setInterval(() => {
      if (!this.data.idle_s || Date.now() - this.heard < 1000 * this.data.idle_s) return;
      this.heard = Date.now();
      this.set("idle", Date.now());
    }, 1000);
    if (this.data.evening) this.set("link", secret(this.data.evening));
    if (this.data.device) this.set("device", device());
  }

  take({ data, setStateValue }) {
    // A server that was started again calls nothing for a key it was told at once: what waits is told as a new key.
    if (this.data && data.session !== this.data.session) this.pressed = this.pressed.map(({ act }, nth) => ({ act, at_ms: Date.now() + nth }));
    this.data = data;
    this.set = setStateValue;
    if (data.forget) forget();
    this.tell();
  }

  /** Tell a key when the one before was carried out: the address that goes with it is only then the new one. */
  tell() {
    this.pressed = this.pressed.filter((one) => one.at_ms > this.data.done_ms);
    if (this.pressed.length && this.pressed[0].at_ms !== this.told) {
      this.told = this.pressed[0].at_ms;
      this.set("pressed", this.pressed[0]);
    }
  }

  close() {
    clearInterval(this.watch);
    window.removeEventListener("keydown", this.key, true);
    for (const kind of ["pointerdown", "keydown"]) window.removeEventListener(kind, this.awake, true);
  }
}

/** Called by Streamlit at first sight and at every rerun that changes something. */
export function open(component) {
  const place = component.parentElement;
  const there = stages.get(place);
  if (there) there.take(component);
  else stages.set(place, new Stage(component));
  return () => {
    stages.get(place)?.close();
    stages.delete(place);
  };
}
