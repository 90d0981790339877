"""`hearwell why digest`: what changed that somebody should know of, in a few sentences."""

from typing import Annotated

import typer

from hearwell.cli.options import DEFAULT_LAKE, AsOf, From, LakeDir, Level, To, Where


def digest(  # noqa: PLR0913, PLR0917  one argument for each option
    begins: From = None,
    ends: To = None,
    where: Where = None,
    compare: Annotated[
        str,
        typer.Option(
            "--compare", help="Compare with the period before (previous) or a year ago (year)."
        ),
    ] = "previous",
    level: Level = 0.95,
    format: Annotated[str, typer.Option("--format", help="table or json.")] = "table",  # noqa: A002
    lake: LakeDir = DEFAULT_LAKE,
    as_of: AsOf = None,
) -> None:
    """Tell of guardrails that broke and numbers that turned: at most seven findings.

    The first weighs most: how sure it is, times how many people, times how large. By default the
    last 28 days there are.
    """
    from hearwell.cli.ask import check, question  # noqa: PLC0415  start-up time
    from hearwell.cli.export import write_json  # noqa: PLC0415
    from hearwell.cli.table import console  # noqa: PLC0415
    from hearwell.cli.why.show import show_findings  # noqa: PLC0415
    from hearwell.engine.scorecard import last_days  # noqa: PLC0415
    from hearwell.jobs.digest import changed  # noqa: PLC0415
    from hearwell.lake.lake import open_lake  # noqa: PLC0415

    check("--format", format, ("table", "json"))
    opened = open_lake(lake, as_of=as_of)
    if begins is None and ends is None:
        begins, ends = last_days(opened)
    options = {"by": None, "grain": "none", "clock": "calendar", "level": level, "format": format}
    given = {"begins": begins, "ends": ends, "where": where, "compare": compare}
    found = changed(opened, question((), options | given))
    if format == "json":
        write_json({"findings": [each.as_json() for each in found]})
        return
    out = console()
    show_findings(out, found)
    if not found:
        out.print("Nothing changed beyond chance that somebody should know of.")
