"""What became of an import, in the terminal."""

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.syntax import Syntax

from hearwell.cli.numbers import NOTHING
from hearwell.cli.table import console, grid
from hearwell.engine.explain import Answerable

if TYPE_CHECKING:
    from hearwell.jobs.bring_in import Proposal, Summary
    from hearwell.jobs.sync import Synced

FEW_REASONS = 5


def show_summary(done: "Summary") -> None:
    """Say what became of the rows of a file."""
    out = console()
    out.print(
        f"[bold]{escape(done.file)}[/bold] as {done.record}: {done.rows_read:,} rows read, "
        f"{done.new:,} new, {done.changed:,} changed, {done.unchanged:,} unchanged, "
        f"{done.rejected:,} rejected; {done.seconds:.1f} s, {done.rows_per_second:,.0f} rows/s"
    )
    for count, meaning in (
        (done.left_out, "left out by the mapping"),
        (done.doubled, "lost to another row of the same key in this file"),
        (done.doubled_differently, "keys of those whose rows disagreed; the last received is kept"),
        (done.stale, "older than what the lake has, and passed over"),
    ):
        if count:
            out.print(f"  {count:,} {meaning}")
    for kind, count, example in done.reasons[:FEW_REASONS]:
        out.print(f"  [red]rejected[/red] {count:,}: {escape(example)} [dim]({escape(kind)})[/dim]")
    if len(done.reasons) > FEW_REASONS:
        out.print(f"  and {len(done.reasons) - FEW_REASONS} more reasons, in the table `rejected`")
    for note in done.notes:
        out.print(f"  [dim]{escape(note)}[/dim]")


def show_synced(done: "Synced") -> None:
    """Say what became of a system's logs."""
    out = console()
    read = ", ".join(f"{count:,} rows of {kind}" for kind, count in done.rows_read.items())
    out.print(f"{read} read in {done.seconds:.1f} s")
    for record, merged in done.merged.items():
        out.print(
            f"  [bold]{record}[/bold]: {merged.new:,} new, {merged.changed:,} changed, "
            f"{merged.unchanged:,} unchanged"
        )
    for note in done.notes:
        out.print(f"  [dim]{escape(note)}[/dim]")


def show_proposal(proposal: "Proposal") -> None:
    """Show a proposed mapping and the first rows that it makes."""
    out = console()
    out.print(Syntax(proposal.text, "toml", word_wrap=True, background_color="default"))
    names = [n for i, n in enumerate(proposal.columns) if any(row[i] for row in proposal.rows)]
    places = [proposal.columns.index(name) for name in names]
    table = grid(*names)
    for row in proposal.rows:
        table.add_row(*(NOTHING if row[i] is None else escape(str(row[i])) for i in places))
    out.print(table)
    for note in proposal.notes:
        out.print(f"[dim]{escape(note)}[/dim]")


def show_answerable(can: Answerable) -> None:
    """Say which metrics can be answered now, and what the others miss."""
    out = console()
    if can.metrics:
        out.print(f"[bold]Can be answered now:[/bold] {', '.join(can.metrics)}")
    for name, lack in can.missing.items():
        out.print(f"[dim]not yet: {name} ({lack})[/dim]")
