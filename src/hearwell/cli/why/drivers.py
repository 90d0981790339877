"""`hearwell why drivers`: what has most to do with a number."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from hearwell.cli.options import DEFAULT_LAKE, AsOf, Clock, From, LakeDir, Level, To, Variant, Where
from hearwell.cli.why.asked import Form, opened, put, show

if TYPE_CHECKING:
    from rich.console import Console

    from hearwell.insights.drivers.driver import Drivers


def drivers(  # noqa: PLR0913, PLR0917  one argument for each option
    name: Annotated[str, typer.Argument(metavar="METRIC", help="Name or label.")],
    factor: Annotated[
        list[str] | None,
        typer.Option(
            "--factor",
            help="Look at this alone: items (of the questionnaire), something that happened such "
            "as late_delivery, or a dimension; may be given again.",
            metavar="FACTOR",
        ),
    ] = None,
    begins: From = None,
    ends: To = None,
    where: Where = None,
    variant: Variant = None,
    clock: Clock = "calendar",
    level: Level = 0.95,
    format: Form = "table",  # noqa: A002
    lake: LakeDir = DEFAULT_LAKE,
    as_of: AsOf = None,
) -> None:
    """Say what has most to do with a number: survey items, and what happened to customers."""
    options = dict(locals())
    from hearwell.engine.question import find  # noqa: PLC0415
    from hearwell.insights.drivers.explain import drivers as explain  # noqa: PLC0415

    here = opened(format, lake, as_of)
    found = explain(here, put(find(name, variant)[:1], **options), factor or ())
    show(found, format, show_drivers)


def show_drivers(out: "Console", found: "Drivers") -> None:
    """Print each factor: what it explains, and how the number is where it was bad or good."""
    from hearwell.cli.numbers import number  # noqa: PLC0415
    from hearwell.cli.table import grid  # noqa: PLC0415
    from hearwell.cli.why.show import written  # noqa: PLC0415
    from hearwell.report.name import spaced  # noqa: PLC0415

    table = grid(
        *("factor", "of all explained", "at least … most", "first", "bad", "usual", "good", ""),
        right=(1, 2, 3, 4, 5, 6),
    )
    unit = found.unit.value
    for each in found.drivers:
        ends = (end / found.explained for end in (each.low, each.high))
        met = (each.bad, each.usual, each.good)
        table.add_row(
            escape(written(each.factor.label)),
            number(each.share, "share"),
            " … ".join(number(end, "share") for end in ends),
            number(each.first, "share"),
            *(number(None if m.value != m.value else m.value, unit) for m in met),
            each.kind,
        )
    out.print(table)
    out.print(
        f"[dim]{found.n:,} rows; together they explain {number(found.explained, 'share')} of the "
        "differences. first: how often it came first when customers were drawn again[/dim]"
    )
    for name, known in found.left_out.items():
        out.print(f"[dim]left out: {escape(spaced(name))}, known of {number(known, 'share')}[/dim]")
