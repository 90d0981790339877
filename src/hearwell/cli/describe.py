"""`hearwell metrics` and `hearwell explain`: what can be asked, and how it is counted."""

from typing import Annotated

import typer

from hearwell.cli.options import DEFAULT_LAKE, AsOf, LakeDir, Variant


def metrics(
    format: Annotated[str, typer.Option("--format", help="table or json.")] = "table",  # noqa: A002
    lake: LakeDir = DEFAULT_LAKE,
    as_of: AsOf = None,
) -> None:
    """List all metrics; with a lake at hand, say which of them it can answer."""
    from hearwell.cli.definitions import show_metrics  # noqa: PLC0415  start-up time
    from hearwell.engine.explain import answerable  # noqa: PLC0415
    from hearwell.lake.lake import CATALOG, open_lake  # noqa: PLC0415

    can = answerable(open_lake(lake, as_of=as_of)) if (lake / CATALOG).exists() else None
    show_metrics(format, can)


def explain(
    name: Annotated[str, typer.Argument(metavar="METRIC", help="Name or label.")],
    variant: Variant = None,
    lake: LakeDir = DEFAULT_LAKE,
    as_of: AsOf = None,  # noqa: ARG001  a definition is the same at all times; its settings are now's
) -> None:
    """Say what a metric means and how it is counted, down to the SQL."""
    from hearwell import settings  # noqa: PLC0415  start-up time
    from hearwell.cli.definitions import show_explanation  # noqa: PLC0415
    from hearwell.engine.question import find  # noqa: PLC0415

    (asked, *_) = find(name, variant)
    show_explanation(asked, settings.read(lake))
