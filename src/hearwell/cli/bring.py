"""`hearwell import` and `hearwell sync`: bring records into the lake."""

import typer

sync_app = typer.Typer(help="Bring in what a system wrote.", no_args_is_help=True)


def import_files() -> None:
    """Bring files into the lake."""
