"""`buurt import`, `buurt fetch`, `buurt sources`: what comes in."""

import json
import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.progress import Progress
from rich.table import Table

import settings
from cli import T, app, console
from study import datasets, download_report
from study.imports.file_import import ImportResult, OwnLayerWish, RejectedFeature, import_file
from study.imports.preview import CHOSEN, TableHints

PARTLY = 3
"""Exit code of a download of which a part did not come."""

DecimalMark = Literal["comma", "point"]

MAX_LISTED = 10
"""Refused features shown one by one."""


@app.command("import", help=T("cli.import"))
def import_command(
    file: Annotated[Path, typer.Argument(help=T("cli.import_file"))],
    role: Annotated[str | None, typer.Option("--as", help=T("cli.import_as"))] = None,
    crs: Annotated[str | None, typer.Option(help=T("cli.import_crs"))] = None,
    layer: Annotated[str | None, typer.Option(help=T("cli.import_layer"))] = None,
    kind: Annotated[str | None, typer.Option(help=T("cli.import_kind"))] = None,
    swap: Annotated[bool | None, typer.Option("--swap/--no-swap", help=T("cli.import_swap"))] = None,
    x: Annotated[str | None, typer.Option(help=T("cli.import_x"))] = None,
    y: Annotated[str | None, typer.Option(help=T("cli.import_y"))] = None,
    place: Annotated[str | None, typer.Option(help=T("cli.import_place"))] = None,
    header_row: Annotated[int | None, typer.Option(min=1, help=T("cli.import_header_row"))] = None,
    decimal: Annotated[DecimalMark | None, typer.Option(help=T("cli.import_decimal"))] = None,
    project: Annotated[str, typer.Option(help=T("cli.import_project"))] = "",
    person: Annotated[str, typer.Option(help=T("cli.import_person"))] = "",
    name: Annotated[str, typer.Option(help=T("cli.import_name"))] = "",
    answers: Annotated[
        list[str] | None,
        typer.Option("--answer", help=T("cli.import_answer", keys=", ".join(CHOSEN))),
    ] = None,
    replaces: Annotated[str, typer.Option("--replace", help=T("cli.import_replace"))] = "",
    instead: Annotated[bool, typer.Option("--instead", help=T("cli.import_instead"))] = False,
    figures_of: Annotated[str, typer.Option("--of", help=T("cli.import_of"))] = "",
    account: Annotated[Path | None, typer.Option("--json", help=T("cli.import_json"))] = None,
    yes: Annotated[bool, typer.Option("--yes", help=T("cli.import_yes"))] = False,
) -> None:
    """Show what would come of a file and keep it when told to; with ``--yes`` keep it and say what came."""
    hints = TableHints(x, y, place, header_row, decimal=decimal or "")
    take_in = partial(
        import_file,
        file,
        role=role or ("sketches" if project else None),
        layer=layer,
        crs_name=crs,
        kind=kind,
        mapping={**({"name": name} if name else {}), **_answers(answers or [])},
        swap=swap,
        hints=hints,
        project=project,
        person=person,
        own=OwnLayerWish(replaces, instead, figures_of),
    )
    if not yes:
        coming = take_in(keep=False)
        print_result(coming)
        if account is not None:
            write_account(coming, account)
        if not (sys.stdin.isatty() and typer.confirm(T("cli.import_ask"))):
            console.print(T("cli.import_not_kept"))
            return
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task(T("cli.step_write"), total=1.0)
        kept = take_in(progress=lambda part: bar.update(task, completed=part))
    if yes:
        print_result(kept)
    if account is not None:
        write_account(kept, account)
    console.print(T("cli.import_kept", name=kept.kept_as or ""))
    for older in kept.there:
        if older.key not in (kept.kept_as, replaces):
            console.print(T("cli.import_there", **_facts(older)), markup=False, highlight=False)
    if kept.role == "sketches" and not person:
        console.print(T("cli.import_each_row"))


def _answers(asked: list[str]) -> dict[str, str]:
    """Return what each ``QUESTION=COLUMN`` says.

    Raises
    ------
    typer.BadParameter
        When it is no question of ours.
    """
    pairs = [text.partition("=") for text in asked]
    for key, _, column in pairs:
        if key not in CHOSEN or not column:
            raise typer.BadParameter(T("cli.import_answer", keys=", ".join(CHOSEN)))
    return {key: column for key, _, column in pairs}


def kind_name(role: str, kind: str) -> str:
    """Return the name of a kind of facility, or of a figure."""
    if role == "facilities":
        return T(f"export.kind_{kind}")
    return T.section("planner").get(f"figure_{kind}", kind.replace("_", " "))


def _facts(older: datasets.CustomLayer) -> dict[str, object]:
    return {"layer": older.key, "name": older.shown_name, "day": older.date, "n": older.rows}


def print_result(found: ImportResult) -> None:
    """Print how many were accepted, repaired and rejected, and which were rejected and why."""
    counts = {"n_in": found.n_in, "n_taken": found.n_taken, "n_refused": found.n_refused}
    console.print(T("cli.imported", role=T(f"cli.role_{found.role}"), n_repaired=found.n_repaired, **counts))
    for warning in found.warnings:
        console.print(T(f"files.warning_{warning}"), highlight=False)
    for kind, n in sorted(found.kinds.items()):
        console.print(T("cli.import_of_kind", kind=kind_name(found.role, kind), n=n), highlight=False)
    _print_columns(found)
    for refusal in found.refusals[:MAX_LISTED]:
        facts = {"number": refusal.number, "feature": refusal.feature, "why": why(refusal)}
        console.print(T("cli.import_refused", **facts), markup=False, highlight=False)
    if found.n_refused > MAX_LISTED:
        console.print(T("cli.import_refused_more", n=found.n_refused - MAX_LISTED))
    if any(refusal.reason == "axes_swapped" for refusal in found.refusals):
        console.print(T("cli.import_refused_swapped"))


def _print_columns(found: ImportResult) -> None:
    """Print what became of the columns that are not ours, and of the figures of areas that are replaced."""
    if found.answered:
        listed = ", ".join(f"{key} ({column})" for key, column in found.answered.items())
        console.print(T("cli.import_answered", columns=listed), markup=False)
    if found.own_columns:
        console.print(T("cli.import_own_columns", columns=", ".join(found.own_columns)), markup=False)
    for name, reason in found.not_kept.items():
        if reason != "personal":
            left = {"name": name, "why": T(f"files.not_kept_{reason}")}
            console.print(T("cli.import_left_out", **left), markup=False, highlight=False)
    if found.stripped:
        console.print(T("cli.import_stripped", columns=", ".join(found.stripped)), markup=False)
        if found.role in ("sketches", "areas"):
            console.print(T("cli.import_stripped_name"))
    for one in found.carried:
        lines = {"name": one.name, "n_kept": one.n_kept, "n_lost": one.n_lost}
        console.print(T("cli.import_carried", **lines), markup=False, highlight=False)


def write_account(found: ImportResult, path: Path) -> None:
    """Write what came of a file as data: counts, every refusal with its reason, and what was left out."""
    account = {
        "in": found.n_in,
        "taken": found.n_taken,
        "repaired": found.n_repaired,
        "refused": [
            {"number": one.number, "name": one.feature, "reason": why(one)} for one in found.refusals
        ],
        "kinds": found.kinds,
        "not_kept": {name: T(f"files.not_kept_{reason}") for name, reason in found.not_kept.items()},
        "own_columns": list(found.own_columns),
        "answered": found.answered,
        "layer": found.layer,
        "layers": list(found.layers),
        "crs": found.crs,
        "warnings": [T(f"files.warning_{warning}") for warning in found.warnings],
        "role": found.role,
        "kept_as": found.kept_as,
        "there": [older.key for older in found.there],
        "figures": [{"layer": one.key, "kept": one.n_kept, "lost": one.n_lost} for one in found.carried],
    }
    path.write_text(json.dumps(account, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def why(refusal: RejectedFeature) -> str:
    """Return a reason in words: a key of a file's reader, or the error of a rejected sketch."""
    key = f"reason_{refusal.reason}"
    if key in T.section("files"):
        return T(f"files.{key}", **refusal.facts)
    return T.section("refusals").get(refusal.reason, refusal.reason)


@app.command(help=T("cli.fetch"))
def fetch(
    name: Annotated[str, typer.Argument(help=T("cli.fetch_name"))],
    year: Annotated[int | None, typer.Option(help=T("cli.fetch_year"))] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=T("cli.fetch_dry_run"))] = False,
    again: Annotated[bool, typer.Option("--again", help=T("cli.fetch_again"))] = False,
    maps: Annotated[list[Path] | None, typer.Option("--from", help=T("cli.fetch_from"))] = None,
    postcodes: Annotated[list[Path] | None, typer.Option(help=T("cli.fetch_postcodes"))] = None,
    figures: Annotated[list[Path] | None, typer.Option(help=T("cli.fetch_figures"))] = None,
    osm: Annotated[Path | None, typer.Option(help=T("cli.fetch_osm"))] = None,
    osm_date: Annotated[str, typer.Option(help=T("cli.fetch_osm_date"))] = "",
    bgt: Annotated[Path | None, typer.Option(help=T("cli.fetch_bgt"))] = None,
) -> None:
    """Fetch what we lack of a municipality; exit with 3 when only a part of it came."""
    files = None
    if maps:
        files = datasets.SourceFiles(
            tuple(maps), tuple(postcodes or ()), tuple(figures or ()), osm, osm_date, bgt
        )
    elif postcodes or figures or osm or bgt:
        raise typer.BadParameter(T("cli.fetch_from_first"))
    elif not dry_run:
        ask_for_contact()
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task(T("cli.fetching", name=name), total=None)
        report = datasets.fetch(
            name,
            year=year,
            dry_run=dry_run,
            again=again,
            progress=lambda step: bar.update(task, completed=step.done, total=step.total),
            files=files,
        )
    if dry_run:
        for question in report.questions:
            console.print(
                f"{question.service}: {question.url}  -> {', '.join(question.layers)}",
                highlight=False,
                soft_wrap=True,
            )
    console.print(
        T(
            "cli.fetched",
            name=report.name,
            code=report.code,
            n_new=len(report.new),
            n_kept=len(report.kept),
            n_asked=len(report.questions),
        )
    )
    for line in download_report.failure_lines(T, report):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if report.failures:
        raise typer.Exit(PARTLY)


def ask_for_contact() -> None:
    """Prompt for whom the operator of a service can write to, before any request; a hint where nobody can answer."""
    if datasets.contact() or datasets.offline():
        return
    if not sys.stdin.isatty():
        console.print(T("cli.fetch_no_contact"))
        return
    settings.use_contact(typer.prompt(T("cli.fetch_contact"), default="", show_default=False))


@app.command(help=T("cli.sources"))
def sources() -> None:
    """List every layer we have, with its source, date and licence."""
    table = Table(
        *(T(f"cli.source_{column}") for column in ("town", "layer", "rows", "source", "date", "licence"))
    )
    for row in datasets.sources():
        entry = row.entry
        table.add_row(
            row.municipality.name,
            entry.layer,
            T.number(entry.rows),
            entry.source,
            entry.date,
            entry.licence,
        )
    console.print(table)
