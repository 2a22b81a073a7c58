// The maps of a report that is one file: all shapes are in the page, and nothing is ever asked for.
// Joined to layers.js in one module, so that what that would fetch is given to it here.

const data = JSON.parse(document.getElementById("shapes").textContent);
for (const [name, shapes] of Object.entries(data.shapes)) fetched.set(name, Promise.resolve(shapes));
teach(L, topojson);

/** Lines in the look of their class: a light casing under each, so that they stand out on any ground. */
function lines({ url, styles }) {
  const group = L.featureGroup();
  topology(url).then((shapes) => {
    const found = topojson.feature(shapes, shapes.objects.borders);
    const look = (feature) => styles[feature.properties.kind];
    group.addLayer(L.geoJSON(found, { interactive: false, style: (f) => ({ color: "#fffdf9", weight: look(f).weight + 3, opacity: 0.9 }) }));
    group.addLayer(L.geoJSON(found, { interactive: false, style: (f) => ({ color: look(f).line, weight: look(f).weight, dashArray: look(f).dash || null, lineCap: "butt", opacity: 1 }) }));
  });
  return group;
}

/** Names on the map, put there as text. */
function names({ spots }) {
  return L.layerGroup(
    spots.map(([lat, lon, name]) => {
      const text = document.createElement("span");
      text.className = "area-name";
      text.textContent = name;
      return L.marker([lat, lon], { interactive: false, keyboard: false, icon: L.divIcon({ html: text, className: "area-label", iconSize: [0, 0] }) });
    }),
  );
}

const makers = { ...L.buurt, lines, names };

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
