// The canvas: a map to look at, to pick a point on or to draw a neighbourhood on. One is made per place on the
// page and lives on through every rerun: `open` makes it, or hands new layers and words to the one that is there.

import { registerLayers } from "../../../maps/interactive/leaflet/registry.js";
import { isTouchScreen } from "./dom.js";
import { Drawing } from "./drawing.js";
import { showDrawnHand } from "./drawn_hand.js";
import { LayerSwap } from "./layer_swap.js";
import { Layout } from "./layout.js";
import { loadScript, loadStyleSheet } from "./loader.js";
import { pressMapKey } from "./map_keyboard.js";
import { fillSentence, hintKey } from "./messages.js";
import { PlaceSearch } from "./place_search.js";
import { canPan, canvasMachine, INITIAL_STATE, isMarking, strokeTool } from "./state_machine.js";
import { NO_FACTS, renderToolbar } from "./toolbar.js";
import { PointPicker } from "./tools/point_picker.js";
import { MapView } from "./view.js";

/**
 * @typedef {import("./layout.js").LayoutData & {
 *   color: string,
 *   sheets: string[],
 *   vendor: import("./loader.js").ScriptAddress[],
 *   pieces: import("./layer_swap.js").Piece[],
 *   start: import("./view.js").InitialView,
 *   bounds?: import("./view.js").Corners | null,
 *   turn?: number,
 *   point?: import("./tools/point_picker.js").PickedPoint | null,
 *   spots?: import("./tools/point_picker.js").NumberedPoint[],
 *   shown: string[],
 *   initial?: import("./sketch.js").InitialSketch | null,
 *   stored?: string,
 *   heard?: number | null,
 *   draft?: string | null,
 *   saved?: boolean,
 *   save?: import("./upload.js").SaveTarget | null,
 *   marking?: boolean,
 *   search?: import("./place_search.js").SearchData | null,
 *   limits?: import("./tools/stroke_area.js").Limits,
 *   workbench?: import("./workbench/workbench.js").WorkbenchData | null,
 * }} CanvasData What the page says; `ui/canvas/canvas.py` writes it.
 * @typedef {import("../../browser/component.js").Component<CanvasData>} Component
 */

/** Whoever draws stays in the country; who looks may look at drawings of two continents. */
const MIN_ZOOM = { draw: 7, pick: 7, show: 1 };

/** @type {WeakMap<HTMLElement, Canvas>} */
const canvases = new WeakMap();

/**
 * Open a canvas, or update the one that is there. Called by Streamlit at first sight and at every rerun that
 * changes something.
 *
 * @param {Component} component
 * @returns {() => void} closes the canvas
 */
export function open(component) {
  const place = component.parentElement;
  const existing = canvases.get(place);
  if (existing) existing.update(component);
  else canvases.set(place, new Canvas(component));
  return () => {
    canvases.get(place)?.close();
    canvases.delete(place);
  };
}

export class Canvas {
  state = INITIAL_STATE;
  isClosed = false;
  /** @type {MapView | null} */
  view = null;
  /** @type {LayerSwap | null} */
  layers = null;
  /** @type {Drawing | null} */
  drawing = null;
  /** @type {PointPicker | null} */
  picker = null;
  /** @type {PlaceSearch | null} */
  search = null;
  /** @type {import("./workbench/workbench.js").Workbench | null} */
  workbench = null;
  /** @type {ResizeObserver | null} */
  resizing = null;
  /** @type {(() => void) | null} */
  removeHand = null;

  /** @param {Component} component */
  constructor(component) {
    this.component = component;
    this.layout = new Layout(this.data, {
      zoom: (steps) => this.view?.zoomBy(steps),
      toggleHand: () => this.dispatch("toggleHand"),
      key: (event) => pressMapKey(this, event),
    });
    const place = component.parentElement;
    const sheets = Promise.all(this.data.sheets.map((url) => loadStyleSheet(place, url)));
    place.append(this.layout.box);
    this.opening = this.#open(sheets).catch((problem) => {
      this.#showBroken();
      throw problem;
    });
  }

  get data() {
    return this.component.data;
  }

  /** @param {Promise<unknown>} sheets */
  async #open(sheets) {
    const [leaflet, topojson, ...tools] = this.data.vendor;
    await Promise.all([sheets, loadScript(leaflet), loadScript(topojson)]);
    if (this.isClosed) return;
    const { L } = window;
    registerLayers(L, window.topojson);
    this.layout.reveal();
    this.view = new MapView(L, this.layout.ground, MIN_ZOOM[this.data.kind]);
    this.view.showFirst(this.data.start, this.data.bounds);
    this.#listen(this.view);
    // Heavier tools come after the map is there.
    const loading = Promise.all(tools.map(loadScript));
    loading.catch(() => {
      const isEmpty = this.state.name === "loading" || this.state.name === "ready";
      if (this.data.kind === "draw" && isEmpty) this.#showBroken();
    });
    this.layers = new LayerSwap(L, this.view.map, window.topojson);
    await this.#openWorkbench(L, this.view);
    await this.#swapLayers();
    if (this.isClosed) return;
    if (this.data.kind === "draw") {
      if (this.data.search) this.search = new PlaceSearch(this, L, this.view);
      this.drawing = new Drawing(this, L, this.view, loading);
      this.drawing.open();
      if (this.data.fills && this.state.name === "ready") this.removeHand = showDrawnHand(this.layout.stage);
    } else if (this.data.kind === "pick") {
      this.picker = new PointPicker(L, this.view.map, (point) =>
        this.component.setStateValue("point", { ...point, turn: this.data.turn }),
      );
      this.dispatch("pick");
      this.#showPoints(this.picker);
    } else this.dispatch("look");
  }

  /**
   * Open what only a planner's map has, which no resident loads.
   *
   * @param {Leaflet} L
   * @param {MapView} view
   */
  async #openWorkbench(L, view) {
    if (!this.data.workbench) return;
    const { Workbench } = await import("./workbench/workbench.js");
    if (!this.isClosed) this.workbench = new Workbench(this, L, view);
  }

  /** Show that the map does not come, where the map would be, with a way on. */
  #showBroken() {
    const { layout } = this;
    const { words } = this.data;
    this.isClosed = true;
    layout.box.dataset.state = "broken";
    layout.reveal();
    layout.showBroken(words.broken ?? "", words.reload ?? "", () => location.reload());
  }

  /** @param {MapView} view */
  #listen(view) {
    const { layout } = this;
    this.resizing = new ResizeObserver((changes) => {
      layout.liftBottom();
      if (!changes.some(({ target }) => target === layout.ground)) return;
      view.map.invalidateSize({ animate: false });
      if (view.startWidth_m === null) view.showFirst(this.data.start, this.data.bounds);
      else if (this.state.name === "accepted" || this.state.name === "saved") this.drawing?.session.fit();
    });
    this.resizing.observe(layout.ground);
    this.resizing.observe(layout.credit);
    view.map.on("buurt:arrived buurt:absent", ({ type, key }) => {
      layout.box.dispatchEvent(new CustomEvent(type, { detail: key }));
      layout.addArrived(key);
    });
    view.map.on("buurt:select", ({ layer, code }) =>
      this.component.setStateValue("selected", { layer, code: String(code) }),
    );
    view.map.on("buurt:point", ({ layer, code, name, kind }) => {
      const called = name || (this.data.words[`kind_${kind}`] ?? "");
      (this.workbench?.card ?? layout).showTip(called, { layer, code });
    });
  }

  /**
   * Update with the data of a rerun; the map and the drawing stay.
   *
   * @param {Component} component
   */
  async update(component) {
    const before = this.data;
    this.component = component;
    await this.opening;
    if (this.isClosed || !this.view) return;
    const { bounds, credit } = this.data;
    this.layout.credit.textContent = credit ?? "";
    this.layout.box.dataset.fills = String(Boolean(this.data.fills));
    if (this.data.search) this.search?.update();
    if (bounds && JSON.stringify(before.bounds) !== JSON.stringify(bounds)) this.view.showBounds(bounds);
    await this.#swapLayers();
    if (this.picker) this.#showPoints(this.picker);
    this.drawing?.update(before);
  }

  async #swapLayers() {
    if (!this.layers) return;
    await this.layers.swap(this.data.pieces);
    this.layout.box.dataset.layers = String(this.layers.current.size);
    this.workbench?.update(this.layers);
  }

  /** @param {PointPicker} picker */
  #showPoints(picker) {
    const { point, spots } = this.data;
    picker.showEarlier(spots ?? []);
    picker.showPoint(point);
    this.layout.hint.hidden = Boolean(point);
    if (point) this.say("pick_there");
    else this.say(isTouchScreen() ? "pick_touch" : "pick_mouse");
  }

  /**
   * Change the state by an event, carry out what follows from it and show it.
   *
   * @param {import("./state_machine.js").CanvasEvent} event
   */
  dispatch(event) {
    const { state, effects } = canvasMachine(this.state, event);
    this.state = state;
    for (const effect of effects) this.drawing?.effects[effect]();
    this.render();
  }

  /** Show the state: what the map lets a finger do, the hint, the sentence and the buttons. */
  render() {
    const { state, layout } = this;
    const { words } = this.data;
    const isDrawing = strokeTool(state) !== null;
    layout.box.dataset.state = state.name;
    layout.top.hidden = false;
    if (state.name !== "ready") this.removeHand?.();
    this.search?.render();
    layout.box.dataset.marking = String(isMarking(state));
    layout.box.classList.toggle("stroking", isDrawing);
    this.view?.setGestures({ canDrag: !isDrawing, canDoubleClick: !isDrawing && state.name !== "corners" });
    layout.showHand({
      isHidden: !canPan(state),
      isPressed: state.panning,
      label: state.panning ? words.hand_off : words.hand,
    });
    this.renderHint();
    this.renderToolbar();
    this.renderSentence();
  }

  renderHint() {
    const key = hintKey(this.state, this.layout.isKeyed, isTouchScreen());
    this.layout.showHint(this.data.words[key] ?? "");
  }

  renderSentence() {
    if (this.drawing) this.layout.say(this.drawing.describe());
  }

  renderToolbar() {
    if (this.data.kind === "show") return;
    const facts = { ...NO_FACTS, isMarking: isMarking(this.state) };
    renderToolbar(
      this.layout.bar,
      this.state.name,
      { ...facts, ...this.drawing?.toolbarFacts() },
      this.data.words,
      (action) => (action === "middle" ? this.picker?.pickMiddle() : this.drawing?.act(action)),
    );
  }

  /** @param {string} key Of a sentence to show below the map, until the next one. */
  say(key) {
    this.layout.say(fillSentence(this.data.words, key));
  }

  close() {
    this.isClosed = true;
    this.resizing?.disconnect();
    this.drawing?.close();
    this.removeHand?.();
    if (this.layers) this.layers.isClosed = true;
    this.view?.map.remove();
    this.layout.box.remove();
  }
}
