"""What the commands that explain numbers share: how they are asked, and how findings are shown."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from hearwell.engine.question import Asked, Question
    from hearwell.evidence.finding import Finding
    from hearwell.lake.lake import Lake

FORMATS = ("table", "json")
Form = Annotated[str, typer.Option("--format", help="table or json.")]
Against = Annotated[
    str,
    typer.Option(
        "--compare", help="Compare with the period before (previous) or a year ago (year)."
    ),
]
LEFT_OUT = {"by": None, "grain": "none", "clock": "calendar", "compare": None, "level": 0.95}
"""Options that not every command has, as if they were not given."""


class Told(Protocol):
    @property
    def findings(self) -> "Sequence[Finding]": ...

    def as_json(self) -> dict[str, Any]: ...


def opened(form: str, lake: Path, as_of: str | None, *, writable: bool = False) -> "Lake":
    """Open the lake, once the format is known to be one.

    Raises:
        NoSuchChoice, NoLake.

    """
    from hearwell.cli.ask import check  # noqa: PLC0415  start-up time
    from hearwell.lake.lake import open_lake  # noqa: PLC0415

    check("--format", form, FORMATS)
    return open_lake(lake, as_of=as_of, writable=writable)


def put(asked: "tuple[Asked, ...]", **given: Any) -> "Question":
    """Make a question of the options that a command has."""
    from hearwell.cli.ask import question  # noqa: PLC0415  start-up time

    return question(asked, {**LEFT_OUT, "format": "table", **given})


def newest(lake: "Lake", begins: str | None, ends: str | None) -> tuple[str | None, str | None]:
    """Return the days asked for; without any, the last 28 there are."""
    from hearwell.engine.scorecard import last_days  # noqa: PLC0415  start-up time

    return (begins, ends) if begins or ends else last_days(lake)


def show(found: Told, form: str, more: "Callable[[Console, Any], None] | None" = None) -> None:
    """Print the findings, and what a command shows beside them; or all as JSON."""
    from hearwell.cli.export import write_json  # noqa: PLC0415  start-up time
    from hearwell.cli.table import console  # noqa: PLC0415
    from hearwell.cli.why.show import show_findings  # noqa: PLC0415

    if form == "json":
        write_json(found.as_json())
        return
    out = console()
    show_findings(out, found.findings)
    if more is not None:
        more(out, found)
