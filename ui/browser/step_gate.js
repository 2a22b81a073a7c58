// The gate between two steps: whoever taps twice on a button presses once. From the first press until a moment after
// the next step stands, a press does nothing.

/** How long a new step stands before it can be pressed. */
const QUIET_MS = 600;
/** How long a press may stay without any answer, as when the connection is away. */
const LOST_MS = 5000;
const LOOK_MS = 50;
const CLOSED = "buurt-gate";
/** What goes to another step, or makes another one of this one. */
const STEP_BUTTONS =
  "[data-testid='stButton'] button, [data-testid='stFormSubmitButton'] button, [data-act='right']";

/** Whether presses count, worked out from what is seen of the page. Pure. */
export class StepGate {
  /** @type {number | null} */
  #pressed_ms = null;
  #heading = "";
  #hasAnswered = false;
  /** Since when the page is at rest after the press. @type {number | null} */
  #restedSince_ms = null;

  get isClosed() {
    return this.#pressed_ms !== null;
  }

  /**
   * Close the gate at a press.
   *
   * @param {number} now_ms
   * @param {string} heading Of the step that is left.
   */
  press(now_ms, heading) {
    this.#pressed_ms = now_ms;
    this.#heading = heading;
    this.#hasAnswered = false;
    this.#restedSince_ms = null;
  }

  /** Count the press as answered by the server; a page made within one look seems to be without. */
  answer() {
    this.#hasAnswered = true;
  }

  /**
   * Look at the page; the gate opens once it has answered and rested.
   *
   * @param {number} now_ms
   * @param {{ isRunning: boolean, heading: string }} page
   */
  look(now_ms, { isRunning, heading }) {
    if (this.#pressed_ms === null) return;
    if (isRunning || heading !== this.#heading) this.answer();
    this.#restedSince_ms = this.#hasAnswered && !isRunning ? (this.#restedSince_ms ?? now_ms) : null;
    const hasRested = this.#restedSince_ms !== null && now_ms - this.#restedSince_ms >= QUIET_MS;
    if (hasRested || (!this.#hasAnswered && now_ms - this.#pressed_ms >= LOST_MS)) this.#pressed_ms = null;
  }
}

function readPage() {
  return {
    isRunning: !document.querySelector("[data-testid='stApp'][data-test-script-state='notRunning']"),
    heading: document.querySelector("[data-testid='stMain'] h1")?.textContent?.trim() ?? "",
  };
}

/**
 * Call back at every message of the server, from the first one sent to it on.
 *
 * @param {() => void} onMessage
 */
function watchServer(onMessage) {
  const { send } = WebSocket.prototype;
  /** @type {WeakSet<WebSocket>} */
  const watched = new WeakSet();
  /** @type {WebSocket["send"]} */
  WebSocket.prototype.send = function (message) {
    if (!watched.has(this)) this.addEventListener("message", onMessage);
    watched.add(this);
    send.call(this, message);
  };
}

/** Guard the step buttons of residents' pages, for as long as the page is open. */
export function guardSteps() {
  const gate = new StepGate();
  watchServer(() => gate.answer());
  const watch = () => {
    gate.look(performance.now(), readPage());
    document.body.classList.toggle(CLOSED, gate.isClosed);
    if (gate.isClosed) setTimeout(watch, LOOK_MS);
  };
  /** @param {Event} event */
  const stop = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  document.addEventListener(
    "click",
    (event) => {
      const target = event.target instanceof Element ? event.target : null;
      if (!target?.closest("[data-testid='stMain']") || !document.querySelector(".buurt-resident")) return;
      if (gate.isClosed) stop(event);
      else if (event.composedPath().some((node) => node instanceof Element && node.matches(STEP_BUTTONS))) {
        gate.press(performance.now(), readPage().heading);
        watch();
      }
    },
    { capture: true },
  );
  document.addEventListener(
    "keydown",
    (event) => {
      if (gate.isClosed && event.key === "Enter") stop(event);
    },
    { capture: true },
  );
}
