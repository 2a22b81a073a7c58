"""What the figures do not say: one list for the planner's page, the report and the documents."""

from i18n import Translator

LIMITS = (
    "drawers", "few", "core", "chance", "cause", "border", "homes", "weights", "unknown", "distance", "groups",
    "map", "compared",
)  # fmt: skip
"""Keys of the points, in the order in which they are told."""


def list_limits(say: Translator) -> tuple[str, ...]:
    """Return the points, one or two sentences each.

    Examples
    --------
    >>> import i18n
    >>> len(list_limits(i18n.get_translator("nl"))) == len(LIMITS)
    True
    """
    return tuple(say(f"limits.{key}") for key in LIMITS)
