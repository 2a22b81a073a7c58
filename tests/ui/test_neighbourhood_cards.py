"""The card of an experienced neighbourhood is that of its core, and never of an official area of the same code."""

import pandas as pd

import i18n
from ui.pages.planner.neighbourhoods import _cards

W = i18n.get_translator("nl")


def test_the_card_of_a_core_is_not_that_of_an_own_area() -> None:
    """Own areas may have the codes 1, 2 ... of the experienced neighbourhoods."""
    table = pd.DataFrame(
        {"name": ["West"], "n": [12], "share": [0.5], "area_ha": [20.0], "official": ["Wijk"], "iou": [0.4]},
        index=[1],
    )
    cards = _cards(W, table)
    assert list(cards) == ["cores/1"]
    assert cards["cores/1"][0] == "West"
