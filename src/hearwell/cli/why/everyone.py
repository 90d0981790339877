"""`hearwell why everyone`: what those say who answer, and what all would say."""

from typing import Annotated

import typer

from hearwell.cli.options import DEFAULT_LAKE, AsOf, From, LakeDir, Level, To, Variant, Where
from hearwell.cli.why.asked import Form, opened, put, show


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
    format: Form = "table",  # noqa: A002
    lake: LakeDir = DEFAULT_LAKE,
    as_of: AsOf = None,
) -> None:
    """Show a score of those who answered, adjusted to all who could have, and of everyone."""
    options = dict(locals())
    from hearwell.engine.question import find  # noqa: PLC0415
    from hearwell.insights.everyone.explain import everyone as explain  # noqa: PLC0415

    here = opened(format, lake, as_of)
    show(explain(here, put(find(name, variant)[:1], **options), target), format)
