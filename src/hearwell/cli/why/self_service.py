"""`hearwell why self-service`: which articles fail, whether readers ask less, what to write."""

from typing import TYPE_CHECKING, Annotated

import typer

from hearwell.cli.options import DEFAULT_LAKE, AsOf, From, LakeDir, Level, To

if TYPE_CHECKING:
    from rich.console import Console

    from hearwell.insights.self_service.told import SelfService

MOST_LINES = 15


def self_service(  # noqa: PLR0913, PLR0917  one argument for each option
    language: Annotated[
        list[str] | None,
        typer.Option("--language", help="Only this language; may be given again."),
    ] = None,
    begins: From = None,
    ends: To = None,
    level: Level = 0.95,
    format: Annotated[str, typer.Option("--format", help="table or json.")] = "table",  # noqa: A002
    lake: LakeDir = DEFAULT_LAKE,
    as_of: AsOf = None,
) -> None:
    """Say which articles leave readers to ask, whether readers ask less, and what to write."""
    from hearwell.cli.ask import check  # noqa: PLC0415  start-up time
    from hearwell.cli.table import console  # noqa: PLC0415
    from hearwell.cli.why.show import show_findings, show_json  # noqa: PLC0415
    from hearwell.engine.question import Question  # noqa: PLC0415
    from hearwell.insights.self_service.told import self_service as explain  # noqa: PLC0415
    from hearwell.lake.lake import open_lake  # noqa: PLC0415

    check("--format", format, ("table", "json"))
    where = tuple(("language", each) for each in language or ())
    question = Question((), begins=begins, ends=ends, where=where, level=level)
    found = explain(open_lake(lake, as_of=as_of), question)
    if format == "json":
        show_json(found.as_json())
        return
    out = console()
    show_findings(out, found.findings)
    show_articles(out, found)


def show_articles(out: "Console", found: "SelfService") -> None:
    """Print articles by unmet need, and searches that led nowhere."""
    from rich.markup import escape  # noqa: PLC0415  start-up time

    from hearwell.cli.numbers import NOTHING, number  # noqa: PLC0415
    from hearwell.cli.table import grid  # noqa: PLC0415

    table = grid(
        *("article", "reads", "requests", "for each read", "least … most", "will ask", "read for"),
        right=(1, 2, 3, 4, 5, 6),
    )
    for each in found.articles.articles[:MOST_LINES]:
        part = each.of_expected
        table.add_row(
            escape(each.name),
            f"{each.reads:,.0f}",
            f"{each.requests:,.0f}",
            f"{each.rate:.3f}",
            f"{each.low:.3f} … {each.high:.3f}",
            f"{each.unmet:,.0f}",
            NOTHING if part is None else number(part, "share"),
        )
    out.print(table)
    words = grid(
        "searched for", "people", "searches", "no result", "not opened", right=(1, 2, 3, 4)
    )
    for one in found.searches[:MOST_LINES]:
        words.add_row(
            escape(one.words),
            f"{one.people:,}",
            f"{one.searches:,}",
            f"{one.without_result:,}",
            f"{one.without_click:,}",
        )
    out.print(words)
