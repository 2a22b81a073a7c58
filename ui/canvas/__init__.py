"""The canvas: a map in the page to draw a neighbourhood on, to point at a spot, or to look at."""

from ui.canvas.canvas import Drawing, Selection, Spot, Start, accepted, draw, is_changing, point, show

__all__ = ["Drawing", "Selection", "Spot", "Start", "accepted", "draw", "is_changing", "point", "show"]
