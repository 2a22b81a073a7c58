"""How a language writes numbers: 1.234,5 or 1,234.5; 62 % or 62%."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Locale:
    """The signs of one language."""

    decimal: str
    thousands: str
    percent: str

    def number(self, value: float, spec: str = "") -> str:
        """Format like Python does, with this language's signs.

        Examples
        --------
        >>> DUTCH.number(0.62, ".0%"), DUTCH.number(1234.5, ",.1f"), ENGLISH.number(1234.5, ",.1f")
        ('62\\xa0%', '1.234,5', '1,234.5')
        """
        signs = {".": self.decimal, ",": self.thousands, "%": self.percent}
        return "".join(signs.get(sign, sign) for sign in format(value, spec))


# A no-break space, so that a line never ends between the number and its sign.
DUTCH = Locale(decimal=",", thousands=".", percent="\u00a0%")
ENGLISH = Locale(decimal=".", thousands=",", percent="%")
