// Boxes of the names that are on a map already, in a coarse grid, so that no two names touch. Pure.

/** Width of a cell of the grid in pixels: about the length of a name. */
const CELL_PX = 160;

/**
 * @typedef {[number, number]} HalfSize Half the width and half the height of a name.
 */

/** Boxes that are taken. Coordinates are in units of which `scale` make a pixel smaller: pixels / scale. */
export class LabelBoxes {
  /** @param {number} scale Pixels in one unit of the coordinates. */
  constructor(scale) {
    this.cell = CELL_PX / scale;
    /** @type {Map<string, { x: number, y: number, half: HalfSize }[]>} */
    this.cells = new Map();
  }

  /**
   * Reserve the box around a point if it is free.
   *
   * @param {number} x
   * @param {number} y
   * @param {HalfSize} half
   * @returns {boolean} whether it was free
   */
  reserve(x, y, half) {
    if (!this.isFree(x, y, half)) return false;
    for (const cell of this.#cellsUnder(x, y, half)) {
      const boxes = this.cells.get(cell);
      if (boxes) boxes.push({ x, y, half });
      else this.cells.set(cell, [{ x, y, half }]);
    }
    return true;
  }

  /**
   * Return whether no box touches the one around a point.
   *
   * @param {number} x
   * @param {number} y
   * @param {HalfSize} half
   */
  isFree(x, y, half) {
    for (const cell of this.#cellsUnder(x, y, half))
      for (const other of this.cells.get(cell) ?? [])
        if (
          Math.abs(other.x - x) < other.half[0] + half[0] &&
          Math.abs(other.y - y) < other.half[1] + half[1]
        )
          return false;
    return true;
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {HalfSize} half
   */
  *#cellsUnder(x, y, [width, height]) {
    for (let i = Math.floor((x - width) / this.cell); i <= Math.floor((x + width) / this.cell); i++)
      for (let j = Math.floor((y - height) / this.cell); j <= Math.floor((y + height) / this.cell); j++)
        yield `${i},${j}`;
  }
}
