"""`buurt layers`: the layers people uploaded themselves: whose they are, rename, delete."""

import sys
from typing import Annotated

import typer
from rich.table import Table

from cli import T, app, console
from study import datasets


@app.command("layers", help=T("cli.layers"))
def list_or_change(
    key: Annotated[str | None, typer.Argument(help=T("cli.layers_key"))] = None,
    name: Annotated[str | None, typer.Option(help=T("cli.layers_name"))] = None,
    source: Annotated[str | None, typer.Option(help=T("cli.layers_source"))] = None,
    licence: Annotated[str | None, typer.Option(help=T("cli.layers_licence"))] = None,
    year: Annotated[int | None, typer.Option(help=T("cli.layers_year"))] = None,
    project: Annotated[str | None, typer.Option(help=T("cli.layers_project"))] = None,
    instead: Annotated[bool | None, typer.Option("--instead/--beside", help=T("cli.layers_instead"))] = None,
    ground: Annotated[bool, typer.Option("--ground", help=T("cli.layers_ground"))] = False,
    delete: Annotated[bool, typer.Option("--delete", help=T("cli.layers_delete"))] = False,
    yes: Annotated[bool, typer.Option("--yes", help=T("cli.import_yes"))] = False,
) -> None:
    """Show every own layer; of one that is named change what is known of it, or delete it after a question."""
    if key is None:
        _show([own for role in datasets.OWN_ROLES for own in datasets.list_custom_layers(role)])
        return
    if delete:
        own = datasets.find_custom_layer(key)
        question = T("cli.layers_delete_ask", name=own.shown_name, n=own.rows)
        for figures in datasets.carried_figures(key, []):
            console.print(T("cli.layers_figures_go", name=figures.name, n=figures.n_lost), markup=False)
        if not yes and not (sys.stdin.isatty() and typer.confirm(question)):
            console.print(T("cli.layers_kept"))
            return
        datasets.delete_layer(key)
        console.print(T("cli.layers_deleted", name=own.shown_name))
        return
    if ground:
        datasets.make_ground(key)
        console.print(T("cli.layers_ground_made", name=datasets.find_custom_layer(key).shown_name))
    described = datasets.describe_custom_layer(
        key, title=name, source=source, licence=licence, year=year, project=project, replaces=instead
    )
    _show([described])


def _show(layers: list[datasets.CustomLayer]) -> None:
    columns = ("layers_col_key", "layers_col_name", "layers_col_role", "source_rows")
    more = ("source_source", "source_licence", "source_date")
    table = Table(*(T(f"cli.{column}") for column in (*columns, *more)))
    for own in layers:
        table.add_row(
            own.key,
            own.shown_name,
            T(f"cli.role_{own.role}"),
            T.number(own.rows),
            own.source or "?",
            own.licence or "?",
            str(own.year or own.date),
        )
    console.print(table)
