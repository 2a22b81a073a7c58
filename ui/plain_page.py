"""Pages of a few sentences that stand without Streamlit, in Dutch and below it in English."""

from collections.abc import Callable, Mapping

from starlette.responses import HTMLResponse

import i18n
from i18n import Translator


def plain_page(
    write: Callable[[Translator], str],
    *,
    title: str,
    status: int,
    head: str = "",
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """Return a page that nobody keeps a copy of.

    Parameters
    ----------
    write
        Returns what the page says in the language of a translator, as HTML.
    title
        Of the tab.
    head
        More in the head of the page.
    """
    dutch, english = (write(i18n.get_translator(language)) for language in ("nl", "en"))
    text = (
        f'<!doctype html><html lang="nl"><meta charset="utf-8">{head}'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>'
        f'{dutch}<div lang="en">{english}</div></html>\n'
    )
    return HTMLResponse(text, status_code=status, headers={"Cache-Control": "no-store", **(headers or {})})
