// One stroke of a finger, a pen or a mouse. A second finger ends it without a trace: two fingers move the map.

const FEWEST = 4;

/**
 * Follow strokes on an element.
 *
 * `handlers.ready()` says whether a stroke may begin, `begin(event)` that one does; then come `move(points)` and
 * `end(points)` or `cancel()`.
 * A point is `{x, y, t}`: pixels within the element, and milliseconds since the stroke began.
 * Gives a function that stops following.
 */
export function follow(element, handlers) {
  const fingers = new Set();
  let stroke = null;

  const point = (event) => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top, t: Math.round(event.timeStamp - stroke.since) };
  };
  const cancel = () => {
    if (!stroke) return;
    stroke = null;
    handlers.cancel();
  };

  const down = (event) => {
    // Buttons on the map are not the map.
    if (event.composedPath().some((node) => node.dataset?.notMap !== undefined)) return;
    if (event.pointerType === "touch") {
      fingers.add(event.pointerId);
      if (fingers.size > 1) return cancel();
    }
    if (event.button !== 0 || stroke || !handlers.ready()) return;
    handlers.begin(event);
    stroke = { pointer: event.pointerId, since: event.timeStamp, points: [] };
    stroke.points.push(point(event));
    element.setPointerCapture(event.pointerId);
    event.preventDefault();
  };
  const move = (event) => {
    if (event.pointerId !== stroke?.pointer) return;
    const steps = event.getCoalescedEvents?.() ?? [];
    for (const step of steps.length > 0 ? steps : [event]) stroke.points.push(point(step));
    handlers.move(stroke.points);
  };
  const up = (event) => {
    fingers.delete(event.pointerId);
    if (event.pointerId !== stroke?.pointer) return;
    const { points } = stroke;
    stroke = null;
    if (points.length < FEWEST) handlers.cancel();
    else handlers.end(points);
  };
  // Some phones scroll the page under a finger that `touch-action` forbids to; this they do obey.
  const still = (event) => {
    if (event.cancelable && handlers.ready()) event.preventDefault();
  };
  const lost = (event) => {
    fingers.delete(event.pointerId);
    if (event.pointerId === stroke?.pointer) cancel();
  };

  element.addEventListener("touchstart", still, { passive: false });
  element.addEventListener("pointerdown", down);
  element.addEventListener("pointermove", move);
  element.addEventListener("pointerup", up);
  element.addEventListener("pointercancel", lost);
  return () => {
    element.removeEventListener("touchstart", still);
    element.removeEventListener("pointerdown", down);
    element.removeEventListener("pointermove", move);
    element.removeEventListener("pointerup", up);
    element.removeEventListener("pointercancel", lost);
  };
}
