// Corners by tapping and corners to drag, with Terra Draw.

/**
 * @typedef {import("./geometry.js").Position} Position
 * @typedef {import("./geometry.js").Line} Line
 * @typedef {import("./geometry.js").Polygon} Polygon
 * @typedef {{ changed: () => void, finished: () => void, edited: () => void }} CornerHandlers
 *   `changed`: anything, while it is drawn; `finished`: an area was closed; `edited`: a corner was dragged.
 */

/** Terra Draw's own panes come above our layers. */
const PANE_HEIGHT = 600;
/** A tap so near to a corner is a tap on it; by keyboard a place is meant exactly. */
const TAP_PX = 30;
const EXACT_PX = 3;
/** Modes of Terra Draw: how near a corner is, is of each for good. */
const TAPPED = "polygon";
const EXACT = "exact";
const WHITE = "#ffffff";

export class CornerTool {
  /**
   * @param {Leaflet} L
   * @param {import("leaflet").Map} map
   * @param {`#${string}`} color
   * @param {CornerHandlers} handlers
   */
  constructor(L, map, color, handlers) {
    this.map = map;
    raiseNumberedPanes(map);
    this.draw = createTerraDraw(L, map, color);
    this.draw.start();
    this.draw.on("change", () => handlers.changed());
    this.draw.on("finish", (_id, { action, mode }) => {
      if (mode !== "select" && action === "draw") handlers.finished();
      else if (mode === "select") handlers.edited();
    });
  }

  /** Start an area, corner by corner. */
  startPolygon() {
    this.draw.clear();
    this.draw.setMode(TAPPED);
  }

  /**
   * Add a corner at a pixel of the map. Where the first one is put so, two corners may lie closer together than two taps.
   *
   * @param {Position} pixel
   */
  put(pixel) {
    if (this.tappedCorners().length === 0) this.draw.setMode(EXACT);
    for (const kind of ["pointerdown", "pointerup"]) this.#point(kind, pixel);
  }

  /**
   * Move the end of the line under way to a pixel of the map.
   *
   * @param {Position} pixel
   */
  follow(pixel) {
    this.#point("pointermove", pixel);
  }

  /**
   * @param {string} kind
   * @param {Position} pixel
   */
  #point(kind, [x, y]) {
    const ground = this.map.getContainer();
    const box = ground.getBoundingClientRect();
    const at = { clientX: box.left + x, clientY: box.top + y };
    ground.dispatchEvent(new PointerEvent(kind, { ...at, pointerType: "mouse", isPrimary: true, button: 0 }));
  }

  /**
   * Choose where corners jump to, or that they jump nowhere.
   *
   * @param {((position: Position) => Position | undefined) | null} nearest
   */
  snapTo(nearest) {
    /** @param {{ lng: number, lat: number }} event */
    const toCustom = ({ lng, lat }) => nearest?.([lng, lat]);
    for (const mode of [TAPPED, EXACT])
      this.draw.updateModeOptions(mode, { snapping: nearest ? { toCustom } : {} });
  }

  /** Remove the corner that was tapped last. */
  removeCorner() {
    this.draw.undo();
  }

  /**
   * Return the corners that were tapped; while drawing, the last one is only the pointer.
   *
   * @returns {Line}
   */
  tappedCorners() {
    const feature = this.draw.getSnapshot().find(({ geometry }) => geometry.type === "Polygon");
    if (feature?.geometry.type !== "Polygon") return [];
    const ring = /** @type {Line} */ (feature.geometry.coordinates[0]).slice(0, -1);
    const placed = feature.properties.currentlyDrawing ? ring.slice(0, -1) : ring;
    return placed.filter(([x, y], i) => i === 0 || x !== placed[i - 1][0] || y !== placed[i - 1][1]);
  }

  /**
   * Show rings whose corners can be dragged.
   *
   * @param {Line[]} rings
   */
  editRings(rings) {
    this.draw.clear();
    const features = rings
      .filter((ring) => ring.length >= 4)
      .map((ring) => ({
        type: /** @type {const} */ ("Feature"),
        properties: { mode: TAPPED },
        geometry: { type: /** @type {const} */ ("Polygon"), coordinates: [ring] },
      }));
    const added = this.draw.addFeatures(features);
    this.draw.setMode("select");
    const first = added.find(({ valid }) => valid)?.id;
    if (first !== undefined) this.draw.selectFeature(first);
  }

  /**
   * Return the areas as they are after dragging.
   *
   * @returns {Polygon[]}
   */
  editedPolygons() {
    return this.draw
      .getSnapshot()
      .filter(({ geometry, properties }) => geometry.type === "Polygon" && properties.mode === TAPPED)
      .map(({ geometry }) => /** @type {Polygon} */ (geometry.coordinates));
  }

  /** Hide the tool until it is used again. */
  close() {
    this.draw.setMode("static");
    this.draw.clear();
    this.map.dragging.enable();
  }

  stop() {
    this.draw.stop();
  }
}

/**
 * Raise the panes of Terra Draw. It orders them by a style sheet in the page's head, which does not reach into a
 * shadow root.
 *
 * @param {import("leaflet").Map} map
 */
function raiseNumberedPanes(map) {
  const create = map.createPane.bind(map);
  map.createPane = (name, container) => {
    const pane = create(name, container);
    if (/^\d+$/.test(name)) pane.style.zIndex = String(PANE_HEIGHT + Number(name));
    return pane;
  };
}

/**
 * @param {Leaflet} L
 * @param {import("leaflet").Map} map
 * @param {`#${string}`} color
 */
function createTerraDraw(L, map, color) {
  const { TerraDraw, TerraDrawSelectMode, TerraDrawModeUndoRedo } = window.terraDraw;
  const { TerraDrawLeafletAdapter } = window.terraDrawLeafletAdapter;
  return new TerraDraw({
    adapter: new TerraDrawLeafletAdapter({ lib: L, map, coordinatePrecision: 7 }),
    modes: [
      createPolygonMode(TAPPED, TAP_PX, color),
      createPolygonMode(EXACT, EXACT_PX, color),
      new TerraDrawSelectMode({
        pointerDistance: 28,
        keyEvents: { deselect: null, delete: null, rotate: null, scale: null },
        allowManualDeselection: false,
        styles: {
          selectedPolygonColor: color,
          selectedPolygonFillOpacity: 0.2,
          selectedPolygonOutlineColor: color,
          selectedPolygonOutlineWidth: 4,
          selectionPointColor: WHITE,
          selectionPointWidth: 9,
          selectionPointOutlineColor: color,
          selectionPointOutlineWidth: 4,
          midPointColor: color,
          midPointWidth: 6,
          midPointOutlineColor: WHITE,
          midPointOutlineWidth: 2,
        },
        flags: {
          polygon: {
            feature: { draggable: false, coordinates: { draggable: true, midpoints: true, deletable: true } },
          },
        },
      }),
    ],
    undoRedo: { modeLevel: new TerraDrawModeUndoRedo() },
  });
}

/**
 * @param {string} name
 * @param {number} pointerDistance
 * @param {`#${string}`} color
 */
function createPolygonMode(name, pointerDistance, color) {
  const { TerraDrawPolygonMode } = window.terraDraw;
  return new TerraDrawPolygonMode({
    modeName: name,
    pointerDistance,
    showCoordinatePoints: true,
    keyEvents: { cancel: null, finish: null },
    styles: {
      fillColor: color,
      fillOpacity: 0.2,
      outlineColor: color,
      outlineWidth: 4,
      closingPointColor: color,
      closingPointWidth: 9,
      closingPointOutlineColor: WHITE,
      closingPointOutlineWidth: 3,
      coordinatePointColor: color,
      coordinatePointWidth: 8,
      coordinatePointOutlineColor: WHITE,
      coordinatePointOutlineWidth: 3,
    },
  });
}
