// What is sent to the server, and sent again until it is in the store and the page knows.

import { putDrawing, waitBefore } from "./upload.js";

/**
 * @typedef {import("./sketch.js").SketchResult} SketchResult
 * @typedef {import("./upload.js").SaveTarget} SaveTarget
 * @typedef {{ id: string, turn: number, problem?: string }} Notice What the page is told of a save.
 */

/** How long the page may take to hear of a drawing before it is told again. */
const ANSWER_MS = 4000;
const TURNS = 2 ** 31;

export class Sync {
  /** @type {(SketchResult & { turn: number }) | null} */
  #result = null;
  /** What the page is to hear. @type {object | null} */
  #told = null;
  /** @type {number | null} */
  #heard = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** Ends the upload that is under way, and its waiting. @type {AbortController | null} */
  #upload = null;

  /**
   * @param {{
   *   tellPage: (value: object) => void,
   *   target: () => SaveTarget | null,
   *   showCode?: (code: string) => void,
   *   refused?: () => void,
   * }} options `target`: where a resident's drawings go; null where the page itself takes the drawing, as when somebody
   *   else's is repaired. `showCode`: called when a drawing is in the store and the page does not say so.
   */
  constructor({ tellPage, target, showCode, refused }) {
    this.tellPage = tellPage;
    this.target = target;
    this.showCode = showCode ?? (() => {});
    this.refused = refused ?? (() => {});
    /** Whether the server has a drawing: undefined until something was sent. @type {boolean | undefined} */
    this.hasSent = undefined;
    /** Key of what was sent last: what comes after it is another version of the same. */
    this.sentId = "";
    /** The code to the drawing that is in the store, as the server answered. */
    this.code = "";
  }

  /** What was sent last and is still true, or null. */
  get result() {
    return this.#result;
  }

  /**
   * Send a drawing that was accepted.
   *
   * @param {SketchResult} result
   */
  send(result) {
    this.hasSent = true;
    this.sentId = result.id;
    this.#stop();
    this.#result = { ...result, turn: Math.floor(Math.random() * TURNS) };
    const target = this.target();
    if (target) this.#save(target, this.#result);
    else this.#tell(this.#result);
  }

  /** Withdraw what was sent: it is being changed. Without anything sent there is no rerun to cause. */
  withdraw() {
    if (!this.hasSent) return;
    this.hasSent = false;
    this.#stop();
    this.tellPage({ changing: true });
  }

  /**
   * Acknowledge the turn that the page says it heard; wait anew for one it has not.
   *
   * @param {number | null} turn
   */
  acknowledge(turn) {
    this.#heard = turn;
    if (this.#told && turn !== this.#result?.turn) this.#wait();
  }

  close() {
    clearTimeout(this.#timer);
    // A save that is under way goes on; without the page nobody waits for its answer.
    this.#result = null;
    this.#told = null;
  }

  #stop() {
    clearTimeout(this.#timer);
    this.#upload?.abort();
    this.#result = null;
    this.#told = null;
  }

  /**
   * Save over plain HTTP, however often it takes.
   *
   * @param {SaveTarget} target
   * @param {SketchResult & { turn: number }} result
   */
  async #save(target, result) {
    this.#upload = new AbortController();
    const { signal } = this.#upload;
    const { turn, ...sent } = result;
    let said = "";
    for (let attempt = 0; this.#result === result; attempt += 1) {
      const answer = await putDrawing(target, sent, signal);
      if (this.#result !== result) return;
      if (answer.kind === "saved") {
        this.code = answer.code;
        this.#tell({ id: result.id, turn });
        return;
      }
      if (answer.sentence && answer.sentence !== said) {
        said = answer.sentence;
        this.tellPage({ id: result.id, turn, problem: said });
      }
      if (answer.kind === "refused") {
        this.refused();
        return;
      }
      await pause(1000 * waitBefore(attempt, answer.wait_s, Math.random()), signal);
    }
  }

  /** @param {object} value */
  #tell(value) {
    this.#told = value;
    this.tellPage(value);
    this.#wait();
  }

  #wait() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tellAgain(), ANSWER_MS);
  }

  /** What is said while there is no connection gets lost on the way: say it until the page has heard. */
  #tellAgain() {
    if (!this.#told || this.#heard === this.#result?.turn) return;
    if (this.code) this.showCode(this.code);
    this.tellPage({ ...this.#told, again: Date.now() });
    this.#wait();
  }
}

/**
 * Wait, or until there is a network again.
 *
 * @param {number} wait_ms
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function pause(wait_ms, signal) {
  return new Promise((resolve) => {
    const ended = new AbortController();
    const end = () => {
      ended.abort();
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(end, wait_ms);
    window.addEventListener("online", end, { signal: ended.signal });
    signal.addEventListener("abort", end, { signal: ended.signal });
  });
}
