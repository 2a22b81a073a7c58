"""Clean text from uploaded files and mask personal data in it."""

import re
from typing import Any

from layers.files.detection import layer_type

MAX_VALUE = 500
"""Characters of one value; longer texts are cut."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def clean_text(value: Any) -> Any:
    """Cut a text to what a table needs and leave out signs that cannot be seen; numbers stay numbers.

    Examples
    --------
    >>> clean_text("Oranje\\x00buurt\\ud800 "), clean_text(12), len(clean_text("a" * 900))
    ('Oranjebuurt', 12, 500)
    """
    if value is None or isinstance(value, bool | int | float):
        return value
    # Half of a sign of two parts cannot be written.
    whole = str(value)[: 4 * MAX_VALUE].encode("utf-8", "ignore").decode()
    return _CONTROL.sub("", whole).strip()[:MAX_VALUE]


def mask_personal_data(text: str) -> str:
    """Replace e-mail addresses and telephone numbers in a remark by a dash.

    Examples
    --------
    >>> mask_personal_data("bel 06-12345678 of mail jan@voorbeeld.nl, plein 1944")
    'bel – of mail –, plein 1944'
    """
    if "@" in text:
        text = layer_type.EMAIL.sub("–", text)
    return layer_type.PHONE.sub("–", text) if "0" in text or "+31" in text else text
