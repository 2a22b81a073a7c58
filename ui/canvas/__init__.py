"""The canvas: a map in the page to draw a neighbourhood on, or to look at."""

from ui.canvas.canvas import Drawing, Selection, Start, accepted, draw, show

__all__ = ["Drawing", "Selection", "Start", "accepted", "draw", "show"]
