"""The last chapters of the report: how it was made, what the outcome hangs on, its sources and its limits."""

from geo.metric_registry import METHOD
from i18n import Translator
from i18n.document import Chapter, Table
from study.limits import list_limits
from study.publishing.cell_values import table_title, translate_value
from study.publishing.dictionary import licence_of
from study.publishing.publication import Publication
from study.publishing.report.cells import make_table, word_cell, word_hectares

LARGE_SESSION = 0.3
"""Part of the drawings from one session, above which the report warns."""


def method_chapter(made: Publication, say: Translator) -> Chapter:
    """Build the chapter on how the numbers were made, and with which formulas."""
    size = "report.method_draw" if made.median_ha is not None else "report.method_draw_few"
    paragraphs = (
        say(size, n=made.n, median=word_hectares(made.median_ha or 0.0, say)),
        say("report.method_cluster"),
        say("report.method_core"),
        say("report.method_overlap"),
        say("report.method_rules", least=made.least),
        say("report.method_chance"),
        say("report.method_others"),
        say("report.method_version", method=METHOD),
    )
    return Chapter("method", say("report.method"), paragraphs)


def sensitivity_chapter(made: Publication, say: Translator) -> Chapter:
    """Show what other choices would have given, all of them."""
    found, title = made.tables.get("sensitivity"), say("report.sensitivity")
    if found is None:
        return Chapter("sensitivity", title, (say("report.sensitivity_none"),))
    columns = ("n", "neighbourhoods", "within", "same_groups", "area_ha", "same_area")
    rows = [
        (
            translate_value("setting", setting, say),
            *(word_cell(column, row[column], say) for column in columns),
        )
        for setting, row in found.iterrows()
    ]
    table = make_table("report.sensitivity_table", ("setting", *columns), rows, len(rows), say)
    text = (say("report.sensitivity_text"), say("report.sensitivity_read"))
    return Chapter("sensitivity", title, text, tables=(table,))


def sources_chapter(made: Publication, say: Translator) -> Chapter:
    """List the source of every table."""
    rows = tuple(
        (
            table_title(origin.table, say),
            say("report.source_project") if origin.source == made.project.name else origin.source,
            origin.year,
            licence_of(origin) or say("report.dash"),
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


def limits_chapter(made: Publication, say: Translator) -> Chapter:
    """Build the chapter on what the report does not say: the same points as the page and the documents."""
    points = list(list_limits(say))
    if (made.largest_session or 0.0) > LARGE_SESSION:
        points.append(say("report.limit_session", share=made.largest_session))
    if not made.division:
        points.append(say("report.limit_none"))
    return Chapter("limits", say("report.limits"), points=tuple(points))
