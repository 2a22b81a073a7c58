"""Layers in words: what each layer, column and key is called, where they lie, and whose they are.

It says nothing of how they look; `maps.qgis` makes styles and a project of it.
"""

from dataclasses import dataclass
from typing import Literal

Shape = Literal["area", "line", "point", ""]
"""What a layer is made of; empty for a table without shapes."""


@dataclass(frozen=True)
class FieldWords:
    """One column.

    Attributes
    ----------
    name
        As it is stored.
    title
        As people read it.
    meaning
        One sentence.
    values
        Key to word, where the column holds keys; empty otherwise.
    """

    name: str
    title: str
    meaning: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class LayerWords:
    """One layer, or one table without shapes.

    Attributes
    ----------
    rests_on
        What it is made of, of which year and under which licence, in one line.
    """

    name: str
    title: str
    shape: Shape
    fields: tuple[FieldWords, ...]
    rests_on: str = ""


@dataclass(frozen=True)
class PackageWords:
    """All layers of one file.

    Attributes
    ----------
    about
        The file in one line: of whom, of when, of how many.
    rules
        What is left out and how it is rounded.
    credit
        What must stand beside every picture.
    licence
        Of what residents drew; empty where nobody chose one.
    division
        Kind of official area in the layer ``areas``; empty when there is none.
    crs, wkt
        ``EPSG:28992``, empty for a plane without a number; and the plane itself, empty without shapes.
    bounds
        Left, bottom, right, top of all layers, in that plane.
    """

    title: str
    about: str
    rules: str
    credit: str
    licence: str
    division: str
    crs: str
    wkt: str
    bounds: tuple[float, float, float, float]
    layers: tuple[LayerWords, ...]


@dataclass(frozen=True)
class QgisFiles:
    """How a package looks in QGIS.

    Attributes
    ----------
    styles
        QML by the name of the layer.
    project
        A project (``.qgz``) that shows the layers of the file beside it.
    """

    styles: dict[str, str]
    project: bytes
