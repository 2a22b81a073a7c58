"""On how many examples the laws (Hypothesis) are tried: some on every run, many more by `make nightly`."""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

USUAL = 25
"""Examples of a law on an ordinary run: scribbles of a dozen people each tell enough."""

TIMES = int(os.environ.get("TEST_EXAMPLES", "1"))
"""How many times as many are tried; `make nightly` sets it."""


def load_profile() -> None:
    """Set what holds for every law. How long an example takes says how busy the machine is, so it is no fault."""
    settings.register_profile(
        "laws", deadline=None, max_examples=USUAL * TIMES, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("laws")


def examples(n: int, **more: Any) -> settings:
    """Return the settings of a law that is slow, or cheap: `n` examples on an ordinary run."""
    return settings(max_examples=n * TIMES, **more)


def seeds(usual: int, many: int) -> list[Any]:
    """Return the numbers below `many` for a parameter of a test; those from `usual` on are for the night."""
    return [*range(usual), *(pytest.param(seed, marks=pytest.mark.nightly) for seed in range(usual, many))]
