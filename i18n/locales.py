"""What differs between languages beside the sentences: their own name, which way they read, how they write numbers."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Locale:
    """One language.

    Attributes
    ----------
    name
        What it calls itself: who looks for it reads no other.
    territory
        The language and country as previews of links name them, such as ``nl_NL``.
    direction
        Which way it reads.
    """

    name: str
    territory: str
    decimal: str
    thousands: str
    percent: str
    direction: Literal["ltr", "rtl"] = "ltr"

    @property
    def html_direction(self) -> str:
        """The attribute of a page that reads from right to left; nothing for the usual way.

        Examples
        --------
        >>> DUTCH.html_direction
        ''
        """
        return "" if self.direction == "ltr" else f' dir="{self.direction}"'

    def number(self, value: float, spec: str = "") -> str:
        """Format like Python does, with this language's signs.

        Examples
        --------
        >>> DUTCH.number(0.62, ".0%"), DUTCH.number(1234.5, ",.1f"), ENGLISH.number(1234.5, ",.1f")
        ('62\\xa0%', '1.234,5', '1,234.5')
        >>> DUTCH.number(-0.001, ".0%"), DUTCH.number(-0.01, ".0%")  # nothing is not below nothing
        ('0\\xa0%', '-1\\xa0%')
        """
        signs = {".": self.decimal, ",": self.thousands, "%": self.percent}
        written = format(value, spec)
        if isinstance(value, float) and not any("1" <= sign <= "9" for sign in written):
            written = written.replace("-", "", 1)
        return "".join(signs.get(sign, sign) for sign in written)


# A no-break space, so that a line never ends between the number and its sign.
DUTCH = Locale("Nederlands", "nl_NL", decimal=",", thousands=".", percent="\u00a0%")
ENGLISH = Locale("English", "en_GB", decimal=".", thousands=",", percent="%")
