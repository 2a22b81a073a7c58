// The browser's side of a workshop's layers: a map that grows without a flash, a swipe, and maps that move together.

/** A layer that was taken away stays this long for its successor to arrive, ms. */
const SUCCESSOR_MS = 4000;
/** By these a person moves a map. */
const MAP_INPUTS = ["pointerdown", "wheel", "keydown"];
/** What moves a swipe must not move the map. */
const SWIPE_INPUTS = ["pointerdown", "mousedown", "touchstart", "dblclick", "wheel"];
const SWIPED_PANES = ["cores", "halo", "lines", "names"];

/**
 * @typedef {import("leaflet").Map} LeafletMap
 * @typedef {import("leaflet").FeatureGroup} FeatureGroup
 * @typedef {{ layers: FeatureGroup[], timer: ReturnType<typeof setTimeout> }} Leaving
 *   Layers that were taken away and stay until their successor has arrived.
 * @typedef {{ word: string, bounds?: [number, number, number, number] | null }} LinkSettings
 */

/** Layers on their way out, by map and key. @type {WeakMap<LeafletMap, Map<string, Leaving>>} */
const leavingByMap = new WeakMap();
/** Maps that move together, by word. @type {Map<string, Set<LeafletMap>>} */
const companions = new Map();
/** Maps that are being moved by another one. @type {WeakSet<LeafletMap>} */
const followers = new WeakSet();
/** Maps that a person moved. @type {WeakSet<LeafletMap>} */
const movedByHand = new WeakSet();

/**
 * @param {LeafletMap} map
 * @returns {Map<string, Leaving>}
 */
function leavingOf(map) {
  const known = leavingByMap.get(map);
  if (known) return known;
  /** @type {Map<string, Leaving>} */
  const leaving = new Map();
  leavingByMap.set(map, leaving);
  return leaving;
}

/**
 * Define the layers of a workshop session.
 *
 * @param {Leaflet} L
 * @param {(settings: import("./planner_layers.js").ClassifiedSettings) => FeatureGroup} createClassified
 */
export function defineWorkshopLayers(L, createClassified) {
  const LiveLayer = defineLiveLayer(L, createClassified);
  const SwipeControl = defineSwipeControl(L);
  const LinkedMaps = defineLinkedMaps(L);
  return {
    /** @param {import("./planner_layers.js").ClassifiedSettings} settings */
    growing: (settings) => new LiveLayer(settings),
    /** @param {{ label: string }} settings */
    swipe: (settings) => new SwipeControl(settings),
    /** @param {LinkSettings} settings */
    linked: (settings) => new LinkedMaps(settings),
  };
}

/**
 * @param {Leaflet} L
 * @param {(settings: import("./planner_layers.js").ClassifiedSettings) => FeatureGroup} createClassified
 */
function defineLiveLayer(L, createClassified) {
  return class LiveLayer extends L.Layer {
    /** @param {import("./planner_layers.js").ClassifiedSettings} settings */
    constructor(settings) {
      super();
      this.settings = settings;
      /** @type {FeatureGroup[]} */
      this.older = [];
      /** @type {FeatureGroup | null} */
      this.inner = null;
    }

    /** @param {LeafletMap} map */
    onAdd(map) {
      const leaving = leavingOf(map);
      const before = leaving.get(this.settings.key);
      clearTimeout(before?.timer);
      this.older = before?.layers ?? [];
      this.inner = createClassified(this.settings).addTo(map);
      // Should the newer shapes never arrive, the older ones stay: the room looks at something that was true.
      this.inner.on("arrived", () => {
        for (const layer of before?.layers ?? []) layer.remove();
        if (leaving.get(this.settings.key) === before) leaving.delete(this.settings.key);
        this.older = [];
      });
      return this;
    }

    /** @param {LeafletMap} map */
    onRemove(map) {
      const leaving = leavingOf(map);
      const layers = this.inner ? [this.inner, ...this.older] : this.older;
      const timer = setTimeout(() => {
        for (const layer of layers) layer.remove();
        leaving.delete(this.settings.key);
      }, SUCCESSOR_MS);
      leaving.set(this.settings.key, { layers, timer });
      return this;
    }
  };
}

/** @param {Leaflet} L */
function defineSwipeControl(L) {
  return class SwipeControl extends L.Layer {
    /** @param {{ label: string }} settings */
    constructor({ label }) {
      super();
      const handle = document.createElement("input");
      Object.assign(handle, { type: "range", min: 0, max: 100, step: 1, value: 50, className: "swipe" });
      handle.setAttribute("aria-label", label);
      handle.dataset.notMap = "";
      for (const kind of SWIPE_INPUTS) handle.addEventListener(kind, (event) => event.stopPropagation());
      this.handle = handle;
      this.line = document.createElement("div");
      this.line.className = "swipe-line";
      this.clip = () => this.#clipPanes();
    }

    /** @param {LeafletMap} map */
    onAdd(map) {
      this.handle.addEventListener("input", this.clip);
      map.getContainer().parentElement?.append(this.line, this.handle);
      map.on("move zoom resize viewreset buurt:arrived", this.clip);
      this.clip();
      return this;
    }

    /** @param {LeafletMap} map */
    onRemove(map) {
      map.off("move zoom resize viewreset buurt:arrived", this.clip);
      this.handle.remove();
      this.line.remove();
      for (const name of SWIPED_PANES) clipPane(map, name, "");
      return this;
    }

    #clipPanes() {
      const map = this._map;
      if (!map) return;
      const { x: width, y: height } = map.getSize();
      const { x: left, y: top } = map.containerPointToLayerPoint([0, 0]);
      const at = left + (width * Number(this.handle.value)) / 100;
      /** @type {(west: number, east: number) => string} */
      const box = (west, east) =>
        `polygon(${west}px ${top}px, ${east}px ${top}px, ${east}px ${top + height}px, ${west}px ${top + height}px)`;
      for (const name of SWIPED_PANES)
        clipPane(map, name, name === "cores" ? box(left, at) : box(at, left + width));
      this.line.style.left = `${this.handle.value}%`;
    }
  };
}

/**
 * @param {LeafletMap} map
 * @param {string} name
 * @param {string} shape
 */
function clipPane(map, name, shape) {
  const pane = map.getPane(name);
  if (pane) pane.style.clipPath = shape;
}

/** @param {Leaflet} L */
function defineLinkedMaps(L) {
  return class LinkedMaps extends L.Layer {
    /** @param {LinkSettings} settings */
    constructor(settings) {
      super();
      this.settings = settings;
      this.lead = () => this.#moveOthers();
      this.fit = () => this.#fitBounds();
      this.moved = () => {
        if (this._map) movedByHand.add(this._map);
      };
    }

    /** @param {LeafletMap} map */
    onAdd(map) {
      const maps = companions.get(this.settings.word) ?? new Set();
      companions.set(this.settings.word, maps.add(map));
      map.on("move zoomend", this.lead);
      this.inputs = map.getContainer().parentElement;
      for (const kind of MAP_INPUTS)
        this.inputs?.addEventListener(kind, this.moved, { capture: true, passive: true });
      map.on("resize", this.fit);
      this.fit();
      return this;
    }

    /** @param {LeafletMap} map */
    onRemove(map) {
      companions.get(this.settings.word)?.delete(map);
      map.off("move zoomend", this.lead);
      map.off("resize", this.fit);
      for (const kind of MAP_INPUTS) this.inputs?.removeEventListener(kind, this.moved, { capture: true });
      return this;
    }

    #moveOthers() {
      const map = this._map;
      if (!map || followers.has(map)) return;
      for (const other of companions.get(this.settings.word) ?? []) {
        if (other === map) continue;
        followers.add(other);
        other.setView(map.getCenter(), map.getZoom(), { animate: false });
        followers.delete(other);
      }
    }

    #fitBounds() {
      const maps = companions.get(this.settings.word) ?? new Set();
      const { bounds } = this.settings;
      if (!this._map || !bounds || [...maps].some((map) => movedByHand.has(map))) return;
      const [west, south, east, north] = bounds;
      const corners = /** @type {[[number, number], [number, number]]} */ ([
        [south, west],
        [north, east],
      ]);
      this._map.fitBounds(corners, { animate: false, padding: [16, 16] });
    }
  };
}
