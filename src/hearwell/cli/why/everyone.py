"""`hearwell why everyone`: what those say who answer, and what all would say."""

from typing import Annotated

import typer

from hearwell.cli.ask import check, question
from hearwell.cli.options import DEFAULT_LAKE, AsOf, From, LakeDir, Level, To, Variant, Where
from hearwell.cli.why.change import FORMATS


def everyone(  # noqa: PLR0913, PLR0917  one argument for each option
    name: Annotated[str, typer.Argument(metavar="METRIC", help="CSAT, NPS or CES.")] = "CSAT",
    target: Annotated[
        float | None,
        typer.Option(
            "--target",
            help="Say what the others must think for all to be below: 0.8, or 30 of NPS.",
        ),
    ] = None,
    begins: From = None,
    ends: To = None,
    where: Where = None,
    variant: Variant = None,
    level: Level = 0.95,
    format: Annotated[str, typer.Option("--format", help="table or json.")] = "table",  # noqa: A002
    lake: LakeDir = DEFAULT_LAKE,
    as_of: AsOf = None,
) -> None:
    """Show a score of those who answered, adjusted to all who could have, and of everyone."""
    options = dict(locals()) | {"grain": "none", "by": None, "compare": None, "clock": "calendar"}
    from hearwell.cli.table import console  # noqa: PLC0415  start-up time
    from hearwell.cli.why.show import show_findings, show_json  # noqa: PLC0415
    from hearwell.engine.question import find  # noqa: PLC0415
    from hearwell.insights.everyone.explain import everyone as explain  # noqa: PLC0415
    from hearwell.lake.lake import open_lake  # noqa: PLC0415

    check("--format", format, FORMATS)
    put = question(find(name, variant)[:1], options)
    found = explain(open_lake(lake, as_of=as_of), put, target)
    if format == "json":
        show_json(found.as_json())
        return
    show_findings(console(), found.findings)
