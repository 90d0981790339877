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
    """Make facts and roll-ups anew that changed since the last build; an import does it itself.

    Answers are the same without it, only slower.
    """
    from hearwell.lake.lake import open_lake  # noqa: PLC0415  start-up time

    with open_lake(lake, writable=True) as opened:
        if not build_and_tell(opened, full=full):
            typer.echo("All facts and roll-ups are up to date.")


def build_and_tell(lake: "Lake", *, full: bool = False) -> bool:
    """Bring up to date what the lake keeps, and tell of it; return whether anything was."""
    from hearwell.engine.fact_build import build_facts  # noqa: PLC0415  start-up time
    from hearwell.engine.rollup_build import roll_up  # noqa: PLC0415

    done = build_facts(lake, full=full)
    if done is not None:
        all_of_them = "all" if done.is_full else "those that changed"
        made = ", ".join(f"{count:,} {units}" for units, count in done.units.items())
        typer.echo(f"Made the facts of {made} ({all_of_them}).")
    rolled = list(roll_up(lake, full=full))
    if rolled:
        anew = sum(each.is_full for each in rolled)
        typer.echo(f"Rolled up {len(rolled)} tables by day ({anew} of them whole).")
    return done is not None or bool(rolled)
