"""`buurt tickets`: codes for letters and table cards, so that people are counted and not devices."""

from pathlib import Path
from typing import Annotated

import typer

import settings
from cli import T, app, console, new_output
from geo.errors import ExportKindUnknown, SettingRefused
from maps.documents.ticket_cards import render_cards, render_list
from study import administration, context
from study.contributions.tickets import MAX_TICKETS, create_tickets
from study.workshop.sessions import find_session
from ui.routes import ticket_path


@app.command(help=T("ticket.command"))
def tickets(
    project: Annotated[str, typer.Option(help=T("take.project"))],
    n: Annotated[int, typer.Option("--n", min=1, max=MAX_TICKETS, help=T("ticket.how_many"))],
    out: Annotated[Path, new_output(T("ticket.out"))],
    session: Annotated[str, typer.Option(help=T("ticket.session"))] = "",
) -> None:
    """Write cards (.html) or a list for a mailing (.csv); the codes are shown this once."""
    kind = out.suffix.lower()
    if kind not in (".html", ".csv"):
        raise ExportKindUnknown(asked=kind or out.name, known=".html, .csv")
    base = settings.current().address.rstrip("/")
    if not base:
        raise SettingRefused(setting="BUURT_ADDRESS", wanted=T("ticket.no_base"))
    asked = context.get_project(project)
    at = find_session(project, session) if session else None
    try:
        file = out.open("w", encoding="utf-8", newline="")
    except OSError as problem:
        raise typer.BadParameter(T("ticket.not_written", path=str(out))) from problem
    with file:
        codes = create_tickets(project, n, session=at.id if at else "", by=administration.OPERATOR)
        made = [(code, f"{base}/{ticket_path(project, code, join=at.code if at else '')}") for code in codes]
        file.write(
            render_cards(made, language=T.language, title=asked.name, sentence=T("ticket.sentence"))
            if kind == ".html"
            else render_list(made, code=T("ticket.code"), address=T("ticket.address"))
        )
    console.print(T("ticket.written", n=n, path=str(out)), soft_wrap=True, highlight=False, markup=False)
