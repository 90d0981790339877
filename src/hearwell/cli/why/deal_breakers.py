"""`hearwell why deal-breakers`: what makes customers leave who say that they are satisfied."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from hearwell.cli.ask import check
from hearwell.cli.options import DEFAULT_LAKE, AsOf, From, LakeDir, Level, To, Variant, Where
from hearwell.cli.why.asked import Form, opened, put, show

if TYPE_CHECKING:
    from rich.console import Console

    from hearwell.insights.deal_breakers.explain import DealBreakers

MOST_LINES = 12


def deal_breakers(  # noqa: PLR0913, PLR0917  one argument for each option
    name: Annotated[str, typer.Argument(metavar="METRIC", help="CSAT, NPS or CES.")] = "CSAT",
    outcome: Annotated[
        str,
        typer.Option(
            "--outcome",
            help="What customers do: left, downgrade, no_purchase or contact.",
            metavar="O",
        ),
    ] = "left",
    within: Annotated[int, typer.Option("--within", min=1, help="Days after the answer.")] = 30,
    topic: Annotated[
        list[str] | None,
        typer.Option(
            "--topic", help="Of contacts only this topic, such as complaint; may be given again."
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
    """Say what goes with leaving, of customers who gave the same answer."""
    options = dict(locals())
    from hearwell.engine.question import find  # noqa: PLC0415
    from hearwell.evidence.outcome import NAMES  # noqa: PLC0415
    from hearwell.insights.deal_breakers.explain import deal_breakers as explain  # noqa: PLC0415

    check("--outcome", outcome, NAMES)
    here = opened(format, lake, as_of)
    found = explain(here, put(find(name, variant)[:1], **options), outcome, within, topic or ())
    show(found, format, show_suspects)


def show_suspects(out: "Console", found: "DealBreakers") -> None:
    """Print what was looked at, the likeliest first."""
    from hearwell.cli.numbers import number  # noqa: PLC0415
    from hearwell.cli.table import grid  # noqa: PLC0415
    from hearwell.cli.why.show import written  # noqa: PLC0415

    table = grid(
        *("of the satisfied", "after it", "others", "ratio", "least … most", "power", ""),
        right=(1, 2, 3, 4, 5),
    )
    for each in found.suspects[:MOST_LINES]:
        table.add_row(
            escape(written(each.label)),
            f"{each.bad_left:,} of {each.bad_n:,}",
            f"{each.ok_left:,} of {each.ok_n:,}",
            number(each.ratio, "each"),
            f"{number(each.low, 'each')} … {number(each.high, 'each')}",
            number(each.power, "share"),
            "deal-breaker" if each.believed else "",
        )
    out.print(table)
    out.print(
        f"[dim]{found.people:,} customers, {found.left:,} did so; satisfied: {found.satisfied:,}, "
        f"{found.satisfied_left:,} did so. Not over yet for {found.not_over:,}. power: how likely "
        "it would have been seen if it doubled the number who do[/dim]"
    )
