"""`hearwell why digest`: what changed that somebody should know of, in a few sentences."""

from hearwell.cli.options import DEFAULT_LAKE, AsOf, From, LakeDir, Level, To, Where
from hearwell.cli.why.asked import Against, Form, newest, opened, put


def digest(  # noqa: PLR0913, PLR0917  one argument for each option
    begins: From = None,
    ends: To = None,
    where: Where = None,
    compare: Against = "previous",
    level: Level = 0.95,
    format: Form = "table",  # noqa: A002
    lake: LakeDir = DEFAULT_LAKE,
    as_of: AsOf = None,
) -> None:
    """Tell of guardrails that broke and numbers that turned: at most seven findings.

    The first weighs most: how sure it is, times how many people, times how large. By default the
    last 28 days there are.
    """
    from hearwell.cli.export import write_json  # noqa: PLC0415  start-up time
    from hearwell.cli.table import console  # noqa: PLC0415
    from hearwell.cli.why.show import show_findings  # noqa: PLC0415
    from hearwell.jobs.digest import changed  # noqa: PLC0415

    here = opened(format, lake, as_of)
    begins, ends = newest(here, begins, ends)
    asked = put((), begins=begins, ends=ends, where=where, compare=compare, level=level)
    found = changed(here, asked)
    if format == "json":
        write_json({"findings": [each.as_json() for each in found]})
        return
    out = console()
    show_findings(out, found)
    if not found:
        out.print("Nothing changed beyond chance that somebody should know of.")
