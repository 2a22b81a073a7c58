// A map as planners work with it: a ground to choose, a list of layers with their legend, a card with numbers, the
// whole screen, and the way back to where it began. Loaded by planners' pages only.

import { readStored, writeStored } from "../../../browser/storage.js";
import { createElement, createIcon } from "../dom.js";
import { keepInAddress, readAddress } from "./address.js";
import { BasemapChoice } from "./basemap_choice.js";
import { HoverCard } from "./hover_card.js";
import { setOpacity } from "./layer_opacity.js";
import { LayerPanel } from "./layer_panel.js";
import {
  AS_IT_COMES,
  BASEMAP_PARAMETER,
  chooseBasemap,
  LAYERS_PARAMETER,
  readLayers,
  writeLayers,
} from "./map_choices.js";

/**
 * @typedef {{
 *   project: string,
 *   basemaps: import("./basemap_choice.js").Basemap[],
 *   layers: import("./layer_panel.js").PanelLayer[],
 *   facts: import("./hover_card.js").CardFacts,
 *   chosen: string,
 *   credit: string,
 *   words: Record<string, string>,
 * }} WorkbenchData What the page says; `ui/canvas/workbench.py` writes it.
 */

const STORED = "buurt-ondergrond-";

export class Workbench {
  /**
   * @param {import("../canvas.js").Canvas} canvas
   * @param {Leaflet} L
   * @param {import("../view.js").MapView} view
   */
  constructor(canvas, L, view) {
    const { layout } = canvas;
    this.canvas = canvas;
    const { words } = this.data;
    this.layout = layout;
    this.map = view.map;
    /** @type {Map<string, import("leaflet").Layer | null>} */
    this.layers = new Map();
    this.choices = readLayers(readAddress(LAYERS_PARAMETER));
    for (const name of [BASEMAP_PARAMETER, LAYERS_PARAMETER]) keepInAddress(name, readAddress(name));
    this.card = new HoverCard(layout.stage);
    this.panel = new LayerPanel(words, (key, choice) => this.#choose(key, choice));
    this.basemap = new BasemapChoice(L, this.map, words.basemap, (key) => this.#chooseBasemap(key));
    this.panel.element.prepend(this.basemap.element);
    layout.box.append(this.panel.element);
    layout.zooms.prepend(
      createButton(words.home, "home", () => view.showFirst(canvas.data.start, canvas.data.bounds)),
    );
    if (document.fullscreenEnabled) layout.zooms.append(this.#createScreenButton());
    this.map.on("buurt:arrived", () => this.#showLayers());
    this.#showBasemap();
  }

  get data() {
    return /** @type {WorkbenchData} */ (this.canvas.data.workbench);
  }

  /**
   * Show the data of a rerun.
   *
   * @param {import("../layer_swap.js").LayerSwap} swap
   */
  update(swap) {
    const { pieces, shown } = this.canvas.data;
    this.layers = swap.byName(pieces, shown);
    this.card.update(this.data.facts, this.data.chosen);
    this.panel.update(this.data.layers, this.choices);
    this.#showBasemap();
    this.#showLayers();
  }

  #showBasemap() {
    const { basemaps, project, credit } = this.data;
    const address = readAddress(BASEMAP_PARAMETER);
    const stored = readStored("localStorage", STORED + project);
    const key = chooseBasemap(
      basemaps.map((one) => one.key),
      address,
      stored,
    );
    const whose = this.basemap.show(basemaps, key);
    this.layout.credit.textContent = [...new Set([credit, whose])].filter(Boolean).join(" · ");
    this.layout.box.dataset.basemap = key;
    this.layout.liftBottom();
  }

  /** @param {string} key */
  #chooseBasemap(key) {
    writeStored("localStorage", STORED + this.data.project, key);
    keepInAddress(BASEMAP_PARAMETER, key);
    this.#showBasemap();
  }

  /**
   * @param {string} key
   * @param {import("./map_choices.js").LayerChoice} choice
   */
  #choose(key, choice) {
    this.choices.set(key, choice);
    keepInAddress(LAYERS_PARAMETER, writeLayers(this.choices));
    this.#showLayers();
  }

  /** Make every layer of the map as it was chosen; shapes that come later are made so when they come. */
  #showLayers() {
    for (const [key, layer] of this.layers) {
      if (!layer) continue;
      const { isHidden, opacity } = this.choices.get(key) ?? AS_IT_COMES;
      if (isHidden) layer.remove();
      else if (!this.map.hasLayer(layer)) layer.addTo(this.map);
      setOpacity(layer, opacity / 100);
    }
  }

  #createScreenButton() {
    const { words } = this.data;
    const { box } = this.layout;
    const button = createButton(words.whole_screen, "screen", () => {
      const root = /** @type {ShadowRoot | Document} */ (box.getRootNode());
      if (root.fullscreenElement) document.exitFullscreen();
      else box.requestFullscreen();
    });
    box.addEventListener("fullscreenchange", () => {
      const root = /** @type {ShadowRoot | Document} */ (box.getRootNode());
      const isWhole = root.fullscreenElement === box;
      box.dataset.screen = isWhole ? "whole" : "part";
      button.setAttribute("aria-pressed", String(isWhole));
    });
    return button;
  }
}

/**
 * @param {string} label
 * @param {import("../dom.js").IconName} icon
 * @param {() => void} onPress
 */
function createButton(label, icon, onPress) {
  const facts = { class: "zoom", type: "button", "aria-label": label, title: label, "data-not-map": true };
  const button = createElement("button", facts, createIcon(icon));
  button.addEventListener("click", onPress);
  return button;
}
