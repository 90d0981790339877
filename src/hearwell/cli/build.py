"""`hearwell build`: bring the facts that the lake keeps up to date."""

from typing import TYPE_CHECKING, Annotated

import typer

from hearwell.cli.options import DEFAULT_LAKE, LakeDir

if TYPE_CHECKING:
    from hearwell.jobs.learn import Learnt
    from hearwell.lake.lake import Lake


def build(
    full: Annotated[  # noqa: FBT002
        bool, typer.Option("--full", help="Make all facts anew, not only those that changed.")
    ] = False,
    lake: LakeDir = DEFAULT_LAKE,
) -> None:
    """Make facts and roll-ups anew that changed since the last build; an import does it itself.

    Answers are the same without it, only slower. It also learns from scored comments how texts are
    meant, and judges new ones: without it they are not judged.
    """
    from hearwell.lake.lake import open_lake  # noqa: PLC0415  start-up time

    with open_lake(lake, writable=True) as opened:
        if not build_and_tell(opened, full=full):
            typer.echo("All that is kept is up to date.")


def build_and_tell(lake: "Lake", *, full: bool = False) -> bool:
    """Bring up to date what the lake keeps, and tell of it; return whether anything was."""
    from hearwell.engine.fact_build import build_facts  # noqa: PLC0415  start-up time
    from hearwell.engine.rollup_build import roll_up  # noqa: PLC0415
    from hearwell.jobs.learn import learn_scores  # noqa: PLC0415

    done = build_facts(lake, full=full)
    if done is not None:
        all_of_them = "all" if done.is_full else "those that changed"
        made = ", ".join(f"{count:,} {units}" for units, count in done.units.items())
        typer.echo(f"Made the facts of {made} ({all_of_them}).")
    learnt = learn_scores(lake, full=full)
    if learnt is not None:
        typer.echo(told(learnt))
    rolled = list(roll_up(lake, full=full))
    if rolled:
        anew = sum(each.is_full for each in rolled)
        typer.echo(f"Rolled up {len(rolled)} tables by day ({anew} of them whole).")
    return done is not None or learnt is not None or bool(rolled)


def told(learnt: "Learnt") -> str:
    from hearwell.engine.score_model import why_off  # noqa: PLC0415  start-up time

    known = learnt.known
    if not known.is_on:
        return f"Texts are not judged: {why_off(known)}"
    how = (
        ""
        if not learnt.is_new
        else (
            f" Learnt from {known.quality.n:,} scored comments (area under the curve "
            f"{known.quality.area:.2f})."
        )
    )
    return f"Judged {learnt.judged:,} texts.{how}"
