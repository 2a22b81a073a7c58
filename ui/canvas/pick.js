// One spot on the map: tap it, or bring it to the middle and press the button. Spots told before are shown numbered.

/** Let a map be tapped; `chosen(point)` hears of each tap. Gives the hand that shows spots and takes the middle. */
export function pick(L, map, chosen) {
  const pane = map.getPane("spots") ?? map.createPane("spots");
  pane.style.zIndex = 640;
  const before = L.layerGroup().addTo(map);
  let pin = null;

  const badge = (text, kind) => {
    const mark = document.createElement("span");
    mark.className = `spot spot-${kind}`;
    mark.textContent = text;
    return L.divIcon({ html: mark, className: "spot-box", iconSize: [0, 0] });
  };

  const show = (point) => {
    pin?.remove();
    pin = point && L.marker([point.latitude, point.longitude], { pane: "spots", interactive: false, keyboard: false, icon: badge("", "pin") }).addTo(map);
  };

  const take = ({ lat, lng }) => {
    const point = { longitude: Number(lng.toFixed(6)), latitude: Number(lat.toFixed(6)) };
    show(point);
    chosen(point);
  };

  map.on("click", (event) => take(event.latlng));
  return {
    middle: () => take(map.getCenter()),
    show,
    told: (spots) => {
      before.clearLayers();
      for (const { longitude, latitude, text, kind } of spots) {
        before.addLayer(L.marker([latitude, longitude], { pane: "spots", interactive: false, keyboard: false, icon: badge(text, kind) }));
      }
    },
  };
}
