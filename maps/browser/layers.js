// The browser's side of maps/layers.py: areas, facilities, drawings and the base map, for Leaflet.
// Every name is put on the page as text; nothing here reads markup.

import { planner, slim } from "./planner.js";
import { workshop } from "./workshop.js";

const fetched = new Map();

/** Fetch a topology once, however many layers want it. */
function topology(url) {
  if (!fetched.has(url)) {
    const asked = fetch(new URL(url, document.baseURI)).then((answer) => {
      if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
      return answer.json();
    });
    // A failure is not kept: the next visit to the layer asks again.
    asked.catch(() => fetched.delete(url));
    fetched.set(url, asked);
  }
  return fetched.get(url);
}

/** Teach Leaflet the makers that maps/layers.py names; once. */
export function teach(L, topojson) {
  if (L.buurt) return;
  const { Ground } = ground(L, topojson);
  const Pictures = pictures(L);

  /** A group that fills itself when its shapes arrive, and tells the map it did. */
  const Arriving = L.FeatureGroup.extend({
    initialize(settings, fill) {
      L.FeatureGroup.prototype.initialize.call(this);
      this.settings = settings;
      this.arrived = topology(settings.url).then(
        (shapes) => {
          fill(this, shapes);
          this.fire("arrived");
        },
        () => this.fire("absent"),
      );
    },
    onAdd(map) {
      pane(map, "cores", 402);
      pane(map, "halo", 405);
      pane(map, "lines", 410);
      pane(map, "names", 620).style.pointerEvents = "none";
      L.FeatureGroup.prototype.onAdd.call(this, map);
      this.arrived.then(() => {
        this.tidy?.();
        map.fire("buurt:arrived", { key: this.settings.key });
      });
      map.on("zoomend", this.retidy, this);
    },
    onRemove(map) {
      map.off("zoomend", this.retidy, this);
      L.FeatureGroup.prototype.onRemove.call(this, map);
    },
    retidy() {
      this.tidy?.();
    },
  });

  L.buurt = {
    areas: (settings) => new Arriving(settings, (group, shapes) => fillAreas(L, topojson, group, shapes)),
    facilities: (settings) => new Arriving(settings, (group, shapes) => fillMarks(L, topojson, group, shapes)),
    drawing: (settings) =>
      L.geoJSON(settings.geometry, {
        interactive: false,
        style: { color: settings.color, weight: 3, fillColor: settings.color, fillOpacity: settings.filled },
      }),
    ground: (settings) => new Ground(settings),
    tiles: (settings) => tiles(Pictures, settings),
    ...planner(L, topojson, Arriving, tidy),
  };
  Object.assign(L.buurt, workshop(L, L.buurt.classed));
}

function pane(map, name, height) {
  const found = map.getPane(name) ?? map.createPane(name);
  found.style.zIndex = height;
  return found;
}

/** Official areas: shared borders drawn once, so that a dashed line stays dashed; fills apart. */
function fillAreas(L, topojson, group, shapes) {
  const { line, fills, select, key, labels } = group.settings;
  const areas = shapes.objects.areas;
  const borders = topojson.mesh(shapes, areas);
  const stroke = { interactive: false, color: line.color, weight: line.weight, dashArray: line.dash || null, pane: "lines", lineCap: "butt" };
  if (select || Object.keys(fills).length > 0) {
    const plain = (feature) => ({
      stroke: false,
      fillColor: fills[feature.id] ?? "#ffffff",
      fillOpacity: fills[feature.id] ? 0.55 : 0.01,
    });
    const filled = L.geoJSON(topojson.feature(shapes, areas), {
      interactive: select,
      style: plain,
      onEachFeature: (feature, shape) => {
        if (!select) return;
        const facts = { layer: key, code: feature.id, name: feature.properties.name ?? feature.id };
        shape.on("click", () => group._map.fire("buurt:select", facts));
        shape.on("mouseover", () => {
          shape.setStyle({ fillOpacity: fills[feature.id] ? 0.75 : 0.15, fillColor: fills[feature.id] ?? line.color });
          group._map.fire("buurt:point", facts);
        });
        shape.on("mouseout", () => {
          filled.resetStyle(shape);
          group._map?.fire("buurt:point", null);
        });
      },
    });
    group.addLayer(filled);
  }
  const halo = L.geoJSON(borders, { style: { ...stroke, color: "#fffdf8", opacity: 0.85, dashArray: null, pane: "halo" }, interactive: false });
  const drawn = L.geoJSON(borders, { style: stroke, interactive: false });
  group.addLayer(halo);
  group.addLayer(drawn);
  const named = [];
  group.tidy = () => {
    if (!group._map) return;
    const part = slim(group._map);
    halo.setStyle({ weight: part * (line.weight + 3) });
    drawn.setStyle({ weight: part * line.weight });
    tidy(group._map, named);
  };
  if (labels) {
    for (const feature of topojson.feature(shapes, areas).features) {
      const name = feature.properties.name;
      if (!name) continue;
      const text = document.createElement("span");
      text.className = "area-name";
      text.style.color = line.color;
      text.textContent = name;
      const polygons = feature.geometry.type === "Polygon" ? [feature.geometry.coordinates] : feature.geometry.coordinates;
      const widest = polygons.map(([outer]) => shape([Float64Array.from(outer.flat())], {})).sort((a, b) => wide(b) - wide(a))[0];
      const [lon, lat] = inside(widest.lines[0]);
      const label = L.marker([lat, lon], { interactive: false, keyboard: false, pane: "names", icon: L.divIcon({ html: text, className: "area-label", iconSize: [0, 0] }) });
      group.addLayer(label);
      named.push({ label, text, box: widest.box, wide: wide(widest) });
    }
    named.sort((a, b) => b.wide - a.wide);
  }
}

const wide = ({ box }) => box[2] - box[0];

/** Show the names that have room: of two that would touch, the one of the larger area. */
function tidy(map, named) {
  if (!map) return;
  const taken = new Taken(1);
  for (const { label, text, box } of named) {
    const { x, y } = map.latLngToLayerPoint(label.getLatLng());
    const room = map.latLngToLayerPoint([box[1], box[2]]).x - map.latLngToLayerPoint([box[1], box[0]]).x;
    text.hidden = false;
    const half = [text.offsetWidth / 2 + 4, text.offsetHeight / 2 + 3];
    text.hidden = room < 1.2 * half[0] || !taken.free(x, y, half);
    if (!text.hidden) taken.take(x, y, half);
  }
}

const OUTLINES = {
  circle: (r) => `M${-r},0a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0z`,
  square: (r) => `M${-r},${-r}h${2 * r}v${2 * r}h${-2 * r}z`,
  triangle: (r) => `M0,${-r * 1.15}L${r * 1.15},${r * 0.85}H${-r * 1.15}z`,
  diamond: (r) => `M0,${-r * 1.3}L${r * 1.3},0L0,${r * 1.3}L${-r * 1.3},0z`,
};

/** Facilities: one mark a place, told apart by shape as well as by colour. */
function fillMarks(L, topojson, group, shapes) {
  const { mark, key } = group.settings;
  const Mark = L.CircleMarker.extend({
    _updatePath() {
      const { x, y } = this._point;
      this._path.setAttribute("transform", `translate(${x},${y})`);
      this._path.setAttribute("d", OUTLINES[mark.shape](this._radius));
    },
  });
  // Marks are few hundred SVG paths: sharp, and each can be pointed at.
  const renderer = L.svg({ pane: "lines" });
  for (const feature of topojson.feature(shapes, shapes.objects.facilities).features) {
    const [lon, lat] = feature.geometry.coordinates;
    const dot = new Mark([lat, lon], { renderer, radius: 6, color: "#fffdf8", weight: 1.5, fillColor: mark.color, fillOpacity: 1 });
    const facts = { layer: key, code: feature.id, name: feature.properties.name ?? "", kind: feature.properties.kind ?? "" };
    dot.on("mouseover", () => group._map.fire("buurt:point", facts));
    dot.on("mouseout", () => group._map?.fire("buurt:point", null));
    group.addLayer(dot);
  }
}

// --- The base map ---------------------------------------------------------------------------------

/** Tiles a pixel too wide: our zoom is not in whole steps, and then the ground would shine through between them. */
function pictures(L) {
  return L.TileLayer.extend({
    _initTile(tile) {
      L.TileLayer.prototype._initTile.call(this, tile);
      const { x, y } = this.getTileSize();
      Object.assign(tile.style, { width: `${x + 1}px`, height: `${y + 1}px` });
    },
  });
}

/** Tiles across a base map at its coarsest level that may all be asked at once. */
const FEW = 8;

/** A base map of pictures; one that is made pale loses some of its colour too (canvas.css). */
function tiles(Pictures, { key, url, zooms: [least, most], bounds, opacity }) {
  const [[, west], [, east]] = bounds;
  const across = ((east - west) / 360) * 2 ** least;
  const found = new Pictures(url, {
    bounds,
    opacity,
    className: opacity < 1 ? "quiet" : "",
    minNativeZoom: least,
    maxNativeZoom: most,
    maxZoom: 20,
    // Far out a screen would ask for hundreds of tiles, too small to read, unless there are few in all.
    minZoom: across <= FEW ? 0 : Math.max(0, least - 2),
  });
  return found.on("load", () => found._map?.fire("buurt:arrived", { key }));
}

const ROADS = {
  motorway: { order: 6, from: 0, width: 14, fill: "motorway", edge: "main_edge" },
  main: { order: 5, from: 0, width: 11, fill: "main", edge: "main_edge" },
  collector: { order: 4, from: 12, width: 9, fill: "collector", edge: "collector_edge" },
  street: { order: 3, from: 12.5, width: 7.5, fill: "road", edge: "road_edge" },
  service: { order: 2, from: 14, width: 4.5, fill: "road", edge: "road_edge" },
  path: { order: 1, from: 14.5, width: 2, fill: "path", edge: null, dash: [5, 4] },
};
const KINDS = { motorway: "motorway", motorway_link: "motorway", unclassified: "street", service: "service", trunk: "motorway", primary: "main", secondary: "main", tertiary: "collector", distributor: "main", residential: "street", local: "street", living_street: "street", footway: "path", cycleway: "path", track: "path", pedestrian: "path" };

/** One canvas under everything, drawn anew when the map has moved: sharp at every zoom, no seams. */
function ground(L, topojson) {
  const Ground = L.Renderer.extend({
    options: { padding: 0.35, pane: "tilePane" },

    initialize(settings) {
      L.Renderer.prototype.initialize.call(this, {});
      this.settings = settings;
      this._names = new Map();
      topology(settings.url).then(
        (shapes) => {
          this._read(shapes);
          if (this._map) {
            this._update();
            this._map.fire("buurt:arrived", { key: settings.key });
          }
        },
        () => this._map?.fire("buurt:absent", { key: settings.key }),
      );
    },

    _initContainer() {
      this._container = document.createElement("canvas");
      this._container.setAttribute("aria-hidden", "true");
      // A finger on the ground is a finger on the map.
      this._container.style.pointerEvents = "none";
      this._paint = this._container.getContext("2d");
    },
    _destroyContainer() {
      this._container.remove();
      delete this._container;
    },
    _updatePaths() {},
    _onZoomEnd() {},

    /** Keep every shape as points of the world at zoom 0, with its box, sorted as it will be painted. */
    _read(shapes) {
      const world = (name) =>
        !shapes.objects[name]
          ? []
          : topojson.feature(shapes, shapes.objects[name]).features.filter((f) => f.geometry).map((feature) => {
              const { type, coordinates } = feature.geometry;
              const lines = type.startsWith("Multi") ? (type === "MultiPolygon" ? coordinates.flat() : coordinates) : type === "Polygon" ? coordinates : [coordinates];
              return shape(lines.map(flat), feature.properties);
            });
      this._shapes = { water: world("water"), green: world("green"), built: world("built"), buildings: world("buildings"), roads: world("roads"), rail: world("rail"), canals: world("canals") };
      for (const road of this._shapes.roads) road.style = ROADS[road.kind] ?? ROADS[KINDS[road.kind]] ?? ROADS.street;
      this._shapes.roads.sort((a, b) => a.style.order - b.style.order);
      this._names.clear();
    },

    _update() {
      if (!this._map || (this._map._animatingZoom && this._bounds)) return;
      L.Renderer.prototype._update.call(this);
      const box = this._bounds;
      const size = box.getSize();
      const dense = Math.min(window.devicePixelRatio || 1, 2);
      L.DomUtil.setPosition(this._container, box.min);
      this._container.width = dense * size.x;
      this._container.height = dense * size.y;
      this._container.style.width = `${size.x}px`;
      this._container.style.height = `${size.y}px`;
      this._paint.setTransform(dense, 0, 0, dense, 0, 0);
      if (this._shapes) this._draw(box, size);
      this.fire("update");
    },

    _draw(box, size) {
      const { colors } = this.settings;
      const paint = this._paint;
      const zoom = this._map.getZoom();
      const scale = 2 ** zoom;
      const origin = this._map.getPixelOrigin();
      const left = (origin.x + box.min.x) / scale;
      const top = (origin.y + box.min.y) / scale;
      const view = [left, top, left + size.x / scale, top + size.y / scale];
      const seen = (list) => list.filter((s) => s.box[0] < view[2] && s.box[2] > view[0] && s.box[1] < view[3] && s.box[3] > view[1]);
      const trace = (s, close) => {
        for (const line of s.lines) {
          for (let i = 0; i < line.length; i += 2) {
            const x = (line[i] - left) * scale;
            const y = (line[i + 1] - top) * scale;
            if (i === 0) paint.moveTo(x, y);
            else paint.lineTo(x, y);
          }
          if (close) paint.closePath();
        }
      };
      const fill = (list, color, edge) => {
        if (list.length === 0) return;
        paint.beginPath();
        for (const s of list) trace(s, true);
        paint.fillStyle = color;
        paint.fill("evenodd");
        if (edge) {
          paint.strokeStyle = edge;
          paint.lineWidth = 1;
          paint.stroke();
        }
      };
      const grow = Math.min(2.2, Math.max(0.16, 2 ** ((zoom - 16) * 0.78)));
      const strokes = (list, width, color, dash) => {
        if (list.length === 0) return;
        paint.beginPath();
        for (const s of list) trace(s, false);
        paint.lineWidth = width;
        paint.strokeStyle = color;
        paint.setLineDash(dash ?? []);
        paint.stroke();
        paint.setLineDash([]);
      };
      paint.lineJoin = paint.lineCap = "round";
      paint.fillStyle = colors.land;
      paint.fillRect(0, 0, size.x, size.y);
      fill(seen(this._shapes.built), colors.built);
      const green = seen(this._shapes.green);
      // Each by itself: overlapping parks must not cut holes in each other.
      for (const s of green) fill([s], s.kind === "wood" || s.kind === "forest" ? colors.wood : s.kind === "field" || s.kind === "farmland" || s.kind === "meadow" ? colors.field : colors.green);
      for (const s of seen(this._shapes.water)) fill([s], colors.water, zoom > 13 ? colors.shore : null);
      strokes(seen(this._shapes.canals), Math.max(1, 5 * grow), colors.water);
      if (zoom >= 14.5) fill(seen(this._shapes.buildings), colors.building, zoom >= 16 ? colors.building_edge : null);

      const roads = seen(this._shapes.roads).filter((s) => zoom >= s.style.from);
      const styles = [...new Set(roads.map((s) => s.style))];
      for (const style of styles) if (style.edge) strokes(roads.filter((s) => s.style === style), style.width * grow + 2, colors[style.edge]);
      for (const style of styles) strokes(roads.filter((s) => s.style === style), Math.max(1, style.width * grow), colors[style.fill], style.dash);
      const rail = seen(this._shapes.rail);
      strokes(rail, Math.max(1.5, 3.5 * grow), colors.rail);
      if (zoom >= 14) strokes(rail, Math.max(0.8, 1.8 * grow), colors.road, [7, 7]);
      this._write(view, zoom, scale, left, top);
    },

    /** Write the names; where a name stands depends on the zoom only, so panning moves none. */
    _write(view, zoom, scale, left, top) {
      if (zoom < 13) return;
      const { colors } = this.settings;
      const step = Math.round(zoom);
      if (!this._names.has(step)) this._names.set(step, this._place(step));
      const paint = this._paint;
      paint.textAlign = "center";
      paint.textBaseline = "middle";
      paint.lineJoin = "round";
      for (const name of this._names.get(step)) {
        if (name.x < view[0] - name.reach || name.x > view[2] + name.reach || name.y < view[1] - name.reach || name.y > view[3] + name.reach) continue;
        paint.save();
        paint.translate((name.x - left) * scale, (name.y - top) * scale);
        paint.rotate(name.angle);
        paint.font = name.font;
        paint.lineWidth = 3.5;
        paint.strokeStyle = colors.halo;
        paint.strokeText(name.text, 0, 0);
        paint.fillStyle = colors[name.color];
        paint.fillText(name.text, 0, 0);
        paint.restore();
      }
    },

    _place(zoom) {
      const scale = 2 ** zoom;
      const taken = new Taken(scale);
      const found = [];
      const family = '"Source Sans", "Source Sans 3", system-ui, sans-serif';
      const offer = (text, x, y, angle, font, width, height, color) => {
        const c = Math.abs(Math.cos(angle));
        const s = Math.abs(Math.sin(angle));
        const half = [((width * c + height * s) / 2 + 6) / scale, ((width * s + height * c) / 2 + 3) / scale];
        if (!taken.free(x, y, half)) return false;
        taken.take(x, y, half);
        found.push({ text, x, y, angle, font, color, reach: Math.max(...half) });
        return true;
      };
      for (const [kind, color, least] of [["water", "label_water", 80], ["green", "label_green", 70]]) {
        for (const s of this._shapes[kind]) {
          if (!s.name) continue;
          const font = `italic 500 ${zoom >= 15 ? 14 : 13}px ${family}`;
          this._paint.font = font;
          const width = this._paint.measureText(s.name).width;
          if ((s.box[2] - s.box[0]) * scale < Math.max(least, width * 0.8)) continue;
          const at = inside(s.lines[0]);
          offer(s.name, at[0], at[1], 0, font, width, 16, color);
        }
      }
      const roads = this._shapes.roads.filter((s) => s.name && zoom >= (s.style.order >= 4 ? 13 : s.style.order === 3 ? 15 : 16));
      roads.sort((a, b) => b.style.order - a.style.order || b.length - a.length);
      for (const road of roads) {
        const size = road.style.order >= 4 ? 13.5 : 12.5;
        const font = `${road.style.order >= 4 ? 600 : 500} ${zoom >= 17 ? size + 1.5 : size}px ${family}`;
        this._paint.font = font;
        const width = this._paint.measureText(road.name).width;
        if (road.length * scale < width) continue; // most stretches of a street are shorter than its name
        for (const line of road.lines) {
          for (const spot of straights(line, (width * 1.08) / scale, 460 / scale)) offer(road.name, spot.x, spot.y, spot.angle, font, width, 15, "label");
        }
      }
      return found;
    },
  });
  return { Ground };
}

/** Boxes of the names that stand already, in a coarse grid. */
class Taken {
  constructor(scale) {
    this.cell = 160 / scale;
    this.cells = new Map();
  }
  *near(x, y, [w, h]) {
    for (let i = Math.floor((x - w) / this.cell); i <= Math.floor((x + w) / this.cell); i++)
      for (let j = Math.floor((y - h) / this.cell); j <= Math.floor((y + h) / this.cell); j++) yield `${i},${j}`;
  }
  free(x, y, half) {
    for (const cell of this.near(x, y, half))
      for (const other of this.cells.get(cell) ?? [])
        if (Math.abs(other.x - x) < other.half[0] + half[0] && Math.abs(other.y - y) < other.half[1] + half[1]) return false;
    return true;
  }
  take(x, y, half) {
    for (const cell of this.near(x, y, half)) this.cells.set(cell, [...(this.cells.get(cell) ?? []), { x, y, half }]);
  }
}

/** Longitude and latitude to points of the web map's world at zoom 0 (256 wide), flat: x, y, x, y ... */
function flat(line) {
  const found = new Float64Array(line.length * 2);
  line.forEach(([lon, lat], i) => {
    const sine = Math.sin((lat * Math.PI) / 180);
    found[2 * i] = (256 * (lon + 180)) / 360;
    found[2 * i + 1] = 128 - (64 * Math.log((1 + sine) / (1 - sine))) / Math.PI;
  });
  return found;
}

function shape(lines, facts) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  let length = 0;
  for (const line of lines)
    for (let i = 0; i < line.length; i += 2) {
      box[0] = Math.min(box[0], line[i]);
      box[1] = Math.min(box[1], line[i + 1]);
      box[2] = Math.max(box[2], line[i]);
      box[3] = Math.max(box[3], line[i + 1]);
      if (i > 0) length += Math.hypot(line[i] - line[i - 2], line[i + 1] - line[i - 1]);
    }
  return { lines, box, length, kind: facts.kind ?? facts.class ?? "", name: facts.name ?? "" };
}

/** A point in the widest stretch of a ring at half its height: a good place for its name. */
function inside(ring) {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 1; i < ring.length; i += 2) {
    low = Math.min(low, ring[i]);
    high = Math.max(high, ring[i]);
  }
  const y = (low + high) / 2;
  const cuts = [];
  for (let i = 0; i + 3 < ring.length; i += 2)
    if (ring[i + 1] > y !== ring[i + 3] > y) cuts.push(ring[i] + ((y - ring[i + 1]) / (ring[i + 3] - ring[i + 1])) * (ring[i + 2] - ring[i]));
  cuts.sort((a, b) => a - b);
  let best = [(ring[0] + ring[2]) / 2, 0];
  for (let i = 0; i + 1 < cuts.length; i += 2) if (cuts[i + 1] - cuts[i] > best[1]) best = [(cuts[i] + cuts[i + 1]) / 2, cuts[i + 1] - cuts[i]];
  return [best[0], y];
}

/** Places along a line that are straight over at least `least`, some `apart` from each other. */
function* straights(line, least, apart) {
  const bend = 0.3;
  let from = 0;
  while (from + 3 < line.length) {
    const first = Math.atan2(line[from + 3] - line[from + 1], line[from + 2] - line[from]);
    let to = from + 2;
    while (to + 3 < line.length) {
      const next = Math.atan2(line[to + 3] - line[to + 1], line[to + 2] - line[to]);
      if (Math.abs(Math.atan2(Math.sin(next - first), Math.cos(next - first))) > bend) break;
      to += 2;
    }
    const dx = line[to] - line[from];
    const dy = line[to + 1] - line[from + 1];
    const span = Math.hypot(dx, dy);
    if (span >= least) {
      let angle = Math.atan2(dy, dx);
      if (angle > Math.PI / 2) angle -= Math.PI;
      if (angle <= -Math.PI / 2) angle += Math.PI;
      const count = Math.max(1, Math.floor(span / (least + apart)));
      for (let k = 0; k < count; k++) {
        const at = along(line, from, to, (k + 0.5) / count);
        yield { x: at[0], y: at[1], angle };
      }
    }
    from = to;
  }
}

function along(line, from, to, share) {
  let whole = 0;
  for (let i = from; i < to; i += 2) whole += Math.hypot(line[i + 2] - line[i], line[i + 3] - line[i + 1]);
  let left = whole * share;
  for (let i = from; i < to; i += 2) {
    const step = Math.hypot(line[i + 2] - line[i], line[i + 3] - line[i + 1]);
    if (step >= left && step > 0) return [line[i] + ((line[i + 2] - line[i]) * left) / step, line[i + 1] + ((line[i + 3] - line[i + 1]) * left) / step];
    left -= step;
  }
  return [line[to], line[to + 1]];
}
