"""The parts of a change in the terminal."""

from rich.console import Console

from hearwell.cli.numbers import difference, number
from hearwell.cli.table import grid
from hearwell.cli.why.show import written
from hearwell.evidence.sentence import group
from hearwell.insights.change.part import Change

MOST_LINES = 15


def show_parts(out: Console, found: Change) -> None:
    """Print what the groups add, the most first."""
    unit = found.unit.value
    right = (2, 3, 4, 5)
    table = grid("group", "what", "adds", "at least … most", "part of all", "value", right=right)
    for part in found.parts[:MOST_LINES]:
        adds = part.adds
        values = ((part.share_before, part.share_now), (part.before, part.now))
        shares, own = (
            " → ".join(number(None if each != each else each, kind) for each in pair)  # noqa: PLR0124  nan
            for pair, kind in zip(values, ("share", unit), strict=True)
        )
        table.add_row(
            written(group(part.by, part.group)),
            part.what,
            difference(adds.amount, unit),
            f"{difference(adds.low, unit)} … {difference(adds.high, unit)}",
            shares,
            own,
        )
    out.print(table)
    if len(found.parts) > MOST_LINES:
        out.print(f"[dim]{len(found.parts) - MOST_LINES:,} smaller parts: --format json[/dim]")
