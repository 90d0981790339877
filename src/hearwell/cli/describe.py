"""`hearwell metrics` and `hearwell explain`: what can be asked, and how it is counted."""

from typing import Annotated

import typer

from hearwell.cli.options import DEFAULT_LAKE, LakeDir, Variant


def metrics(
    format: Annotated[str, typer.Option("--format", help="table or json.")] = "table",  # noqa: A002
) -> None:
    """List all metrics."""
    from hearwell.cli.show import show_metrics  # noqa: PLC0415  start-up time

    show_metrics(format)


def explain(
    name: Annotated[str, typer.Argument(metavar="METRIC", help="Name or label.")],
    variant: Variant = None,
    lake: LakeDir = DEFAULT_LAKE,
) -> None:
    """Say what a metric means and how it is counted, down to the SQL."""
    from hearwell import settings  # noqa: PLC0415  start-up time
    from hearwell.cli.show import show_explanation  # noqa: PLC0415
    from hearwell.engine.question import find  # noqa: PLC0415

    (asked, *_) = find(name, variant)
    show_explanation(asked, settings.read(lake))
