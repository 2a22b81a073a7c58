"""`buurt demo`: the demo project."""

import typer

from cli import T, app, console
from study import context, demo_project

demo_app = typer.Typer(help=T("cli.demo"), no_args_is_help=True)
app.add_typer(demo_app, name="demo")


@demo_app.callback()
def demo() -> None:
    """No-op callback: keeps `load` a command of its own."""


@demo_app.command("load", help=T("cli.demo_load"))
def load() -> None:
    """Load the demo project where it is absent or was only half loaded."""
    demo_project.load_demo(context.get_store())
    console.print(T("cli.demo_loaded", name=context.get_project(demo_project.PROJECT).name))
