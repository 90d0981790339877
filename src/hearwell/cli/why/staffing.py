"""`hearwell why staffing`: are there enough people at the telephone?"""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from hearwell.cli.options import DEFAULT_LAKE, AsOf, From, LakeDir, Level, To
from hearwell.cli.why.asked import Form, opened

if TYPE_CHECKING:
    from hearwell.insights.staffing.told import Staffing

MOST_ROWS = 20


def staffing(  # noqa: PLR0913, PLR0917  one argument for each option
    queue: Annotated[
        list[str] | None,
        typer.Option("--queue", help="Only this queue; may be given again.", metavar="QUEUE"),
    ] = None,
    begins: From = None,
    ends: To = None,
    in_time: Annotated[
        float | None, typer.Option("--in-time", help="Share of callers to answer in time.")
    ] = None,
    within: Annotated[
        float | None, typer.Option("--within", help="How soon is in time, in seconds.")
    ] = None,
    abandoned: Annotated[
        float | None, typer.Option("--abandoned", help="Share of callers who may hang up.")
    ] = None,
    occupancy: Annotated[
        float | None, typer.Option("--occupancy", help="Busy part of agents' time, at most.")
    ] = None,
    shrinkage: Annotated[
        float | None, typer.Option("--shrinkage", help="Part of paid time that is not at work.")
    ] = None,
    level: Level = 0.95,
    format: Form = "table",  # noqa: A002
    lake: LakeDir = DEFAULT_LAKE,
    as_of: AsOf = None,
) -> None:
    """Tell for each half hour of the week how many agents are needed, and whether they are there.

    Targets that are not given are those of the settings.
    """
    from hearwell.cli.export import write_json  # noqa: PLC0415  start-up time
    from hearwell.insights.staffing import told  # noqa: PLC0415

    here = opened(format, lake, as_of)
    given = {
        "in_time": in_time,
        "within_seconds": within,
        "abandoned": abandoned,
        "occupancy": occupancy,
    }
    target = replace(
        told.target_of(here), **{name: each for name, each in given.items() if each is not None}
    )
    found = told.staffing(
        here,
        begins=begins,
        ends=ends,
        queues=queue or (),
        target=target,
        shrinkage=shrinkage,
        level=level,
    )
    if format == "json":
        write_json(found.as_json())
        return
    show(found)


def show(found: "Staffing") -> None:
    """Show what is found, and the half hours in which most are missing."""
    from hearwell.cli.numbers import NOTHING  # noqa: PLC0415  start-up time
    from hearwell.cli.table import console, grid  # noqa: PLC0415
    from hearwell.cli.why.show import show_findings  # noqa: PLC0415

    out = console()
    period = found.period.text(found.zone)
    out.print(f"[bold]Staffing[/bold]  {period['from'][:10]} to {period['to'][:10]}, {found.zone}")
    show_findings(out, found.findings)
    rows = [each for each in found.as_json()["half_hours"] if each["verdict"]]
    rows.sort(key=lambda each: (each["verdict"] != "short", each["gap"] or 0.0, -each["load"]))
    headings = ("calls", "needed", "range", "people to plan", "at work", "")
    table = grid("queue", "half hour", *headings, right=(2, 3, 4, 5, 6))
    for each in rows[:MOST_ROWS]:
        at_work = NOTHING if each["at_work"] is None else f"{each['at_work']:.1f}"
        table.add_row(
            each["queue"] or NOTHING,
            each["half_hour"],
            f"{each['calls']:.1f}",
            f"{each['needed']:.0f}",
            f"{each['needed_low']:.0f} … {each['needed_high']:.0f}",
            f"{each['people']:.0f}",
            at_work,
            each["verdict"],
        )
    out.print(table)
    if len(rows) > MOST_ROWS:
        out.print(f"[dim]{len(rows) - MOST_ROWS} more half hours: --format json[/dim]")
