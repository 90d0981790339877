"""`hearwell why products`: which of them do poorly, and on which topics."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from hearwell.cli.ask import check, question
from hearwell.cli.options import DEFAULT_LAKE, AsOf, From, LakeDir, Level, To, Variant, Where
from hearwell.cli.why.change import FORMATS

if TYPE_CHECKING:
    from rich.console import Console

    from hearwell.insights.products.explain import Products

USUAL = ("customer_satisfaction", "net_promoter_score", "repeat_contact_rate")
MOST_LINES = 20


def products(  # noqa: PLR0913, PLR0917  one argument for each option
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="METRIC…", help="By default CSAT, NPS and the repeat contact rate."),
    ] = None,
    of: Annotated[
        str, typer.Option("--of", help="What is compared, such as custom.offer.", metavar="DIM")
    ] = "product",
    begins: From = None,
    ends: To = None,
    where: Where = None,
    variant: Variant = None,
    level: Level = 0.95,
    format: Annotated[str, typer.Option("--format", help="table or json.")] = "table",  # noqa: A002
    lake: LakeDir = DEFAULT_LAKE,
    as_of: AsOf = None,
) -> None:
    """Say which products do worse than the others, and the topics that make them so."""
    options = dict(locals()) | {"grain": "none", "by": (of,), "compare": None, "clock": "calendar"}
    from hearwell.cli.table import console  # noqa: PLC0415  start-up time
    from hearwell.cli.why.show import show_findings, show_json  # noqa: PLC0415
    from hearwell.engine.question import find  # noqa: PLC0415
    from hearwell.insights.products.explain import products as explain  # noqa: PLC0415
    from hearwell.lake.lake import open_lake  # noqa: PLC0415

    check("--format", format, FORMATS)
    asked = tuple(find(name, variant)[0] for name in names or USUAL)
    found = explain(open_lake(lake, as_of=as_of), question(asked, options), of)
    if format == "json":
        show_json(found.as_json())
        return
    out = console()
    show_findings(out, found.findings)
    show_products(out, found)


def show_products(out: "Console", found: "Products") -> None:
    """Print each product by metric, those that do poorly first."""
    from hearwell.cli.numbers import difference, number  # noqa: PLC0415
    from hearwell.cli.table import grid  # noqa: PLC0415
    from hearwell.cli.why.show import word  # noqa: PLC0415
    from hearwell.records.survey import Survey  # noqa: PLC0415
    from hearwell.report.name import labelled  # noqa: PLC0415

    table = grid(
        *(
            found.of,
            "metric",
            "value",
            "rows",
            "of the others",
            "least … most",
            "drawn to all",
            "worse on",
            "",
        ),
        right=(2, 3, 4, 5, 6),
    )
    for each in found.products[:MOST_LINES]:
        unit = each.unit.value
        table.add_row(
            escape(word(each.product)),
            labelled(each.asked.metric),
            number(each.value, unit),
            f"{each.n:,}",
            number(each.rest, unit),
            f"{difference(each.low, unit)} … {difference(each.high, unit)}",
            number(each.shrunken, unit),
            escape(", ".join(word(topic.topic) for topic in each.worse_on)),
            "poor" if each.is_poor else "",
        )
    out.print(table)
    poor = dict.fromkeys(
        (each.asked.metric, each.product) for each in found.products if each.is_poor
    )
    for metric, product in poor:
        if metric.record is Survey and product is not None:
            own = f"{metric.name} --where {found.of}={escape(product)}"
            out.print(f"[dim]What drives it there: hearwell why drivers {own}[/dim]")
