"""`buurt import`, `buurt fetch`, `buurt sources`: what comes in."""

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress
from rich.table import Table

from cli import W, app, console
from study import collection, intake

MOST_TOLD = 10
"""Refused features told one by one."""


@app.command("import", help=W("cli.import"))
def take(
    file: Annotated[Path, typer.Argument(help=W("cli.import_file"))],
    role: Annotated[str | None, typer.Option("--as", help=W("cli.import_as"))] = None,
    crs: Annotated[str | None, typer.Option(help=W("cli.import_crs"))] = None,
    layer: Annotated[str | None, typer.Option(help=W("cli.import_layer"))] = None,
    kind: Annotated[str | None, typer.Option(help=W("cli.import_kind"))] = None,
    yes: Annotated[bool, typer.Option("--yes", help=W("cli.import_yes"))] = False,
) -> None:
    """Show what would come of a file and keep it when told to; with ``--yes`` keep it and say what came."""
    swap = True if yes else None
    take_in = partial(intake.take, file, role=role, layer=layer, crs_name=crs, kind=kind, swap=swap)
    if not yes:
        tell(take_in(keep=False))
        if not (sys.stdin.isatty() and typer.confirm(W("cli.import_ask"))):
            console.print(W("cli.import_not_kept"))
            return
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task(W("cli.step_write"), total=1.0)
        kept = take_in(progress=lambda part: bar.update(task, completed=part))
    if yes:
        tell(kept)
    console.print(W("cli.import_kept", name=kept.kept_as or ""))


def tell(found: intake.Intake) -> None:
    """Say how many were taken, repaired and refused, and which were refused and why."""
    counts = {"n_in": found.n_in, "n_taken": found.n_taken, "n_refused": found.n_refused}
    console.print(W("cli.imported", role=W(f"cli.role_{found.role}"), n_repaired=found.n_repaired, **counts))
    for warning in found.warnings:
        console.print(W(f"files.warning_{warning}"), highlight=False)
    if found.stripped:
        console.print(W("cli.import_stripped", columns=", ".join(found.stripped)), markup=False)
    for refusal in found.refusals[:MOST_TOLD]:
        told = {"number": refusal.number, "feature": refusal.feature, "why": why(refusal.reason)}
        console.print(W("cli.import_refused", **told), markup=False, highlight=False)
    if found.n_refused > MOST_TOLD:
        console.print(W("cli.import_refused_more", n=found.n_refused - MOST_TOLD))


def why(reason: str) -> str:
    """Say a reason in words: a key of a file's reader, or the name of what a drawing was refused for."""
    return W.section("files").get(f"reason_{reason}") or W.section("refusals").get(reason, reason)


@app.command(help=W("cli.fetch"))
def fetch(
    name: Annotated[str, typer.Argument(help=W("cli.fetch_name"))],
    year: Annotated[int | None, typer.Option(help=W("cli.fetch_year"))] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=W("cli.fetch_dry_run"))] = False,
    again: Annotated[bool, typer.Option("--again", help=W("cli.fetch_again"))] = False,
) -> None:
    """Fetch what we lack of a municipality: areas, facilities, key figures, base map."""
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task(W("cli.fetching", name=name), total=None)
        report = collection.fetch(
            name,
            year=year,
            dry_run=dry_run,
            again=again,
            progress=lambda step: bar.update(task, completed=step.done, total=step.total),
        )
    if dry_run:
        for question in report.questions:
            console.print(
                f"{question.service}: {question.url}  -> {', '.join(question.layers)}",
                highlight=False,
                soft_wrap=True,
            )
    console.print(
        W(
            "cli.fetched",
            name=report.name,
            code=report.code,
            n_new=len(report.new),
            n_kept=len(report.kept),
            n_asked=len(report.questions),
        )
    )


@app.command(help=W("cli.sources"))
def sources() -> None:
    """List every layer we have, with its source, date and licence."""
    table = Table(
        *(W(f"cli.source_{column}") for column in ("town", "layer", "rows", "source", "date", "licence"))
    )
    for row in collection.sources():
        entry = row.entry
        table.add_row(
            row.municipality.name,
            entry.layer,
            W.number(entry.rows),
            entry.source,
            entry.date,
            entry.licence,
        )
    console.print(table)
