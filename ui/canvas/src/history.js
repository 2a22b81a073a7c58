// Undo and redo: the outlines before and after the one that is there. Pure.

/** Steps that can be undone. */
const MAX_STEPS = 50;

/** @template T */
export class History {
  /** @type {T[]} */
  #past = [];
  /** @type {T[]} */
  #future = [];

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /** Whether undoing leads to the empty map. */
  get isBackAtNothing() {
    const before = this.#past.at(-1);
    return Array.isArray(before) && before.length === 0;
  }

  /**
   * Record what there was before a change; what had been undone cannot be redone any more.
   *
   * @param {T} before
   */
  record(before) {
    this.#past = [...this.#past, before].slice(-MAX_STEPS);
    this.#future = [];
  }

  /**
   * @param {T} current
   * @returns {T | undefined} what there was before the last change
   */
  undo(current) {
    const before = this.#past.pop();
    if (before !== undefined) this.#future.push(current);
    return before;
  }

  /**
   * @param {T} current
   * @returns {T | undefined} what was undone last
   */
  redo(current) {
    const after = this.#future.pop();
    if (after !== undefined) this.#past.push(current);
    return after;
  }

  clear() {
    this.#past = [];
    this.#future = [];
  }
}
