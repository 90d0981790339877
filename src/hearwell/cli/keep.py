"""`hearwell init` and `hearwell lake`: make a lake and look after it."""

from typing import Annotated

import typer

from hearwell.cli.options import DEFAULT_LAKE, AsOf, LakeDir

lake_app = typer.Typer(help="Look after the lake.", no_args_is_help=True)


def init(
    lake: LakeDir = DEFAULT_LAKE,
    zone: Annotated[
        str,
        typer.Option("--zone", help="Where your days begin and end, such as Europe/London."),
    ] = "UTC",
) -> None:
    """Make a lake: one folder that keeps all records."""
    from hearwell.clock.zone import check_zone  # noqa: PLC0415  start-up time
    from hearwell.lake.lake import create  # noqa: PLC0415

    create(lake, check_zone(zone)).close()
    typer.echo(
        f"Made a lake in {lake}, with days of {zone}. Its settings are in {lake}/hearwell.toml.\n"
        f"Next: hearwell import FILE --as call --lake {lake}"
    )


@lake_app.command("info")
def show_info(lake: LakeDir = DEFAULT_LAKE, as_of: AsOf = None) -> None:
    """Show what the lake holds and which metrics it can answer."""
    from hearwell.cli.state import show_info as show  # noqa: PLC0415  start-up time
    from hearwell.engine.explain import answerable  # noqa: PLC0415
    from hearwell.lake.lake import open_lake  # noqa: PLC0415
    from hearwell.lake.upkeep import info  # noqa: PLC0415

    opened = open_lake(lake, as_of=as_of)
    show(info(opened), answerable(opened), lake)


@lake_app.command("snapshots")
def show_snapshots(lake: LakeDir = DEFAULT_LAKE, as_of: AsOf = None) -> None:
    """List the states of the lake that --as-of can read, up to the one asked for."""
    from hearwell.cli.state import show_snapshots as show  # noqa: PLC0415  start-up time
    from hearwell.lake.lake import open_lake  # noqa: PLC0415
    from hearwell.lake.upkeep import snapshots  # noqa: PLC0415

    opened = open_lake(lake, as_of=as_of)
    show([each for each in snapshots(opened) if each.number <= opened.snapshot])


@lake_app.command("checkpoint")
def run_checkpoint(lake: LakeDir = DEFAULT_LAKE) -> None:
    """Merge small files, and forget states older than the settings keep."""
    from hearwell.lake.lake import open_lake  # noqa: PLC0415  start-up time
    from hearwell.lake.upkeep import checkpoint  # noqa: PLC0415

    done = checkpoint(open_lake(lake, writable=True))
    typer.echo(
        f"{done.files_before} files became {done.files_after}, "
        f"{done.bytes_before / 1e6:.1f} MB became {done.bytes_after / 1e6:.1f} MB; "
        f"{done.snapshots_expired} old snapshots were forgotten."
    )
