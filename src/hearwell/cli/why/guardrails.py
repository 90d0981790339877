"""`hearwell why guardrails`: was a number bought at another number's cost?"""

from typing import Annotated

import typer

from hearwell.cli.options import DEFAULT_LAKE, AsOf, From, LakeDir, Level, To, Where
from hearwell.cli.why.asked import Against, Form, newest, opened, put

MOST_OF_EACH = 10


def guardrails(  # noqa: PLR0913, PLR0917  one argument for each option
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by",
            help="Look at the groups of this dimension too; may be given again. Without it: "
            "channel and team.",
            metavar="DIM",
        ),
    ] = None,
    begins: From = None,
    ends: To = None,
    where: Where = None,
    compare: Against = "previous",
    level: Level = 0.95,
    format: Form = "table",  # noqa: A002
    lake: LakeDir = DEFAULT_LAKE,
    as_of: AsOf = None,
) -> None:
    """Tell of each metric that improved whether its partner was harmed, is safe, or nobody knows.

    And of signs that numbers were made to look good: who sends few surveys, answers that come at
    once or turn perfect, calls that are over at once, cases closed without a reply. By default the
    last 28 days there are.
    """
    from hearwell.cli.export import write_json  # noqa: PLC0415  start-up time
    from hearwell.cli.table import console  # noqa: PLC0415
    from hearwell.cli.why.show import show_findings  # noqa: PLC0415
    from hearwell.insights.guardrails import told  # noqa: PLC0415

    here = opened(format, lake, as_of)
    begins, ends = newest(here, begins, ends)
    asked = put((), begins=begins, ends=ends, where=where, compare=compare, level=level)
    found = told.guardrails(here, asked, by or told.USUAL_BY)
    if format == "json":
        write_json(found.as_json())
        return
    out = console()
    for title, kinds in (
        ("Look here", None),
        ("Cannot be told", "guardrails.unknown"),
        ("No harm seen", "guardrails.safe"),
    ):
        own = [
            each
            for each in found.findings
            if (each.kind not in told.ORDER if kinds is None else each.kind == kinds)
        ]
        out.print(f"[bold]{title}[/bold]: {len(own)}")
        show_findings(out, own if kinds is None else own[:MOST_OF_EACH])
        if kinds is not None and len(own) > MOST_OF_EACH:
            out.print(f"[dim]{len(own) - MOST_OF_EACH} more: --format json[/dim]")
