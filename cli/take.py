"""`buurt report` and `buurt export`: what somebody takes along."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from cli import W, app, console
from geo.errors import ExportKindUnknown
from maps import figures, qgis
from maps import report as setting
from study import export as files
from study import keeping, projects, publication
from study import report as telling

Project = Annotated[str, typer.Option(help=W("take.project"))]
Division = Annotated[str | None, typer.Option(help=W("take.division_option"))]


@app.command(help=W("take.report"))
def report(
    project: Project, out: Annotated[Path, typer.Option(help=W("take.out_dir"))], division: Division = None
) -> None:
    """Write the report of a project, on paper and as a page."""
    now = datetime.now(UTC)
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task(W("take.step_answers"), total=3)
        made = publication.publication(projects.now(project), division)
        told = telling.document(made, W, now.astimezone().date())
        bar.update(task, completed=1, description=W("take.step_maps"))
        sheet = figures.Sheet(made.pictured, made.division, made.ground, made.credit, told.label, W)
        drawn = figures.pictures(sheet)
        front = "consensus" if made.ground else ""
        bar.update(task, completed=2, description=W("take.step_report"))
        paper, page = (
            setting.pdf(told, drawn, now, front=front, credit=made.credit),
            setting.html(told, drawn, sheet),
        )
    out.mkdir(parents=True, exist_ok=True)
    (out / "report.pdf").write_bytes(paper)
    (out / "report.html").write_text(page, encoding="utf-8")
    for name in ("report.pdf", "report.html"):
        _say_written(out / name)


@app.command(help=W("take.export"))
def export(
    out: Annotated[Path, typer.Option(help=W("take.out_file"))],
    project: Annotated[str, typer.Option(help=W("take.project"))] = "",
    division: Division = None,
    table: Annotated[str, typer.Option(help=W("take.table_option"))] = "",
    raw: Annotated[bool, typer.Option("--raw", help=W("take.raw_option"))] = False,
    yes: Annotated[bool, typer.Option("--yes", help=W("take.raw_yes"))] = False,
) -> None:
    """Write what may be handed out of a project; with --raw everything, after a question."""
    if raw:
        _raw(out, yes=yes)
        return
    if not project:
        raise typer.BadParameter(W("take.project"), param_hint="--project")
    with Progress(console=console, transient=True) as bar:
        bar.add_task(W("take.step_answers"), total=None)
        made = publication.publication(projects.now(project), division)
        files.write(made, out, W, qgis.styles(list(made.spatial), made.division, W), table=table)
    _say_written(out)


def _raw(out: Path, *, yes: bool) -> None:
    if out.suffix.lower() != ".gpkg":
        raise ExportKindUnknown(asked=out.suffix or out.name, known=".gpkg")
    if not yes and not (sys.stdin.isatty() and typer.confirm(W("take.raw_ask"))):
        console.print(W("take.raw_refused"))
        return
    found = keeping.export_raw(out)
    console.print(
        W("take.raw_written", path=str(out), n=found.contributions), soft_wrap=True, highlight=False
    )


def _say_written(path: Path) -> None:
    console.print(W("take.written", path=str(path)), soft_wrap=True, highlight=False, markup=False)
