// The sketch of one canvas over time: shown on the map, undone and redone, kept on this device, sent to the server.

import { forgetDraft, loadDraft, saveDraft } from "./autosave.js";
import { History } from "./history.js";
import { fillSentence } from "./messages.js";
import { createId, createSketch, fromDraft, toDraft, toResult, withInitial } from "./sketch.js";
import { SketchLayers } from "./sketch_layers.js";
import { Sync } from "./sync.js";
import { vagueEdges } from "./tools/edge_marks.js";
import { fromGeoJson } from "./tools/geojson.js";
import { cleanPolygons } from "./tools/geometry.js";

/**
 * @typedef {import("./tools/geometry.js").Polygon} Polygon
 * @typedef {import("./sketch.js").Stroke} Stroke
 */

export class SketchSession {
  /** @type {History<Polygon[]>} */
  history = new History();
  /** Whether this device could keep the draft. */
  isKept = true;
  /** What was there before it was begun anew. @type {import("./sketch.js").Sketch | null} */
  erased = null;

  /**
   * @param {import("./canvas.js").Canvas} canvas
   * @param {Leaflet} L
   * @param {import("./view.js").MapView} view
   */
  constructor(canvas, L, view) {
    this.canvas = canvas;
    this.view = view;
    const { color, look } = canvas.data;
    this.layers = new SketchLayers(L, view.map, { color, landColor: look.land });
    this.sync = new Sync({
      tellPage: (value) => canvas.component.setStateValue("drawing", value),
      target: () => canvas.data.save ?? null,
      refused: () => canvas.dispatch("refuse"),
      showCode: (code) => canvas.layout.say(fillSentence(canvas.data.words, "tell_code", { code })),
    });
    this.sketch = createSketch(createId(), view.startWidth_m);
  }

  /** Whether nothing was drawn here and nothing sent. */
  get isUntouched() {
    return this.sync.hasSent === undefined && !this.sketch.startedAt;
  }

  /** Whether what is drawn now is in the store as it stands: nothing is left to keep on this device. */
  get isStored() {
    return this.canvas.state.name === "accepted" && this.canvas.data.stored === this.sketch.id;
  }

  /** The outline without crossings, as it will be in the store; as it was drawn until the clipper is there. */
  get soundPolygons() {
    const { polygons } = this.sketch;
    return window.ClipperLib ? cleanPolygons(window.ClipperLib, polygons) : polygons;
  }

  /**
   * Restore the draft that this device kept, if any.
   *
   * @returns {import("./sketch.js").Draft | null}
   */
  restoreDraft() {
    const { draft: key } = this.canvas.data;
    const draft = key ? loadDraft(key) : null;
    if (draft) this.sketch = fromDraft(draft);
    return draft;
  }

  /** Load the sketch that the server has. */
  loadInitial() {
    this.sketch = withInitial(this.sketch, this.canvas.data.initial);
  }

  /** Begin anew, under the name of what is in the store already; what was there can be put back. */
  clear() {
    if (this.sketch.polygons.length > 0) this.erased = this.sketch;
    this.sketch = createSketch(
      this.canvas.data.stored || this.sync.sentId || createId(),
      this.sketch.startWidth_m,
    );
    this.history.clear();
  }

  /** Restore what was there before it was begun anew. */
  putBack() {
    if (this.erased) this.sketch = this.erased;
    this.erased = null;
  }

  /** Show the outline as the store has it: what the server repaired is not hidden from who drew it. */
  adopt() {
    const { initial } = this.canvas.data;
    this.sketch.polygons = fromGeoJson(initial?.geometry);
    this.show();
  }

  /** @param {string} pointer */
  begin(pointer) {
    this.sketch.startedAt ??= Date.now();
    this.sketch.pointer ??= pointer;
  }

  /** Remember how wide the map was when the first stroke ended. */
  noteWidth() {
    this.sketch.firstWidth_m ??= this.view.measureWidth();
  }

  /**
   * Begin the outline by one stroke; what was there before can be brought back.
   *
   * @param {Polygon[]} polygons
   * @param {Stroke} stroke
   */
  start(polygons, stroke) {
    this.erased = null;
    this.sketch.strokes = [stroke];
    this.sketch.tool = stroke.tool;
    this.change(polygons);
  }

  /**
   * Change the outline, so that it can be undone.
   *
   * @param {Polygon[]} polygons
   */
  change(polygons) {
    this.history.record(this.sketch.polygons);
    this.sketch.polygons = polygons;
    this.show();
    this.keepDraft();
  }

  /**
   * Change the outline while the corner tool shows it.
   *
   * @param {Polygon[]} polygons
   */
  changeHidden(polygons) {
    this.change(polygons);
    this.layers.hideOutline();
  }

  undo() {
    this.sketch.polygons = this.history.undo(this.sketch.polygons) ?? this.sketch.polygons;
  }

  redo() {
    this.sketch.polygons = this.history.redo(this.sketch.polygons) ?? this.sketch.polygons;
  }

  /** @param {Stroke} stroke */
  addStroke(stroke) {
    this.sketch.strokes = [...this.sketch.strokes, stroke];
  }

  show() {
    const { polygons, strokes } = this.sketch;
    const vague = this.canvas.state.marking ? vagueEdges(polygons, strokes) : [];
    this.layers.showSketch(polygons, vague);
    this.canvas.layout.box.dataset.vague = String(vague.length);
    this.canvas.layout.box.dataset.parts = String(polygons.length);
  }

  /** Show the whole sketch. */
  fit() {
    this.view.ensureVisible(this.layers.getBounds());
  }

  /** Save the sketch on this device: not when the server has it, nor where somebody else's drawing is repaired. */
  keepDraft() {
    const { draft, saved } = this.canvas.data;
    if (!draft || saved || this.sketch.polygons.length === 0 || this.isStored) return;
    this.isKept = saveDraft(draft, toDraft(this.sketch, this.canvas.state.name === "accepted"));
    this.canvas.layout.box.dataset.kept = String(this.isKept);
  }

  forgetDraft() {
    forgetDraft(this.canvas.data.draft ?? null);
  }

  send() {
    const facts = { now: Date.now(), windowWidth: window.innerWidth, shown: this.canvas.data.shown };
    this.sync.send(toResult(this.sketch, facts));
  }

  /** Send the sketch with other marks; what was told of how it was made stays. */
  sendMarks() {
    if (this.sync.result) this.sync.send({ ...this.sync.result, strokes: this.sketch.strokes });
    else this.send();
  }
}
