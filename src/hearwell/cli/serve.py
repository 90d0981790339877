"""`hearwell serve`: the web application for one team."""

from pathlib import Path
from typing import Annotated

import typer

from hearwell.cli.options import DEFAULT_LAKE, LakeDir


def serve(
    host: Annotated[
        str, typer.Option("--host", help="Where to listen; 0.0.0.0 for other machines too.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="Port to listen on.")] = 8000,
    address: Annotated[
        str | None,
        typer.Option(
            "--address",
            envvar="HEARWELL_ADDRESS",
            help="The address that people type, such as https://care.example.org.",
            metavar="URL",
        ),
    ] = None,
    lake: LakeDir = DEFAULT_LAKE,
) -> None:
    """Open the web application over a lake. Stop it with Ctrl-C.

    Accounts and settings are kept in the lake's folder, or in the database of DATABASE_URL.
    """
    from hearwell.lake.lake import open_lake  # noqa: PLC0415  start-up time
    from hearwell.web import serving  # noqa: PLC0415

    open_lake(lake).close()  # what is wrong with it is told here
    reached = (address or f"http://{host}:{port}").rstrip("/")
    serving.ready(Path(lake), reached, typer.echo)
    typer.echo(f"Hearwell is at {reached} (stop with Ctrl-C).")
    serving.serve(host, port)
