// The list of layers below a map: each is put on and off, made stronger or weaker, and has its legend with it.

import { createElement, createText } from "../dom.js";
import { AS_IT_COMES, OPACITY_STEP } from "./map_choices.js";
import { createSwatch } from "./swatches.js";

/**
 * @typedef {{ key: string, name: string, legend: import("./swatches.js").LegendLine[] }} PanelLayer
 * @typedef {import("./map_choices.js").LayerChoice} LayerChoice
 * @typedef {import("./map_choices.js").LayerChoices} LayerChoices
 */

export class LayerPanel {
  /**
   * @param {Record<string, string>} words
   * @param {(key: string, choice: LayerChoice) => void} onChoice
   */
  constructor(words, onChoice) {
    this.words = words;
    this.onChoice = onChoice;
    this.list = createElement("ul", { class: "layers" });
    this.element = createElement(
      "div",
      { class: "panel", role: "group", "aria-label": words.layers },
      this.list,
    );
    this.shown = "";
  }

  /**
   * Show these layers; a list that is there already is left alone, and so is what has the focus.
   *
   * @param {PanelLayer[]} layers
   * @param {LayerChoices} choices
   */
  update(layers, choices) {
    const shown = JSON.stringify(layers);
    if (shown === this.shown) return;
    this.shown = shown;
    this.list.replaceChildren(
      ...layers.map((layer) => this.#createRow(layer, choices.get(layer.key) ?? AS_IT_COMES)),
    );
  }

  /**
   * @param {PanelLayer} layer
   * @param {LayerChoice} choice
   */
  #createRow({ key, name, legend }, choice) {
    const box = createElement("input", { type: "checkbox", checked: !choice.isHidden });
    const strength = createElement("input", {
      type: "range",
      min: OPACITY_STEP,
      max: AS_IT_COMES.opacity,
      step: OPACITY_STEP,
      value: choice.opacity,
      "aria-label": (this.words.opacity ?? "").replace("{name}", name),
      title: (this.words.opacity ?? "").replace("{name}", name),
      disabled: choice.isHidden,
    });
    const changed = () => {
      strength.disabled = !box.checked;
      this.onChoice(key, { isHidden: !box.checked, opacity: Number(strength.value) });
    };
    box.addEventListener("change", changed);
    strength.addEventListener("input", changed);
    const lines = legend.map((line) =>
      createElement("li", {}, createSwatch(line), createText("span", line.text)),
    );
    return createElement(
      "li",
      { class: "layer", "data-layer": key },
      createElement("label", {}, box, createText("span", name)),
      strength,
      ...(lines.length > 0 ? [createElement("ul", { class: "layer-legend" }, ...lines)] : []),
    );
  }
}
