"""The report of a study in words: what a council reads, made of nothing but what may be handed out."""

from datetime import date
from typing import Any

import pandas as pd

from i18n import Translator
from i18n.document import Chapter, Document, Picture, Table
from store import Project
from study.analysis import comparison
from study.analysis.evidence.division_fit import is_beyond_chance
from study.publishing.cell_values import translate_value, write_bounds
from study.publishing.dictionary import selection_sentence
from study.publishing.publication import Publication
from study.publishing.report.cells import (
    MAX_ROWS,
    make_table,
    many_areas,
    neighbourhood_name,
    shorten,
    word_cell,
    word_hectares,
)
from study.publishing.report.charts import ages_charts, areas_charts, borders_charts
from study.publishing.report.method import (
    limits_chapter,
    method_chapter,
    sensitivity_chapter,
    sources_chapter,
)

MAX_BORDERS = 8
"""Borders named as the hardest, and as the softest."""

FIRM = ("usable", "solid")

REPORT_FIGURES = {
    "aantal_inwoners": ",.0f",
    "percentage_personen_0_tot_15_jaar": ".0f",
    "percentage_personen_65_jaar_en_ouder": ".0f",
    "percentage_eenpersoonshuishoudens": ".0f",
    "percentage_koopwoningen": ".0f",
}
"""Key figures of a core that a report tells, and how they are written; the data have the others."""


def build_report(made: Publication, say: Translator, day: date) -> Document:
    """Build the report.

    Parameters
    ----------
    day
        When it is made; stands on the front.
    """
    asked = made.project
    chapters = [
        _summary(made, say),
        _neighbourhoods(made, say),
        _official(made, say),
        _borders(made, say),
        _facilities(made, say),
        _figures(made, say),
        _who(made, say),
        method_chapter(made, say),
        sources_chapter(made, say),
        limits_chapter(made, say),
        sensitivity_chapter(made, say),
    ]
    return Document(
        language=say.language,
        title=say("report.title"),
        subtitle=say("report.subtitle", name=asked.name),
        label=demo_label(made, say),
        imprint=_imprint(made, asked, say, day),
        facts=_facts(made, say),
        chapters=tuple(chapter for chapter in chapters if chapter is not None),
        contents=say("report.contents"),
        page=page_words(say),
        footer=f"{asked.name} · {say('report.made_on', day=day)}",
    )


def demo_label(made: Publication, say: Translator) -> str:
    """Return the demo label that stands on every page and picture; empty for a real project."""
    return say("demo.label") if made.project.is_demo else ""


def page_words(say: Translator) -> tuple[str, str, str]:
    """Split the page-number template around its placeholders: the numbers are known when pages are set.

    Examples
    --------
    >>> import i18n
    >>> page_words(i18n.get_translator("en"))
    ('Page ', ' of ', '')
    """
    before, between, after = say("report.page", page="\0", pages="\0").split("\0")
    return before, between, after


def _imprint(made: Publication, asked: Project, say: Translator, day: date) -> tuple[str, ...]:
    lines = [say("report.asked_by", name=asked.asked_by)] if asked.asked_by else []
    if asked.contact:
        lines.append(say("report.contact", contact=asked.contact))
    lines.append(say("report.edition", edition=made.number, day=made.day))
    if made.selection:
        lines.append(selection_sentence(made, say))
    lines.append(say("report.made_on", day=day))
    if asked.is_demo:
        lines.append(say("report.made_up"))
    return tuple(lines)


def _facts(made: Publication, say: Translator) -> tuple[tuple[str, str], ...]:
    found = [
        (say.number(made.n), say("report.fact_drawers")),
        (say.number(len(made.tables.get("neighbourhoods", ()))), say("report.fact_neighbourhoods")),
    ]
    if made.median_ha is not None:
        found.append((word_hectares(made.median_ha, say), say("report.fact_median")))
    best = _fit(made)
    if best is not None:
        facts = {"division": many_areas(made, say), "chance": float(best["chance"])}
        found.append((say.number(float(best["mean_iou"]), ".0%"), say("report.fact_overlap", **facts)))
    return tuple(found)


def _fit(made: Publication) -> "pd.Series[Any] | None":
    """Return the fit of the compared division with the drawings, beside chance, where both are known."""
    ranked = made.tables.get("divisions")
    if ranked is None or made.division not in ranked.index or "chance" not in ranked:
        return None
    row: pd.Series[Any] = ranked.loc[made.division]
    return None if pd.isna(row["chance"]) else row


def _summary(made: Publication, say: Translator) -> Chapter:
    """Return the whole study in a handful of sentences, each made of its numbers."""
    table = made.tables.get("neighbourhoods", pd.DataFrame())
    if table.empty:
        sentences = [say("report.summary_one", n=made.n, least=made.least)]
        return Chapter("summary", say("report.summary"), (" ".join(sentences),))
    first, firm = table.iloc[0], int(table["level"].isin(FIRM).sum())
    who = [
        say("report.summary_who", n=made.n, shown=len(table), least=made.least),
        say(
            "report.summary_largest",
            n=int(first["n"]),
            name=neighbourhood_name(table.index[0], first["name"], say),
        ),
        say("report.summary_firm", firm=firm) if firm else say("report.summary_firm_none"),
    ]
    fit = []
    best = _fit(made)
    if best is not None:
        facts = {"iou": float(best["mean_iou"]), "chance": float(best["chance"]), "fit": float(best["fit"])}
        kind = "division" if is_beyond_chance(facts["fit"]) else "chance"
        fit.append(say(f"report.summary_{kind}", division=many_areas(made, say), **facts))
    if "iou" in table:
        known = table["iou"].dropna()
        close = int((known > 0.5).sum())
        if len(known):
            fit.append(say("report.summary_close", n=len(known), close=close, apart=len(known) - close))
    hard = _ranked_borders(made)
    hard = hard[hard["kind"] == "hard"] if len(hard) else hard
    if len(hard):
        top = hard.iloc[0]
        names = {"left": shorten(top["left_name"]), "right": shorten(top["right_name"])}
        fit.append(say("report.summary_border", n=int(top["n"]), stop=float(top["hardness"]), **names))
    missed = made.tables.get("supply")
    more = []
    if missed is not None:
        more.append(say("report.summary_supply", n=int(missed["only_core"].sum())))
    paragraphs = tuple(" ".join(part) for part in (who, fit, more) if part)
    return Chapter("summary", say("report.summary"), paragraphs)


def _neighbourhoods(made: Publication, say: Translator) -> Chapter | None:
    table = made.tables.get("neighbourhoods")
    if table is None:
        return None
    is_on_map, has_lines = (len(made.pictured.get(name, ())) > 0 for name in ("cores", "areas"))
    lines = " " + say("report.neighbourhoods_lines") if has_lines else ""
    paragraphs = (
        [say("report.neighbourhoods_text", least=made.least) + lines]
        if is_on_map
        else [say("report.neighbourhoods_apart", least=made.least)]
    )
    compared = table.dropna(subset=["iou", "area_ha"]) if "iou" in table else table.iloc[:0]
    if len(compared):
        row = compared.iloc[0]
        facts = {
            "n": int(row["n"]),
            "ha": word_hectares(float(row["area_ha"]), say),
            "iou": float(row["iou"]),
        }
        name = neighbourhood_name(compared.index[0], row["name"], say)
        paragraphs.append(
            say("report.neighbourhoods_read", name=name, official=shorten(row["official"]), **facts)
        )
    both = made.tables.get("disputed")
    if both is not None:
        top = both.iloc[0]
        one, other = both.index[0]
        paragraphs.append(
            say(
                "report.disputed_text",
                n=len(both),
                first=neighbourhood_name(one, top["first_name"], say),
                second=neighbourhood_name(other, top["second_name"], say),
                ha=float(top["area_ha"]),
            )
        )
    columns = [column for column in ("n", "level", "area_ha", "official", "iou") if column in table]
    rows = [
        (
            neighbourhood_name(number, row["name"], say),
            *(word_cell(column, row[column], say) for column in columns),
        )
        for number, row in table.head(MAX_ROWS).iterrows()
    ]
    return Chapter(
        "neighbourhoods",
        say("report.neighbourhoods"),
        tuple(paragraphs),
        Picture("consensus", say("figure.alt_consensus", n=len(table))),
        (make_table("report.neighbourhoods_table", ("name", *columns), rows, len(table), say),),
    )


def _official(made: Publication, say: Translator) -> Chapter | None:
    areas = made.tables.get("areas")
    if areas is None:
        return None
    tables = []
    ranked = made.tables.get("divisions")
    if ranked is not None:
        known = ("fit", "mean_iou", "chance", "split_index", "n")
        columns = tuple(column for column in known if column in ranked)
        rows = [
            (
                translate_value("division", division, say),
                *(word_cell(column, row[column], say) for column in columns),
            )
            for division, row in ranked.iterrows()
        ]
        tables.append(make_table("report.divisions_table", ("division", *columns), rows, len(ranked), say))
    facts = ("n", "basis", "iou", "core_inside", "area_inside", "verdict")
    beside = tuple(column for column in facts if column in areas)
    compared = areas[areas["iou"].notna()].sort_values("iou", ascending=False)
    rows = [
        (shorten(row["name"]), *(word_cell(column, row[column], say) for column in beside))
        for _, row in compared.head(MAX_ROWS).iterrows()
    ]
    if rows:
        made_of = make_table("report.areas_table", ("name", *beside), rows, len(compared), say, made=made)
        blank = say("report.areas_blank") if len(compared) < len(areas) else ""
        note = " ".join(text for text in (made_of.note, blank) if text)
        tables.append(Table(made_of.title, made_of.heads, made_of.rows, made_of.numeric, note))
    paragraphs = (say("report.official_text" if rows else "report.official_none"),)
    charts = areas_charts(made, say)
    return Chapter("official", say("report.official"), paragraphs, tables=tuple(tables), charts=charts)


def _ranked_borders(made: Publication) -> pd.DataFrame:
    found = made.tables.get("borders")
    if found is None:
        return pd.DataFrame()
    known: pd.DataFrame = found[found["hardness"].notna()]
    return known.sort_values("hardness", ascending=False, kind="stable")


def _borders(made: Publication, say: Translator) -> Chapter | None:
    found = made.tables.get("borders")
    if found is None:
        return None
    known = _ranked_borders(made)
    most = min(MAX_BORDERS, len(known) // 2)
    if known.empty:  # a map and a table of nothing tell nothing
        return Chapter("borders", say("report.borders"), (say("report.borders_none", whole=len(found)),))
    tables = []
    # Of areas that people uploaded nobody may know what lies there: then there is nothing to say in a column.
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
                    say("report.between", left=shorten(row["left_name"]), right=shorten(row["right_name"])),
                    *((_lies_on(row, say),) if ground else ()),
                    word_cell("hardness", row["hardness"], say),
                    word_cell("n", row["n"], say),
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
        charts=borders_charts(made, say),
    )


def _lies_on(row: "pd.Series[Any]", say: Translator) -> str:
    kind = translate_value("lies_on", row["lies_on"], say) if row["lies_on"] else ""
    return f"{kind} ({row['along']})" if kind and row["along"] else kind or say("report.dash")


def _facilities(made: Publication, say: Translator) -> Chapter | None:
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
            rows.append((neighbourhood_name(number, str(some["name"].iloc[0]), say), *counts, missed))
        heads = (
            say("export.head_name"),
            *(say(f"export.theme_{theme}") for theme in themes),
            say("report.supply_missed"),
        )
        whole = len(rows)
        note = "" if whole <= MAX_ROWS else say("report.rest", shown=MAX_ROWS, n=whole)
        numeric = (False, *(True for _ in heads[1:]))
        tables.append(Table(say("report.supply_table"), heads, tuple(rows[:MAX_ROWS]), numeric, note))
        paragraphs.append(say("report.supply_read"))
    paragraphs += [
        say("report.absent", theme=translate_value("theme", theme, say).lower()) for theme in made.absent
    ]
    picture = Picture("facilities", say("figure.alt_facilities", n=len(places)))
    return Chapter("facilities", say("report.facilities"), tuple(paragraphs), picture, tuple(tables))


def _figures(made: Publication, say: Translator) -> Chapter | None:
    found = made.tables.get("figures")
    if found is None:
        return None
    stated = [figure for figure in REPORT_FIGURES if figure in found.index.unique("figure")]
    if not stated:
        return None
    rows = []
    for number, some in found.groupby(level="neighbourhood", sort=True):
        by = some.droplevel("neighbourhood")
        rows.append(
            (
                neighbourhood_name(number, str(some["name"].iloc[0]), say),
                *(_bounded(by.T[figure], REPORT_FIGURES[figure], say) for figure in stated),
            )
        )
    note = "" if len(rows) <= MAX_ROWS else say("report.rest", shown=MAX_ROWS, n=len(rows))
    heads = (say("export.head_name"), *(translate_value("figure", figure, say) for figure in stated))
    numeric = (False, *(True for _ in stated))
    table = Table(say("report.figures_table"), heads, tuple(rows[:MAX_ROWS]), numeric, note)
    text = (say("report.figures_text"), say("report.figures_bounds"))
    return Chapter("figures", say("report.figures"), text, tables=(table,))


def _bounded(row: "pd.Series[Any]", spec: str, say: Translator) -> str:
    return write_bounds(say, row["value"], row["low"], row["high"], row["telling"], spec=spec) or say(
        "report.dash"
    )


def _weighted(made: Publication, say: Translator) -> tuple[Table, ...]:
    """Return the cores with weights beside those without, where the drawers could be weighed."""
    found = made.tables.get("neighbourhoods")
    if found is None or "weighted_ha" not in found or found["weighted_ha"].isna().all():
        return ()
    columns = ("n", "effective_n", "area_ha", "weighted_ha", "weighted_iou")
    known = found[found["weighted_ha"].notna()]
    rows = [
        (
            neighbourhood_name(number, row["name"], say),
            *(word_cell(column, row[column], say) for column in columns),
        )
        for number, row in known.head(MAX_ROWS).iterrows()
    ]
    return (make_table("report.weighted_table", ("name", *columns), rows, len(known), say),)


def _who(made: Publication, say: Translator) -> Chapter:
    ages, weighted = made.tables.get("ages"), _weighted(made, say)
    stated = (say("report.weighted_text"),) if weighted else ()
    if ages is None or ages["n"].isna().all():
        return Chapter("who", say("report.who"), (say("report.who_none"), *stated), tables=weighted)
    columns = ("n", "share", "inhabitants")
    rows = [
        (translate_value("age", age, say), *(word_cell(column, row[column], say) for column in columns))
        for age, row in ages.iterrows()
    ]
    table = make_table("report.ages_table", ("age", *columns), rows, len(rows), say)
    text = (say("report.who_text"), *stated)
    return Chapter("who", say("report.who"), text, tables=(table, *weighted), charts=ages_charts(made, say))
