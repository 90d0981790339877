"""`hearwell why journeys` and `journey`: when customers turned, and what came before."""

from typing import TYPE_CHECKING, Annotated

import typer

from hearwell.cli.options import DEFAULT_LAKE, AsOf, From, LakeDir, Level, To
from hearwell.cli.why.asked import Form, opened

if TYPE_CHECKING:
    from hearwell.lake.lake import Lake


def journeys(  # noqa: PLR0913, PLR0917  one argument for each option
    to: Annotated[
        str, typer.Option("--path-to", help="Show the ways to this kind of touch.", metavar="KIND")
    ] = "contact",
    stage: Annotated[
        list[str] | None,
        typer.Option("--stage", help="A stage of the funnel, in order.", metavar="KIND"),
    ] = None,
    within_days: Annotated[
        float, typer.Option("--within-days", min=0.01, help="From one stage to the next.")
    ] = 7.0,
    begins: From = None,
    ends: To = None,
    level: Level = 0.95,
    format: Form = "table",  # noqa: A002  the option's name
    lake: LakeDir = DEFAULT_LAKE,
    as_of: AsOf = None,
) -> None:
    """Tell what comes before customers turn more often than chance, and which ways they take.

    Kinds of touch: search, article_view, cart_abandoned, order, delivery, contact, call, message,
    survey_answer.
    """
    from hearwell.cli.export import write_json  # noqa: PLC0415  start-up time
    from hearwell.cli.numbers import number  # noqa: PLC0415
    from hearwell.cli.table import console, grid  # noqa: PLC0415
    from hearwell.cli.why.show import show_findings  # noqa: PLC0415
    from hearwell.engine.period import instant, period  # noqa: PLC0415
    from hearwell.insights.journeys import told  # noqa: PLC0415

    here = opened(format, lake, as_of)
    zone = here.settings.zone
    asked = period(instant(begins or EARLIEST, zone), instant(ends or LATEST, zone, last=True))
    found = told.journeys(
        here,
        asked,
        to=to,
        stages=tuple(stage) if stage else told.USUAL_STAGES,
        within_days=within_days,
        level=level,
    )
    if format == "json":
        write_json(found.as_json())
        return
    out = console()
    show_findings(out, found.findings)
    ways = grid("way", "times", "customers", right=(1, 2))
    for path in found.paths:
        ways.add_row(" → ".join(path.kinds), f"{path.times:,}", f"{path.customers:,}")
    out.print(ways)
    stages = grid("stage", "customers", "of the stage before", right=(1, 2))
    before = None
    for each in found.funnel:
        part = number(each.customers / before, "share") if before else ""
        stages.add_row(each.kind, f"{each.customers:,}", part)
        before = each.customers
    out.print(stages)


EARLIEST, LATEST = "1970-01-02", "2200-12-30"


def journey(  # noqa: PLR0913, PLR0917  one argument for each option
    customer: Annotated[
        str,
        typer.Argument(
            metavar="CUSTOMER",
            help="The identifier, as the source wrote it or as the lake keeps it.",
        ),
    ],
    split: Annotated[
        str | None,
        typer.Option(
            "--split",
            help="What this visitor or caller alone joins is not this customer's, now and later.",
            metavar="visitor:KEY",
        ),
    ] = None,
    join: Annotated[
        str | None,
        typer.Option("--join", help="Take a split back.", metavar="visitor:KEY"),
    ] = None,
    format: Form = "table",  # noqa: A002
    lake: LakeDir = DEFAULT_LAKE,
    as_of: AsOf = None,
) -> None:
    """Show everything one customer did, in order, and where it turned."""
    from hearwell.cli.export import write_json  # noqa: PLC0415  start-up time
    from hearwell.cli.numbers import NOTHING  # noqa: PLC0415
    from hearwell.cli.table import console, grid  # noqa: PLC0415
    from hearwell.engine.period import shown  # noqa: PLC0415
    from hearwell.insights.journeys import person  # noqa: PLC0415

    here = opened(format, lake, as_of, writable=bool(split or join))
    for told, is_split in ((split, True), (join, False)):
        if told:
            resplit(here, customer, told, is_split=is_split)
    found = person.journey(here, customer)
    if format == "json":
        write_json(found.as_json())
        return
    just_before = set(found.just_before)
    table = grid("when", "what", "channel", "topic", "how it was", "joined by", "", right=(4,))
    for place, each in enumerate(found.touches):
        mark = {found.turned: "◆ turned here"}.get(
            place, "sure here" if place == found.noticed else ""
        )
        table.add_row(
            shown(each.at, found.zone)[:16].replace("T", " "),
            each.kind,
            each.channel or "",
            each.topic or "",
            NOTHING if each.mood is None else f"{each.mood:.2f}",
            each.joined_by,
            mark or ("just before" if place in just_before else ""),
        )
    out = console()
    out.print(table)
    for (by, key, _), n in found.joins.items():
        out.print(f"{n} joined because {by} {key} is known as this customer: --split {by}:{key}")
    if found.turned is None:
        out.print("No turning point: too little is known, or nothing says that it turned.")


def resplit(lake: "Lake", customer: str, told: str, *, is_split: bool) -> None:
    """Split what a key joins off a customer, or join it again."""
    from hearwell.errors import WrongUse  # noqa: PLC0415  start-up time
    from hearwell.insights.journeys.identity import splits  # noqa: PLC0415
    from hearwell.insights.journeys.person import journey, known_as  # noqa: PLC0415
    from hearwell.jobs.entered import enter, take_back  # noqa: PLC0415
    from hearwell.records.identity_split import IdentitySplit  # noqa: PLC0415

    known = (
        list(journey(lake, customer).joins) if is_split else splits(lake, known_as(lake, customer))
    )
    own = [each for each in known if f"{each[0]}:{each[1]}" == told]
    if not own:
        problem = f"{told} joins nothing to this customer." if is_split else f"{told} is not split."
        raise WrongUse(problem)
    for by, key, kept in own:
        row = {"joined_by": by, "joined_key": key, "customer_id": kept}
        if is_split:
            enter(lake, IdentitySplit, row)
        else:
            take_back(lake, IdentitySplit, row)
