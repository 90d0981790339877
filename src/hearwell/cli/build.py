"""`hearwell build`: bring the facts that the lake keeps up to date."""

from typing import TYPE_CHECKING, Annotated

import typer

from hearwell.cli.options import DEFAULT_LAKE, LakeDir

if TYPE_CHECKING:
    from hearwell.lake.lake import Lake


def build(
    full: Annotated[  # noqa: FBT002
        bool, typer.Option("--full", help="Make all facts anew, not only those that changed.")
    ] = False,
    lake: LakeDir = DEFAULT_LAKE,
) -> None:
    """Make the facts of cases, calls and contacts that changed since the last build.

    An import does this itself.

    Answers are the same without it, only slower.
    """
    from hearwell.lake.lake import open_lake  # noqa: PLC0415  start-up time

    with open_lake(lake, writable=True) as opened:
        build_and_tell(opened, full=full)


def build_and_tell(lake: "Lake", *, full: bool = False) -> None:
    from hearwell.engine.care_facts import build_facts  # noqa: PLC0415  start-up time

    done = build_facts(lake, full=full)
    if done is None:
        typer.echo("The facts of cases, calls and contacts are up to date.")
    else:
        all_of_them = "all" if done.is_full else "those that changed"
        made = ", ".join(f"{count:,} {units}" for units, count in done.units.items())
        typer.echo(f"Made the facts of {made} ({all_of_them}).")
