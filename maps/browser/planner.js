// The browser's side of maps/planner.py: shapes in classes, each with a pattern beside its colour.

/** How broad a line is at this zoom, of its breadth in a street: a whole town must not drown in its borders. */
export const slim = (map) => Math.min(1, Math.max(0.35, 2 ** ((map.getZoom() - 14) / 2)));

/** Make the layers of the planner's page; `Arriving` is the group that fills itself when shapes come in. */
export function planner(L, topojson, Arriving, tidy) {
  /** A renderer whose first child holds the patterns that paths are filled with. */
  const Patterned = L.SVG.extend({
    initialize(options, fills) {
      L.SVG.prototype.initialize.call(this, options);
      this.fills = fills;
    },
    _initContainer() {
      L.SVG.prototype._initContainer.call(this);
      const defs = L.SVG.create("defs");
      for (const { id, pattern, color } of this.fills) defs.append(tile(L, id, pattern, color));
      this._container.prepend(defs);
    },
  });

  const classed = (group, shapes) => {
    const { key, name, styles, classes, select, labels, pane } = group.settings;
    const fills = Object.entries(styles).filter(([, s]) => s.pattern).map(([kind, s]) => ({ id: `${key}-${kind}`, pattern: s.pattern, color: s.fill }));
    const renderer = new Patterned({ pane }, fills);
    const features = topojson.feature(shapes, shapes.objects[name]);
    const look = (feature) => {
      const kind = classes[feature.id] ?? feature.properties.class;
      const style = styles[kind];
      if (!style) return { stroke: false, fill: false };
      return {
        stroke: Boolean(style.line),
        color: style.line || undefined,
        weight: feature.properties.weight ?? style.weight,
        dashArray: style.dash || null,
        lineCap: "butt",
        fill: Boolean(style.fill),
        fillColor: style.pattern ? `url(#${key}-${kind})` : style.fill,
        fillOpacity: style.opacity,
      };
    };
    const told = (feature, shape) => {
      const facts = { layer: key, code: feature.id, name: feature.properties.name ?? "" };
      if (select) shape.on("click", () => group._map.fire("buurt:select", facts));
      shape.on("mouseover", () => group._map.fire("buurt:point", facts));
      shape.on("mouseout", () => group._map?.fire("buurt:point", null));
    };
    const lines = features.features.length > 0 && features.features[0].geometry.type.endsWith("LineString");
    const halo = lines ? L.geoJSON(features, { pane, renderer, interactive: false, style: (f) => ({ ...look(f), color: "#fffdf8", dashArray: null }) }) : null;
    if (halo) group.addLayer(halo);
    const shown = L.geoJSON(features, { pane, renderer, interactive: select && !lines, style: look, onEachFeature: select && !lines ? told : undefined });
    group.addLayer(shown);
    if (lines)
      group.tidy = () => {
        if (!group._map) return;
        const part = slim(group._map);
        const dash = ({ dashArray }) => dashArray?.split(" ").map((step) => part * step).join(" ") ?? null;
        shown.setStyle((f) => ({ weight: part * look(f).weight, dashArray: dash(look(f)) }));
        halo.setStyle((f) => ({ weight: part * (look(f).weight + 3) }));
      };
    // A line of two pixels is hard to hit: a broad one that nobody sees takes the clicks.
    if (select && lines) group.addLayer(L.geoJSON(features, { pane, renderer, interactive: true, style: { color: "#ffffff", weight: 18, opacity: 0.001 }, onEachFeature: told }));
    if (!labels) return;
    const named = features.features.map((feature) => label(L, feature)).sort((a, b) => b.wide - a.wide);
    for (const { label } of named) group.addLayer(label);
    group.tidy = () => tidy(group._map, named);
  };

  const chosen = (group, shapes) => {
    const { name, code, line, pane } = group.settings;
    const features = topojson.feature(shapes, shapes.objects[name]).features.filter((feature) => feature.id === code);
    for (const style of [{ color: "#fffdf8", weight: line.weight + 4 }, { color: line.color, weight: line.weight, dashArray: line.dash || null }])
      group.addLayer(L.geoJSON({ type: "FeatureCollection", features }, { pane, interactive: false, style: { ...style, fill: false } }));
  };

  const places = (group, shapes) => {
    const { key, marks, size } = group.settings;
    for (const feature of topojson.feature(shapes, shapes.objects.places).features) {
      const { theme, kind, name } = feature.properties;
      const [lon, lat] = feature.geometry.coordinates;
      const at = L.marker([lat, lon], { icon: L.divIcon({ html: sign(L, kind, marks[theme], size), className: "place-sign", iconSize: [size, size] }), alt: name, title: name, keyboard: false });
      at.on("mouseover", () => group._map.fire("buurt:point", { layer: key, code: feature.id, name }));
      at.on("mouseout", () => group._map?.fire("buurt:point", null));
      group.addLayer(at);
    }
  };

  const arriving = (fill) => (settings) => new Arriving(settings, (group, shapes) => fill(group, shapes));
  return { classed: arriving(classed), chosen: arriving(chosen), places: arriving(places) };
}

/** A tile of stripes, dots or a lattice, to be told from its neighbours without colour. */
function tile(L, id, pattern, color) {
  const make = (tag, facts) => {
    const made = L.SVG.create(tag);
    for (const [name, value] of Object.entries(facts)) made.setAttribute(name, value);
    return made;
  };
  const found = make("pattern", { id, width: 10, height: 10, patternUnits: "userSpaceOnUse" });
  found.append(make("rect", { width: 10, height: 10, fill: color, "fill-opacity": 0.22 }));
  const drawn = { stroke: color, "stroke-width": 2.4, fill: "none" };
  const paths = { stripes: ["M-2,12L12,-2M-2,2L2,-2M8,12L12,8"], back: ["M-2,-2L12,12M8,-2L12,2M-2,8L2,12"], lattice: ["M0,5H10M5,0V10"] };
  if (pattern === "dots") found.append(make("circle", { cx: 5, cy: 5, r: 2.1, fill: color }));
  else for (const d of paths[pattern]) found.append(make("path", { ...drawn, d }));
  return found;
}

function label(L, feature) {
  const text = document.createElement("span");
  text.className = "area-name";
  text.textContent = feature.properties.name ?? "";
  const around = L.geoJSON(feature).getBounds();
  const label = L.marker(around.getCenter(), { interactive: false, keyboard: false, pane: "names", icon: L.divIcon({ html: text, className: "area-label", iconSize: [0, 0] }) });
  // Names always have room here: a core may be smaller than what it is called.
  return { label, text, wide: around.getEast() - around.getWest(), box: [-180, 0, 180, 0] };
}

/** Met: a filled disc. Missing: a ring with a plus. Vanished: a ring with a cross. */
function sign(L, kind, color, size) {
  const svg = L.SVG.create("svg");
  svg.setAttribute("viewBox", "-11 -11 22 22");
  svg.setAttribute("width", size);
  svg.setAttribute("height", size);
  svg.setAttribute("aria-hidden", "true");
  const disc = L.SVG.create("circle");
  for (const [name, value] of Object.entries({ r: 8.5, fill: kind === "met" ? color : "#fffdf8", stroke: kind === "met" ? "#fffdf8" : color, "stroke-width": 2.5 })) disc.setAttribute(name, value);
  svg.append(disc);
  if (kind !== "met") {
    const path = L.SVG.create("path");
    path.setAttribute("d", kind === "missing" ? "M-5,0H5M0,-5V5" : "M-4,-4L4,4M-4,4L4,-4");
    path.setAttribute("stroke", color);
    path.setAttribute("stroke-width", 2.5);
    svg.append(path);
  }
  return svg;
}
