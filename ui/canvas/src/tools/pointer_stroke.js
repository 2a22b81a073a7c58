// One stroke of a finger, a pen or a mouse. A second finger at once ends it without a trace, since two fingers move the
// map; once a line is under way a second touch is a palm, and is ignored. A pen takes over from a touch.

/**
 * @typedef {{ x: number, y: number, t: number }} StrokePoint Pixels within the element, and milliseconds since
 *   the stroke began.
 * @typedef {{
 *   canBegin: (point: { x: number, y: number }) => boolean,
 *   begin: (event: PointerEvent) => void,
 *   move: (points: StrokePoint[]) => void,
 *   end: (points: StrokePoint[]) => void,
 *   cancel: () => void,
 * }} StrokeHandlers After `begin` comes `move`, and then `end` or `cancel`.
 * @typedef {{ pointer: number, kind: string, since: number, points: StrokePoint[] }} Stroke
 */

/** A stroke of fewer points is none. */
const MIN_POINTS = 4;
/** A line of more points than this, or longer than this in pixels, is under way. */
const FIRM_POINTS = 10;
const FIRM_PX = 60;

/** @param {Stroke} stroke */
function isFirm({ points }) {
  const [first] = points;
  const farthest = Math.max(...points.map(({ x, y }) => Math.hypot(x - first.x, y - first.y)));
  return points.length > FIRM_POINTS || farthest > FIRM_PX;
}

/**
 * Follow strokes on an element.
 *
 * @param {HTMLElement} element
 * @param {StrokeHandlers} handlers
 * @returns {() => void} stops following
 */
export function followStrokes(element, handlers) {
  /** @type {Set<number>} */
  const fingers = new Set();
  /** @type {Stroke | null} */
  let stroke = null;

  /**
   * @param {PointerEvent} event
   * @param {number} since
   */
  const pointOf = (event, since) => {
    const box = element.getBoundingClientRect();
    const t = Math.round(event.timeStamp - since);
    return { x: event.clientX - box.left, y: event.clientY - box.top, t };
  };
  const cancel = () => {
    if (!stroke) return;
    stroke = null;
    handlers.cancel();
  };
  /**
   * Return whether a touch that comes down beside a stroke is of no account: a palm.
   *
   * @param {PointerEvent} event
   */
  const isPalm = (event) =>
    event.pointerType === "touch" && stroke !== null && (stroke.kind === "pen" || isFirm(stroke));

  /**
   * End a stroke of a finger where a pen comes down, or the first finger of all: whatever was down before has been
   * lifted then, even if nobody heard.
   *
   * @param {PointerEvent} event
   */
  const takeOver = ({ pointerType, isPrimary }) => {
    const isFirstFinger = pointerType === "touch" && isPrimary;
    if (isFirstFinger) fingers.clear();
    if ((isFirstFinger || pointerType === "pen") && stroke?.kind === "touch") cancel();
  };
  /**
   * Return whether this is a second finger: two of them move the map.
   *
   * @param {PointerEvent} event
   */
  const isPinch = (event) => {
    if (event.pointerType !== "touch") return false;
    fingers.add(event.pointerId);
    if (fingers.size > 1) cancel();
    return fingers.size > 1;
  };

  /** @param {PointerEvent} event */
  const down = (event) => {
    if (isOnButton(event)) return;
    takeOver(event);
    if (isPalm(event) || isPinch(event)) return;
    if (event.button !== 0 || stroke || !handlers.canBegin(pointOf(event, event.timeStamp))) return;
    handlers.begin(event);
    const since = event.timeStamp;
    stroke = {
      pointer: event.pointerId,
      kind: event.pointerType,
      since,
      points: [pointOf(event, since)],
    };
    element.setPointerCapture(event.pointerId);
    event.preventDefault();
  };
  /** @param {PointerEvent} event */
  const move = (event) => {
    if (!stroke || event.pointerId !== stroke.pointer) return;
    const steps = event.getCoalescedEvents?.() ?? [];
    for (const step of steps.length > 0 ? steps : [event]) stroke.points.push(pointOf(step, stroke.since));
    handlers.move(stroke.points);
  };
  /** @param {PointerEvent} event */
  const up = (event) => {
    fingers.delete(event.pointerId);
    if (!stroke || event.pointerId !== stroke.pointer) return;
    const { points } = stroke;
    stroke = null;
    if (points.length < MIN_POINTS) handlers.cancel();
    else handlers.end(points);
  };
  /** @param {PointerEvent} event */
  const lost = (event) => {
    fingers.delete(event.pointerId);
    if (event.pointerId === stroke?.pointer) cancel();
  };
  /**
   * Some phones scroll the page under a finger that `touch-action` forbids to; this they do obey. A palm beside a line
   * is kept from the map as well, which would take two touches for a pinch.
   *
   * @param {TouchEvent} event
   */
  const stayStill = (event) => {
    const isBesideLine = stroke !== null && (stroke.kind === "pen" || isFirm(stroke));
    if (isBesideLine) event.stopImmediatePropagation();
    if (event.cancelable && (isBesideLine || handlers.canBegin(touchOf(event)))) event.preventDefault();
  };
  /** @param {TouchEvent} event */
  const touchOf = (event) => {
    const box = element.getBoundingClientRect();
    const [touch] = event.touches ?? [];
    return touch ? { x: touch.clientX - box.left, y: touch.clientY - box.top } : { x: NaN, y: NaN };
  };

  const listening = new AbortController();
  const { signal } = listening;
  // Before the map hears of it: a stroke is no drag, a palm no pinch.
  element.addEventListener("touchstart", stayStill, { passive: false, capture: true, signal });
  element.addEventListener("pointerdown", down, { capture: true, signal });
  element.addEventListener("pointermove", move, { signal });
  element.addEventListener("pointerup", up, { signal });
  element.addEventListener("pointercancel", lost, { signal });
  return () => listening.abort();
}

/**
 * Return whether a pointer is on something that lies on the map but is not the map.
 *
 * @param {Event} event
 */
function isOnButton(event) {
  return event
    .composedPath()
    .some((node) => node instanceof HTMLElement && node.dataset.notMap !== undefined);
}
