"""`buurt compare`: answers from files."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress
from rich.table import Table

from cli import W, app, console
from study import batch


@app.command(help=W("cli.compare"))
def compare(
    sketches: Annotated[Path, typer.Option(help=W("cli.sketches"))],
    areas: Annotated[list[Path], typer.Option(help=W("cli.areas"))],
    out: Annotated[Path, typer.Option(help=W("cli.out"))],
    summary: Annotated[Path | None, typer.Option(help=W("cli.summary"))] = None,
) -> None:
    """Compare the drawings of a file with official areas."""
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task(W("cli.step_read"), total=1.0)
        found = batch.compare(
            sketches,
            areas,
            out,
            progress=lambda step, part: bar.update(task, description=W(f"cli.step_{step}"), completed=part),
        )
    if summary is not None:
        summary.write_text(json.dumps(found.as_json(), indent=1) + "\n", encoding="utf-8")
    console.print(
        W(
            "cli.compared",
            n_in=found.n_in,
            n_kept=found.n_kept,
            n_repaired=found.n_repaired,
            n_refused=found.n_refused,
        )
    )
    table = Table(W("cli.col_file"), W("cli.col_covered"), W("cli.col_median"), W("cli.col_reached"))
    for row in found.areas:
        table.add_row(
            row.file,
            W.number(row.n_covered),
            W("cli.none") if row.median_best_iou is None else W.number(row.median_best_iou, ".3f"),
            W("cli.none")
            if row.share_best_iou_at_least_0_8 is None
            else W.number(row.share_best_iou_at_least_0_8, ".1%"),
        )
    console.print(table)


@app.command(help=W("cli.consensus"))
def consensus(
    sketches: Annotated[Path, typer.Option(help=W("cli.sketches"))],
    by: Annotated[str, typer.Option(help=W("cli.by"))],
    out: Annotated[Path, typer.Option(help=W("cli.out"))],
    summary: Annotated[Path | None, typer.Option(help=W("cli.summary"))] = None,
    areas: Annotated[list[Path] | None, typer.Option(help=W("cli.areas"))] = None,
    least_ha: Annotated[float, typer.Option(help=W("cli.least_ha"))] = 2.0,
    most_km2: Annotated[float, typer.Option(help=W("cli.most_km2"))] = 25.0,
) -> None:
    """Draw what each group of drawers agrees on."""
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task(W("cli.step_read"), total=1.0)
        found = batch.agree(
            sketches,
            by,
            out,
            areas=areas or [],
            least_ha=least_ha,
            most_km2=most_km2,
            progress=lambda step, part: bar.update(task, description=W(f"cli.step_{step}"), completed=part),
        )
    if summary is not None:
        summary.write_text(json.dumps(found.as_json(), indent=1) + "\n", encoding="utf-8")
    shown = [row for row in found.groups if row.area_km2 is not None]
    console.print(W("cli.agreed", n=found.n_kept, n_groups=len(found.groups), n_shown=len(shown)))
    table = Table(
        W("cli.col_group"), W("cli.col_n"), W("cli.col_pairwise"), W("cli.col_core"), W("cli.col_level")
    )
    for row in shown:
        table.add_row(
            row.group,
            W.number(row.n),
            W.number(row.median_pairwise_iou or 0.0, ".3f"),
            W.number((row.area_km2 or {})["50"], ".3f"),
            W(f"cli.level_{row.level}"),
        )
    console.print(table)
