// The canvas: a map to look at or to draw a neighbourhood on. One is made per place on the page and lives on
// through every rerun: `open` makes it, or hands new layers and words to the one that is there.

import { teach } from "../maps/layers.js";
import * as draft from "./draft.js";
import { pick } from "./pick.js";
import * as shape from "./shape.js";
import { follow } from "./stroke.js";

const canvases = new WeakMap();
const scripts = new Map();
let opened = 0;

/** Called by Streamlit at first sight and at every rerun that changes something. */
export function open(component) {
  const place = component.parentElement;
  const there = canvases.get(place);
  if (there) there.take(component);
  else canvases.set(place, new Canvas(component));
  return () => {
    canvases.get(place)?.close();
    canvases.delete(place);
  };
}

/** Load a script of ours once; the browser checks it against its digest. */
function script({ url, integrity }) {
  if (!scripts.has(url)) {
    const loading = new Promise((done, failed) => {
      const tag = document.createElement("script");
      Object.assign(tag, { src: new URL(url, document.baseURI).href, integrity, async: false, onload: done, onerror: () => failed(new Error(url)) });
      document.head.append(tag);
    });
    loading.catch(() => scripts.delete(url));
    scripts.set(url, loading);
  }
  return scripts.get(url);
}

/** A fresh name for one contribution, made here so that sending it twice is seen. */
function fresh() {
  // Not randomUUID: that is absent on a plain http address, as in a community centre.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function element(tag, facts = {}, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(facts)) {
    if (name === "text") made.textContent = value;
    else if (name === "onclick") made.addEventListener("click", value);
    else if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...inside);
  return made;
}

const ICONS = {
  again: "M4 12a8 8 0 1 0 2.6-5.9M4 4v4.5h4.5",
  adjust: "M4 20l1-4L16 5l3 3L8 19l-4 1zM14 7l3 3",
  right: "M5 12.5l4.5 4.5L19 7",
  hand: "M8 12V6.5a1.5 1.5 0 0 1 3 0V11m0-5.5a1.5 1.5 0 0 1 3 0V11m0-4a1.5 1.5 0 0 1 3 0v7a6 6 0 0 1-6 6c-2.500 0-4-1-5.200-3L3.600 13.800a1.500 1.500 0 0 1 2.500-1.600L8 14.500",
  corners: "M5 6l13-1 1 12-9 3zM5 6m-1.600 0a1.600 1.600 0 1 0 3.200 0a1.600 1.600 0 1 0-3.200 0M18 5m-1.600 0a1.600 1.600 0 1 0 3.200 0a1.600 1.600 0 1 0-3.200 0M19 17m-1.600 0a1.600 1.600 0 1 0 3.200 0a1.600 1.600 0 1 0-3.200 0M10 20m-1.600 0a1.600 1.600 0 1 0 3.200 0a1.600 1.600 0 1 0-3.200 0",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  undo: "M4 9h10a5.500 5.500 0 0 1 0 11H9M4 9l4.500-4.500M4 9l4.500 4.500",
  redo: "M20 9H10a5.500 5.500 0 0 0 0 11h5M20 9l-4.500-4.500M20 9l-4.500 4.500",
  stop: "M6 6l12 12M18 6L6 18",
};

function icon(name) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  const path = document.createElementNS(ns, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Pixels a drawn line may be moved by when it is simplified: less than a finger sees. */
const LOOSE_PX = 2;
/** A loop smaller than this many pixels each way was a tap. */
const TAP_PX = 24;
/** Half the width of the brush in pixels: a fingertip. */
const BRUSH_PX = 20;
/** The widest a scale is, with its margins. */
const SCALE_PX = 150;
const UNDO_STEPS = 50;
/** How long the server may take to hear of a drawing before it is sent again. */
const HEARD_MS = 4000;

class Canvas {
  constructor(component) {
    this.component = component;
    this.data = component.data;
    this.pieces = new Map();
    this.polygons = [];
    this.strokes = [];
    this.past = [];
    this.future = [];
    this.state = "loading";
    this.id = fresh();
    this.build(component.parentElement);
    this.ready = this.start().catch((problem) => {
      this.say("broken");
      throw problem;
    });
  }

  get words() {
    return this.data.words;
  }

  // --- What is on the page ----------------------------------------------------------------------

  build(place) {
    this.box = element("div", { class: "canvas", "data-state": "loading", "data-opened": ++opened, "data-kind": this.data.kind, "data-own": Boolean(this.data.own).toString(), lang: this.data.language });
    for (const [name, value] of Object.entries(this.data.look)) this.box.style.setProperty(`--${name}`, value);
    this.ground = element("div", { class: "map", tabindex: "0", role: "application", "aria-label": this.words.map });
    this.hint = element("p", { class: "hint", hidden: true });
    this.tip = element("p", { class: "tip", hidden: true });
    this.hand = element("button", { class: "hand", type: "button", "aria-pressed": "false", "data-not-map": true, hidden: true, onclick: () => this.toggleHand() }, icon("hand"), element("span", { text: this.words.hand }));
    const zoom = (name, by) => element("button", { class: "zoom", type: "button", "aria-label": this.words[name], title: this.words[name], "data-not-map": true, onclick: () => this.map?.setZoom(this.map.getZoom() + by) }, icon(by > 0 ? "plus" : "minus"));
    const zooms = element("div", { class: "zooms", "data-not-map": true }, zoom("zoom_in", 1), zoom("zoom_out", -1));
    this.credit = element("p", { class: "credit", text: this.data.credit ?? "" });
    this.stage = element("div", { class: "stage" }, this.ground, this.hint, this.tip, this.hand, zooms, this.credit);
    this.message = element("p", { class: "message", role: "status", "aria-live": "polite" });
    this.bar = element("div", { class: "bar", role: "group", "aria-label": this.words.tools });
    this.box.append(this.stage);
    if (this.data.kind !== "show") this.box.append(this.message, this.bar);
    // Streamlit listens for single letters on the whole page; typing on the map is not meant for it.
    for (const kind of ["keydown", "keyup", "keypress"]) this.box.addEventListener(kind, (event) => this.key(event));
    this.sheets = Promise.all(
      this.data.sheets.map(
        (url) =>
          new Promise((done) => {
            place.append(element("link", { rel: "stylesheet", href: new URL(url, document.baseURI).href }));
            place.lastChild.addEventListener("load", done);
            place.lastChild.addEventListener("error", done);
          }),
      ),
    );
    this.box.style.visibility = "hidden";
    place.append(this.box);
  }

  async start() {
    const [leaflet, topojson, ...tools] = this.data.vendor;
    await Promise.all([this.sheets, script(leaflet), script(topojson)]);
    if (this.closed) return;
    const L = window.L;
    teach(L, window.topojson);
    this.box.style.visibility = "";
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map = L.map(this.ground, {
      zoomControl: false,
      attributionControl: false,
      zoomSnap: 0,
      wheelPxPerZoomLevel: 110,
      bounceAtZoomLimits: false,
      zoomAnimation: !calm,
      fadeAnimation: !calm,
      inertia: !calm,
      minZoom: 7,
      maxZoom: 20,
    });
    // Leaflet focuses the map at the first press. A page that then scrolls moves the map from under the pointer.
    this.ground.focus = () => HTMLElement.prototype.focus.call(this.ground, { preventScroll: true });
    L.control.scale({ imperial: false, maxWidth: 120 }).addTo(this.map);
    this.look();
    this.sizes = new ResizeObserver((changed) => {
      this.lift();
      if (!changed.some(({ target }) => target === this.ground)) return;
      this.map.invalidateSize({ animate: false });
      if (!this.looked) this.look();
      else if (["accepted", "saved"].includes(this.state)) this.bring();
    });
    this.sizes.observe(this.ground);
    this.sizes.observe(this.credit);
    this.map.on("buurt:arrived buurt:absent", (event) => {
      this.box.dispatchEvent(new CustomEvent(event.type, { detail: event.key }));
      this.box.dataset.arrived = [...new Set([...(this.box.dataset.arrived ?? "").split(" "), event.key])].join(" ").trim();
    });
    this.map.on("buurt:select", (facts) => this.component.setStateValue("selected", { layer: facts.layer, code: String(facts.code) }));
    this.map.on("buurt:point", (facts) => {
      const name = facts?.name || (this.words[`kind_${facts?.kind}`] ?? "");
      this.tip.hidden = !name;
      this.tip.textContent = name;
    });
    // Heavier tools come after the map is there.
    this.tools = Promise.all(tools.map(script));
    this.tools.catch(() => {});
    await this.swap();
    if (this.data.kind === "draw") this.prepare();
    else if (this.data.kind === "pick") this.point();
    else this.become("looking");
  }

  /** Take the view everyone starts with: so many metres of ground across, or a box. */
  look() {
    const { start, bounds } = this.data;
    const wide = this.ground.clientWidth;
    if (wide === 0) {
      this.map.setView([52.2, 5.3], 8);
      return;
    }
    this.looked = true;
    this.startWidth = Math.round(start.width_m);
    if (bounds) this.map.fitBounds(bounds, { animate: false, padding: [16, 16] });
    else this.map.setView([start.latitude, start.longitude], this.zoomFor(start), { animate: false });
  }

  zoomFor({ latitude, width_m }) {
    const round = 40075016.686 * Math.cos((latitude * Math.PI) / 180);
    return Math.log2((round * this.ground.clientWidth) / (256 * width_m));
  }

  // --- Layers: only what changed is swapped -----------------------------------------------------

  async swap() {
    const wanted = new Map(this.data.pieces.map((piece) => [piece.key, piece]));
    for (const [key, { digest, layer }] of this.pieces) {
      if (wanted.get(key)?.digest === digest) continue;
      if (layer?.remove) layer.remove();
      this.pieces.delete(key);
    }
    for (const { key, digest, code } of wanted.values()) {
      if (this.pieces.has(key)) continue;
      this.pieces.set(key, { digest, layer: null });
      const make = await compiled(code, digest);
      if (this.closed || this.pieces.get(key)?.digest !== digest) continue;
      this.pieces.get(key).layer = make(window.L, this.map, window.topojson);
    }
    this.box.dataset.layers = [...this.pieces.keys()].length;
  }

  /** What stands at the bottom of the map stands above its makers where these leave no room beside them. */
  lift() {
    const free = this.stage.clientWidth - this.credit.offsetWidth;
    this.box.style.setProperty("--lift", free < SCALE_PX ? `${this.credit.offsetHeight}px` : "0px");
  }

  /** A rerun came by with new data; the map and the drawing stay. */
  async take(component) {
    this.component = component;
    const before = this.data;
    this.data = component.data;
    await this.ready;
    if (this.closed) return;
    this.credit.textContent = this.data.credit ?? "";
    if (JSON.stringify(before.bounds) !== JSON.stringify(this.data.bounds) && this.data.bounds) this.map.fitBounds(this.data.bounds, { padding: [16, 16] });
    await this.swap();
    if (this.data.kind === "pick") this.pointed();
    if (this.data.kind !== "draw") return;
    if (this.data.begin !== before.begin) this.restart();
    // A page that is loaded again shows an empty map before the server knows whose drawing it is.
    if (this.data.initial && !before.initial && this.state === "ready" && this.sent === undefined && !this.started) {
      this.load(this.data.initial);
      this.sent = true;
      this.become("accepted");
      this.bring();
    }
    if (this.data.marking !== before.marking) {
      this.panning = false;
      this.show();
      // The question stands below the map, so on a phone the map is out of sight.
      if (this.marking) this.stage.scrollIntoView({ block: "nearest" });
    }
    if (this.result && this.data.heard !== this.result.turn && this.state === "accepted") {
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => this.resend(), HEARD_MS);
    }
    if (this.data.saved) this.settle();
    else {
      if (this.stored) draft.forget(this.data.draft);
      this.become(this.state);
    }
  }

  // --- One spot ---------------------------------------------------------------------------------

  point() {
    this.picker = pick(window.L, this.map, (spot) => this.component.setStateValue("point", { ...spot, turn: this.data.turn }));
    this.become("picking");
    this.pointed();
  }

  pointed() {
    this.picker.told(this.data.spots);
    this.picker.show(this.data.point);
    this.hint.hidden = Boolean(this.data.point);
    this.say(this.data.point ? "pick_there" : matchMedia("(pointer: coarse)").matches ? "pick_touch" : "pick_mouse");
  }

  // --- Drawing ----------------------------------------------------------------------------------

  prepare() {
    const L = window.L;
    pane(this.map, "own", 450);
    this.own = L.geoJSON(null, { pane: "own", interactive: false, style: { color: this.data.color, weight: 4, fillColor: this.data.color, fillOpacity: 0.2, lineJoin: "round" } }).addTo(this.map);
    // Gaps in the colour of the ground make the outline a broken line where its maker called it vague.
    this.haze = L.polyline([], { pane: "own", interactive: false, smoothFactor: 0, color: this.data.look.land, weight: 6, dashArray: "3 9", lineCap: "butt" }).addTo(this.map);
    this.trail = L.polygon([], { pane: "own", interactive: false, smoothFactor: 0, color: this.data.color, weight: 4, fillColor: this.data.color, fillOpacity: 0.12, lineCap: "round", lineJoin: "round" }).addTo(this.map);
    this.unfollow = follow(this.ground, { ready: () => this.drawing, begin: (event) => this.begin(event), move: (points) => this.move(points), end: (points) => this.end(points), cancel: () => this.trail.setLatLngs([]) });
    this.keeping = () => this.keep();
    window.addEventListener("pagehide", this.keeping);
    document.addEventListener("visibilitychange", this.keeping);
    if (this.data.saved) {
      this.load(this.data.initial);
      this.settle();
      return;
    }
    const old = this.leaves ? draft.kept(this.data.draft) : null;
    if (old) {
      Object.assign(this, { id: old.id, polygons: old.polygons, strokes: old.strokes ?? [], how: old.how, started: old.started, first: old.first, pointer: old.pointer, startWidth: old.startWidth });
      this.show();
      this.become(old.accepted && this.data.initial ? "accepted" : "drawn");
      if (this.state === "drawn") this.say("restored");
      this.bring();
    } else if (this.data.initial) {
      this.load(this.data.initial);
      this.sent = true;
      this.become("accepted");
    } else this.become("ready");
  }

  load(initial) {
    this.id = initial?.id ?? this.id;
    this.polygons = shape.polygons(initial?.geometry);
    this.strokes = initial?.strokes ?? [];
    this.how = initial?.tool ?? this.how;
    this.show();
  }

  /** The whole drawing is to be seen: when a draft comes back, and when the map becomes smaller. */
  bring() {
    const box = this.own.getBounds();
    if (box.isValid() && !this.map.getBounds().contains(box)) this.map.fitBounds(box, { padding: [24, 24], animate: false });
  }

  get drawing() {
    return (["ready", "add", "cut"].includes(this.state) || this.marking) && !this.panning;
  }

  /** Whether the parts of the edge that are vague are being pointed out, on a drawing that was accepted. */
  get marking() {
    return this.state === "accepted" && Boolean(this.data.marking);
  }

  begin(event) {
    this.started ??= Date.now();
    this.pointer ??= event.pointerType || "mouse";
  }

  /** Metres of ground across the map. */
  width() {
    const box = this.map.getBounds();
    return Math.round(this.map.distance([box.getCenter().lat, box.getWest()], [box.getCenter().lat, box.getEast()]));
  }

  move(points) {
    const at = points.map(({ x, y }) => this.map.containerPointToLatLng([x, y]));
    if (this.state === "ready") this.trail.setStyle({ weight: 4, fill: true, opacity: 1 }).setLatLngs(at);
    // A brush shows its own width; there and back again makes one broad line of a polygon.
    else this.trail.setStyle({ weight: 2 * BRUSH_PX, fill: false, opacity: 0.45 }).setLatLngs([...at, ...at.slice(1, -1).reverse()]);
    this.hint.hidden = true;
  }

  end(points) {
    this.trail.setLatLngs([]);
    const degrees = ({ x, y }) => {
      const { lng, lat } = this.map.containerPointToLatLng([x, y]);
      return [lng, lat];
    };
    const raw = points.map((p) => [...degrees(p).map((v) => Number(v.toFixed(6))), p.t]);
    if (this.state === "ready") this.lasso(points, degrees, raw);
    else if (this.marking) this.mark(raw);
    else this.brush(points, degrees, raw);
  }

  lasso(points, degrees, raw) {
    this.first ??= this.width();
    const xs = points.map((p) => p.x);
    const ys = points.map((p) => p.y);
    if (Math.max(...xs) - Math.min(...xs) < TAP_PX && Math.max(...ys) - Math.min(...ys) < TAP_PX) {
      this.hint.hidden = false;
      this.say("tap");
      return;
    }
    const loop = shape.trimmed(points.map(({ x, y }) => [x, y]));
    const corners = shape.ring(loop, LOOSE_PX);
    this.strokes = [{ tool: "lasso", points: raw }];
    this.how = "lasso";
    this.change([[corners.map(([x, y]) => degrees({ x, y }))]]);
    this.become("drawn");
  }

  /** Take the edge under a stroke as vague; the area stays as it is. */
  mark(points) {
    const reach_m = Math.round((BRUSH_PX * this.width()) / this.ground.clientWidth);
    if (shape.alongside(this.polygons, points, reach_m).length === 0) {
      this.say("not_on_edge");
      return;
    }
    this.strokes.push({ tool: "vague", points, reach_m });
    this.marked();
  }

  unmark() {
    this.strokes.splice(this.strokes.findLastIndex((stroke) => stroke.tool === "vague"), 1);
    this.marked();
  }

  /** Send the drawing again with other marks: what was told of how it was made stays. */
  marked() {
    this.show();
    if (this.result) this.send({ ...this.result, strokes: this.strokes });
    else this.accept();
    this.fill();
  }

  get marks() {
    return this.strokes.filter((stroke) => stroke.tool === "vague");
  }

  async brush(points, degrees, raw) {
    await this.tools;
    const clipper = window.ClipperLib;
    const line = shape.simplified(points.map(({ x, y }) => [x, y]), 1.5);
    const ground = shape.brushed(clipper, line, BRUSH_PX, ([x, y]) => ({ x, y }), degrees);
    const next = (this.state === "add" ? shape.joined : shape.without)(clipper, this.polygons, ground);
    if (next.length === 0) {
      this.say("all_gone");
      return;
    }
    this.strokes.push({ tool: this.state, points: raw });
    this.change(next);
    this.told();
  }

  /** Replace the drawing, so that it can be undone. */
  change(next) {
    this.past.push({ polygons: this.polygons, strokes: this.strokes.length });
    this.past = this.past.slice(-UNDO_STEPS);
    this.future = [];
    this.polygons = next;
    this.show();
    this.keep();
  }

  show() {
    this.own.clearLayers();
    if (this.polygons.length > 0) this.own.addData({ type: "MultiPolygon", coordinates: this.polygons });
    const vague = !this.data.marking ? [] : this.marks.flatMap(({ points, reach_m }) => shape.alongside(this.polygons, points, reach_m));
    this.haze.setLatLngs(vague.map((piece) => piece.map(([lon, lat]) => [lat, lon]))).bringToFront();
    this.box.dataset.vague = vague.length;
    this.box.dataset.parts = this.polygons.length;
  }

  undo(from = this.past, to = this.future) {
    const step = from.pop();
    if (!step) return;
    to.push({ polygons: this.polygons, strokes: this.strokes.length });
    this.polygons = step.polygons;
    this.show();
    this.keep();
    if (this.state === "points") this.edit();
    this.told();
    this.fill();
  }

  restart() {
    this.leave();
    Object.assign(this, { id: this.data.stored || fresh(), polygons: [], strokes: [], past: [], future: [], how: null, started: null, first: null, pointer: null, panning: false });
    draft.forget(this.data.draft);
    this.show();
    this.send(null);
    this.become("ready");
  }

  keep() {
    if (!this.leaves || this.polygons.length === 0 || this.data.saved || this.stored) return;
    const { id, polygons, strokes, how, started, first, pointer, startWidth } = this;
    const could = draft.keep(this.data.draft, { id, polygons, strokes, how, started, first, pointer, startWidth, accepted: this.state === "accepted" });
    this.box.dataset.kept = could;
  }

  /** Whether anything is left on this device: not where somebody mends what another one drew. */
  get leaves() {
    return Boolean(this.data.draft);
  }

  async adjust() {
    await this.tools;
    this.change(shape.sound(window.ClipperLib, this.polygons));
    this.send(null);
    this.become("add");
  }

  accept() {
    this.leave();
    this.become("accepted");
    this.keep();
    const wide = window.innerWidth;
    this.send({
      id: this.id,
      geometry: shape.geometry(this.polygons),
      strokes: this.strokes,
      tool: this.how,
      seconds: this.started ? Math.round((Date.now() - this.started) / 1000) : null,
      // How wide the map was, never where: the middle of a view is often somebody's home.
      first_width_m: this.first ?? null,
      start_width_m: this.startWidth ?? null,
      screen: wide < 640 ? "phone" : wide < 1100 ? "tablet" : wide < 1700 ? "laptop" : "large",
      input: this.pointer ?? "mouse",
      shown: this.data.shown,
    });
  }

  send(result) {
    // Nothing was sent yet: there is nothing to take back, and no rerun to cause.
    if (result === null && !this.sent) return;
    this.sent = result !== null;
    this.result = result && { ...result, turn: Math.floor(Math.random() * 2 ** 31) };
    this.component.setStateValue("drawing", this.result ?? { changing: true });
    clearTimeout(this.waiting);
    if (this.result) this.waiting = setTimeout(() => this.resend(), HEARD_MS);
  }

  /** What is drawn now is in the store as it stands: nothing is left to keep on this device. */
  get stored() {
    return this.state === "accepted" && this.data.stored === this.id;
  }

  /** What is sent while there is no connection gets lost on the way: send until the server has heard. */
  resend() {
    if (this.closed || !this.result || this.data.heard === this.result.turn) return;
    this.component.setStateValue("drawing", { ...this.result, again: Date.now() });
    this.waiting = setTimeout(() => this.resend(), HEARD_MS);
  }

  /** The server has it: the draft goes, the drawing stays to look at. */
  settle() {
    draft.forget(this.data.draft);
    this.leave();
    this.become("saved");
  }

  // --- Corners and vertices, with Terra Draw ----------------------------------------------------

  async terra() {
    await this.tools;
    if (this.pen) return this.pen;
    const { TerraDraw, TerraDrawPolygonMode, TerraDrawSelectMode, TerraDrawModeUndoRedo } = window.terraDraw;
    const color = this.data.color;
    // Terra Draw orders its panes by a style sheet in the page's head, which does not reach into a shadow root.
    const make = this.map.createPane.bind(this.map);
    this.map.createPane = (name, container) => {
      const made = make(name, container);
      if (/^\d+$/.test(name)) made.style.zIndex = 600 + Number(name);
      return made;
    };
    const dot = { closingPointColor: color, closingPointWidth: 9, closingPointOutlineColor: "#ffffff", closingPointOutlineWidth: 3, coordinatePointColor: color, coordinatePointWidth: 8, coordinatePointOutlineColor: "#ffffff", coordinatePointOutlineWidth: 3 };
    const area = { fillColor: color, fillOpacity: 0.2, outlineColor: color, outlineWidth: 4 };
    const handle = { selectedPolygonColor: color, selectedPolygonFillOpacity: 0.2, selectedPolygonOutlineColor: color, selectedPolygonOutlineWidth: 4, selectionPointColor: "#ffffff", selectionPointWidth: 9, selectionPointOutlineColor: color, selectionPointOutlineWidth: 4, midPointColor: color, midPointWidth: 6, midPointOutlineColor: "#ffffff", midPointOutlineWidth: 2 };
    this.pen = new TerraDraw({
      adapter: new window.terraDrawLeafletAdapter.TerraDrawLeafletAdapter({ lib: window.L, map: this.map, coordinatePrecision: 7 }),
      modes: [
        new TerraDrawPolygonMode({ pointerDistance: 30, showCoordinatePoints: true, keyEvents: { cancel: null, finish: "Enter" }, styles: { ...area, ...dot } }),
        new TerraDrawSelectMode({ pointerDistance: 28, keyEvents: { deselect: null, delete: null, rotate: null, scale: null }, allowManualDeselection: false, styles: handle, flags: { polygon: { feature: { draggable: false, coordinates: { draggable: true, midpoints: true, deletable: true } } } } }),
      ],
      undoRedo: { modeLevel: new TerraDrawModeUndoRedo() },
    });
    this.pen.start();
    this.pen.on("change", () => {
      this.fill();
      if (this.state === "corners") this.told();
    });
    this.pen.on("finish", (_id, { action, mode }) => {
      if (mode === "polygon" && action === "draw") this.finish();
      else if (mode === "select") this.edited();
    });
    return this.pen;
  }

  async corners() {
    const pen = await this.terra();
    this.started ??= Date.now();
    this.first ??= this.width();
    this.pointer ??= matchMedia("(pointer: coarse)").matches ? "touch" : "mouse";
    pen.clear();
    pen.setMode("polygon");
    this.become("corners");
  }

  /** The corners that were tapped; while drawing, the last one is only the pointer. */
  tapped() {
    const drawn = this.pen?.getSnapshot().find((f) => f.geometry.type === "Polygon");
    if (!drawn) return [];
    const line = drawn.geometry.coordinates[0].slice(0, -1);
    const open = drawn.properties.currentlyDrawing ? line.slice(0, -1) : line;
    return open.filter((p, i) => i === 0 || p[0] !== open[i - 1][0] || p[1] !== open[i - 1][1]);
  }

  finish() {
    const line = this.tapped();
    if (line.length < 3) {
      this.say("few_corners");
      return;
    }
    this.strokes = [{ tool: "corners", points: line.map(([x, y]) => [x, y, 0]) }];
    this.how = "corners";
    // Terra Draw is still busy with the corner that closed the area; it is cleared after its turn.
    queueMicrotask(() => {
      this.leave();
      this.change([[[...line, line[0]]]]);
      this.become("drawn");
    });
  }

  /** Give every part to Terra Draw as corners to drag; holes are kept apart and cut out again. */
  async edit() {
    const pen = await this.terra();
    pen.clear();
    const loose = 3 * LOOSE_PX;
    const project = ([x, y]) => {
      const p = this.map.latLngToContainerPoint([y, x]);
      return [p.x, p.y];
    };
    const back = ([x, y]) => {
      const { lng, lat } = this.map.containerPointToLatLng([x, y]);
      return [Number(lng.toFixed(7)), Number(lat.toFixed(7))];
    };
    this.holes = this.polygons.flatMap((rings) => rings.slice(1).map((hole) => [hole]));
    const features = this.polygons.map((rings) => ({
      type: "Feature",
      properties: { mode: "polygon" },
      geometry: { type: "Polygon", coordinates: [shape.ring(rings[0].slice(0, -1).map(project), loose).map(back)] },
    }));
    const added = pen.addFeatures(features.filter((f) => f.geometry.coordinates[0].length >= 4));
    pen.setMode("select");
    const first = added.find((a) => a.valid);
    if (first) pen.selectFeature(first.id);
    this.own.clearLayers();
    this.become("points");
  }

  edited() {
    const drawn = this.pen.getSnapshot().filter((f) => f.geometry.type === "Polygon" && f.properties.mode === "polygon");
    const outer = drawn.map((f) => f.geometry.coordinates);
    this.past.push({ polygons: this.polygons, strokes: this.strokes.length });
    this.future = [];
    this.polygons = shape.without(window.ClipperLib, outer, this.holes);
    this.box.dataset.parts = this.polygons.length;
    this.keep();
    this.told();
    this.fill();
  }

  leave() {
    if (!this.pen) return;
    this.pen.setMode("static");
    this.pen.clear();
    this.map.dragging.enable();
  }

  // --- States -----------------------------------------------------------------------------------

  become(state) {
    if (["add", "cut"].includes(state) && this.state === "points") {
      this.leave();
      this.show();
    }
    this.state = state;
    this.box.dataset.state = state;
    this.box.dataset.marking = this.marking;
    const stroked = this.drawing;
    this.box.classList.toggle("stroking", stroked);
    this.ground.style.touchAction = "none";
    if (this.map) this.map.dragging[stroked ? "disable" : "enable"]();
    if (this.map) this.map.doubleClickZoom[stroked || state === "corners" ? "disable" : "enable"]();
    this.hand.hidden = !(["ready", "add", "cut"].includes(state) || this.marking);
    this.hand.setAttribute("aria-pressed", String(Boolean(this.panning)));
    this.hand.querySelector("span").textContent = this.panning ? this.words.hand_off : this.words.hand;
    const hint = this.panning ? "hint_pan" : `hint_${this.marking ? "vague" : state}`;
    this.hint.textContent = this.words[hint] ?? "";
    this.hint.hidden = !this.words[hint];
    this.fill();
    this.told();
  }

  toggleHand() {
    this.panning = !this.panning;
    this.become(this.state);
  }

  fill() {
    if (this.data.kind === "show") return;
    const button = (name, act, { main = false, sign = name, pressed = null, off = false } = {}) =>
      element("button", { type: "button", class: main ? "main" : "plain", "data-act": name, "aria-pressed": pressed === null ? null : String(pressed), disabled: off, onclick: act }, icon(sign), element("span", { text: this.words[name] }));
    const editing = () => [
      [
        button("add", () => this.become("add"), { sign: "plus", pressed: this.state === "add" }),
        button("cut", () => this.become("cut"), { sign: "minus", pressed: this.state === "cut" }),
        button("points", () => this.edit(), { sign: "corners", pressed: this.state === "points" }),
      ],
      [
        button("undo", () => this.undo(), { off: this.past.length === 0 }),
        button("redo", () => this.undo(this.future, this.past), { off: this.future.length === 0 }),
        button("ready", () => this.done(), { main: true, sign: "right" }),
      ],
    ];
    const bars = {
      picking: () => [[button("middle", () => this.picker.middle(), { sign: "right" })]],
      ready: () => [[button("corners", () => this.corners())]],
      corners: () => [[button("stop", () => this.restart()), button("point_back", () => this.pen.undo(), { sign: "undo", off: this.tapped().length === 0 }), button("finish", () => this.finish(), { main: true, sign: "right", off: this.tapped().length < 3 })]],
      drawn: () => [[button("again", () => this.restart()), button("adjust", () => this.adjust()), button("right", () => this.accept(), { main: true })]],
      add: editing,
      cut: editing,
      points: editing,
      accepted: () => [[button("again", () => this.restart()), button("adjust", () => this.adjust()), ...(this.marking ? [button("unmark", () => this.unmark(), { sign: "undo", off: this.marks.length === 0 })] : [])]],
    };
    const rows = bars[this.state]?.() ?? [];
    const had = this.box.getRootNode().activeElement?.dataset?.act;
    this.bar.replaceChildren(...rows.map((row) => element("div", { class: "row" }, ...row)));
    this.bar.hidden = rows.length === 0;
    // Whoever pressed a button with the keyboard stays where they were.
    if (had) this.bar.querySelector(`[data-act="${had}"]:not([disabled])`)?.focus();
  }

  done() {
    this.leave();
    this.show();
    this.panning = false;
    this.become("drawn");
  }

  say(key, facts = {}) {
    const text = (this.words[key] ?? "").replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "");
    if (this.message.textContent !== text) this.message.textContent = text;
  }

  /** Say how large the area is: in hectares when small, in square kilometres when large; in square metres when it is none. */
  told() {
    if (this.data.kind !== "draw") return undefined;
    if (this.state === "corners") {
      const n = this.tapped().length;
      return this.say(n === 0 ? "tell_corners" : n < 3 ? "tell_more" : "tell_enough", { n });
    }
    if (this.polygons.length === 0) return this.say(matchMedia("(pointer: coarse)").matches ? "tell_touch" : "tell_mouse");
    // What lies on both sides of a line that crosses itself counts, as it will in the store; the clipper comes after the map.
    const m2 = shape.area(window.ClipperLib ? shape.sound(window.ClipperLib, this.polygons) : this.polygons);
    const number = (value, digits) => new Intl.NumberFormat(this.data.language, { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value);
    const [unit, value, digits] = m2 < 1000 ? ["square_m", m2, 0] : m2 < 100000 ? ["hectare", m2 / 1e4, 1] : ["square_km", m2 / 1e6, 2];
    const size = this.words[unit].replace("{n}", number(value, digits));
    if (["accepted", "saved"].includes(this.state)) return this.say("tell_size", { size });
    // A device that keeps nothing must be known before anything is lost.
    if (this.box.dataset.kept === "false") return this.say("not_kept");
    // While it is being changed, nobody is asked whether it is right.
    if (this.state !== "drawn" && this.polygons.length === 1) return this.say("tell_size", { size });
    return this.say(this.polygons.length > 1 ? "tell_parts" : "tell_area", { size, parts: this.polygons.length });
  }

  key(event) {
    event.stopPropagation();
    if (event.type !== "keydown" || !(event.ctrlKey || event.metaKey)) return;
    const letter = event.key.toLowerCase();
    if (letter !== "z" && letter !== "y") return;
    if (!["add", "cut", "points"].includes(this.state)) return;
    event.preventDefault();
    if (letter === "y" || event.shiftKey) this.undo(this.future, this.past);
    else this.undo();
  }

  close() {
    this.closed = true;
    clearTimeout(this.waiting);
    this.sizes?.disconnect();
    this.unfollow?.();
    if (this.keeping) {
      this.keep();
      window.removeEventListener("pagehide", this.keeping);
      document.removeEventListener("visibilitychange", this.keeping);
    }
    this.pen?.stop();
    this.map?.remove();
    this.box.remove();
  }
}

function pane(map, name, height) {
  (map.getPane(name) ?? map.createPane(name)).style.zIndex = height;
}

const made = new Map();

/** Make a function of a piece of map code. As a module of its own: the page forbids `eval`. */
async function compiled(code, digest) {
  if (!made.has(digest)) {
    const url = URL.createObjectURL(new Blob([`export default function (L, map, topojson) {\n${code}\n}`], { type: "text/javascript" }));
    made.set(digest, import(url).then((module) => module.default).finally(() => URL.revokeObjectURL(url)));
  }
  return made.get(digest);
}
