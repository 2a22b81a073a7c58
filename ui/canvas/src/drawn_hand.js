// A hand that draws a line round a neighbourhood for five seconds: how it works, learnt without words.

/** How long it is there. */
const SHOWN_MS = 5000;
const LOOP = "M62 34C104 6 186 18 196 66S150 136 100 134 26 104 32 72 46 46 62 34";
const HAND = "M-6 5a6 6 0 0 1 12 0V24l15 5c5 2 7 5 6 10l-4 17H-3L-16 40c-3-5 2-9 7-6l3 3z";
const DRAWN = '<animate attributeName="stroke-dashoffset" from="1" to="0" dur="4s" fill="freeze"/>';
const MOVED = `<animateMotion path="${LOOP}" dur="4s" fill="freeze"/>`;

/**
 * Return the picture; who wants less motion sees the line drawn, and the hand at its end.
 *
 * @param {boolean} isStill
 */
export function handPicture(isStill) {
  const place = isStill ? 'transform="translate(62 34)"' : "";
  return (
    '<svg viewBox="0 0 230 200">' +
    `<path class="line" d="${LOOP}" pathLength="1" stroke-dasharray="1">${isStill ? "" : DRAWN}</path>` +
    `<path class="finger" d="${HAND}" ${place}>${isStill ? "" : MOVED}</path></svg>`
  );
}

/**
 * Show the hand over the map, until somebody touches anything.
 *
 * @param {HTMLElement} stage
 * @returns {() => void} removes it
 */
export function showDrawnHand(stage) {
  const picture = document.createElement("div");
  picture.className = "drawn-hand";
  picture.setAttribute("aria-hidden", "true");
  picture.innerHTML = handPicture(matchMedia("(prefers-reduced-motion: reduce)").matches);
  const listening = new AbortController();
  const remove = () => {
    listening.abort();
    clearTimeout(timer);
    picture.remove();
  };
  const timer = setTimeout(remove, SHOWN_MS);
  for (const kind of ["pointerdown", "wheel", "keydown"])
    addEventListener(kind, remove, { capture: true, signal: listening.signal });
  stage.append(picture);
  return remove;
}
