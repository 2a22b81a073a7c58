// The maps of a report that is one file: all shapes are in the page, and nothing is ever asked for.
// Joined to layers.js in one module, so that what that would fetch is given to it here.

const data = JSON.parse(document.getElementById("shapes").textContent);
for (const [name, shapes] of Object.entries(data.shapes)) fetched.set(name, Promise.resolve(shapes));
teach(L, topojson);

/** Lines of one class: a light casing under each, so that they stand out on any ground. */
function lines({ url, kind, look }) {
  const group = L.featureGroup();
  topology(url).then((shapes) => {
    const found = topojson.feature(shapes, shapes.objects.borders).features.filter((line) => line.properties.kind === kind);
    const drawn = { interactive: false, lineCap: "butt", opacity: 1 };
    group.addLayer(L.geoJSON(found, { style: { ...drawn, color: "#fffdf9", weight: look.weight + 3 } }));
    group.addLayer(L.geoJSON(found, { style: { ...drawn, color: look.line, weight: look.weight, dashArray: look.dash || null } }));
  });
  return group;
}

/** Names on the map, put there as text; of two that would touch, the first stays. */
const Names = L.LayerGroup.extend({
  initialize({ spots }) {
    this.texts = [];
    const marks = spots.map(([lat, lon, name]) => {
      const text = document.createElement("span");
      text.className = "area-name";
      text.textContent = name;
      this.texts.push(text);
      return L.marker([lat, lon], { interactive: false, keyboard: false, icon: L.divIcon({ html: text, className: "area-label", iconSize: [0, 0] }) });
    });
    L.LayerGroup.prototype.initialize.call(this, marks);
  },
  onAdd(map) {
    L.LayerGroup.prototype.onAdd.call(this, map);
    map.on("zoomend", this.tidy, this);
    this.tidy();
  },
  onRemove(map) {
    map.off("zoomend", this.tidy, this);
    L.LayerGroup.prototype.onRemove.call(this, map);
  },
  tidy() {
    const taken = [];
    for (const text of this.texts) {
      text.hidden = false;
      const box = text.getBoundingClientRect();
      text.hidden = taken.some((other) => box.left < other.right + 4 && other.left < box.right + 4 && box.top < other.bottom + 2 && other.top < box.bottom + 2);
      if (!text.hidden) taken.push(box);
    }
  },
});

const makers = { ...L.buurt, lines, names: (settings) => new Names(settings) };

for (const place of document.querySelectorAll("[data-map]")) {
  const { layers, box } = data.maps[place.dataset.map];
  const map = L.map(place, { zoomSnap: 0.25, scrollWheelZoom: false, attributionControl: false, zoomControl: false });
  L.control.zoom({ zoomInTitle: data.words.zoom_in, zoomOutTitle: data.words.zoom_out }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  map.fitBounds([[box[1], box[0]], [box[3], box[2]]]);
  for (const { maker, settings, toggle } of layers) {
    const layer = makers[maker](settings).addTo(map);
    const mark = document.querySelector(`[data-toggle="${toggle}"][data-of="${place.dataset.map}"]`);
    mark?.addEventListener("change", () => (mark.checked ? layer.addTo(map) : layer.remove()));
  }
  place.dataset.ready = "true";
}
