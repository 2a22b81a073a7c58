"""CBS StatLine (OData v4): figures that do not come with the areas, asked for by code, never by name."""

from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from geo.errors import AnswerIncomplete, AnswerUnreadable
from layers.settings import CBS
from layers.transport import Session

SERVICE = "CBS StatLine"
TITLE = "kerncijfers wijken en buurten"


def observations(session: Session, table: str, *, code: str, year: int, measures: list[str]) -> pd.DataFrame:
    """Give measures of the municipality, its wijken and its buurten.

    Parameters
    ----------
    table
        StatLine's name of the table, for instance ``86165NED``; its title must name the subject and the
        year, since wrong lists of these names go round.
    code
        Of the municipality: ``GM1621``.
    measures
        StatLine's codes, for instance ``T001036``.

    Returns
    -------
    DataFrame
        Index area code, one column a measure. Null where StatLine publishes nothing or says the value is
        not normal; a row that is not there is not a zero.

    Raises
    ------
    AnswerUnreadable, AnswerIncomplete, FetchError
    """
    base = f"{CBS.addresses()[0]}/{table}"
    title = str(session.ask(SERVICE, f"{base}/Properties").body.get("Title", ""))
    if TITLE not in title.casefold() or str(year) not in title:
        raise AnswerUnreadable(service=SERVICE, reason=f"table {table} is '{title}', not the one of {year}")
    number = code[2:]
    areas = " or ".join(f"startswith(WijkenEnBuurten,'{prefix}{number}')" for prefix in ("GM", "WK", "BU"))
    wanted = ",".join(f"'{measure}'" for measure in measures)
    params = {
        "$filter": f"({areas}) and Measure in ({wanted})",
        "$select": "Measure,WijkenEnBuurten,Value,ValueAttribute",
    }
    rows: list[dict[str, Any]] = []
    url: str | None = f"{base}/Observations"
    seen: set[str] = set()
    while url is not None:
        body = session.ask(SERVICE, url, params=params if not seen else None).body
        if not isinstance(body.get("value"), list):
            raise AnswerUnreadable(service=SERVICE, reason="it holds no list of values")
        rows += body["value"]
        seen.add(url)
        url = body.get("@odata.nextLink")
        if url is not None and (url in seen or urlsplit(url).netloc != urlsplit(base).netloc):
            raise AnswerUnreadable(service=SERVICE, reason="the next page is one we had, or lies elsewhere")
    if not rows:
        raise AnswerIncomplete(service=SERVICE, reason=f"no figures at all for {code} in table {table}")
    return _wide(rows, measures)


def _wide(rows: list[dict[str, Any]], measures: list[str]) -> pd.DataFrame:
    try:
        long = pd.DataFrame(rows)[["WijkenEnBuurten", "Measure", "Value", "ValueAttribute"]]
    except KeyError as problem:
        raise AnswerUnreadable(service=SERVICE, reason="a value lacks its area or measure") from problem
    long["code"] = long["WijkenEnBuurten"].astype(str).str.strip()
    if long.duplicated(["code", "Measure"]).any():
        raise AnswerUnreadable(service=SERVICE, reason="an area has two values of one measure")
    long["Value"] = pd.to_numeric(long["Value"], errors="coerce").where(long["ValueAttribute"].eq("None"))
    wide = long.set_index(["code", "Measure"])["Value"].unstack("Measure")  # noqa: PD010  # keys are unique here
    return wide.reindex(columns=measures)
