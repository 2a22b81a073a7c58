"""`buurt report`, `buurt export` and `buurt archive`: what somebody takes along or keeps."""

import sys
from datetime import UTC, datetime, time
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from matplotlib.figure import Figure
from rich.progress import Progress

import settings
from cli import T, app, console, new_output
from geo.errors import ExportKindUnknown, OutputExists
from i18n.document import Document
from maps.documents.report_docx import render_docx
from maps.documents.report_html import render_html
from maps.documents.report_pdf import render_pdf
from maps.qgis.project import qgis_files
from maps.static.print_map_parts import MapContent
from maps.static.print_maps import all_maps
from study import administration
from study.archive.package import write_archive
from study.publishing import editions
from study.publishing import report_text as telling
from study.publishing.features import is_open
from study.publishing.formats import companion_paths, write_companions, write_publication
from study.publishing.publication import Publication, latest_publication
from ui.routes import features_address

REPORT_FILES = ("report.pdf", "report.html", "report.docx")
Project = Annotated[str, typer.Option(help=T("take.project"))]
Division = Annotated[str | None, typer.Option(help=T("take.division_option"))]


@app.command(help=T("take.report"))
def report(
    project: Project,
    out: Annotated[Path, new_output(T("take.out_dir"), *REPORT_FILES)],
    division: Division = None,
) -> None:
    """Write the report of a project: on paper, as a page and for Word."""
    now = datetime.now(UTC)
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task(T("take.step_answers"), total=3)
        made = latest_publication(project, division)
        document = telling.build_report(made, T, now.astimezone().date())
        bar.update(task, completed=1, description=T("take.step_maps"))
        sheet, drawn, front = _pictures(made, document)
        bar.update(task, completed=2, description=T("take.step_report"))
        files = (
            render_pdf(document, drawn, now, front=front, credit=made.credit),
            render_html(document, drawn, sheet).encode(),
            render_docx(document, drawn, now, credit=made.credit),
        )
    out.mkdir(parents=True, exist_ok=True)
    for name, content in zip(REPORT_FILES, files, strict=True):
        (out / name).write_bytes(content)
    for name in REPORT_FILES:
        _say_written(out / name)


@app.command(help=T("take.export"))
def export(
    out: Annotated[Path, new_output(T("take.out_file"))],
    project: Annotated[str, typer.Option(help=T("take.project"))] = "",
    division: Division = None,
    table: Annotated[str, typer.Option(help=T("take.table_option"))] = "",
    raw: Annotated[bool, typer.Option("--raw", help=T("take.raw_option"))] = False,
    yes: Annotated[bool, typer.Option("--yes", help=T("take.raw_yes"))] = False,
) -> None:
    """Write what may be handed out of a project; with --raw everything, after a question."""
    if raw:
        _raw(out, yes=yes)
        return
    if not project:
        raise typer.BadParameter(T("take.project"), param_hint="--project")
    for one in companion_paths(out):
        if one.exists():
            raise OutputExists(where=str(one))
    with Progress(console=console, transient=True) as bar:
        bar.add_task(T("take.step_answers"), total=None)
        made = latest_publication(project, division)
        look, service = (
            partial(qgis_files, say=T),
            features_address(settings.current().address, made.project.id),
        )
        service = service if is_open(made) else ""
        write_publication(made, out, T, look, table=table, service=service)
        beside = write_companions(made, out, T, look, service=service)
    for path in (out, *beside):
        _say_written(path)


@app.command(help=T("publish.command"))
def publish(
    project: Project, dry_run: Annotated[bool, typer.Option("--dry-run", help=T("publish.dry_run"))] = False
) -> None:
    """Publish the next edition of a project, or only say what it would change."""
    with Progress(console=console, transient=True) as bar:
        bar.add_task(T("take.step_answers"), total=None)
        seen = editions.preview(project) if dry_run else None
        made = None if dry_run else editions.publish(project, by=administration.OPERATOR)
    if seen is not None:
        counts = {"new": seen.new, "kept": seen.kept, "hidden": seen.hidden}
        console.print(T(seen.sentence, **counts))
        if seen.held:
            console.print(T("publish.held", n=seen.held))
    elif made is None:
        console.print(T("publish.nothing_new"))
    else:
        console.print(T("publish.made", edition=made.number))


@app.command(help=T("archive.command"))
def archive(project: Project, out: Annotated[Path, new_output(T("archive.out"))]) -> None:
    """Write what may be kept of a project as one package with checksums."""
    with Progress(console=console, transient=True) as bar:
        bar.add_task(T("take.step_report"), total=None)
        n = write_archive(project, out, T, partial(qgis_files, say=T), _archived_reports)
    console.print(T("archive.written", path=str(out), n=n), soft_wrap=True, highlight=False, markup=False)


def _archived_reports(made: Publication) -> dict[str, bytes]:
    """Return the report of an edition, dated as the edition is: made again later it is the same."""
    document = telling.build_report(made, T, made.day)
    sheet, drawn, front = _pictures(made, document)
    moment = datetime.combine(made.day, time(), UTC)
    return {
        "report.pdf": render_pdf(document, drawn, moment, front=front, credit=made.credit),
        "report.html": render_html(document, drawn, sheet).encode(),
    }


def _pictures(made: Publication, document: Document) -> tuple[MapContent, dict[str, Figure], str]:
    """Return the maps of a report: their contents, the pictures, and the name of the one on the front."""
    sheet = MapContent(made.pictured, made.division, made.ground, made.credit, document.label, T)
    return sheet, all_maps(sheet), "consensus" if made.ground else ""


def _raw(out: Path, *, yes: bool) -> None:
    if out.suffix.lower() != ".gpkg":
        raise ExportKindUnknown(asked=out.suffix or out.name, known=".gpkg")
    if not yes and not (sys.stdin.isatty() and typer.confirm(T("take.raw_ask"))):
        console.print(T("take.raw_refused"))
        return
    found = administration.export_raw(out, by=administration.OPERATOR)
    console.print(
        T("take.raw_written", path=str(out), n=found.contributions), soft_wrap=True, highlight=False
    )


def _say_written(path: Path) -> None:
    console.print(T("take.written", path=str(path)), soft_wrap=True, highlight=False, markup=False)
