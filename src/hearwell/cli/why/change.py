"""`hearwell why change`: what moved a number."""

from typing import Annotated

import typer

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
from hearwell.cli.why.asked import Against, Form, opened, put, show


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
    compare: Against = "previous",
    level: Level = 0.95,
    format: Form = "table",  # noqa: A002
    lake: LakeDir = DEFAULT_LAKE,
    as_of: AsOf = None,
) -> None:
    """Say whether a change came of the groups themselves, or of how many came through each."""
    options = dict(locals())
    from hearwell.cli.why.show_change import show_parts  # noqa: PLC0415
    from hearwell.engine.question import find  # noqa: PLC0415
    from hearwell.insights.change.explain import change as explain  # noqa: PLC0415

    here = opened(format, lake, as_of)
    found = explain(here, put(find(name, variant)[:1], **options))
    show(found, format, show_parts)
