"""The state of a lake in the terminal."""

from collections.abc import Iterable
from pathlib import Path

from rich.markup import escape

from hearwell.cli.table import console, grid
from hearwell.engine.explain import Answerable
from hearwell.lake.upkeep import Info, Snapshot


def show_info(info: Info, can: Answerable, path: Path) -> None:
    """Show what the lake holds, and what it can answer."""
    out = console()
    out.print(
        f"[bold]{path}[/bold]  {info.files} files, {info.size_bytes / 1e6:.1f} MB, "
        f"{info.snapshots} snapshots"
    )
    if not info.rows:
        out.print("It is empty. Bring something in: hearwell import FILE --as call")
    table = grid("record", "rows", "last received (UTC)", right=(1,))
    for name, rows in info.rows.items():
        table.add_row(name, f"{rows:,}", f"{info.newest[name]:%Y-%m-%d %H:%M}")
    if info.rows:
        out.print(table)
    if can.metrics:
        out.print(f"[bold]It can answer:[/bold] {', '.join(can.metrics)}")
    if can.missing:
        out.print("[bold]It cannot answer yet:[/bold]")
        for name, lack in can.missing.items():
            out.print(f"  {name} [dim]({lack})[/dim]")


def show_snapshots(found: Iterable[Snapshot]) -> None:
    table = grid("number", "taken (local time)", "what happened", right=(0,))
    for each in found:
        table.add_row(str(each.number), f"{each.taken_at:%Y-%m-%d %H:%M:%S}", escape(each.message))
    console().print(table)
