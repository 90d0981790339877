"""The pieces of which tables in the terminal are made."""

import os
from collections.abc import Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from hearwell.cli.numbers import NOTHING, difference, interval, number
from hearwell.engine.answer import Answers
from hearwell.engine.question import Asked
from hearwell.metrics.metric import Metric

HIDDEN = "hidden"
VERDICTS = {
    "better": Text("▲ better", "bold green"),
    "worse": Text("▼ worse", "bold red"),
    "changed": Text("◆ changed", "bold"),
    "no evidence": Text("· no evidence", "dim"),
}


def console() -> Console:
    """Return a console that is wide enough in a file or a pipe, where nobody can widen it."""
    width = None if "COLUMNS" in os.environ or Console().is_terminal else 120
    return Console(width=width, highlight=False)


def grid(*headings: str, right: Sequence[int] = ()) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if place in right else "left", overflow="fold")
    return table


def labelled(metric: Metric) -> str:
    """Return the name of a metric, with what the trade calls it."""
    return f"{metric.name} ({', '.join(metric.labels)})" if metric.labels else metric.name


def heading(out: Console, answers: Answers, asked: Asked) -> None:
    found = next(each for each in answers.answers if each.asked == asked)
    out.print(f"[bold]{labelled(asked.metric)}[/bold], {asked.variant}: {escape(found.meaning)}")
    if asked.metric.name in answers.simulated:
        out.print("[bold]Simulated, not measured:[/bold] some or all of these rows were made up.")
    periods = found.periods
    if periods:
        zone = answers.zone
        first, last = periods[0].text(zone), periods[-1].text(zone)
        clock = "" if found.clock == "calendar" else ", in business time"
        out.print(f"[dim]{first['from'][:16]} to {last['to'][:16]}, {zone}{clock}[/dim]")


def figures(cell: dict[str, Any]) -> list[str]:
    unit = cell["unit"]
    return [
        HIDDEN if cell["hidden"] else number(cell["value"], unit),
        interval(cell["low"], cell["high"], unit),
        f"{cell['n']:,}",
    ]


def changes(cell: dict[str, Any]) -> list[str | Text]:
    compared, unit = cell["compared"], cell["unit"]
    if compared is None:
        return [NOTHING, NOTHING, Text("nothing to compare", "dim")]
    low, high = compared["low"], compared["high"]
    ends = NOTHING if low is None else f"{difference(low, unit)} … {difference(high, unit)}"
    return [difference(compared["difference"], unit), ends, VERDICTS[compared["verdict"]]]


def ranks(cell: dict[str, Any]) -> list[str]:
    """Return the value that a rank goes by, and the rank."""
    rank = cell["rank"]
    return [number(cell["shrunken"], cell["unit"]), NOTHING if rank is None else str(rank)]


def left_out(out: Console, cells: Sequence[dict[str, Any]]) -> None:
    reasons: dict[str, int] = {}
    for each in cells:
        for reason, rows in each["left_out"].items():
            reasons[reason] = reasons.get(reason, 0) + rows
    for why in dict.fromkeys(each["hidden"] for each in cells if each["hidden"]):
        out.print(f"[dim]hidden: {why}[/dim]")
    for reason, rows in reasons.items():
        out.print(f"[dim]left out: {rows:,} {reason}[/dim]")
    out.print()


def footer(out: Console, answers: Answers) -> None:
    if answers.simulated:
        out.print(
            "[italic]simulated[/italic][dim]: made up by `hearwell simulate`, not measured[/dim]"
        )
    for record, fresh in answers.newest.items():
        out.print(f"[dim]newest {record}: {(fresh['newest'] or '')[:16]}[/dim]")
    out.print(f"[dim]snapshot {answers.snapshot} of the lake[/dim]")
