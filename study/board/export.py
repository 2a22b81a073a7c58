"""The board as a file: what everybody can read on it, and nothing else."""

import tempfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from i18n import Translator
from study import context
from study.board.cards import REACTION_KINDS, SQUARE_M, PublicCard, public_cards
from study.publishing.files.geopackage_schema import set_times
from study.publishing.formats import list_to_csv
from study.publishing.xlsx import list_to_xlsx

COLUMNS = ("number", "kind", "theme", "words", "status", "owner", "why", "added", "changed", "due")
"""Of all files, before the rounded numbers of people."""

LAYER = "cards"


def to_xlsx(project: str, say: Translator) -> bytes:
    """Write the cards on the board as a workbook, in words; numbers of people are rounded as on the board.

    Raises
    ------
    UnknownProject
    """
    return list_to_xlsx(_list(project, say), say("board.title"))


def to_csv(project: str, say: Translator) -> bytes:
    """Write the same list as text that any program reads.

    Raises
    ------
    UnknownProject
    """
    return list_to_csv(_list(project, say), say)


def _list(project: str, say: Translator) -> pd.DataFrame:
    rows = [_in_words(one, say) for one in public_cards(project)]
    return pd.DataFrame(rows, columns=[say(f"board_file.{name}") for name in (*COLUMNS, *REACTION_KINDS)])


def to_geopackage(project: str, say: Translator) -> bytes:
    """Write the cards on the board as a layer of squares of 100 m, with keys as they are stored.

    A card without a place has no shape; fewer than five people is no number.

    Raises
    ------
    UnknownProject
    """
    shown = public_cards(project)
    facts = pd.DataFrame(
        [(*_facts(one), *(one.people[kind] for kind in REACTION_KINDS)) for one in shown],
        columns=[*COLUMNS, *REACTION_KINDS],
    )
    for name in REACTION_KINDS:
        facts[name] = facts[name].astype("Int64")
    table = gpd.GeoDataFrame(
        facts, geometry=[_square(one) for one in shown], crs=context.project_crs(project)
    )
    with tempfile.TemporaryDirectory(prefix="buurt-board-") as folder:
        path = Path(folder) / "board.gpkg"
        pyogrio.write_dataframe(
            table,
            path,
            layer=LAYER,
            driver="GPKG",
            geometry_type="MultiPolygon",
            dataset_options={"VERSION": "1.3"},
            layer_options={"IDENTIFIER": say("board.title"), "DESCRIPTION": say("board.rounded")},
        )
        if shown:
            set_times(path, max(one.card.changed for one in shown))
        return path.read_bytes()


def _facts(one: PublicCard) -> tuple[int | str, ...]:
    card = one.card
    days = (
        card.added.isoformat(),
        card.changed.isoformat(),
        "" if card.due is None else card.due.isoformat(),
    )
    return (one.number, card.kind, card.theme, card.text, card.status, str(card.owner), card.why, *days)


def _in_words(one: PublicCard, say: Translator) -> tuple[int | str, ...]:
    number, kind, theme, words, status, owner, why, *days = _facts(one)
    named = say("board.theme_other") if theme in {"", "other"} else say(f"places.theme_{theme}")
    people = (say("board_file.few") if (n := one.people[key]) is None else n for key in REACTION_KINDS)
    held = say(f"board.owner_{owner}") if owner else ""
    state = say(f"board.status_{status}")
    return (number, say(f"board.kind_{kind}"), named, words, state, held, why, *days, *people)


def _square(one: PublicCard) -> shapely.MultiPolygon | None:
    x, y, half = one.card.x, one.card.y, SQUARE_M / 2
    if x is None or y is None:
        return None
    return shapely.MultiPolygon([shapely.box(x - half, y - half, x + half, y + half)])
