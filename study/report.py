"""The report of a study in words: what a council reads, made of nothing but what may be handed out."""

from datetime import date
from typing import Any

import pandas as pd

from geo.metrics import METHOD
from store import Project
from study import comparison, export, overview
from study.projects import Study, drawn, project
from study.publication import Publication
from words import Words
from words.document import Chapter, Document, Picture, Table

MOST_ROWS = 30
"""Longest table in a report; the rest is in the data."""

MOST_BORDERS = 8
"""Borders named as the hardest, and as the softest."""

MOST_TOLD = 200
"""Most signs of a name in a report."""

LARGE_SESSION = 0.3
"""Part of the drawings from one evening, above which the report warns."""

FIRM = ("usable", "solid")


def document(made: Publication, say: Words, day: date) -> Document:
    """Put the report together.

    Parameters
    ----------
    day
        When it is made; stands on the front.
    """
    asked = project(made.study.project)
    chapters = [
        _summary(made, say),
        _neighbourhoods(made, say),
        _official(made, say),
        _borders(made, say),
        _facilities(made, say),
        _who(made, say),
        _method(made, say),
        _sources(made, say),
        _limits(made, say),
    ]
    return Document(
        language=say.language,
        title=say("report.title"),
        subtitle=say("report.subtitle", name=asked.name),
        label=label(made, say),
        imprint=_imprint(made, asked, say, day),
        facts=_facts(made, say),
        chapters=tuple(chapter for chapter in chapters if chapter is not None),
        contents=say("report.contents"),
        page=_page(say),
        footer=f"{asked.name} · {say('report.made_on', day=day)}",
    )


def label(made: Publication, say: Words) -> str:
    """Say what must stand on every page and picture: that it is made up, or nothing."""
    return say("demo.label") if project(made.study.project).is_made_up else ""


def _page(say: Words) -> tuple[str, str, str]:
    """Take the sentence that numbers a page apart: the numbers are known when the pages are set."""
    before, between, after = say("report.page", page="\0", pages="\0").split("\0")
    return before, between, after


def _imprint(made: Publication, asked: Project, say: Words, day: date) -> tuple[str, ...]:
    days = drawn(made.study)["created"]
    lines = [say("report.asked_by", name=asked.asked_by)] if asked.asked_by else []
    first, last = days.min().date(), days.max().date()
    one = first == last
    lines.append(say("report.drawn_on", day=first) if one else say("report.drawn_in", first=first, last=last))
    lines.append(say("report.made_on", day=day))
    if made.filtered:
        whole = len(drawn(Study(made.study.project, made.study.revision)))
        lines.append(say("report.filtered", n=made.n, whole=whole))
    if asked.is_made_up:
        lines.append(say("report.made_up"))
    return tuple(lines)


def _facts(made: Publication, say: Words) -> tuple[tuple[str, str], ...]:
    seen = overview.overview(made.study)
    found = [
        (say.number(made.n), say("report.fact_drawers")),
        (say.number(len(made.tables.get("neighbourhoods", ()))), say("report.fact_neighbourhoods")),
    ]
    if seen.median_ha is not None:
        found.append((_hectares(seen.median_ha, say), say("report.fact_median")))
    best = _fit(made)
    if best is not None:
        found.append((say.number(best, ".0%"), say("report.fact_overlap", division=_division(made, say))))
    return tuple(found)


def _fit(made: Publication) -> float | None:
    """Give the mean overlap of the drawings with the compared division, where it is known."""
    ranked = made.tables.get("divisions")
    if ranked is None or made.division not in ranked.index:
        return None
    return float(ranked["mean_iou"][made.division])


def _division(made: Publication, say: Words) -> str:
    return say.section("report").get(f"many_{made.division}", say("report.many_own"))


def _summary(made: Publication, say: Words) -> Chapter:
    """Say the whole study in a handful of sentences, each made of its numbers."""
    table = made.tables.get("neighbourhoods", pd.DataFrame())
    if table.empty:
        told = [say("report.summary_one", n=made.n, least=made.least)]
        return Chapter("summary", say("report.summary"), (" ".join(told),))
    first, firm = table.iloc[0], int(table["level"].isin(FIRM).sum())
    who = [
        say("report.summary_who", n=made.n, shown=len(table), least=made.least),
        say("report.summary_largest", n=int(first["n"]), name=_name(table.index[0], first["name"], say)),
        say("report.summary_firm", firm=firm) if firm else say("report.summary_firm_none"),
    ]
    fit = []
    best = _fit(made)
    if best is not None:
        fit.append(say("report.summary_division", division=_division(made, say), iou=best))
    if "iou" in table:
        known = table["iou"].dropna()
        close = int((known > 0.5).sum())
        fit.append(say("report.summary_close", n=len(known), close=close, apart=len(known) - close))
    hard = _ranked_borders(made)
    if len(hard):
        top = hard.iloc[0]
        names = {"left": _short(top["left_name"]), "right": _short(top["right_name"])}
        fit.append(say("report.summary_border", stop=float(top["hardness"]), **names))
    missed = made.tables.get("supply")
    more = []
    if missed is not None:
        more.append(say("report.summary_supply", n=int(missed["only_core"].sum())))
    paragraphs = tuple(" ".join(part) for part in (who, fit, more) if part)
    return Chapter("summary", say("report.summary"), paragraphs)


def _neighbourhoods(made: Publication, say: Words) -> Chapter | None:
    table = made.tables.get("neighbourhoods")
    if table is None:
        return None
    paragraphs = [say("report.neighbourhoods_text", least=made.least)]
    compared = table.dropna(subset=["iou", "area_ha"]) if "iou" in table else table.iloc[:0]
    if len(compared):
        row = compared.iloc[0]
        facts = {"n": int(row["n"]), "ha": _hectares(float(row["area_ha"]), say), "iou": float(row["iou"])}
        name = _name(compared.index[0], row["name"], say)
        paragraphs.append(
            say("report.neighbourhoods_read", name=name, official=_short(row["official"]), **facts)
        )
    both = made.tables.get("disputed")
    if both is not None:
        top = both.iloc[0]
        one, other = both.index[0]
        paragraphs.append(
            say(
                "report.disputed_text",
                n=len(both),
                first=_name(one, top["first_name"], say),
                second=_name(other, top["second_name"], say),
                ha=float(top["area_ha"]),
            )
        )
    columns = [column for column in ("n", "level", "area_ha", "official", "iou") if column in table]
    rows = [
        (_name(number, row["name"], say), *(_cell(column, row[column], say) for column in columns))
        for number, row in table.head(MOST_ROWS).iterrows()
    ]
    return Chapter(
        "neighbourhoods",
        say("report.neighbourhoods"),
        tuple(paragraphs),
        Picture("consensus", say("figure.alt_consensus", n=len(table))),
        (_table("report.neighbourhoods_table", ("name", *columns), rows, len(table), say),),
    )


def _official(made: Publication, say: Words) -> Chapter | None:
    areas = made.tables.get("areas")
    if areas is None:
        return None
    tables = []
    ranked = made.tables.get("divisions")
    if ranked is not None:
        columns = ("mean_iou", "split_index", "n")
        rows = [
            (
                export.worded("division", division, say),
                *(_cell(column, row[column], say) for column in columns),
            )
            for division, row in ranked.iterrows()
        ]
        tables.append(_table("report.divisions_table", ("division", *columns), rows, len(ranked), say))
    beside = ("n", "iou", "core_inside", "area_inside", "verdict")
    told = areas[areas["iou"].notna()].sort_values("iou", ascending=False)
    rows = [
        (_short(row["name"]), *(_cell(column, row[column], say) for column in beside))
        for _, row in told.head(MOST_ROWS).iterrows()
    ]
    if rows:
        made_of = _table("report.areas_table", ("name", *beside), rows, len(told), say, made=made)
        blank = say("report.areas_blank") if len(told) < len(areas) else ""
        note = " ".join(text for text in (made_of.note, blank) if text)
        tables.append(Table(made_of.title, made_of.heads, made_of.rows, made_of.numeric, note))
    paragraphs = (say("report.official_text"),)
    return Chapter("official", say("report.official"), paragraphs, tables=tuple(tables))


def _ranked_borders(made: Publication) -> pd.DataFrame:
    found = made.tables.get("borders")
    if found is None:
        return pd.DataFrame()
    known: pd.DataFrame = found[found["hardness"].notna()]
    return known.sort_values("hardness", ascending=False, kind="stable")


def _borders(made: Publication, say: Words) -> Chapter | None:
    found = made.tables.get("borders")
    if found is None:
        return None
    known = _ranked_borders(made)
    most = min(MOST_BORDERS, len(known) // 2)
    tables = []
    # Of areas that people brought nobody may know what lies there: then there is nothing to say in a column.
    ground = bool((found["lies_on"] != "").any())
    heads = (
        say("report.head_between"),
        *(say(f"export.head_{head}") for head in (*(("lies_on",) if ground else ()), "hardness", "n")),
    )
    numeric = (*(False,) * (len(heads) - 2), True, True)
    if most:
        for title, some in (("hardest", known.head(most)), ("softest", known.tail(most).iloc[::-1])):
            rows = [
                (
                    say("report.between", left=_short(row["left_name"]), right=_short(row["right_name"])),
                    *((_lies_on(row, say),) if ground else ()),
                    _cell("hardness", row["hardness"], say),
                    _cell("n", row["n"], say),
                )
                for _, row in some.iterrows()
            ]
            tables.append(Table(say(f"report.{title}_table"), heads, tuple(rows), numeric))
    return Chapter(
        "borders",
        say("report.borders"),
        (say("report.borders_text", n=len(known), whole=len(found)),),
        Picture("borders", say("figure.alt_borders", n=len(found))),
        tuple(tables),
    )


def _lies_on(row: "pd.Series[Any]", say: Words) -> str:
    kind = export.worded("lies_on", row["lies_on"], say) if row["lies_on"] else ""
    return f"{kind} ({row['along']})" if kind and row["along"] else kind or say("report.dash")


def _facilities(made: Publication, say: Words) -> Chapter | None:
    places = made.tables.get("facilities")
    if places is None:
        return None
    tables, supply = [], made.tables.get("supply")
    paragraphs = [say("report.facilities_text")]
    if supply is not None:
        themes = [theme for theme in comparison.THEMES if theme in supply.index.unique("theme")]
        rows = []
        for number, some in supply.groupby(level="neighbourhood", sort=True):
            by = some.droplevel("neighbourhood")
            counts = [f"{by['in_core'][theme]} ({by['in_area'][theme]})" for theme in themes]
            missed = say.number(int(by["only_core"].sum()))
            rows.append((_name(number, str(some["name"].iloc[0]), say), *counts, missed))
        heads = (
            say("export.head_name"),
            *(say(f"export.theme_{theme}") for theme in themes),
            say("report.supply_missed"),
        )
        whole = len(rows)
        note = "" if whole <= MOST_ROWS else say("report.rest", shown=MOST_ROWS, n=whole)
        numeric = (False, *(True for _ in heads[1:]))
        tables.append(Table(say("report.supply_table"), heads, tuple(rows[:MOST_ROWS]), numeric, note))
        paragraphs.append(say("report.supply_read"))
    paragraphs += [
        say("report.absent", theme=export.worded("theme", theme, say).lower()) for theme in made.absent
    ]
    picture = Picture("facilities", say("figure.alt_facilities", n=len(places)))
    return Chapter("facilities", say("report.facilities"), tuple(paragraphs), picture, tuple(tables))


def _who(made: Publication, say: Words) -> Chapter:
    ages = made.tables.get("ages")
    if ages is None or ages["n"].isna().all():
        return Chapter("who", say("report.who"), (say("report.who_none"),))
    columns = ("n", "share", "inhabitants")
    rows = [
        (export.worded("age", age, say), *(_cell(column, row[column], say) for column in columns))
        for age, row in ages.iterrows()
    ]
    table = _table("report.ages_table", ("age", *columns), rows, len(rows), say)
    return Chapter("who", say("report.who"), (say("report.who_text"),), tables=(table,))


def _method(made: Publication, say: Words) -> Chapter:
    seen = overview.overview(made.study)
    paragraphs = (
        say(
            "report.method_draw",
            repaired=seen.repaired,
            n=made.n,
            median=_hectares(seen.median_ha or 0.0, say),
        ),
        say("report.method_cluster"),
        say("report.method_core"),
        say("report.method_overlap"),
        say("report.method_rules", least=made.least),
        say("report.method_version", method=METHOD),
    )
    return Chapter("method", say("report.method"), paragraphs)


def _sources(made: Publication, say: Words) -> Chapter:
    rows = tuple(
        (
            export.called(origin.table, say),
            say("report.source_project") if origin.drawn and not origin.licence else origin.source,
            origin.year,
            origin.licence or say("report.dash"),
            say("report.dash") if origin.n is None else say.number(origin.n),
        )
        for origin in made.origins
    )
    heads = (
        say("report.head_what"),
        *(say(f"export.head_{key}") for key in ("source", "year", "licence", "n")),
    )
    numeric = (False, False, False, False, True)
    return Chapter(
        "sources",
        say("report.sources"),
        tables=(Table(say("report.sources_table"), heads, rows, numeric),),
    )


def _limits(made: Publication, say: Words) -> Chapter:
    seen = overview.overview(made.study)
    points = [say("report.limit_drawers"), say("report.limit_few"), say("report.limit_map")]
    if seen.largest_session > LARGE_SESSION:
        points.append(say("report.limit_session", share=seen.largest_session))
    if not made.division:
        points.append(say("report.limit_none"))
    points.append(say("report.limit_difference"))
    return Chapter("limits", say("report.limits"), points=tuple(points))


# --- Words of one cell ----------------------------------------------------------------------------


def _table(
    title: str,
    columns: tuple[str, ...],
    rows: list[tuple[str, ...]],
    whole: int,
    say: Words,
    *,
    made: Publication | None = None,
) -> Table:
    told = say(title) if made is None else say(title, division=_division(made, say))
    note = say("report.rest", shown=len(rows), n=whole) if len(rows) < whole else ""
    heads = tuple(say(f"export.head_{column}") for column in columns)
    worded = {"name", "official", *export.KEYED}
    return Table(told, heads, tuple(rows), tuple(column not in worded for column in columns), note)


def _cell(column: str, value: Any, say: Words) -> str:
    if value is None or pd.isna(value):
        return say("report.dash")
    if column in export.KEYED:
        return export.worded(column, value, say)
    if column in export.SHARES:
        return say.number(float(value), ".0%")
    if column == "area_ha":
        return say.number(float(value), ",.1f")
    return _short(value) if column == "official" else say.number(int(value))


def _name(number: object, name: str, say: Words) -> str:
    return _short(name) if name else say("report.nameless", number=number)


def _hectares(area_ha: float, say: Words) -> str:
    """Write an area with as many decimals as mean something.

    Examples
    --------
    >>> import words
    >>> _hectares(34.87, words.of("nl")), _hectares(0.43, words.of("nl"))
    ('35', '0,4')
    """
    return say.number(area_ha, ",.0f" if area_ha >= 10 else ",.1f")


def _short(name: object) -> str:
    text = " ".join(str(name).split())
    return text if len(text) <= MOST_TOLD else f"{text[: MOST_TOLD - 1]}…"
