"""`buurt compare`: answers from files."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress
from rich.table import Table

from cli import T, app, console, new_output
from study.analysis import batch
from study.imports.preview import TableHints
from study.progress import ProgressListener

Layer = Annotated[str | None, typer.Option(help=T("cli.import_layer"))]
Crs = Annotated[str | None, typer.Option(help=T("cli.import_crs"))]
Swap = Annotated[bool | None, typer.Option("--swap/--no-swap", help=T("cli.import_swap"))]
X = Annotated[str | None, typer.Option(help=T("cli.import_x"))]
Y = Annotated[str | None, typer.Option(help=T("cli.import_y"))]
PlaceColumn = Annotated[str | None, typer.Option(help=T("cli.import_place"))]
HeaderRow = Annotated[int | None, typer.Option(min=1, help=T("cli.import_header_row"))]
Person = Annotated[str | None, typer.Option(help=T("cli.person"))]
Measures = Annotated[bool, typer.Option("--measures", help=T("cli.measures"))]
AreasLayer = Annotated[str | None, typer.Option(help=T("cli.areas_layer"))]
AreasCrs = Annotated[str | None, typer.Option(help=T("cli.areas_crs"))]
AreasSwap = Annotated[bool | None, typer.Option("--areas-swap/--no-areas-swap", help=T("cli.areas_swap"))]
AreasPlace = Annotated[str | None, typer.Option(help=T("cli.areas_place"))]
AreasHeaderRow = Annotated[int | None, typer.Option(min=1, help=T("cli.areas_header_row"))]
Dask = Annotated[str, typer.Option("--dask", help=T("cli.dask"))]
"""How a file is read, where that is not clear of itself: the same options as for an import."""


@app.command(help=T("cli.compare"))
def compare(
    sketches: Annotated[Path, typer.Option(help=T("cli.sketches"))],
    areas: Annotated[list[Path], typer.Option(help=T("cli.areas"))],
    out: Annotated[Path, new_output(T("cli.out"))],
    summary: Annotated[Path | None, typer.Option(help=T("cli.summary"))] = None,
    columns: Annotated[list[str] | None, typer.Option(help=T("cli.columns"))] = None,
    person: Person = None,
    layer: Layer = None,
    crs: Crs = None,
    swap: Swap = None,
    x: X = None,
    y: Y = None,
    place: PlaceColumn = None,
    header_row: HeaderRow = None,
    areas_layer: AreasLayer = None,
    areas_crs: AreasCrs = None,
    areas_swap: AreasSwap = None,
    areas_place: AreasPlace = None,
    areas_header_row: AreasHeaderRow = None,
    measures: Measures = False,
    dask: Dask = "",
) -> None:
    """Compare the drawings of a file with official areas."""
    with _shown_progress() as progress:
        found = batch.compare_files(
            sketches,
            areas,
            out,
            options=batch.FileOptions(layer, crs, swap, TableHints(x, y, place, header_row)),
            areas_options=batch.FileOptions(
                areas_layer, areas_crs, areas_swap, TableHints(place=areas_place, header_row=areas_header_row)
            ),
            columns=tuple(columns or ()),
            person=person,
            measures=measures,
            progress=progress,
            dask=dask,
        )
    _write_summary(found, summary)
    console.print(
        T(
            "cli.compared",
            n_in=found.n_in,
            n_kept=found.n_kept,
            n_repaired=found.n_repaired,
            n_refused=found.n_refused,
        )
    )
    _print_persons(found)
    table = Table(T("cli.col_file"), T("cli.col_covered"), T("cli.col_median"), T("cli.col_reached"))
    for row in found.areas:
        table.add_row(
            row.file,
            T.number(row.n_covered),
            T("cli.none") if row.median_best_iou is None else T.number(row.median_best_iou, ".3f"),
            T("cli.none")
            if row.share_best_iou_at_least_0_8 is None
            else T.number(row.share_best_iou_at_least_0_8, ".1%"),
        )
    console.print(table)


@app.command(help=T("cli.consensus"))
def consensus(
    sketches: Annotated[Path, typer.Option(help=T("cli.sketches"))],
    by: Annotated[str, typer.Option(help=T("cli.by"))],
    out: Annotated[Path, new_output(T("cli.out"))],
    summary: Annotated[Path | None, typer.Option(help=T("cli.summary"))] = None,
    areas: Annotated[list[Path] | None, typer.Option(help=T("cli.areas"))] = None,
    person: Person = None,
    layer: Layer = None,
    crs: Crs = None,
    swap: Swap = None,
    x: X = None,
    y: Y = None,
    place: PlaceColumn = None,
    header_row: HeaderRow = None,
    areas_layer: AreasLayer = None,
    areas_crs: AreasCrs = None,
    areas_swap: AreasSwap = None,
    areas_place: AreasPlace = None,
    areas_header_row: AreasHeaderRow = None,
    dask: Dask = "",
    least_ha: Annotated[float, typer.Option(help=T("cli.least_ha"))] = 2.0,
    most_km2: Annotated[float, typer.Option(help=T("cli.most_km2"))] = 25.0,
) -> None:
    """Draw what each group of drawers agrees on."""
    with _shown_progress() as progress:
        found = batch.group_consensus(
            sketches,
            by,
            out,
            areas=areas or [],
            person=person,
            options=batch.FileOptions(layer, crs, swap, TableHints(x, y, place, header_row)),
            areas_options=batch.FileOptions(
                areas_layer, areas_crs, areas_swap, TableHints(place=areas_place, header_row=areas_header_row)
            ),
            least_ha=least_ha,
            most_km2=most_km2,
            progress=progress,
            dask=dask,
        )
    _write_summary(found, summary)
    shown = [row for row in found.groups if row.area_km2 is not None]
    console.print(T("cli.agreed", n=found.n_kept, n_groups=len(found.groups), n_shown=len(shown)))
    _print_persons(found)
    heads = ("group", "n", "pairwise", "core", "repeatability", "level", "needed")
    table = Table(*(T(f"cli.col_{head}") for head in heads))
    for row in shown:
        table.add_row(
            row.group,
            T.number(row.n),
            T.number(row.median_pairwise_iou or 0.0, ".3f"),
            T.number((row.area_km2 or {})["50"], ".3f"),
            T("cli.none") if row.repeatability is None else T.number(row.repeatability, ".2f"),
            T(f"cli.level_{row.level}"),
            T(f"cli.needed_{row.needed}"),
        )
    console.print(table)


@contextmanager
def _shown_progress() -> Iterator[ProgressListener]:
    """Show a bar while the work lasts; yield what is to be called with a step and how far it is."""
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task(T("cli.step_read"), total=1.0)
        yield lambda step, part: bar.update(task, description=T(f"cli.step_{step}"), completed=part)


def _write_summary(found: batch.BatchResult | batch.ConsensusResult, path: Path | None) -> None:
    if path is not None:
        path.write_text(json.dumps(found.as_json(), indent=1) + "\n", encoding="utf-8")


def _print_persons(found: batch.BatchResult | batch.ConsensusResult) -> None:
    """Print how many people drew, or that a column seems to say so."""
    if found.n_persons is not None:
        console.print(T("cli.persons", n=found.n_kept, persons=found.n_persons))
    if found.repeated is not None:
        repeated = found.repeated
        console.print(
            T("cli.repeated", column=repeated.column, n=repeated.n_drawings, persons=repeated.n_persons)
        )
