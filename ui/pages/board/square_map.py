"""The squares that cards are about, on a map."""

from typing import Any

from i18n import Translator
from maps.class_styles import ClassStyle
from maps.interactive.workshop_layers import LiveLayer
from study.board import cards
from study.board.cards import PublicCard
from study.permissions import Project
from ui import canvas, map_data, workers
from ui.components import basemap

SQUARES = {"card": ClassStyle("#f6e3c5", 0.6, line="#1b2733", weight=2.0)}


def layer(key: str, table: Any, looks: dict[str, ClassStyle], *, labels: bool) -> LiveLayer:
    """Return shapes as a layer of a map."""
    url = map_data.register_shapes(workers.run_in_worker(map_data.encode_shapes, {"areas": table}))
    return LiveLayer(key, url, looks, labels=labels, pane="lines" if labels else "cores")


def show(say: Translator, project: Project, numbered: list[PublicCard], key: str) -> None:
    """Show the squares of cards with their numbers; nothing where no card has a place."""
    squares = workers.run_in_worker(cards.squares, project.id, numbered)
    if not len(squares):
        return
    canvas.map_view(
        [*basemap.basemap_layers(project.municipality), layer("cards", squares, SQUARES, labels=True)],
        key,
        words=say,
        bounds=workers.run_in_worker(cards.bounds_in_degrees, [squares]),
        credit=basemap.map_attribution(project.municipality, basemap.areas_credit(say, project)),
        tall="min(38dvh, 28rem)",
    )
