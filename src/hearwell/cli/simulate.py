"""`hearwell simulate`: a company that never was, to try things on."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hearwell.cli.options import DEFAULT_LAKE, LakeDir

if TYPE_CHECKING:
    from hearwell.jobs.simulate import Simulated


def simulate(  # noqa: PLR0913, PLR0917  how large, how long, what is planted, and where to
    size: Annotated[int, typer.Option("--size", help="How many customers.", metavar="N")],
    seed: Annotated[
        int, typer.Option("--seed", help="The same seed gives the same rows.", metavar="S")
    ],
    days: Annotated[int, typer.Option("--days", help="How long the period is.", metavar="D")] = 365,
    until: Annotated[
        str, typer.Option("--until", help="The last day of the period, included.", metavar="D")
    ] = "2026-06-30",
    effect: Annotated[
        list[str] | None,
        typer.Option(
            "--effect",
            help="Plant rushed_agents, bad_release, slow_channel or deal_breaker.",
            metavar="NAME",
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            help="Bring in this record alone, such as article_view; may be given again.",
            metavar="RECORD",
        ),
    ] = None,
    truth: Annotated[
        Path | None,
        typer.Option("--truth", help="Write here what is true of it (JSON).", metavar="FILE"),
    ] = None,
    lake: LakeDir = DEFAULT_LAKE,
) -> None:
    """Simulate a company and bring its records into the lake, to try things on.

    Every row says so: its source is simulated:SEED. The same options give the same rows, and
    doing it again changes nothing.
    """
    from hearwell.cli.bring import with_bar  # noqa: PLC0415  start-up time
    from hearwell.cli.brought import show_answerable  # noqa: PLC0415
    from hearwell.cli.build import build_and_tell  # noqa: PLC0415
    from hearwell.engine.explain import answerable  # noqa: PLC0415
    from hearwell.jobs.simulate import simulate as run  # noqa: PLC0415
    from hearwell.lake.lake import open_lake  # noqa: PLC0415
    from hearwell.lake.shown import showing  # noqa: PLC0415

    opened = open_lake(lake, writable=True)
    with showing(opened):
        with_bar(
            f"simulating {size:,} customers",
            lambda told: show_simulated(
                run(
                    opened,
                    size,
                    seed,
                    days=days,
                    until=until,
                    effects=effect or (),
                    only=only or (),
                    truth_file=truth,
                    progress=told,
                )
            ),
        )
        if truth:
            typer.echo(f"What is true of it is in {truth}.")
        build_and_tell(opened)
    show_answerable(answerable(opened))


def show_simulated(done: "Simulated") -> None:
    """Say what was simulated, and that it was."""
    from hearwell.cli.table import console, grid  # noqa: PLC0415  start-up time

    out = console()
    out.print(
        f"[bold]Simulated, not measured:[/bold] source {done.source}, from {done.begins} to "
        f"{done.until}; {done.seconds:.1f} s, {done.rows_per_second:,.0f} rows/s"
    )
    table = grid("record", "rows", "new", "unchanged", right=(1, 2, 3))
    for record, rows in done.rows.items():
        merged = done.merged[record]
        table.add_row(record, f"{rows:,}", f"{merged.new:,}", f"{merged.unchanged:,}")
    out.print(table)
    for each in done.truth["effects"]:
        out.print(
            f"Planted from {each['from']}: {each['name']} "
            f"({each['dimension']} {each['value']}: {each['meaning']})"
        )
