"""`hearwell why turned`: when did a number turn, and what happened then?"""

from typing import Annotated

import typer

from hearwell.cli.options import DEFAULT_LAKE, AsOf, From, LakeDir, To, Variant, Where


def turned(  # noqa: PLR0913, PLR0917  one argument for each option
    name: Annotated[str, typer.Argument(metavar="METRIC", help="Name or label.")],
    begins: From = None,
    ends: To = None,
    where: Where = None,
    variant: Variant = None,
    false_alarms: Annotated[
        float | None,
        typer.Option(
            "--false-alarms",
            min=0.01,
            help="How many alarms chance may raise in a year; else as in the settings.",
            metavar="N",
        ),
    ] = None,
    shift: Annotated[
        float | None,
        typer.Option(
            "--shift",
            min=0.0001,
            help="The change to notice, in the metric's unit: 0.05 for shares; for durations a "
            "part, 0.1 is a tenth.",
            metavar="X",
        ),
    ] = None,
    format: Annotated[str, typer.Option("--format", help="table or json.")] = "table",  # noqa: A002
    lake: LakeDir = DEFAULT_LAKE,
    as_of: AsOf = None,
) -> None:
    """Tell on which days a metric turned, how sure each is, and which events coincide with it."""
    from hearwell.cli.ask import check, question  # noqa: PLC0415  start-up time
    from hearwell.cli.export import write_json  # noqa: PLC0415
    from hearwell.cli.table import console  # noqa: PLC0415
    from hearwell.cli.why.show import show_findings  # noqa: PLC0415
    from hearwell.engine.question import find  # noqa: PLC0415
    from hearwell.insights.turned import told  # noqa: PLC0415
    from hearwell.lake.lake import open_lake  # noqa: PLC0415

    check("--format", format, ("table", "json"))
    options = {"by": None, "grain": "none", "clock": "calendar", "compare": None, "level": 0.95}
    given = {"begins": begins, "ends": ends, "where": where, "format": format}
    put = question(find(name, variant)[:1], options | given)
    found = told.turned(open_lake(lake, as_of=as_of), put, false_alarms, shift)
    if format == "json":
        write_json(found.as_json())
        return
    show_findings(console(), found.findings)
