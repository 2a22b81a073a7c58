// The card on a map: name and numbers of what is pointed at, and else of what is chosen.

import { createElement, createText } from "../dom.js";

/**
 * @typedef {Record<string, string[]>} CardFacts The name and the sentences below it: by code, or by layer and code
 *   (`cores/3`) where two layers of a map may have the same codes.
 */

/** Pixels between the pointer and the card, and between the card and the edge of the map. */
const GAP_PX = 14;
const EDGE_PX = 8;

/**
 * Compute where a card stands: right below the pointer, or at its other side where there is no room.
 *
 * @param {{ x: number, y: number }} pointer
 * @param {{ width: number, height: number }} card
 * @param {{ width: number, height: number }} map
 */
export function placeCard({ x, y }, card, map) {
  const right = x + GAP_PX + card.width + EDGE_PX <= map.width;
  const below = y + GAP_PX + card.height + EDGE_PX <= map.height;
  return {
    x: Math.max(EDGE_PX, right ? x + GAP_PX : x - GAP_PX - card.width),
    y: Math.max(EDGE_PX, below ? y + GAP_PX : y - GAP_PX - card.height),
  };
}

export class HoverCard {
  /** @type {CardFacts} */
  facts = {};
  chosen = "";
  pointer = { x: 0, y: 0 };

  /** @param {HTMLElement} stage */
  constructor(stage) {
    this.stage = stage;
    this.moving = createElement("div", { class: "card", hidden: true, "aria-hidden": "true" });
    // What is chosen in a list or table is read out; what the pointer passes is not.
    this.fixed = createElement("div", { class: "card card-chosen", role: "status", hidden: true });
    stage.append(this.fixed, this.moving);
    stage.addEventListener("pointermove", ({ clientX, clientY }) => {
      const { left, top } = stage.getBoundingClientRect();
      this.pointer = { x: clientX - left, y: clientY - top };
      this.#place();
    });
  }

  /**
   * Show what is chosen.
   *
   * @param {CardFacts} facts
   * @param {string} chosen
   */
  update(facts, chosen) {
    this.facts = facts;
    this.chosen = chosen;
    fillCard(this.fixed, facts[chosen] ?? []);
  }

  /**
   * Show what the pointer is on; nothing of it hides the card.
   *
   * @param {string} name
   * @param {{ layer?: string, code?: string | number }} what
   */
  showTip(name, { layer = "", code = "" }) {
    fillCard(this.moving, this.facts[`${layer}/${code}`] ?? this.facts[code] ?? (name ? [name] : []));
    this.#place();
  }

  #place() {
    if (this.moving.hidden) return;
    const [map, card] = [this.stage, this.moving].map(({ offsetWidth, offsetHeight }) => ({
      width: offsetWidth,
      height: offsetHeight,
    }));
    const { x, y } = placeCard(this.pointer, card, map);
    this.moving.style.transform = `translate(${x}px, ${y}px)`;
  }
}

/**
 * @param {HTMLElement} card
 * @param {string[]} lines
 */
function fillCard(card, [name = "", ...lines]) {
  card.hidden = !name;
  card.replaceChildren(createText("strong", name), ...lines.map((line) => createText("span", line)));
}
