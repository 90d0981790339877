"""`hearwell report`: the scorecard as a page that can be sent, printed and read anywhere."""

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from hearwell.cli.ask import check, question
from hearwell.cli.options import (
    DEFAULT_LAKE,
    AsOf,
    Benchmark,
    Clock,
    Compare,
    From,
    LakeDir,
    Level,
    To,
    Where,
)
from hearwell.errors import HearwellError
from hearwell.language import ENGLISH, LANGUAGES, speaking

PART = ".part"


class NotWritten(HearwellError):
    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"The report could not be written to {path}: {why}. Name another --out.")


def report(  # noqa: PLR0913, PLR0917
    out: Annotated[Path, typer.Option("--out", help="File to write.", metavar="FILE.html")],
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by",
            help="Break down by this dimension before the usual ones; may be given again.",
            metavar="DIM",
        ),
    ] = None,
    begins: From = None,
    ends: To = None,
    where: Where = None,
    clock: Clock = "calendar",
    compare: Compare = "previous",
    level: Level = 0.95,
    title: Annotated[
        str, typer.Option("--title", help="Heading, such as your organisation's name.")
    ] = "Customer care",
    language: Annotated[
        str, typer.Option("--language", help="Language of the page: en, pa, be, ml, km or ur.")
    ] = ENGLISH,
    *,
    benchmark: Benchmark = False,
    lake: LakeDir = DEFAULT_LAKE,
    as_of: AsOf = None,
) -> None:
    """Write the scorecard as one HTML file, with trends, groups and definitions.

    It needs no network and no script, prints on A4, and reads on a telephone. By default it
    tells of the last 28 days there are.
    """
    options = dict(locals()) | {"by": None, "grain": "none", "format": "table"}
    from rich.console import Console  # noqa: PLC0415  start-up time

    from hearwell.engine.scorecard import asked_for, last_days  # noqa: PLC0415
    from hearwell.lake.lake import open_lake  # noqa: PLC0415
    from hearwell.report.content import content  # noqa: PLC0415
    from hearwell.report.page import page  # noqa: PLC0415

    check("--language", language, tuple(LANGUAGES))
    if out.is_dir() or not out.parent.is_dir():  # told before the questions, which take seconds
        raise NotWritten(out, "it is a folder" if out.is_dir() else "its folder does not exist")
    opened = open_lake(lake, as_of=as_of)
    if begins is None and ends is None:
        options["begins"], options["ends"] = last_days(opened)
    put = question(asked_for((), where or ()), options)
    with Console(stderr=True).status("Asking the lake …"), speaking(language):
        found = content(opened, put, by or (), with_published=benchmark)
        written = page(found, title).encode("utf-8", "replace")
    write(out, written)
    counted = len(found.counted)
    typer.echo(f"Wrote {out}: {counted} numbers, {len(written) / 1000:,.0f} kB.")
    if not counted:
        typer.echo("Nothing was counted in this period; the page says what to do.", err=True)


def write(path: Path, text: bytes) -> None:
    """Write a file in one step, so that whoever opens it meanwhile sees the old or the new one."""
    part = path.with_name(path.name + PART)
    try:
        part.write_bytes(text)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise NotWritten(path, error.strerror or str(error)) from error
