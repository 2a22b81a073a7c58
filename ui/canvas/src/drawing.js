// Drawing on a canvas: what strokes, corners and buttons do to the sketch, as the state allows.

import { CornerEditing } from "./corner_editing.js";
import { CornerOutline } from "./corner_outline.js";
import { isTouchScreen } from "./dom.js";
import { KeyboardCorners } from "./keyboard_corners.js";
import { LoopDrawing } from "./loop_drawing.js";
import { describeDrawing } from "./messages.js";
import { isAlike } from "./sketch.js";
import { sketchEffects } from "./sketch_effects.js";
import { SketchSession } from "./sketch_session.js";
import { strokeTool } from "./state_machine.js";
import { StreetSnapping } from "./street_snapping.js";
import { actionOfKey } from "./toolbar.js";
import { toolbarActions } from "./toolbar_actions.js";
import { BRUSH_PX, brushPolygons } from "./tools/brush.js";
import { countMarks, edgesAlong } from "./tools/edge_marks.js";
import { measureArea } from "./tools/geometry.js";
import { followStrokes } from "./tools/pointer_stroke.js";

/**
 * @typedef {import("./tools/geometry.js").Position} Position
 * @typedef {import("./tools/pointer_stroke.js").StrokePoint} StrokePoint
 * @typedef {import("./toolbar.js").Action} Action
 */

/** States in which the keyboard undoes. */
const CHANGING = ["ready", "drawn", "add", "cut", "points"];

export class Drawing {
  /**
   * @param {import("./canvas.js").Canvas} canvas
   * @param {Leaflet} L
   * @param {import("./view.js").MapView} view
   * @param {Promise<unknown>} loading Ends when the heavier tools are there.
   */
  constructor(canvas, L, view, loading) {
    this.canvas = canvas;
    this.view = view;
    this.loading = loading;
    const session = new SketchSession(canvas, L, view);
    this.session = session;
    this.corners = new CornerEditing(L, view, canvas.data.color, {
      changed: () => {
        canvas.renderToolbar();
        if (canvas.state.name === "corners") canvas.renderSentence();
      },
      finished: () => this.outline.close(),
      edited: () => this.#takeEdited(),
    });
    this.streets = new StreetSnapping(canvas, view);
    this.outline = new CornerOutline(this);
    this.keyboard = new KeyboardCorners(this);
    this.loop = new LoopDrawing(canvas, session, view, loading);
    /** The stroke under way, in degrees: the map may change its size meanwhile. @type {number[][]} */
    this.track = [];
    /** Whether a stroke is under way: then nothing else moves the map. */
    this.isStroking = false;
    /** The frame in which the trail is drawn next. @type {number | undefined} */
    this.frame = undefined;
    this.stopFollowing = followStrokes(canvas.layout.ground, {
      canBegin: (point) => strokeTool(canvas.state) !== null || this.loop.goesOnFrom(point),
      begin: (event) => {
        this.track = [];
        this.isStroking = true;
        canvas.search?.dropRequests();
        session.begin(event.pointerType || "mouse");
        view.setGestures({ canDrag: false, canDoubleClick: false });
      },
      move: (points) => this.#showStroke(points),
      end: (points) => this.#endStroke(points),
      cancel: () => this.#cancelStroke(),
    });
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    window.addEventListener("pagehide", () => session.keepDraft(), { signal });
    document.addEventListener("visibilitychange", () => session.keepDraft(), { signal });
    const { ground } = canvas.layout;
    ground.addEventListener("focus", () => canvas.state.name === "corners" && canvas.render(), { signal });
    this.effects = sketchEffects(this);
    this.actions = toolbarActions(this);
  }

  /** Begin with what there is: what was saved, a draft of this device, or what the server has. */
  open() {
    const { canvas, session } = this;
    const { initial, marking, saved } = canvas.data;
    if (marking) canvas.dispatch("startMarking");
    if (saved) {
      session.loadInitial();
      canvas.dispatch("save");
      return;
    }
    const draft = session.restoreDraft();
    if (draft?.accepted && initial) canvas.dispatch("restoreAccepted");
    else if (draft) {
      canvas.dispatch("restoreDraft");
      canvas.say("restored");
    } else if (initial) this.#loadAccepted();
    else canvas.dispatch("begin");
  }

  #loadAccepted() {
    this.session.loadInitial();
    this.session.sync.hasSent = true;
    this.canvas.dispatch("loadAccepted");
  }

  /**
   * Update with the data of a rerun.
   *
   * @param {import("./canvas.js").CanvasData} before
   */
  update(before) {
    const { canvas, session } = this;
    const { data } = canvas;
    if (data.initial && !before.initial && session.isUntouched && canvas.state.name === "ready")
      this.#loadAccepted();
    if (data.marking !== before.marking) canvas.dispatch(data.marking ? "startMarking" : "stopMarking");
    session.sync.acknowledge(data.heard ?? null);
    if (session.isStored && data.initial && !isAlike(data.initial, before.initial)) session.adopt();
    if (data.saved) {
      canvas.dispatch("save");
      return;
    }
    if (session.isStored) session.forgetDraft();
    canvas.render();
  }

  /** @param {StrokePoint[]} points */
  #showStroke(points) {
    this.track.push(...this.view.toTrack(points.slice(this.track.length)));
    this.canvas.layout.top.hidden = true;
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      const { layers } = this.session;
      const tool = strokeTool(this.canvas.state) ?? "lasso";
      if (tool === "lasso") layers.showLoop(this.loop.trail(this.track));
      else layers.showBrush(this.track);
    });
  }

  #stopTrail() {
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.frame = undefined;
  }

  /** A press without a line says so; one that became a pinch, or a palm, says nothing. */
  #cancelStroke() {
    this.isStroking = false;
    this.#stopTrail();
    this.session.layers.hideTrail();
    this.canvas.render();
    if (this.canvas.state.name === "ready" && this.track.length === 0) this.canvas.say("tap");
  }

  /** @param {StrokePoint[]} points */
  #endStroke(points) {
    this.isStroking = false;
    this.#stopTrail();
    const track = [...this.track, ...this.view.toTrack(points.slice(this.track.length))];
    const tool = strokeTool(this.canvas.state) ?? "lasso";
    const pixels = track.map(([lon, lat]) => this.view.toPixel([lon, lat]));
    if (tool === "lasso") {
      this.loop.close(track);
      return;
    }
    this.session.layers.hideTrail();
    this.canvas.render();
    if (tool === "vague") this.#markEdge(track);
    else if (tool) this.#brush(tool, pixels, track);
  }

  /**
   * @param {"add" | "cut"} tool
   * @param {Position[]} pixels
   * @param {number[][]} track
   */
  async #brush(tool, pixels, track) {
    await this.loading;
    if (this.canvas.isClosed) return;
    const { polygons } = this.session.sketch;
    const unproject = (/** @type {Position} */ pixel) => this.view.toDegrees(pixel);
    const next = brushPolygons(window.ClipperLib, polygons, tool, pixels, unproject);
    if (next.length === 0) {
      this.canvas.say("all_gone");
      return;
    }
    this.session.addStroke({ tool, points: track });
    this.session.change(next);
    this.#showChange();
  }

  /**
   * Mark the edge under a stroke as vague; the area stays as it is.
   *
   * @param {number[][]} points
   */
  #markEdge(points) {
    const reach_m = Math.round((BRUSH_PX * this.view.measureWidth()) / this.view.element.clientWidth);
    if (edgesAlong(this.session.sketch.polygons, points, reach_m).length === 0) {
      this.canvas.say("not_on_edge");
      return;
    }
    this.session.addStroke({ tool: "vague", points, reach_m });
    this.canvas.dispatch("changeMarks");
  }

  editCorners() {
    this.corners.edit(this.session.sketch.polygons);
    this.session.layers.hideOutline();
  }

  #takeEdited() {
    this.session.changeHidden(this.corners.editedPolygons());
    this.#showChange();
  }

  /** @param {Action} action */
  act(action) {
    if (action !== "middle") this.actions[action]();
  }

  /** Undo a change; before the first stroke there is nothing, which can be put back. */
  undo() {
    const { canvas, session } = this;
    if (canvas.state.name === "ready") this.act("put_back");
    else if (session.history.canUndo) {
      const isFirst = canvas.state.name === "drawn" && session.history.isBackAtNothing;
      canvas.dispatch(isFirst ? "restart" : "undo");
    }
  }

  /**
   * Undo and redo by keyboard, from the first stroke on.
   *
   * @param {KeyboardEvent} event
   */
  pressKey(event) {
    const action = CHANGING.includes(this.canvas.state.name) ? actionOfKey(event) : null;
    if (!action) return;
    event.preventDefault();
    this.act(action);
  }

  #showChange() {
    this.canvas.renderToolbar();
    this.canvas.renderSentence();
  }

  toolbarFacts() {
    const { history, sketch } = this.session;
    return {
      corners: this.corners.tappedCorners.length,
      marks: countMarks(sketch.strokes),
      hasStreets: this.streets.streets.length > 0,
      isSnapping: this.streets.isOn,
      canUndo: history.canUndo,
      canRedo: history.canRedo,
      canPutBack: this.session.erased !== null,
    };
  }

  /** Compose the sentence below the map. */
  describe() {
    const { words, language } = this.canvas.data;
    const remark = this.canvas.state.name === "drawn" ? this.loop.remark : "";
    const sentence = describeDrawing(words, language, {
      state: this.canvas.state.name,
      isTouch: isTouchScreen(),
      isKeyed: this.canvas.layout.isKeyed,
      corners: this.corners.tappedCorners.length,
      parts: this.session.sketch.polygons.length,
      area_m2: measureArea(this.session.soundPolygons),
      isKept: this.session.isKept,
    });
    return remark ? `${words[remark] ?? ""} ${sentence}` : sentence;
  }

  close() {
    this.session.sync.close();
    this.keyboard.close();
    this.#stopTrail();
    this.stopFollowing();
    this.session.keepDraft();
    this.leaving.abort();
    this.corners.stop();
  }
}
