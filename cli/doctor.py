"""`buurt doctor`: does this machine reach the services, and do they still answer as we count on."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress
from rich.table import Table

from cli import T, app, console
from study import download_report

SIGNS = {0: "ok", 2: "!!", 3: "!"}


@app.command(help=T("cli.doctor"))
def doctor(
    code: Annotated[str, typer.Option("--code", help=T("cli.doctor_code"))] = "GM1621",
    account: Annotated[Path | None, typer.Option("--json", help=T("cli.doctor_json"))] = None,
    record: Annotated[Path | None, typer.Option("--record", help=T("cli.doctor_record"))] = None,
) -> None:
    """Check every contract line; exit with 0, 3 when something wished for lacks, or 2 when something needed does."""
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task(T("cli.doctor_asking"), total=None)
        found = download_report.diagnose(
            code, record=record, progress=lambda done, total: bar.update(task, completed=done, total=total)
        )
    table = Table("", T("cli.doctor_what"), T("cli.doctor_outcome"))
    for result in found.results:
        place = download_report.check_place(T, result)
        table.add_row(SIGNS[result.severity], place, download_report.check_line(T, result))
    console.print(table)
    console.print(T(f"doctor.outcome_{found.exit_code}"))
    if account is not None:
        account.write_text(json.dumps(found.as_data(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    raise typer.Exit(found.exit_code)
