"""Own layers that go, or make room for others; figures of own areas never stay behind without their areas."""

import contextlib
from collections.abc import Collection
from dataclasses import dataclass

from layers import custom_layers
from layers.custom_figures import ROLE as FIGURES
from layers.custom_layers import CustomLayer


@dataclass(frozen=True)
class FiguresCarried:
    """What becomes of a table of figures once its areas go: rows whose code the new areas have, and the others."""

    key: str
    name: str
    n_kept: int
    n_lost: int


def carried_figures(older: str, codes: Collection[object]) -> tuple[FiguresCarried, ...]:
    """Return what becomes of the figures of own areas when areas with these codes take their place.

    Parameters
    ----------
    codes
        Of the new areas; none where the areas are deleted.
    """
    found = []
    for own in custom_layers.list_custom_layers(FIGURES):
        if own.areas == older:
            n_kept = int(custom_layers.read_custom_layer(own.key).index.isin(list(codes)).sum())
            found.append(FiguresCarried(own.key, own.shown_name, n_kept, own.rows - n_kept))
    return tuple(found)


def replace_layer(older: str, newer: CustomLayer) -> tuple[FiguresCarried, ...]:
    """Delete an own layer of which another took the place; figures whose code still exists go to the new one.

    Everything is written before anything goes: when that fails, all is as it was.

    Raises
    ------
    LayerNotFetched
    """
    codes = custom_layers.read_custom_layer(newer.key).index if newer.role == "areas" else []
    return _delete(older, codes, newer.key)


def delete_layer(key: str) -> CustomLayer:
    """Delete an own layer, with the figures of its areas, and return what was known of it.

    Raises
    ------
    LayerNotFetched
    """
    own = custom_layers.find_custom_layer(key)
    _delete(key, [], "")
    return own


def _delete(older: str, codes: Collection[object], areas: str) -> tuple[FiguresCarried, ...]:
    custom_layers.find_custom_layer(older)
    carried = carried_figures(older, codes)
    with contextlib.ExitStack() as drafts:
        for one in carried:
            if one.n_kept:
                table = custom_layers.read_custom_layer(one.key)
                drafts.enter_context(
                    custom_layers.changed_layer(one.key, table[table.index.isin(list(codes))], areas=areas)
                )
    for one in carried:
        if not one.n_kept:
            custom_layers.remove_files(one.key)
    custom_layers.remove_files(older)
    return carried
