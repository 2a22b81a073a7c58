// The browser's side of maps/workshop.py: a map that grows without a flash, a swipe, and maps that move together.

/** A layer that was taken away stays this long for its successor to arrive, ms. */
const WAIT_MS = 4000;
/** By these a person moves a map. */
const HANDS = ["pointerdown", "wheel", "keydown"];
const companions = new Map();

/** Make the layers of an evening; `classed` makes shapes in classes. */
export function workshop(L, classed) {
  const Growing = L.Layer.extend({
    initialize(settings) {
      this.settings = settings;
    },
    onAdd(map) {
      const kept = (map.buurtKept ??= new Map());
      const before = kept.get(this.settings.key);
      clearTimeout(before?.timer);
      this.inner = classed(this.settings).addTo(map);
      // Should the newer shapes never arrive, the older ones stay: the room looks at something that was true.
      this.inner.on("arrived", () => {
        for (const old of before ? [before.inner, ...before.older] : []) old.remove();
        if (kept.get(this.settings.key) === before) kept.delete(this.settings.key);
        this.older = [];
      });
      this.older = before ? [before.inner, ...before.older] : [];
    },
    onRemove(map) {
      const { inner, older } = this;
      const mine = { inner, older: older ?? [] };
      mine.timer = setTimeout(() => {
        for (const old of [inner, ...mine.older]) old.remove();
        map.buurtKept.delete(this.settings.key);
      }, WAIT_MS);
      map.buurtKept.set(this.settings.key, mine);
    },
  });

  const Swipe = L.Layer.extend({
    initialize(settings) {
      this.settings = settings;
    },
    onAdd(map) {
      const handle = document.createElement("input");
      Object.assign(handle, { type: "range", min: 0, max: 100, step: 1, value: 50, className: "swipe" });
      handle.setAttribute("aria-label", this.settings.label);
      handle.dataset.notMap = "";
      const line = document.createElement("div");
      line.className = "swipe-line";
      this.parts = [handle, line];
      // Whoever moves the handle does not move the map.
      for (const kind of ["pointerdown", "mousedown", "touchstart", "dblclick", "wheel"]) handle.addEventListener(kind, (event) => event.stopPropagation());
      this.clip = () => {
        const size = map.getSize();
        const [left, top] = [map.containerPointToLayerPoint([0, 0]).x, map.containerPointToLayerPoint([0, 0]).y];
        const at = left + (size.x * handle.value) / 100;
        const box = (west, east) => `polygon(${west}px ${top}px, ${east}px ${top}px, ${east}px ${top + size.y}px, ${west}px ${top + size.y}px)`;
        for (const [name, shape] of [["cores", box(left, at)], ["halo", box(at, left + size.x)], ["lines", box(at, left + size.x)], ["names", box(at, left + size.x)]]) {
          const pane = map.getPane(name);
          if (pane) pane.style.clipPath = shape;
        }
        line.style.left = `${handle.value}%`;
      };
      handle.addEventListener("input", this.clip);
      map.getContainer().parentElement.append(line, handle);
      map.on("move zoom resize viewreset buurt:arrived", this.clip);
      this.clip();
    },
    onRemove(map) {
      map.off("move zoom resize viewreset buurt:arrived", this.clip);
      for (const part of this.parts) part.remove();
      for (const name of ["cores", "halo", "lines", "names"]) {
        const pane = map.getPane(name);
        if (pane) pane.style.clipPath = "";
      }
    },
  });

  const Linked = L.Layer.extend({
    initialize(settings) {
      this.settings = settings;
    },
    onAdd(map) {
      const maps = companions.get(this.settings.word) ?? new Set();
      companions.set(this.settings.word, maps.add(map));
      this.follow = () => {
        if (map.buurtLed) return;
        for (const other of maps) {
          if (other === map) continue;
          other.buurtLed = true;
          other.setView(map.getCenter(), map.getZoom(), { animate: false });
          other.buurtLed = false;
        }
      };
      map.on("move zoomend", this.follow);
      const box = this.settings.bounds;
      this.fit = () => {
        if (box && ![...maps].some((one) => one.buurtMoved)) map.fitBounds([[box[1], box[0]], [box[3], box[2]]], { animate: false, padding: [16, 16] });
      };
      this.moved = () => (map.buurtMoved = true);
      this.hands = map.getContainer().parentElement;
      for (const kind of HANDS) this.hands.addEventListener(kind, this.moved, { capture: true, passive: true });
      map.on("resize", this.fit);
      this.fit();
    },
    onRemove(map) {
      companions.get(this.settings.word)?.delete(map);
      map.off("move zoomend", this.follow);
      map.off("resize", this.fit);
      for (const kind of HANDS) this.hands.removeEventListener(kind, this.moved, { capture: true });
    },
  });

  return { growing: (settings) => new Growing(settings), swipe: (settings) => new Swipe(settings), linked: (settings) => new Linked(settings) };
}
