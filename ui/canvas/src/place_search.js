// The search field on the map and the button to one's own place. Names of our own are suggested without asking anybody;
// where this device is, is told to nobody.

import { createElement, createIcon, createText } from "./dom.js";
import { fillSentence } from "./messages.js";
import { suggestPlaces } from "./place_names.js";

/**
 * @typedef {import("./place_names.js").NamedPlace} NamedPlace
 * @typedef {{
 *   names: string,
 *   turn: number,
 *   found: string[],
 *   problem: string,
 *   home: [number, number] | null,
 *   label: string,
 *   has_field: boolean,
 *   has_tiles: boolean,
 * }} SearchData What the page answers; `ui/canvas/canvas.py` writes it.
 * @typedef {{ label: string, spot: [number, number] | null, kind?: string, chosen: number | null }} Suggestion
 *   `chosen`: its number among what the server found.
 */

/** Farther away than this, one is not in the municipality that is asked about. */
const FAR_M = 20_000;
const LOCATING_MS = 15_000;

export class PlaceSearch {
  /** @type {Promise<NamedPlace[]> | null} */
  #loading = null;
  /** @type {NamedPlace[]} */
  #places = [];
  /** @type {Suggestion[]} */
  #suggested = [];
  #active = -1;
  /** The request whose answer is awaited. */
  #turn = 0;
  /** Whether the answer to it moves the map. */
  #mayMove = false;
  /** How often the device was asked where it is; its answer to an earlier question is dropped. */
  #located = 0;
  /** @type {import("leaflet").Marker | null} */
  #sign = null;

  /**
   * @param {import("./canvas.js").Canvas} canvas
   * @param {Leaflet} L
   * @param {import("./view.js").MapView} view
   */
  constructor(canvas, L, view) {
    this.canvas = canvas;
    this.L = L;
    this.view = view;
    const { words } = canvas.data;
    const listId = `places-${canvas.layout.box.dataset.opened}`;
    this.input = createElement("input", {
      type: "search",
      role: "combobox",
      "aria-expanded": "false",
      "aria-controls": listId,
      "aria-autocomplete": "list",
      "aria-label": words.search,
      placeholder: words.search,
      autocomplete: "off",
      spellcheck: "false",
      enterkeyhint: "search",
      maxlength: 80,
    });
    const find = createIconButton("find", "find", words.find);
    this.list = createElement("ul", {
      id: listId,
      role: "listbox",
      "aria-label": words.search,
      hidden: true,
    });
    this.status = createElement("p", { class: "search-status", role: "status" });
    this.box = createElement(
      "div",
      { class: "search", role: "search", "data-not-map": true },
      createElement("div", { class: "search-field", hidden: !this.data.has_field }, this.input, find),
      this.list,
      this.status,
    );
    this.locate = createIconButton("locate", "locate", words.locate);
    this.locate.hidden = !(window.isSecureContext && navigator.geolocation);
    canvas.layout.addSearch(this.box, this.locate);
    this.input.addEventListener("focus", () => {
      this.#load();
      if (!this.input.value) this.#tell("search_why");
    });
    this.input.addEventListener("input", () => this.#suggest());
    this.input.addEventListener("keydown", (event) => this.#pressKey(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.#closeList(), 200));
    find.addEventListener("click", () => this.#enter());
    this.locate.addEventListener("click", () => this.#goToDevice());
    this.#showSign();
  }

  get data() {
    return /** @type {SearchData} */ (this.canvas.data.search);
  }

  /** Show the field only while nothing is drawn: afterwards the view belongs to the drawing. */
  render() {
    const isHidden = this.canvas.state.name !== "ready";
    if (isHidden) this.dropRequests();
    this.box.hidden = isHidden;
    this.locate.parentElement?.toggleAttribute("hidden", isHidden || Boolean(this.locate.hidden));
  }

  /** Show what the page answered. */
  update() {
    const { turn, found, problem, home } = this.data;
    this.#showSign();
    if (this.#turn === 0 || turn !== this.#turn) return;
    this.#turn = 0;
    if (home && this.#mayMove) this.#moveTo(home);
    this.#show(found.map((label, chosen) => ({ label, spot: null, chosen })));
    // Where the map is was told when the place was chosen, and stays for who is read to.
    if (problem || found.length > 0) this.#tell(problem || "search_choose", { n: found.length });
  }

  /** Leave the map where it is, whatever is still answered: somebody began to draw on it. */
  dropRequests() {
    this.#mayMove = false;
    this.#located += 1;
  }

  /** @param {[number, number]} spot */
  #moveTo(spot) {
    const { drawing } = this.canvas;
    if (!drawing?.isStroking && !drawing?.session.sketch.polygons.length) this.view.moveTo(spot);
  }

  #showSign() {
    const { home, label } = this.data;
    this.#sign?.remove();
    this.#sign = home ? this.#createSign(home, label).addTo(this.view.map) : null;
  }

  /**
   * @param {[number, number]} spot
   * @param {string} label
   */
  #createSign([longitude, latitude], label) {
    const html = createElement("span", { class: "home-sign" }, createIcon("home"), createText("span", label));
    const icon = this.L.divIcon({ html, className: "spot-box", iconSize: [0, 0] });
    return this.L.marker([latitude, longitude], { interactive: false, keyboard: false, icon });
  }

  /** Fetch the names once, when somebody is about to type. */
  #load() {
    const { names } = this.data;
    if (!names || this.#loading) return;
    this.#loading = fetch(new URL(names, document.baseURI))
      .then((answer) => (answer.ok ? answer.json() : { places: [] }))
      .then(({ places }) => places);
    this.#loading.then(
      (places) => {
        this.#places = places;
        if (this.input.value && this.#turn === 0) this.#suggest();
      },
      () => {
        this.#loading = null; // the next time somebody types
      },
    );
  }

  #suggest() {
    this.#load();
    const places = suggestPlaces(this.#places, this.input.value);
    this.#show(places.map(([label, lon, lat, kind]) => ({ label, spot: [lon, lat], kind, chosen: null })));
    this.#tell(places.length > 0 ? "search_choose" : "", { n: places.length });
  }

  /** @param {Suggestion[]} suggested */
  #show(suggested) {
    this.#suggested = suggested;
    this.#active = -1;
    this.list.replaceChildren(
      ...suggested.map((one, n) => {
        const option = createText("li", one.label, { role: "option", id: `${this.list.id}-${n}` });
        // Before the field loses the focus and closes its list.
        option.addEventListener("pointerdown", (event) => event.preventDefault());
        option.addEventListener("click", () => this.#choose(one));
        return option;
      }),
    );
    this.#mark();
  }

  #mark() {
    const isOpen = this.#suggested.length > 0;
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
    for (const [n, option] of [...this.list.children].entries())
      option.setAttribute("aria-selected", String(n === this.#active));
    this.list.children[this.#active]?.scrollIntoView({ block: "nearest" });
    if (this.#active < 0) this.input.removeAttribute("aria-activedescendant");
    else this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.#active}`);
  }

  #closeList() {
    const root = /** @type {ShadowRoot} */ (this.box.getRootNode());
    if (root.activeElement !== this.input) this.#show([]);
  }

  /** @param {KeyboardEvent} event */
  #pressKey(event) {
    const n = this.#suggested.length;
    if (event.key === "Enter") this.#enter();
    else if (event.key === "Escape" && n > 0) this.#show([]);
    else if (event.key === "ArrowDown" && n > 0) this.#active = (this.#active + 1) % n;
    else if (event.key === "ArrowUp" && n > 0) this.#active = this.#active > 0 ? this.#active - 1 : n - 1;
    else return;
    event.preventDefault();
    this.#mark();
  }

  /** Choose the suggestion that is marked, or the first; without any ask the server, which knows slips too. */
  #enter() {
    const one = this.#suggested[Math.max(this.#active, 0)];
    const text = this.input.value.trim();
    if (one) this.#choose(one);
    else if (text) {
      this.#ask({ text });
      this.#tell("search_busy");
    }
  }

  /** @param {Suggestion} one */
  #choose({ label, spot, kind, chosen }) {
    this.input.value = label;
    this.#show([]);
    this.#ask({ text: label, spot, kind, chosen });
    if (spot) this.#moveTo(spot);
    this.#tell("search_there", { place: label });
    this.input.blur();
    this.canvas.layout.ground.focus();
  }

  /** @param {{ text: string, spot?: [number, number] | null, kind?: string, chosen?: number | null }} request */
  #ask(request) {
    this.dropRequests();
    this.#mayMove = !request.spot;
    this.#turn = Date.now();
    this.canvas.component.setStateValue("sought", { turn: this.#turn, ...request });
  }

  /**
   * Show how it went: by a key of our words, or in a sentence of the server.
   *
   * @param {string} said
   * @param {Record<string, string | number>} [facts]
   */
  #tell(said, facts) {
    this.status.textContent =
      said in this.canvas.data.words ? fillSentence(this.canvas.data.words, said, facts) : said;
  }

  /** Move the map to where this device is. */
  #goToDevice() {
    this.#tell("locating");
    this.dropRequests();
    const number = this.#located;
    const start = this.view.map.getCenter();
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        if (this.canvas.isClosed || number !== this.#located) return;
        const isFar = this.view.map.distance(start, [coords.latitude, coords.longitude]) > FAR_M;
        if (!isFar) this.#moveTo([coords.longitude, coords.latitude]);
        const there = this.data.has_tiles ? "located_tiles" : "located";
        this.#tell(isFar ? "located_far" : there);
      },
      () => {
        if (number === this.#located) this.#tell("not_located");
      },
      { enableHighAccuracy: true, timeout: LOCATING_MS, maximumAge: 60_000 },
    );
  }
}

/**
 * @param {string} name
 * @param {import("./dom.js").IconName} icon
 * @param {string} label
 */
function createIconButton(name, icon, label) {
  const attributes = { class: `icon-button ${name}`, type: "button", "aria-label": label, title: label };
  return createElement("button", attributes, createIcon(icon));
}
