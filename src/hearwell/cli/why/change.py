"""`hearwell why change`: what moved a number."""

from typing import Annotated

import typer

from hearwell.cli.ask import check, question
from hearwell.cli.options import (
    DEFAULT_LAKE,
    AsOf,
    Clock,
    From,
    LakeDir,
    Level,
    To,
    Variant,
    Where,
)

FORMATS = ("table", "json")


def change(  # noqa: PLR0913, PLR0917  one argument for each option
    name: Annotated[str, typer.Argument(metavar="METRIC", help="Name or label.")],
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by",
            help="Take it apart by this dimension; given again, within the one before. By default "
            "the usual ones are looked through.",
            metavar="DIM",
        ),
    ] = None,
    begins: From = None,
    ends: To = None,
    where: Where = None,
    variant: Variant = None,
    clock: Clock = "calendar",
    compare: Annotated[
        str, typer.Option("--compare", help="previous or year.", metavar="WITH")
    ] = "previous",
    level: Level = 0.95,
    format: Annotated[str, typer.Option("--format", help="table or json.")] = "table",  # noqa: A002
    lake: LakeDir = DEFAULT_LAKE,
    as_of: AsOf = None,
) -> None:
    """Say whether a change came of the groups themselves, or of how many came through each."""
    options = dict(locals()) | {"grain": "none"}
    from hearwell.cli.table import console  # noqa: PLC0415  start-up time
    from hearwell.cli.why.show import show_findings, show_json  # noqa: PLC0415
    from hearwell.cli.why.show_change import show_parts  # noqa: PLC0415
    from hearwell.engine.question import find  # noqa: PLC0415
    from hearwell.insights.change.explain import change as explain  # noqa: PLC0415
    from hearwell.lake.lake import open_lake  # noqa: PLC0415

    check("--format", format, FORMATS)
    put = question(find(name, variant)[:1], options)
    found = explain(open_lake(lake, as_of=as_of), put)
    if format == "json":
        show_json(found.as_json())
        return
    out = console()
    show_findings(out, found.findings)
    show_parts(out, found)
