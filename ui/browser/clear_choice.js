// A choice can be taken back: a second tap on it, or the space bar on it, clears the answer.

const OPTION = "[data-testid='stRadioOption']";

/** @param {Element} target */
function chosenKey(target) {
  const option = target.closest(OPTION);
  const isChosen = option?.querySelector("input")?.checked;
  const names = [...(option?.closest("[class*='st-key-answer_']")?.classList ?? [])];
  return isChosen ? (names.find((name) => name.startsWith("st-key-answer_"))?.slice(7) ?? "") : "";
}

/**
 * Listen to second taps, for as long as the page is open.
 *
 * @param {(key: string) => void} clear Called with the key of the question.
 */
export function listenToSecondTaps(clear) {
  let pressed = "";
  const options = { capture: true };
  document.addEventListener(
    "pointerdown",
    (event) => {
      pressed = event.target instanceof Element ? chosenKey(event.target) : "";
    },
    options,
  );
  document.addEventListener(
    "click",
    (event) => {
      const key = pressed;
      pressed = "";
      if (key && event.target instanceof Element && chosenKey(event.target) === key) clear(key);
    },
    options,
  );
  document.addEventListener(
    "keydown",
    (event) => {
      const key = event.key === " " && event.target instanceof Element ? chosenKey(event.target) : "";
      if (key) clear(key);
    },
    options,
  );
}
