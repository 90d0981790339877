"""`hearwell why turned`: when did a number turn, and what happened then?"""

from typing import Annotated

import typer

from hearwell.cli.options import DEFAULT_LAKE, AsOf, From, LakeDir, To, Variant, Where
from hearwell.cli.why.asked import Form, opened, put, show


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
    format: Form = "table",  # noqa: A002
    lake: LakeDir = DEFAULT_LAKE,
    as_of: AsOf = None,
) -> None:
    """Tell on which days a metric turned, how sure each is, and which events coincide with it."""
    from hearwell.engine.question import find  # noqa: PLC0415  start-up time
    from hearwell.insights.turned import told  # noqa: PLC0415

    here = opened(format, lake, as_of)
    asked = put(find(name, variant)[:1], begins=begins, ends=ends, where=where)
    show(told.turned(here, asked, false_alarms, shift), format)
