"""CBS StatLine (OData v4): figures that do not come with the areas, asked for by code, never by name."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from geo.errors import AnswerIncomplete, AnswerUnreadable, ServiceRefused, ServiceUnreachable
from layers.contracts import CONTRACTS, SERVICE_TERMS, STATLINE_TITLE
from layers.services.addresses import CBS
from layers.services.http import HttpClient

SERVICE = SERVICE_TERMS["cbs"].name
BAD_REQUEST = 400
PART = 20
"""Measures in one question where the service does not take a list of them."""


def address(line: str, table: str) -> str:
    """Return where a contract line of StatLine is for a table.

    Examples
    --------
    >>> address("properties", "86165NED")
    'https://datasets.cbs.nl/odata/v1/CBS/86165NED/Properties'
    """
    return CBS.addresses()[0] + CONTRACTS[line].path.format(table=table)


def published_measures(session: HttpClient, table: str, wanted: list[str]) -> list[str]:
    """Return which of the measures a table lists; all of them where its list cannot be had.

    Raises
    ------
    FetchCancelled, FetchTooSlow, FetchOffline
    """
    try:
        rows = session.get_json(SERVICE, address("measures", table)).body.get("value") or []
        listed = {str(row["Identifier"]).strip() for row in rows}
    except (ServiceRefused, ServiceUnreachable, AnswerUnreadable, TypeError, LookupError, AttributeError):
        return wanted
    return [measure for measure in wanted if measure in listed] or wanted


def fetch_observations(
    session: HttpClient, table: str, *, begins: Sequence[str], year: int, measures: list[str]
) -> pd.DataFrame:
    """Return measures of every area whose code begins in one of some ways.

    Parameters
    ----------
    table
        StatLine's name of the table, for instance ``86165NED``; its title must name the subject and the
        year, since wrong lists of these names go round.
    begins
        For instance ``GM1621``, ``WK1621`` and ``BU1621``: a municipality, its wijken and its buurten.
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
    title = str(session.get_json(SERVICE, address("properties", table)).body.get("Title", ""))
    if STATLINE_TITLE not in title.casefold() or str(year) not in title:
        raise AnswerUnreadable(service=SERVICE, reason=f"table {table} is '{title}', not the one of {year}")
    areas = " or ".join(f"startswith(WijkenEnBuurten,'{begin}')" for begin in begins)
    rows = _rows(session, table, areas, published_measures(session, table, measures))
    if not rows:
        raise AnswerIncomplete(service=SERVICE, reason=f"no figures at all for {begins[0]} in table {table}")
    return wide_table(rows, measures)


def _rows(session: HttpClient, table: str, areas: str, measures: list[str]) -> list[dict[str, Any]]:
    """Return the observations; a list of measures that is not understood is asked as parts of one choice each."""
    listed = ",".join(f"'{measure}'" for measure in measures)
    try:
        return _pages(session, table, f"({areas}) and Measure in ({listed})")
    except ServiceRefused as problem:
        if problem.facts["status"] != BAD_REQUEST:
            raise
    found: list[dict[str, Any]] = []
    for start in range(0, len(measures), PART):
        choice = " or ".join(f"Measure eq '{measure}'" for measure in measures[start : start + PART])
        found += _pages(session, table, f"({areas}) and ({choice})")
    return found


def _pages(session: HttpClient, table: str, condition: str) -> list[dict[str, Any]]:
    terms = CONTRACTS["observations"]
    params = {"$filter": condition, "$select": ",".join([*terms.needed, *terms.wished])}
    rows: list[dict[str, Any]] = []
    base = address("observations", table)
    url: str | None = base
    seen: set[str] = set()
    while url is not None:
        body = session.get_json(SERVICE, url, params=params if not seen else None).body
        if not isinstance(body.get("value"), list):
            raise AnswerUnreadable(service=SERVICE, reason="it holds no list of values")
        rows += body["value"]
        seen.add(url)
        url = body.get("@odata.nextLink")
        if url is not None and (url in seen or urlsplit(url).netloc != urlsplit(base).netloc):
            raise AnswerUnreadable(service=SERVICE, reason="the next page is one we had, or lies elsewhere")
    return rows


def wide_table(rows: list[dict[str, Any]], measures: list[str]) -> pd.DataFrame:
    """Return observations as one row an area and one column a measure.

    Parameters
    ----------
    rows
        With ``WijkenEnBuurten``, ``Measure``, ``Value``, ``ValueAttribute`` and perhaps ``StringValue``, which
        holds the value where it is text.

    Raises
    ------
    AnswerUnreadable

    Examples
    --------
    >>> row = {"WijkenEnBuurten": "GM1621 ", "Measure": "T001036", "Value": 7, "ValueAttribute": "None"}
    >>> float(wide_table([row], ["T001036"]).loc["GM1621", "T001036"])
    7.0
    """
    try:
        long = pd.DataFrame(rows)[["WijkenEnBuurten", "Measure", "Value", "ValueAttribute"]]
    except KeyError as problem:
        raise AnswerUnreadable(service=SERVICE, reason="a value lacks its area or measure") from problem
    long["code"] = long["WijkenEnBuurten"].astype(str).str.strip()
    if long.duplicated(["code", "Measure"]).any():
        raise AnswerUnreadable(service=SERVICE, reason="an area has two values of one measure")
    values = long["Value"]
    if any("StringValue" in row for row in rows):
        values = values.where(
            values.notna(), pd.Series([row.get("StringValue") for row in rows], dtype=object)
        )
    long["Value"] = pd.to_numeric(values, errors="coerce").where(long["ValueAttribute"].eq("None"))
    wide = long.set_index(["code", "Measure"])["Value"].unstack("Measure")  # noqa: PD010  # keys are unique here
    return wide.reindex(columns=measures)
