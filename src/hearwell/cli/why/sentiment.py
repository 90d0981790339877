"""`hearwell why sentiment`: how texts are judged, and why one was judged so."""

from typing import Annotated

import typer

from hearwell.cli.options import DEFAULT_LAKE, AsOf, LakeDir
from hearwell.cli.why.asked import Form, opened


def sentiment(
    text: Annotated[
        str | None,
        typer.Option("--text", help="Judge these words, and tell what each adds.", metavar="WORDS"),
    ] = None,
    format: Form = "table",  # noqa: A002
    lake: LakeDir = DEFAULT_LAKE,
    as_of: AsOf = None,
) -> None:
    """Say how well texts are judged, learnt from the organisation's own scored comments."""
    from dataclasses import asdict  # noqa: PLC0415  start-up time

    from rich.markup import escape  # noqa: PLC0415

    from hearwell.cli.export import write_json  # noqa: PLC0415
    from hearwell.cli.numbers import number  # noqa: PLC0415
    from hearwell.cli.table import console, grid  # noqa: PLC0415
    from hearwell.cli.why.show import show_findings  # noqa: PLC0415
    from hearwell.insights.sentiment import explain  # noqa: PLC0415

    here, out = opened(format, lake, as_of), console()
    if text is None:
        found = explain.sentiment(here)
        if format == "json":
            write_json(found.as_json())
        else:
            show_findings(out, found.findings)
        return
    judged = explain.judgement(here, text)
    if format == "json":
        write_json(asdict(judged))
        return
    out.print(f"Likely from somebody satisfied: {number(judged.chance, 'share')}")
    table = grid("word", "adds to the log odds", right=(1,))
    for word, adds in judged.words:
        table.add_row(escape(word), f"{adds:+.2f}")
    out.print(table)
