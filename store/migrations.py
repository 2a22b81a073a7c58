"""From every older schema to the one in force, forward only."""

STEPS: dict[int, tuple[str, ...]] = {}
"""Version before the step, to its statements in the SQL both engines share."""


def statements(found: int, kinds: dict[str, str]) -> list[str]:
    """Give what brings a store of schema `found` up to date.

    Examples
    --------
    >>> statements(1, {})
    []
    """
    return [s.format(**kinds) for version in sorted(STEPS) if version >= found for s in STEPS[version]]
