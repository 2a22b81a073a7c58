"""Taking in what a resident drew, and showing it beside the official areas."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, cast

import geopandas as gpd
import pandas as pd
from shapely.geometry import MultiPolygon, Polygon

from geo import crs as planes
from geo import overlay, sketch
from geo.frames import SKETCHES
from store import Contribution, Receipt, ViewFacts
from study import atlas, projects

MODES: dict[str, Literal["freehand", "points"]] = {"lasso": "freehand", "corners": "points"}
"""How the store calls a neighbourhood that was drawn with a tool."""

NUMBERED = re.compile(r"^Wijk \d+ ")
"""CBS numbers wijken in their names; a sentence that says "de wijk" does not say it again."""

REVEALED = ("wijk", "buurt", "pc4")
"""Official divisions a resident sees beside the own drawing."""


@dataclass(frozen=True)
class Sent:
    """A drawing as a browser sends it: a geometry in degrees, every raw stroke, and how it was made.

    Widths are metres of ground across the map; where the map stood is not told.
    """

    id: str
    geometry: Mapping[str, Any]
    strokes: Sequence[Mapping[str, Any]] = ()
    tool: str = "lasso"
    start_width_m: int | None = None
    first_width_m: int | None = None
    seconds: int | None = None
    screen: str = ""
    input: str = ""
    saw_borders: bool = False


@dataclass(frozen=True)
class Taken:
    """What was kept: the receipt, and the drawing after repair with what was repaired."""

    receipt: Receipt
    cleaned: sketch.Cleaned


@dataclass(frozen=True)
class Beside:
    """One official area beside a drawing.

    Attributes
    ----------
    division, year, code, name
        Which area: the one that holds most of the drawing.
    share
        Part of the drawing that lies in it, from 0 to 1.
    others
        How many more areas of the division the drawing touches with at least 5 % of itself.
    """

    division: str
    year: int
    code: str
    name: str
    share: float
    others: int


def read(sent: Sent) -> sketch.Cleaned:
    """Make a drawing sound, or refuse it.

    Raises
    ------
    SketchError
    """
    return sketch.read(dict(sent.geometry))


def contribute(project: str, sent: Sent, *, name: str = "", language: str = "nl", device: str = "") -> Taken:
    """Keep a drawing; when this returns it is on disk, and sent again it is kept once.

    Raises
    ------
    SketchError
        The drawing is none; nothing was kept.
    StoreError
        It could not be kept, or it is not known whether it was: send it again.
    """
    cleaned = read(sent)
    raw = {"type": "Feature", "properties": {"strokes": list(sent.strokes)}, "geometry": dict(sent.geometry)}
    told = Contribution(
        id=sent.id,
        project=project,
        raw=json.dumps(raw, separators=(",", ":")),
        geometry=cast("Polygon | MultiPolygon", cleaned.geometry),  # that is what sound means
        created=datetime.now(UTC).date(),
        repairs=tuple(repair.kind for repair in cleaned.repairs),
        warnings=cleaned.warnings,
        mode=MODES.get(sent.tool, "freehand"),
        view=ViewFacts(
            start_width_m=sent.start_width_m,
            first_width_m=sent.first_width_m,
            started_from="project",
            screen=sent.screen,
            input=sent.input,
            duration_s=sent.seconds,
            saw_borders=sent.saw_borders,
        ),
        name=name,
        language=language,
    )
    return Taken(projects.opened().submit(told, device=device), cleaned)


def receipt(sent_id: str) -> Receipt | None:
    """Give the receipt of a drawing that is in the store, by the name the browser gave it."""
    return projects.opened().receipt(sent_id)


def beside(project: str, cleaned: sketch.Cleaned) -> list[Beside]:
    """Compare one drawing with the official areas of its municipality, one line a division we have.

    A division in which no area shares ground with the drawing is left out.
    """
    municipality = projects.project(project).municipality
    own = gpd.GeoDataFrame(
        geometry=[cleaned.geometry], index=pd.Index(["own"], name=SKETCHES.index), crs=planes.RD
    )
    there = atlas.divisions(municipality)
    newest = {division: there[division][-1] for division in REVEALED if division in there}
    found = (_beside(own, atlas.compared(municipality, division, year)) for division, year in newest.items())
    return [line for line in found if line is not None]


def _beside(own: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> Beside | None:
    table = overlay.pairs(own, areas)
    if table.empty:
        return None
    shares = table["share_of_sketch"].droplevel(SKETCHES.index)
    code = str(overlay.best(table).loc["own", "main_code"])
    return Beside(
        division=str(areas.attrs["division"]),
        year=int(areas.attrs["year"]),
        code=code,
        name=NUMBERED.sub("", str(areas.loc[code, "name"])) or code,
        share=float(shares[code]),
        others=int((shares.drop(code) >= overlay.TOUCHED_SHARE).sum()),
    )
