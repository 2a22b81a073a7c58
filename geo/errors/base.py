"""Base class of all errors: a message and the facts of the sentence shown to a visitor."""

from typing import Any, ClassVar


class BuurtError(Exception):
    """Something we can explain; ``facts`` are what the explanation needs.

    Examples
    --------
    >>> class TooWet(BuurtError):
    ...     message = "depth is {depth_m:.1f} m; choose dry land"
    >>> str(TooWet(depth_m=1.25))
    'depth is 1.2 m; choose dry land'
    >>> TooWet(depth_m=1.25).facts
    {'depth_m': 1.25}
    """

    message: ClassVar[str] = "something went wrong; see the log"

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.message.format(**facts))

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what pickling needs, so that an error crosses processes with its facts."""
        return _rebuild, (type(self), self.facts)


def _rebuild(kind: type[BuurtError], facts: dict[str, Any]) -> BuurtError:
    return kind(**facts)
