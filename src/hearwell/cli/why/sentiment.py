"""`hearwell why sentiment`: how texts are judged, and why one was judged so."""

from typing import Annotated

import typer

from hearwell.cli.ask import check
from hearwell.cli.options import DEFAULT_LAKE, AsOf, LakeDir
from hearwell.cli.why.change import FORMATS


def sentiment(
    text: Annotated[
        str | None,
        typer.Option("--text", help="Judge these words, and tell what each adds.", metavar="WORDS"),
    ] = None,
    format: Annotated[str, typer.Option("--format", help="table or json.")] = "table",  # noqa: A002
    lake: LakeDir = DEFAULT_LAKE,
    as_of: AsOf = None,
) -> None:
    """Say how well texts are judged, learnt from the organisation's own scored comments."""
    from dataclasses import asdict  # noqa: PLC0415  start-up time

    from rich.markup import escape  # noqa: PLC0415

    from hearwell.cli.numbers import number  # noqa: PLC0415
    from hearwell.cli.table import console, grid  # noqa: PLC0415
    from hearwell.cli.why.show import show_findings, show_json  # noqa: PLC0415
    from hearwell.insights.sentiment import explain  # noqa: PLC0415
    from hearwell.lake.lake import open_lake  # noqa: PLC0415

    check("--format", format, FORMATS)
    opened, out = open_lake(lake, as_of=as_of), console()
    if text is None:
        found = explain.sentiment(opened)
        if format == "json":
            show_json(found.as_json())
        else:
            show_findings(out, found.findings)
        return
    judged = explain.judgement(opened, text)
    if format == "json":
        show_json(asdict(judged))
        return
    out.print(f"Likely from somebody satisfied: {number(judged.chance, 'share')}")
    table = grid("word", "adds to the log odds", right=(1,))
    for word, adds in judged.words:
        table.add_row(escape(word), f"{adds:+.2f}")
    out.print(table)
