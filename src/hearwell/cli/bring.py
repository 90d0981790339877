"""`hearwell import` and `hearwell sync`: bring records into the lake."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hearwell.cli.options import DEFAULT_LAKE, LakeDir
from hearwell.errors import HearwellError, WrongUse

if TYPE_CHECKING:
    from hearwell.jobs.bring_in import Mapping
    from hearwell.lake.lake import Lake
    from hearwell.records.record import Record

sync_app = typer.Typer(help="Bring in what a system wrote.", no_args_is_help=True)


class UnknownRecord(WrongUse):
    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"--as knows no {name!r}; it takes {', '.join(known)}.")


class NotAgreed(HearwellError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path.name} was not imported. Write a mapping of your own and give it with --map, "
            "or agree to the proposal (--yes in scripts)."
        )


def import_files(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Files to import.")],
    record: Annotated[
        str, typer.Option("--as", help="What the rows are, such as call.", metavar="RECORD")
    ],
    map_file: Annotated[
        Path | None, typer.Option("--map", help="Mapping file (TOML).", metavar="FILE")
    ] = None,
    yes: Annotated[  # noqa: FBT002
        bool, typer.Option("--yes", help="Agree to the proposed mapping.")
    ] = False,
    lake: LakeDir = DEFAULT_LAKE,
) -> None:
    """Bring files into the lake: CSV, JSON lines, Parquet or Excel; plain, gzip or zip.

    Without a mapping one is proposed from the headers, shown beside five rows, and written
    down when you agree.
    """
    from hearwell.cli.brought import show_answerable  # noqa: PLC0415  start-up time
    from hearwell.cli.build import build_and_tell  # noqa: PLC0415
    from hearwell.engine.explain import answerable  # noqa: PLC0415
    from hearwell.jobs.bring_in import Mapping  # noqa: PLC0415
    from hearwell.lake.lake import open_lake  # noqa: PLC0415
    from hearwell.lake.shown import showing  # noqa: PLC0415
    from hearwell.records import RECORDS  # noqa: PLC0415

    known = [name for name in RECORDS if name != "rejected"]
    if record not in known:
        raise UnknownRecord(record, known)
    kind = RECORDS[record]
    mapping = Mapping.read(map_file) if map_file else None
    opened = open_lake(lake, writable=True)
    failed = 0
    with showing(opened):
        for path in paths:
            try:
                import_one(opened, path, kind, mapping, agreed=yes)
            except HearwellError as problem:
                failed += 1
                typer.echo(f"{path}: {problem}", err=True)
        if failed < len(paths):
            build_and_tell(opened)
    show_answerable(answerable(opened, only=kind))
    if failed:
        raise typer.Exit(1)


def import_one(
    lake: "Lake", path: Path, record: "type[Record]", mapping: "Mapping | None", *, agreed: bool
) -> None:
    """Import a file, with the mapping given or the one agreed on."""
    from hearwell.cli.brought import show_summary  # noqa: PLC0415  start-up time
    from hearwell.engine.explain import needed_by  # noqa: PLC0415
    from hearwell.jobs.bring_in import bring_in  # noqa: PLC0415

    used = mapping or agree(lake, path, record, agreed=agreed)
    with_bar(
        f"importing {path.name}",
        lambda told: show_summary(
            bring_in(lake, path, record, used, progress=told, needed_by=needed_by)
        ),
    )


def agree(lake: "Lake", path: Path, record: "type[Record]", *, agreed: bool) -> "Mapping":
    """Show a proposal beside five rows; write it down and return it when it is agreed to."""
    from hearwell.cli.brought import show_proposal  # noqa: PLC0415  start-up time
    from hearwell.jobs.bring_in import Mapping, suggestion  # noqa: PLC0415

    proposal = suggestion(lake, path, record)
    show_proposal(proposal)
    if not agreed:
        if not sys.stdin.isatty():
            raise NotAgreed(path)
        if not typer.confirm("Import with this mapping?"):
            raise NotAgreed(path)
    stem = path.name.split(".")[0]
    file = Path(f"hearwell-map-{record.table_name}-{stem}.toml")
    file.write_text(proposal.text, "utf-8")
    typer.echo(f"The mapping is in {file}; change it and import again as often as you like.")
    return Mapping.read(file)


def with_bar(task: str, work: Callable[[Callable[[float], None]], None]) -> None:
    """Show a progress bar on the terminal while the work goes on."""
    from rich.console import Console  # noqa: PLC0415  start-up time
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (TextColumn(task), BarColumn(), TextColumn("{task.percentage:3.0f} %"))
    with Progress(
        *columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True
    ) as bar:
        row = bar.add_task(task, total=1.0)
        work(lambda share: bar.update(row, completed=share))


@sync_app.command("asterisk")
def sync_asterisk(
    queue_log: Annotated[
        list[Path], typer.Option("--queue-log", help="A queue_log file; as many as there are.")
    ],
    cel: Annotated[
        list[Path] | None,
        typer.Option("--cel", help="CEL as CSV: hold time, hidden transfers, exact times."),
    ] = None,
    source: Annotated[
        str, typer.Option("--source", help="Which telephone system it is, if there are several.")
    ] = "asterisk",
    zone: Annotated[
        str | None, typer.Option("--zone", help="Zone of the system's clock, for CEL times.")
    ] = None,
    lake: LakeDir = DEFAULT_LAKE,
) -> None:
    """Read Asterisk's queue_log, and CEL if there is any, into calls and shifts."""
    from hearwell.cli.brought import show_answerable, show_synced  # noqa: PLC0415  start-up time
    from hearwell.cli.build import build_and_tell  # noqa: PLC0415
    from hearwell.clock.zone import check_zone  # noqa: PLC0415
    from hearwell.engine.explain import answerable  # noqa: PLC0415
    from hearwell.jobs.sync import sync_asterisk as sync  # noqa: PLC0415
    from hearwell.lake.lake import open_lake  # noqa: PLC0415
    from hearwell.lake.shown import showing  # noqa: PLC0415
    from hearwell.records.call import Call  # noqa: PLC0415

    opened = open_lake(lake, writable=True)
    clock = check_zone(zone) if zone else opened.settings.zone
    with showing(opened):
        with_bar(
            "reading Asterisk's logs",
            lambda _: show_synced(sync(opened, queue_log, cel or [], source, clock)),
        )
        build_and_tell(opened)
    show_answerable(answerable(opened, only=Call))
